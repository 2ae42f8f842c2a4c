"""Reading by a table of contents gives what reading the whole layer gives, for few of its bytes.

Layers of zstd:chunked are by skopeo; those of eStargz and the indexes of SOCI by `writers`, from the published formats.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ourhalf.images.bounds import Bounds
from ourhalf.images.collecting import LayerContent
from ourhalf.images.filesystem import Missing
from ourhalf.images.layers import Asked, read_layer
from ourhalf.images.matching import Matching
from ourhalf.images.ranges.reading import Outcome, Ranges
from ourhalf.images.source import Access, Descriptor, Manifest
from ourhalf.images.sources.registry import RegistrySource
from ourhalf.images.wanted import Wanted
from tests.images.ranges.writers import ARTIFACT, estargz, members, soci_index, ztoc
from tests.registries import (
    INDEX,
    MANIFEST,
    FakeRegistry,
    Image,
    Packed,
    descriptor,
    digest,
    docker_registry,
    image,
    layout,
    program,
)
from tests.servers import Authority, authority, serving

WANTED = (
    Wanted("text", r".*\.txt"),
    Wanted("status", r"var/lib/dpkg/status"),
    Wanted("head", r".*\.so", head=4096, executable=True),
    Wanted("size", r".*/METADATA", reduce=lambda path, data: f"{path} {len(data)}".encode()),
    Wanted("large", r"opt/.*\.bin", most=100),
    Wanted("deep", r".*\.pth", deep=True),
)
SPAN = 1 << 18
JUDGED = "models/judged"
"""Judging model files needs all of their bytes."""


def _add(to: tarfile.TarFile, name: str, data: bytes = b"", **fields: Any) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.uid, info.gid = len(data), 0o644, 10, 20
    for field, value in fields.items():
        setattr(info, field, value)
    to.addfile(info, io.BytesIO(data))


def _tar() -> bytes:
    """Everything that a tar can hold, most of its bytes in a few files that nobody asks for."""
    noise = random.Random(5)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as to:
        _add(to, "var", type=tarfile.DIRTYPE, mode=0o1755)
        _add(to, "var/lib/dpkg/status", b"Package: a\n" * 3000)
        _add(to, "usr/lib/a.so", noise.randbytes(300_000), mode=0o4755)
        _add(to, "usr/lib/a.so.1", type=tarfile.SYMTYPE, linkname="a.so")
        _add(to, "usr/lib/b.so", type=tarfile.LNKTYPE, linkname="usr/lib/a.so")
        for number in range(40):
            _add(to, f"opt/{number}/x.bin", noise.randbytes(100_000) + bytes(50_000))
            _add(to, f"opt/{number}/METADATA", f"Name: n{number}\n".encode() * number)
        _add(to, "opt/empty.txt")
        _add(to, "opt/" + "long/" * 40 + "name.txt", b"long")
        _add(to, "opt/model.pth", noise.randbytes(1000))
        _add(to, "opt/.wh.gone")
        _add(to, "srv/.wh..wh..opq")
        _add(to, "dev/null", type=tarfile.CHRTYPE)
        _add(to, "bin/ping", b"#", pax_headers={"SCHILY.xattr.security.capability": "x"})
        _add(to, "z.txt", b"the last\n")
    return out.getvalue()


TAR = _tar()
PLAIN = Packed(gzip.compress(TAR, 1, mtime=0), TAR)


class Served:
    """An image of one layer in a registry, opened."""

    def __init__(self, source: RegistrySource, manifest: Manifest) -> None:
        self.source, self.manifest = source, manifest
        self.layer = manifest.layers[0]

    def read(self, wanted: tuple[Wanted, ...] = WANTED, bounds: Bounds | None = None) -> Outcome:
        return Ranges(self.source, self.manifest, wanted, bounds or Bounds()).read(
            self.layer, self.source.blob(self.layer)
        )

    def whole(self) -> LayerContent:
        return read_layer(self.source.blob(self.layer), Asked(self.layer, "", Matching(WANTED), Bounds()))


@contextmanager
def served(
    layer: Packed, *beside: Callable[[Image], Image], bend: Callable[[FakeRegistry], None] | None = None
) -> Iterator[Served]:
    fake = FakeRegistry()
    made = image([layer])
    fake.put(made)
    entries = []
    for make in beside:
        one = make(made)
        fake.put(one, "")
        kind = json.loads(one.manifest)["config"]["mediaType"]
        entries.append(descriptor(MANIFEST, one.manifest, artifactType=kind))
    if entries:
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
        fake.put_manifest(json.dumps(index).encode(), made.digest.replace(":", "-"), INDEX)
    if bend is not None:
        bend(fake)
    with serving(fake.script) as server:
        host = f"127.0.0.1:{server.port}"
        source = RegistrySource(f"{host}/team/app:1", Access(plain_http=(host,)))
        (manifest,) = source.images(None)
        yield Served(source, manifest)


def with_soci(version: int = 2, span: int = SPAN) -> Callable[[Image], Image]:
    table = ztoc(PLAIN.data, members(TAR), len(TAR), span, version)
    return lambda of: soci_index(of, {digest(PLAIN.data): table})


@pytest.fixture(scope="module")
def zstd_chunked(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """The layer as skopeo packs it."""
    folder = tmp_path_factory.mktemp("chunked")
    source = layout(folder / "in", image([PLAIN]))
    command = [program("skopeo"), "--insecure-policy", "copy", "-q", "--dest-compress-format", "zstd:chunked"]
    subprocess.run([*command, source, f"oci:{folder}/out:it"], check=True, timeout=300)
    return _first_layer(folder / "out")


def _first_layer(folder: Path) -> Packed:
    def blob(name: str) -> bytes:
        return (folder / "blobs" / "sha256" / name.partition(":")[2]).read_bytes()

    index = json.loads((folder / "index.json").read_text())
    layer = json.loads(blob(index["manifests"][0]["digest"]))["layers"][0]
    return Packed(blob(layer["digest"]), TAR, layer["mediaType"], layer["annotations"])


def plain(content: LayerContent) -> dict[str, Any]:
    """All but what only reading the whole layer tells."""
    left_out = {"deep", JUDGED}
    kept = {
        number: {key: held for key, held in keys.items() if key not in left_out}
        for number, keys in content.kept.items()
    }
    return {
        "entries": content.entries, "kept": {number: keys for number, keys in kept.items() if keys},
        "whiteouts": content.whiteouts, "opaque": content.opaque, "odd": content.odd, "files": content.files,
        "problem": content.problem,
    }  # fmt: skip


def check_same(one: Served, kind: str) -> None:
    before = one.source.spent()
    outcome = one.read()
    after = one.source.spent()
    assert outcome.content is not None, outcome.how
    assert kind in outcome.how
    assert "not compared with its tar" in outcome.how
    whole = one.whole()
    # the table and the footer of eStargz are entries of its tar, which its table leaves out
    whole.entries = [entry for entry in whole.entries if entry.path != "stargz.index.json"]
    whole.files = len([entry for entry in whole.entries if entry.kind == 0])
    assert plain(outcome.content) == plain(whole)
    assert whole.files > 40
    assert 0 < after.read - before.read < one.layer.size / 2
    deep = [keys["deep"] for keys in outcome.content.kept.values() if "deep" in keys]
    assert len(deep) == 1
    assert isinstance(deep[0], Missing)


def test_zstd_chunked(zstd_chunked: Packed) -> None:
    with served(zstd_chunked) as one:
        check_same(one, "zstd:chunked")


@pytest.mark.parametrize("chunk", [1 << 12, 1 << 16, 1 << 22])
def test_estargz(chunk: int) -> None:
    with served(estargz(TAR, chunk)) as one:
        check_same(one, "eStargz")


@pytest.mark.parametrize("version", [1, 2])
def test_soci(version: int) -> None:
    with served(PLAIN, with_soci(version, 1 << 16)) as one:
        spent = one.source.spent().read
        outcome = one.read(WANTED[:2])
        assert outcome.content is not None, outcome.how
        assert one.source.spent().read - spent < one.layer.size
        assert plain(outcome.content)["entries"] == plain(one.whole())["entries"]


@pytest.mark.parametrize("span", [1, 1 << 14, 1 << 16, SPAN, 1 << 22])
def test_soci_gives_the_same_bytes_from_every_place(span: int) -> None:
    """Each entry is wanted, so that every place is begun from, whatever bit it lies at."""
    table = ztoc(PLAIN.data, members(TAR), len(TAR), span)
    from ourhalf.images.ranges.soci import SociTable
    from ourhalf.images.ranges.ztoc import parse

    made = SociTable(parse(table, 1000), len(PLAIN.data))
    bits = {place.bits for place in parse(table, 1000).checkpoints}
    assert span > 1 or bits == set(range(8))
    for number, (entry, info) in enumerate(zip(made.entries(), members(TAR), strict=True)):
        if entry.size:
            taken = Taken()
            start, end = made.extent(number, entry.size)
            from ourhalf.images.ranges.table import Want

            made.unpack([Want(number, entry.size, taken)], start, PLAIN.data[start:end])
            assert bytes(taken.data) == TAR[info.offset_data : info.offset_data + info.size]
            assert taken.ended
    assert made.unchecked() == 0


class Taken:
    """Takes all bytes."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.ended = self.full = False

    def feed(self, data: memoryview) -> None:
        self.data += data

    def done(self) -> None:
        self.ended = True


