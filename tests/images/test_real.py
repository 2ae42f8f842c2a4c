"""A real image, from Debian and PyPI by their own tools to a registry and back: what we list is what they say."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ourhalf.images.reading import ImageRead, read_image
from ourhalf.images.source import Access
from ourhalf.model.packages import Ecosystem
from tests.packages import roots
from tests.packages.test_dpkg import asked
from tests.registries import PASSWORD, USER, RealRegistry, docker_registry, program
from tests.servers import authority

COMPRESSIONS = {"gzip": (), "zstd": ("--dest-compress-format", "zstd"), "chunked": ("--dest-compress-format", "zstd:chunked")}  # fmt: skip  # noqa: E501
SITE = "usr/local/lib/python3.11/dist-packages"


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image of three layers: Debian by mmdebstrap, a wheel by pip, and a file of the first one deleted."""
    folder = tmp_path_factory.mktemp("real")
    umoci, place = program("umoci"), folder / "oci"
    roots.run(umoci, "init", "--layout", place)
    roots.run(umoci, "new", "--image", f"{place}:t")
    wheel, gone = folder / "wheel", folder / "gone"
    roots.run("python3", "-m", "pip", "install", "-q", "--no-deps", "--target", wheel / SITE, "six==1.17.0")
    (gone / "etc").mkdir(parents=True)
    (gone / "etc/.wh.issue").write_text("")
    for root in (roots.debian(), wheel, gone):
        tar = folder / "layer.tar"
        roots.run("tar", "-C", root, "--one-file-system", "--sort=name", "-cf", tar, ".")
        roots.run(umoci, "raw", "add-layer", "--image", f"{place}:t", "--history.created_by", root.name, tar)
        tar.unlink()
    return place


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A registry over TLS that asks for a password."""
    folder = tmp_path_factory.mktemp("registry")
    with docker_registry(folder / "registry", authority(folder)) as running:
        yield running


def _said(read: ImageRead) -> dict[str, tuple[str | None, str, int | None]]:
    packages = (one for one in read.inventory.packages if one.ecosystem in (Ecosystem.DEB, Ecosystem.PYPI))
    return {one.purl: (one.version, one.owner, one.layer) for one in packages}


def test_the_inventory_of_a_layout_is_that_of_the_tools(layout: Path) -> None:
    (read,) = read_image(f"oci:{layout}:t", keep=False)
    inventory = read.inventory
    debian = {one.name: one.version for one in inventory.packages if one.ecosystem is Ecosystem.DEB}
    assert debian == {name: row[0] for name, row in asked(roots.debian()).items()}
    six = {one.layer: (one.version, one.owner) for one in inventory.packages if one.name == "six"}
    assert six[1] == ("1.17.0", "")
    assert six[0][1].startswith("pkg:deb/debian/python3-six@"), "the Python package that Debian's brought is Debian's"
    assert (inventory.distribution, len(inventory.layers), inventory.incomplete) == ("debian:12", 3, {})


@pytest.mark.parametrize("options", COMPRESSIONS.values(), ids=COMPRESSIONS)
def test_a_registry_gives_the_same_without_pulling(
    options: tuple[str, ...], layout: Path, registry: RealRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {registry.host: {"auth": auth}}}))
    for name in ("REGISTRY_AUTH_FILE", "DOCKER_AUTH_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    try:
        reference = registry.push(f"oci:{layout}:t", f"team/real-{len(options)}:1", *options)
    except subprocess.CalledProcessError:
        pytest.skip("this skopeo does not write this compression")
    (local,) = read_image(f"oci:{layout}:t", keep=False)
    (remote,) = read_image(reference, Access(ca_file=registry.ca_file), keep=False)
    assert _said(remote) == _said(local)
    cost = remote.inventory.cost
    assert cost is not None
    assert cost.read <= cost.of * 1.01 + 100_000
    assert PASSWORD not in json.dumps([one.reason for one in remote.unread])
