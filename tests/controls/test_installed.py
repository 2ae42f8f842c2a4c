"""The version of a package in an image, and when it cannot be told."""

from __future__ import annotations

import pytest

from ourhalf.controls.installed import version_of
from ourhalf.model.field import Unresolved
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.resources.images import InstalledPackage
from tests.controls.images import HIDDEN, image, known


def _package(name: str, version: str | None, ecosystem: Ecosystem = Ecosystem.PYPI) -> InstalledPackage:
    return InstalledPackage(package=Package(name=name, version=version, ecosystem=ecosystem, purl=f"pkg:x/{name}"))


RAY = _package("ray", "2.52.0")


@pytest.mark.parametrize(
    ("packages", "expected"),
    [
        ((RAY,), "2.52.0"),
        ((RAY, _package("ray", "2.52.0")), "2.52.0"),
        ((_package("ray", "1", Ecosystem.NPM),), None),
        ((), None),
        ((RAY, _package("ray", "2.9.0")), Unresolved),
        ((_package("ray", None),), Unresolved),
        ((HIDDEN,), Unresolved),
        ((RAY, HIDDEN), "2.52.0"),
    ],
    ids=["one", "twice", "another ecosystem", "none", "two versions", "no version", "hidden", "found before hidden"],
)
def test_version(packages: tuple[object, ...], expected: object) -> None:
    found = version_of(image(packages=known(packages)), Ecosystem.PYPI, "ray")
    assert isinstance(found, Unresolved) if expected is Unresolved else found == expected
