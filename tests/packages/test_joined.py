"""Packages as a whole image has them: who brought whom."""

from __future__ import annotations

from ourhalf.images.reading import read_image
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Ecosystem, Package
from tests.packages import roots


def inventory(reference: str) -> Inventory:
    (found,) = read_image(reference, keep=False)
    return found.inventory


def named(found: Inventory, ecosystem: Ecosystem, name: str) -> list[Package]:
    return [one for one in found.packages if (one.ecosystem, one.name) == (ecosystem, name)]


def test_packages_of_debian_own_what_they_brought_of_other_ecosystems() -> None:
    found = inventory(f"rootfs:{roots.debian()}")
    assert found.distribution == "debian:12"
    assert not found.incomplete
    for ecosystem, name, owner in (
        (Ecosystem.PYPI, "pyyaml", "python3-yaml"),
        (Ecosystem.PYPI, "six", "python3-six"),
        (Ecosystem.NPM, "semver", "node-semver"),
    ):
        (package,) = named(found, ecosystem, name)
        (debian,) = named(found, Ecosystem.DEB, owner)
        assert package.owner == debian.purl


def test_wheels_own_what_is_inside_them() -> None:
    found = inventory(f"rootfs:{roots.wheels()}")
    owners = {one.purl: one for one in found.packages if one.ecosystem is Ecosystem.PYPI}
    (uv,) = named(found, Ecosystem.PYPI, "uv")
    programs = [one for one in named(found, Ecosystem.CARGO, "uv") if "/bin/uv" in f"/{one.path}"]
    assert {one.path for one in programs} == {"bin/uv", "bin/uvx"}
    assert {one.owner for one in programs} == {uv.purl}
    crates = [one for one in found.packages if one.path == "bin/uv" and one.name != "uv"]
    assert {one.owner for one in crates} == {programs[0].purl}
    carried = [one for one in found.packages if "vendored" in one.facts]
    assert {owners[one.owner].name for one in carried} == {"pip", "setuptools"}
    assert not uv.owner