def test_an_index_of_soci_that_the_manifest_names() -> None:
    """Version 2: the digest of the index is an annotation of the image's manifest."""
    index = soci_index(image([PLAIN]), {digest(PLAIN.data): ztoc(PLAIN.data, members(TAR), len(TAR), 1 << 16)})
    made = image([PLAIN])
    manifest = {**json.loads(made.manifest), "annotations": {"com.amazon.soci.index-digest": index.digest}}
    fake = FakeRegistry()
    fake.put(index, "")
    fake.put(Image(json.dumps(manifest).encode(), made.blobs))
    with serving(fake.script) as server:
        host = f"127.0.0.1:{server.port}"
        source = RegistrySource(f"{host}/team/app:1", Access(plain_http=(host,)))
        (found,) = source.images(None)
        outcome = Served(source, found).read(WANTED[:2])
    assert outcome.content is not None, outcome.how
    assert not any("referrers" in request.path for request in server.requests)


def test_a_real_registry_with_its_tag_in_place_of_referrers(tmp_path: Path, zstd_chunked: Packed) -> None:
    """docker-registry 2.8 has no API for referrers: an index of SOCI is found by the tag that stands in for it."""
    pytest.importorskip("cryptography", reason="the extra `signing` is not installed")
    by: Authority = authority(tmp_path)
    made = image([PLAIN])
    index = with_soci(2, 1 << 16)(made)
    fallback = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": INDEX,
            "manifests": [descriptor(MANIFEST, index.manifest, artifactType=ARTIFACT)],
        }
    ).encode()
    with docker_registry(tmp_path / "run", by, auth={}) as real:
        real.push(layout(tmp_path / "one", made), "team/soci:1")
        real.push(layout(tmp_path / "two", image([zstd_chunked])), "team/chunked:1")
        put(real.host, by, "team/soci", index, fallback, made.digest.replace(":", "-"))
        for repository in ("team/soci", "team/chunked"):
            source = RegistrySource(f"{real.host}/{repository}:1", Access(ca_file=by.ca_file))
            (found,) = source.images(None)
            outcome = Served(source, found).read(WANTED[:2])
            assert outcome.content is not None, outcome.how
            assert ("SOCI" if "soci" in repository else "zstd:chunked") in outcome.how
            assert source.spent().read < found.layers[0].size


