"""A folder that holds a root file system: `rootfs:DIR`."""

from __future__ import annotations

import os

from ourhalf.images.folders import FolderBlob
from ourhalf.images.rooted import Rooted
from ourhalf.images.source import Access, ImageError, Manifest, Source, Transport

_PREFIX = "rootfs:"


def _claims(reference: str) -> bool:
    return reference.startswith(_PREFIX)


def _open(reference: str, _: Access) -> Source:
    folder = reference.removeprefix(_PREFIX)
    if not os.path.isdir(folder):
        raise ImageError(f"{folder or 'an empty name'} is no folder")
    manifest = Manifest(reference=reference, digest="", platform="", manifest=b"", config=b"{}", layers=())
    return Rooted(manifest, (FolderBlob(folder),))


ROOTFS = Transport("rootfs", "rootfs:DIR", _claims, _open)
