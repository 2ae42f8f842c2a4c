"""Images in a folder as the OCI image layout lays them out: `oci:DIR[:TAG]`, `oci:DIR@DIGEST`."""

from __future__ import annotations

import os

from ourhalf.images.local import FileBlob, Meter, parted
from ourhalf.images.source import Access, ImageError, Source, Transport
from ourhalf.images.stored import Layout

_PREFIX = "oci:"


def _claims(reference: str) -> bool:
    return reference.startswith(_PREFIX)


def _open(reference: str, _: Access) -> Source:
    folder, tag, digest = parted(reference.removeprefix(_PREFIX))
    if not os.path.isfile(os.path.join(folder, "index.json")):
        raise ImageError(f"{folder or 'the current folder'} is no OCI image layout: it has no index.json")
    meter = Meter()

    def find(name: str) -> FileBlob:
        path = os.path.join(folder, *name.split("/"))
        if not os.path.exists(path):
            raise ImageError(f"{folder} has no {name}")
        return FileBlob(path, meter)

    return Layout(reference, find, meter, tag, digest)


LAYOUT = Transport("oci", "oci:DIR[:TAG]", _claims, _open)