def put(host: str, by: Authority, repository: str, one: Image, index: bytes, tag: str) -> None:
    """Push an artifact and an index under a tag, as the distribution API says: skopeo 1.9 pushes images only."""
    import http.client
    import ssl

    name, _, port = host.partition(":")
    connection = http.client.HTTPSConnection(name, int(port), context=ssl.create_default_context(cafile=by.ca_file))

    def ask(method: str, path: str, body: bytes = b"", kind: str = "application/octet-stream") -> str:
        connection.request(method, path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        answer.read()
        assert answer.status in {201, 202}, (answer.status, path)
        return answer.getheader("Location") or ""

    for data in one.blobs.values():
        place = ask("POST", f"/v2/{repository}/blobs/uploads/").partition(host)[2]
        ask("PUT", f"{place}&digest={digest(data)}", data)
    ask("PUT", f"/v2/{repository}/manifests/{one.digest}", one.manifest, MANIFEST)
    ask("PUT", f"/v2/{repository}/manifests/{tag}", index, INDEX)
    connection.close()


def test_a_small_layer_is_read_whole() -> None:
    with served(Packed(gzip.compress(TAR[:1024]), TAR[:1024])) as one:
        assert one.read() == Outcome(None, "")


def test_a_layer_without_a_table_is_read_whole() -> None:
    with served(PLAIN) as one:
        assert one.read() == Outcome(None, "")


def test_a_table_that_saves_little_is_not_used() -> None:
    with served(estargz(TAR)) as one:
        outcome = one.read((Wanted("all", ".*"),))
    assert outcome.content is None
    assert "would save little" in outcome.how


def without_ranges(fake: FakeRegistry) -> None:
    def hook(to: Any, request: Any) -> bool:
        if "range" not in request.headers:
            return False
        fake.hooks.clear()
        fake.script(to, request._replace(headers={}))
        fake.hooks.append(hook)
        return True

    fake.hooks.append(hook)


def test_a_registry_that_gives_no_parts() -> None:
    with served(estargz(TAR), bend=without_ranges) as one:
        assert one.read() == Outcome(None, "")
    with served(PLAIN, with_soci(2, 1 << 16), bend=without_ranges) as one:
        outcome = one.read(WANTED[:2])
    assert outcome.content is None
    assert "gives no parts" in outcome.how


def noted(layer: Packed, **notes: str) -> Packed:
    return layer._replace(annotations={**layer.annotations, **notes})


TOC = "containerd.io/snapshot/stargz/toc.digest"
LIES: dict[str, tuple[Callable[[], Packed], str]] = {
    "another digest of the table": (lambda: noted(estargz(TAR), **{TOC: digest(b"x")}), "not what the digest"),
    "no footer": (lambda: noted(PLAIN, **{TOC: digest(b"x")}), "no footer"),
    "a part that is another": (
        lambda: estargz(TAR, edit={"z.txt": {"chunkDigest": digest(b"x")}}),
        "not what its digest names",
    ),
    "a file that is longer": (lambda: estargz(TAR, edit={"z.txt": {"size": 10_000}}), "shorter than it says"),
    "a part beyond the layer": (lambda: estargz(TAR, edit={"z.txt": {"offset": 1 << 40}}), "outside of the layer"),
    "a part before the layer": (lambda: estargz(TAR, edit={"z.txt": {"offset": -5}}), "outside of the layer"),
    "parts that leave a gap": (
        lambda: estargz(TAR, edit={"var/lib/dpkg/status": {"chunkOffset": 7}}),
        "do not make it up",
    ),
    "a kind that is none": (lambda: estargz(TAR, edit={"z.txt": {"type": "door"}}), "of the kind 'door'"),
    "a size below zero": (lambda: estargz(TAR, edit={"z.txt": {"size": -1}}), "below zero"),
    "a text for a number": (lambda: estargz(TAR, edit={"z.txt": {"size": "9"}}), "no table in JSON"),
    "a part in the middle of a stream": (lambda: estargz(TAR, edit={"z.txt": {"offset": 5}}), "cannot be unpacked"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_table_that_lies_gives_way_to_the_layer(lie: str) -> None:
    make, said = LIES[lie]
    with served(make()) as one:
        outcome = one.read()
        assert outcome.content is None
        assert outcome.how.startswith("as a whole, for its table of contents cannot be used: ")
        assert said in outcome.how
        assert one.whole().files > 40


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ({"position": "1:2:3"}, "cannot be read"),
        ({"position": "a:b:c:d"}, "cannot be read"),
        ({"position": "99999999999:5:5:1"}, "outside of the layer"),
        ({"position": "100:5:5:2"}, "of a kind that is not known"),
        ({"position": "100:5:9999999999999:1"}, "too large"),
        ({"checksum": digest(b"x")}, "not what the digest"),
    ],
)
def test_notes_of_zstd_chunked_that_lie(zstd_chunked: Packed, notes: Mapping[str, str], said: str) -> None:
    found = {key.rpartition("-")[2]: key for key in zstd_chunked.annotations}
    changed = {found[key]: value for key, value in notes.items()}
    with served(noted(zstd_chunked, **changed)) as one:
        outcome = one.read()
    assert outcome.content is None
    assert said in outcome.how


def test_paths_that_lead_out_are_told_as_in_a_tar() -> None:
    edit = {"z.txt": {"name": "../../etc/z.txt"}, "opt/empty.txt": {"name": "a/" * 5000 + "b.txt"}}
    with served(estargz(TAR, edit=edit)) as one:
        outcome = one.read()
    assert outcome.content is not None
    assert [reason for _, reason in outcome.content.odd] == [
        "its path is longer than 4,096 or deeper than 256",
        "its path leads out of the image",
    ]
    assert outcome.content.problem


def test_a_table_of_too_many_entries() -> None:
    with served(estargz(TAR)) as one:
        outcome = one.read(bounds=Bounds(entries=20))
    assert outcome.content is None
    assert "entries" in outcome.how


def test_a_part_that_unpacks_to_more_than_it_may() -> None:
    bomb = tarred({"a.txt": bytes(3_000_000), "b.bin": random.Random(1).randbytes(2_000_000)})
    with served(estargz(bomb, 1 << 22)) as one:
        outcome = one.read(bounds=Bounds(ratio=10, free=1000))
    assert outcome.content is None
    assert "OURHALF_IMAGE_MAX_RATIO" in outcome.how


def tarred(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as to:
        for name, data in files.items():
            _add(to, name, data)
    return out.getvalue()


def test_bytes_without_a_digest_are_told() -> None:
    edit = {"z.txt": {"chunkDigest": "", "digest": ""}}
    with served(estargz(TAR, edit=edit)) as one:
        outcome = one.read()
    assert outcome.content is not None
    assert "no digests of 1 of the parts" in outcome.how


def test_a_ztoc_of_another_layer() -> None:
    other = Packed(gzip.compress(TAR, 9, mtime=0), TAR)
    table = ztoc(other.data, members(TAR), len(TAR), SPAN)
    with served(PLAIN, lambda of: soci_index(of, {digest(PLAIN.data): table})) as one:
        outcome = one.read()
    assert outcome.content is None
    assert "of another layer" in outcome.how


def test_a_span_that_is_not_what_its_digest_names() -> None:
    changed = bytearray(PLAIN.data)
    changed[-9] ^= 1
    table = ztoc(bytes(PLAIN.data), members(TAR), len(TAR), 1 << 16)
    layer = Packed(bytes(changed), TAR)
    with served(layer, lambda of: soci_index(of, {digest(bytes(changed)): table})) as one:
        outcome = one.read((Wanted("last", r"z\.txt"),))
    assert outcome.content is None
    assert "a span is not what its digest names" in outcome.how


@pytest.mark.parametrize("data", [b"", b"{", b'{"layers": 3}', b"x" * 100], ids=repr)
def test_an_index_of_soci_that_is_none(data: bytes) -> None:
    def make(_: Image) -> Image:
        return Image(data or b"{}", {})

    def bend(fake: FakeRegistry) -> None:
        entry = descriptor(MANIFEST, data, artifactType=ARTIFACT)
        fake.put_manifest(data)
        subject = image([PLAIN]).digest.replace(":", "-")
        fake.put_manifest(json.dumps({"manifests": [entry]}).encode(), subject, INDEX)

    with served(PLAIN, bend=bend) as one:
        assert one.read() == Outcome(None, "")


def test_what_refers_that_is_no_index_of_soci_is_not_fetched() -> None:
    def bend(fake: FakeRegistry) -> None:
        entry = descriptor(MANIFEST, b"gone", artifactType="application/vnd.example.signature")
        subject = image([PLAIN]).digest.replace(":", "-")
        fake.put_manifest(json.dumps({"manifests": [entry]}).encode(), subject, INDEX)

    with served(PLAIN, bend=bend) as one:
        assert one.read() == Outcome(None, "")
        assert isinstance(one.layer, Descriptor)
