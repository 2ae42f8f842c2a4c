"""Layers with tables of contents in a registry, and what reading the whole of them gives."""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ourhalf.images.bounds import Bounds
from ourhalf.images.collecting import LayerContent
from ourhalf.images.filesystem import Missing
from ourhalf.images.layers import Asked, read_layer
from ourhalf.images.matching import Matching
from ourhalf.images.ranges.reading import Outcome, Ranges
from ourhalf.images.source import Access, Manifest
from ourhalf.images.sources.registry import RegistrySource
from ourhalf.images.wanted import Wanted
from tests.images.ranges.writers import members, soci_index, ztoc
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
from tests.servers import serving

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


def add(to: tarfile.TarFile, name: str, data: bytes = b"", **fields: Any) -> None:
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
        add(to, "var", type=tarfile.DIRTYPE, mode=0o1755)
        add(to, "var/lib/dpkg/status", b"Package: a\n" * 3000)
        add(to, "usr/lib/a.so", noise.randbytes(300_000), mode=0o4755)
        add(to, "usr/lib/a.so.1", type=tarfile.SYMTYPE, linkname="a.so")
        add(to, "usr/lib/b.so", type=tarfile.LNKTYPE, linkname="usr/lib/a.so")
        for number in range(40):
            add(to, f"opt/{number}/x.bin", noise.randbytes(100_000) + bytes(50_000))
            add(to, f"opt/{number}/METADATA", f"Name: n{number}\n".encode() * number)
        add(to, "opt/empty.txt")
        add(to, "opt/" + "long/" * 40 + "name.txt", b"long")
        add(to, "opt/model.pth", noise.randbytes(1000))
        add(to, "opt/.wh.gone")
        add(to, "srv/.wh..wh..opq")
        add(to, "dev/null", type=tarfile.CHRTYPE)
        add(to, "bin/ping", b"#", pax_headers={"SCHILY.xattr.security.capability": "x"})
        add(to, "z.txt", b"the last\n")
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


def first_layer(folder: Path) -> Packed:
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
