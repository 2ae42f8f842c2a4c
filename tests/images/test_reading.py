"""Whole images: what is read, what it costs, and what is said of images that lie."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import pickle
import shutil
import subprocess
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zstandard

from ourhalf.images import bounds
from ourhalf.images.reading import ImageRead, is_image, read_image
from ourhalf.images.source import ImageError
from ourhalf.model.field import doubt
from tests.images.layouts import INDEX, MANIFEST, LayoutMaker, folder, layout, link, member, tar

STATUS = b"Package: bash\nStatus: install ok installed\nVersion: 5.2\nArchitecture: amd64\n\n"
BASE = tar(
    folder("var"), member("etc/os-release", b"ID=debian\nVERSION_ID=12\n"), member("var/lib/dpkg/status", STATUS)
)
OWN = tar(member("opt/model.pkl", pickle.dumps({"a": 1})), member("opt/x", b"x" * 5000))


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURHALF_CACHE_DIR", str(tmp_path / "cache"))


def one(reference: str, **more: Any) -> ImageRead:
    """The image of a reference that names one."""
    (found,) = read_image(reference, **more)
    return found


def test_an_image_is_read_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    reference = layout(tmp_path / "i", BASE, OWN, config={"history": [{"created_by": "base"}, {"created_by": "COPY"}]})
    found = one(reference, progress=lambda _, done, of: told.append((done, of)))
    inventory = found.inventory
    assert [(package.name, package.layer, package.distribution) for package in inventory.packages] == [
        ("bash", 0, "debian:12")
    ]
    assert [(layer.files, layer.history, layer.problem) for layer in inventory.layers] == [
        (2, "base", ""),
        (2, "COPY", ""),
    ]
    assert [model.path for model in inventory.models] == ["opt/model.pkl"]
    assert found.models[0].origin.place.path == f"{reference}!/opt/model.pkl"
    assert (inventory.files, inventory.unowned) == (4, 4)
    assert inventory.incomplete == {}
    assert doubt(found.image.packages) is doubt(found.image.exhibits) is None
    assert told[-1] == (sum(layer.size for layer in inventory.layers),) * 2


def test_secrets_of_the_configuration_are_not_told(tmp_path: Path) -> None:
    token = "hf_" + "a" * 36
    config = {
        "config": {"Env": [f"HF_TOKEN={token}", "DB_PASSWORD=hunter22-x"], "Cmd": ["run", "--password", "hunter22-x"],
                   "Labels": {"note": token}},
        "history": [{"created_by": f"RUN login --token {token}"}],
    }  # fmt: skip
    found = repr(one(layout(tmp_path / "i", BASE, config=config)))
    assert "hunter22" not in found
    assert token not in found
    cached = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert token.encode() not in cached
    assert b"hunter22" not in cached


_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "gzip members": lambda data: b"".join(gzip.compress(data[at : at + 1000]) for at in range(0, len(data), 1000)),
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
    "zstd frames": lambda data: b"".join(zstandard.ZstdCompressor().compress(p) for p in (data[:999], data[999:])),
    "bzip2": lambda data: bz2.compress(data[:700]) + bz2.compress(data[700:]),
    "xz": lambda data: lzma.compress(data[:700]) + lzma.compress(data[700:]),
}


@pytest.mark.parametrize("pack", _PACKERS.values(), ids=_PACKERS)
def test_every_packing_is_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    inventory = one(layout(tmp_path / "i", BASE, pack=pack)).inventory
    assert [layer.problem for layer in inventory.layers] == [""]
    assert [package.name for package in inventory.packages] == ["bash"]
    assert inventory.layers[0].unpacked == len(BASE)


@pytest.mark.parametrize("pack", _PACKERS.values(), ids=_PACKERS)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_truncated_layer_is_told(tmp_path: Path, pack: Callable[[bytes], bytes], share: float) -> None:
    def cut(data: bytes) -> bytes:
        whole = pack(data)
        return whole[: int(len(whole) * share)]

    found = one(layout(tmp_path / "i", BASE, OWN, pack=cut))
    _never_clean(found)


def _never_clean(found: ImageRead) -> None:
    """Packages and exhibits are known in part only, and it is said why."""
    assert found.unread
    assert doubt(found.image.packages) is not None
    assert doubt(found.image.exhibits) is not None
    assert "deb" in found.inventory.incomplete
    assert any(layer.problem for layer in found.inventory.layers) or found.inventory.unread


def test_bytes_that_no_digest_names_are_told(tmp_path: Path) -> None:
    maker = LayoutMaker(tmp_path / "i")
    reference = maker.index(maker.image(BASE))
    manifest = json.loads(
        (maker.blobs / json.loads((maker.path / "index.json").read_text())["manifests"][0]["digest"][7:]).read_text()
    )
    place = maker.blobs / manifest["layers"][0]["digest"][7:]
    other = gzip.compress(BASE.replace(b"5.2", b"5.3"), 1, mtime=0)
    size = manifest["layers"][0]["size"]
    assert len(other) == size
    place.write_bytes(other)
    found = one(reference)
    _never_clean(found)
    assert "not the one that names it" in found.inventory.layers[0].problem
    assert [package.version for package in found.inventory.packages] == ["5.3"]
    assert not list((tmp_path / "cache").glob("layers/*"))


def test_a_tar_that_the_configuration_does_not_name_is_told(tmp_path: Path) -> None:
    maker = LayoutMaker(tmp_path / "i")
    image = maker.image(BASE)
    manifest = json.loads((maker.blobs / image["digest"][7:]).read_text())
    config = json.loads((maker.blobs / manifest["config"]["digest"][7:]).read_text())
    config["rootfs"]["diff_ids"] = ["sha256:" + "0" * 64]
    manifest["config"] = maker.blob(json.dumps(config).encode(), manifest["config"]["mediaType"])
    found = one(maker.index(maker.blob(json.dumps(manifest).encode(), MANIFEST)))
    _never_clean(found)
    assert "configuration states" in found.inventory.layers[0].problem


def test_a_layer_that_is_not_there_is_told(tmp_path: Path) -> None:
    maker = LayoutMaker(tmp_path / "i")
    reference = maker.index(maker.image(BASE, OWN))
    found = one(reference)
    (maker.blobs / found.inventory.layers[1].digest[7:]).unlink()
    again = one(reference)  # the cache knows the layer, but it is there no more
    _never_clean(again)


def test_a_bomb_is_left_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURHALF_IMAGE_MAX_UNPACKED", str(20 << 20))
    big = tar(member("zeros", bytes(50 << 20)))
    found = one(layout(tmp_path / "i", big))
    _never_clean(found)
    assert "OURHALF_IMAGE_MAX_UNPACKED" in found.inventory.layers[0].problem
    monkeypatch.setenv("OURHALF_IMAGE_MAX_UNPACKED", str(100 << 20))
    assert one(layout(tmp_path / "j", big)).inventory.layers[0].problem == ""


def test_the_bound_of_ratios() -> None:
    limits = bounds.Bounds()
    assert "OURHALF_IMAGE_MAX_RATIO" in limits.exceeded(1 << 20, 2 << 30)
    assert limits.exceeded(1 << 20, 1 << 30) == ""


def test_ten_million_entries_end_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURHALF_IMAGE_MAX_ENTRIES", "20000")
    block = tar(member("a"))[:512]
    many = block * 200_000
    reference = layout(tmp_path / "i", many)
    one(layout(tmp_path / "warm", BASE), keep=False)
    tracemalloc.start()
    found = one(reference, keep=False)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    _never_clean(found)
    assert "OURHALF_IMAGE_MAX_ENTRIES" in found.inventory.layers[0].problem
    assert peak < 60 << 20  # the tar has 100 MB


@pytest.mark.parametrize(
    "members",
    [
        [member("../../etc/passwd", b"x")],
        [member("a/../../b", b"x")],
        [link("a", "../../../etc/passwd", hard=True)],
        [member(".wh...")],
        [member("/".join("d" * 300), b"deep")],
        [member("x" * 5000, b"long")],
        [member("odd", b"", type=b"Z")],
    ],
)  # fmt: skip
def test_entries_that_are_refused_leave_doubt(tmp_path: Path, members: list[Any]) -> None:
    before = sorted(os.listdir(tmp_path))
    _never_clean(one(layout(tmp_path / "i", tar(*members), OWN)))
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "i", "cache"])


def test_devices_are_listed_only(tmp_path: Path) -> None:
    found = one(layout(tmp_path / "i", tar(member("dev/sda", type=b"4", devmajor=8), member("dev/null", type=b"3"))))
    assert found.unread == ()
    assert found.inventory.files == 0


@pytest.mark.parametrize(
    "media_type", ["application/vnd.in-toto+json", "application/vnd.oci.image.layer.v1.tar+gzip+encrypted"]
)
def test_layers_that_are_no_file_system(tmp_path: Path, media_type: str) -> None:
    _never_clean(one(layout(tmp_path / "i", BASE, media_type=media_type)))


def test_an_image_on_the_same_base_pays_for_its_own_layers(tmp_path: Path) -> None:
    first = one(layout(tmp_path / "a", BASE, tar(member("a", os.urandom(9000)))))
    second = one(layout(tmp_path / "b", BASE, OWN))
    again = one(f"oci:{tmp_path / 'b'}")
    base, own = (layer.size for layer in second.inventory.layers)
    costs = [read.inventory.cost for read in (first, second, again)]
    assert [cost.layers_kept for cost in costs if cost] == [0, 1, 2]
    whole, part, none = (cost.read for cost in costs if cost)
    assert whole > base
    assert own < part < base + own + 3000
    assert none < 3000
    assert again.inventory.packages == second.inventory.packages
    assert again.models == second.models
    assert again.image == second.image


def test_without_the_cache_nothing_is_kept(tmp_path: Path) -> None:
    one(layout(tmp_path / "i", BASE), keep=False)
    assert not list((tmp_path / "cache").glob("layers/*"))
    assert not list((tmp_path / "cache").glob("images/*"))


def _platforms(maker: LayoutMaker) -> dict[str, Any]:
    made = []
    for architecture in ("amd64", "arm64"):
        image = maker.image(tar(member(f"is-{architecture}", b"1")), config={"architecture": architecture})
        made.append({**image, "platform": {"os": "linux", "architecture": architecture}})
    attestation = {**maker.image(BASE), "platform": {"os": "unknown", "architecture": "unknown"}}
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [*made, attestation]}
    return maker.blob(json.dumps(index).encode(), INDEX)


@pytest.mark.parametrize(
    ("platform", "expected"),
    [("all", ["linux/amd64", "linux/arm64"]), ("linux/arm64", ["linux/arm64"]), ("aarch64", ["linux/arm64"])],
)
def test_platforms_of_an_index(tmp_path: Path, platform: str, expected: list[str]) -> None:
    maker = LayoutMaker(tmp_path / "i")
    found = read_image(maker.index(_platforms(maker)), platform=platform)
    assert [read.inventory.platform for read in found] == expected


def test_a_platform_that_is_not_there(tmp_path: Path) -> None:
    maker = LayoutMaker(tmp_path / "i")
    with pytest.raises(ImageError, match=r"linux/s390x: name one of linux/amd64, linux/arm64"):
        read_image(maker.index(_platforms(maker)), platform="linux/s390x")
    with pytest.raises(ImageError, match="for linux/amd64 only"):
        read_image(layout(tmp_path / "j", BASE), platform="linux/arm64")


def test_indexes_in_indexes_are_bounded(tmp_path: Path) -> None:
    maker = LayoutMaker(tmp_path / "i")
    inner = _platforms(maker)
    for _ in range(10):
        inner = maker.blob(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [inner]}).encode(), INDEX)
    with pytest.raises(ImageError, match="deeper than"):
        read_image(maker.index(inner))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"schemaVersion": 1, "fsLayers": []}', "schema 1.*skopeo copy"),
        (b"{" + b" " * (5 << 20) + b"}", "more than 4,194,304 bytes"),
        (b"[" * 100_000, "is none"),
        (b"\xff\xfe", "is none"),
        (b'{"schemaVersion": 2, "layers": []}', "it is no image"),
    ],
    ids=["schema 1", "large", "deep", "no text", "no image"],
)
def test_manifests_that_are_none(tmp_path: Path, data: bytes, reason: str) -> None:
    maker = LayoutMaker(tmp_path / "i")
    with pytest.raises(ImageError, match=reason):
        read_image(maker.index(maker.blob(data, MANIFEST)))


def test_a_manifest_with_another_digest(tmp_path: Path) -> None:
    maker = LayoutMaker(tmp_path / "i")
    image = maker.image(BASE)
    reference = maker.index(image)
    place = maker.blobs / image["digest"][7:]
    place.write_bytes(place.read_bytes().replace(b'"size"', b' "size"', 1)[:-1] + b"}")
    with pytest.raises(ImageError, match=r"not those that its digest|has more than"):
        read_image(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "oci:/nowhere",
        "oci-archive:/nowhere",
        "docker-archive:/nowhere",
        "rootfs:/nowhere",
        "containers-storage:nowhere",
    ],
)
def test_places_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: str) -> None:
    monkeypatch.setenv("CONTAINERS_STORAGE", str(tmp_path))
    assert is_image(reference)
    with pytest.raises(ImageError):
        read_image(reference)


def test_tags_of_a_layout(tmp_path: Path) -> None:
    maker = LayoutMaker(tmp_path / "i")
    first = {**maker.image(BASE), "annotations": {"org.opencontainers.image.ref.name": "one"}}
    second = {**maker.image(OWN), "annotations": {"org.opencontainers.image.ref.name": "two"}}
    reference = maker.index(first, second)
    assert one(f"{reference}:one").inventory.packages
    assert not one(f"{reference}:two").inventory.packages
    assert one(f"{reference}@{second['digest']}").inventory.digest == second["digest"]
    with pytest.raises(ImageError, match="add one of one, two"):
        read_image(reference)
    with pytest.raises(ImageError, match="its index has one, two"):
        read_image(f"{reference}:three")


@pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo (Debian package skopeo) is not installed")
@pytest.mark.parametrize("target", ["oci-archive:{}/a.tar:t", "docker-archive:{}/a.tar:x/y:1"])
def test_archives_hold_what_the_layout_holds(tmp_path: Path, target: str) -> None:
    source = layout(tmp_path / "i", BASE, OWN)
    place = target.format(tmp_path)
    subprocess.run(["skopeo", "copy", "-q", "--insecure-policy", f"{source}:t", place], check=True, capture_output=True)
    expected, found = one(source), one(place)
    assert found.inventory.packages == expected.inventory.packages
    assert [layer.problem for layer in found.inventory.layers] == ["", ""]
    assert [layer.diff_id for layer in found.inventory.layers] == [layer.diff_id for layer in expected.inventory.layers]
    whole = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "a.tar").write_bytes(whole[: len(whole) // 2])
    try:
        again = one(place, keep=False)
    except ImageError:
        return
    _never_clean(again)


def test_a_root_file_system(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "var/lib/dpkg").mkdir(parents=True)
    (root / "etc").mkdir()
    (root / "var/lib/dpkg/status").write_bytes(STATUS)
    (root / "etc/os-release").write_bytes(b"ID=debian\nVERSION_ID=12\n")
    (root / "out").symlink_to("/etc/passwd")
    os.mkfifo(root / "pipe")
    found = one(f"rootfs:{root}")
    assert [package.name for package in found.inventory.packages] == ["bash"]
    assert found.unread == ()
    assert found.inventory.files == 2
    assert not list((tmp_path / "cache").glob("*/*"))


def test_a_folder_that_cannot_be_read_leaves_doubt() -> None:
    with tempfile.TemporaryDirectory() as place:
        closed = Path(place, "root/closed")
        closed.mkdir(parents=True)
        assert one(f"rootfs:{place}/root").unread == ()  # what reading imports may be another's to read
        closed.chmod(0)
        with _as_nobody(place):
            _never_clean(one(f"rootfs:{place}/root"))


@contextmanager
def _as_nobody(place: str) -> Iterator[None]:
    """Act as a user who may not read everything, as root may; `place` is theirs."""
    if os.geteuid() != 0:
        yield
        return
    nobody = 65534
    os.chown(place, nobody, nobody)
    os.seteuid(nobody)
    try:
        yield
    finally:
        os.seteuid(0)
