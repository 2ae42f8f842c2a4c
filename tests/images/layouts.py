"""Makes OCI image layouts of layers that a test writes itself."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ourhalf.images.bounds import Bounds
from ourhalf.images.collecting import Collector, LayerContent
from ourhalf.images.matching import Matching
from ourhalf.images.tar import Tar
from ourhalf.images.wanted import Wanted

EVERYTHING = Wanted(key="all", pattern=".*")
GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def member(name: str, data: bytes = b"", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    """One entry of a tar, a file where `type` says nothing else."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    info.mode = 0o644
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def folder(name: str) -> tuple[tarfile.TarInfo, bytes]:
    """A folder."""
    return member(name, type=tarfile.DIRTYPE, mode=0o755)


def link(name: str, target: str, hard: bool = False) -> tuple[tarfile.TarInfo, bytes]:
    """A link."""
    return member(name, type=tarfile.LNKTYPE if hard else tarfile.SYMTYPE, linkname=target)


def tar(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of some entries."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def walked(data: bytes, pieces: int = 1 << 20, wanted: Iterable[Wanted] = (EVERYTHING,)) -> LayerContent:
    """What the walk of a tar that comes in pieces gives."""
    collector = Collector(Matching(wanted), Bounds())
    walk = Tar(collector)
    view = memoryview(data)
    for at in range(0, len(view), pieces):
        walk.feed(view[at : at + pieces])
    walk.end()
    return collector.content


class LayoutMaker:
    """A folder that becomes an image layout."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.blobs = path / "blobs" / "sha256"
        self.blobs.mkdir(parents=True)
        (path / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')

    def blob(self, data: bytes, media_type: str, **more: Any) -> dict[str, Any]:
        """Put a blob in; gives its descriptor."""
        digest = hashlib.sha256(data).hexdigest()
        (self.blobs / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data), **more}

    def image(
        self, *tars: bytes, config: dict[str, Any] | None = None, pack: Any = None, **more: Any
    ) -> dict[str, Any]:
        """Put an image of these layers in; gives the descriptor of its manifest."""
        pack = pack or (lambda data: gzip.compress(data, 1, mtime=0))
        layers = [self.blob(pack(data), more.pop("media_type", GZIP)) for data in tars]
        diffs = [f"sha256:{hashlib.sha256(data).hexdigest()}" for data in tars]
        stated = {"architecture": "amd64", "os": "linux", "config": {}, **(config or {})}
        stated["rootfs"] = {"type": "layers", "diff_ids": diffs}
        described = self.blob(json.dumps(stated).encode(), "application/vnd.oci.image.config.v1+json")
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": described, "layers": layers, **more}
        return self.blob(json.dumps(manifest).encode(), MANIFEST)

    def index(self, *manifests: dict[str, Any]) -> str:
        """Write the index; gives the reference of the layout."""
        listed = [{"annotations": {"org.opencontainers.image.ref.name": "t"}, **one} for one in manifests]
        (self.path / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": listed}))
        return f"oci:{self.path}"


def layout(path: Path, *tars: bytes, **more: Any) -> str:
    """A layout of one image of these layers; gives its reference."""
    maker = LayoutMaker(path)
    return maker.index(maker.image(*tars, **more))
