"""Where images come from: one file a kind of place in `sources/`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec


class ImageError(Exception):
    """An image, or a part of it, cannot be read; `str()` of it says why and what to do, in words."""


class Descriptor(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a manifest says of a blob (github.com/opencontainers/image-spec, descriptor.md)."""

    media_type: str
    digest: str
    size: int
    annotations: dict[str, str] = {}
    artifact_type: str = ""


class Spent(msgspec.Struct, frozen=True):
    """What a place has given so far: bytes that were fetched or read, and requests over the network."""

    read: int = 0
    requests: int = 0


class Blob(Protocol):
    """The bytes of one blob, from a file or the network."""

    def stream(self) -> AbstractContextManager[Iterator[bytes | memoryview]]:
        """The bytes from the first to the last, in pieces of up to 1 MB. Raises ImageError while it is read."""
        ...

    def range(self, start: int, length: int) -> bytes | None:
        """Some bytes; None where this place cannot give a part without the rest. Raises ImageError."""
        ...


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One image of one platform. `config` are the bytes of its configuration, digest checked.

    `digest` is that of the manifest itself. `manifest` are its bytes. `layers` go from the bottom. `platform` is
    written `linux/amd64`, with the variant where it has one.
    `attestations` are those of BuildKit, which an index lists beside the image.
    """

    reference: str
    digest: str
    platform: str
    manifest: bytes
    config: bytes
    layers: tuple[Descriptor, ...]
    attestations: tuple[Descriptor, ...] = ()


class Source(Protocol):
    """An opened place with images. `complete` says that all that refers to an image is kept there, as in a registry."""

    complete: bool

    def images(self, platform: str | None) -> tuple[Manifest, ...]:
        """The images that the reference names.

        Of an index that of `platform`: None is this machine's architecture on Linux (the only one there is, where
        there is one), `all` is every one. Nested indexes are followed within bounds. Raises ImageError.
        """
        ...

    def blob(self, descriptor: Descriptor) -> Blob:
        """A blob by its descriptor, or a manifest or an index by its media type. Nothing is read yet."""
        ...

    def referrers(self, digest: str, artifact_type: str = "") -> tuple[Descriptor, ...] | None:
        """What refers to a manifest (signatures, bills of materials, SOCI indexes); None where it cannot be told."""
        ...

    def spent(self) -> Spent:
        """What was taken from this place so far, for `Cost`. Asked from any thread."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class Transport(msgspec.Struct, frozen=True):
    """A module-level value in a file of `sources`.

    `claims` says whether a reference is of this kind: by its prefix, such as `oci:`, or its form. `open` takes the
    reference as the user wrote it and raises ImageError.
    """

    name: str
    example: str
    claims: Callable[[str], bool]
    open: Callable[[str, Access], Source]


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """How places are reached: what the user's options say.

    `mirrors` maps the beginning of a reference (`registry.example/team`) to another. `plain_http` are hosts spoken
    to without TLS; `ca_file` has certificates in PEM that are trusted besides the system's. `offline` refuses
    everything that needs the network. With `referring` a place is also asked what refers to its images, such as
    signatures, which takes a few requests of a registry.
    """

    mirrors: tuple[tuple[str, str], ...] = ()
    plain_http: tuple[str, ...] = ()
    ca_file: str | None = None
    offline: bool = False
    referring: bool = False
