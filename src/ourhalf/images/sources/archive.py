"""Images in archives: an OCI layout in a tar (`oci-archive:`), or what `docker save` writes (`docker-archive:`)."""

from __future__ import annotations

import os

from ourhalf.images.local import Meter, parted
from ourhalf.images.members import Members
from ourhalf.images.source import Access, ImageError, Source, Transport
from ourhalf.images.stored import Layout

_OCI, _DOCKER = "oci-archive:", "docker-archive:"


def _claims_oci(reference: str) -> bool:
    return reference.startswith(_OCI)


def _open_oci(reference: str, _: Access) -> Source:
    path, tag, digest = parted(reference.removeprefix(_OCI))
    meter = Meter()
    members = Members(path, meter)
    if "index.json" not in members:
        raise ImageError(f"{path} is no OCI image layout: it has no index.json")
    return Layout(reference, members.find, meter, tag, digest)


def _claims_docker(reference: str) -> bool:
    return reference.startswith(_DOCKER)


def _open_docker(reference: str, _: Access) -> Source:
    from ourhalf.images.docker_save import Saved

    rest, tag = reference.removeprefix(_DOCKER), ""
    # A name in the archive may hold a colon itself: FILE:REPOSITORY:TAG.
    while not os.path.exists(rest) and ":" in rest:
        rest, _colon, last = rest.rpartition(":")
        tag = f"{last}:{tag}" if tag else last
    meter = Meter()
    members = Members(rest, meter)
    if "manifest.json" not in members:
        raise ImageError(f"{rest} is not what docker save writes: it has no manifest.json")
    return Saved(reference, members, meter, tag)


OCI_ARCHIVE = Transport("oci-archive", "oci-archive:FILE[:TAG]", _claims_oci, _open_oci)
DOCKER_ARCHIVE = Transport("docker-archive", "docker-archive:FILE[:NAME:TAG]", _claims_docker, _open_docker)
