"""A table of contents that lies, or is none, gives way to reading the layer whole."""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
from collections.abc import Callable, Mapping

import pytest

from ourhalf.images.bounds import Bounds
from ourhalf.images.ranges.reading import Outcome
from ourhalf.images.source import Descriptor
from ourhalf.images.wanted import Wanted
from tests.images.ranges.shared import (
    PLAIN,
    SPAN,
    TAR,
    add,
    served,
)
from tests.images.ranges.writers import ARTIFACT, estargz, members, soci_index, ztoc
from tests.registries import (
    INDEX,
    MANIFEST,
    FakeRegistry,
    Image,
    Packed,
    descriptor,
    digest,
    image,
)


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
            add(to, name, data)
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
