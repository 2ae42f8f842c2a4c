"""Reading by a table of contents gives what reading the whole layer gives, for few of its bytes.

Layers of zstd:chunked are by skopeo; those of eStargz and the indexes of SOCI by `writers`, from the published formats.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ourhalf.images.ranges.reading import Outcome
from ourhalf.images.source import Access
from ourhalf.images.sources.registry import RegistrySource
from ourhalf.images.wanted import Wanted
from tests.images.ranges.shared import (
    PLAIN,
    SPAN,
    TAR,
    WANTED,
    Served,
    check_same,
    plain,
    served,
    with_soci,
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
    docker_registry,
    image,
    layout,
)
from tests.servers import Authority, authority, serving


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
