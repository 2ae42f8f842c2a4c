"""From the first document of an image to the manifests of the platforms that are asked for.

Source: github.com/opencontainers/image-spec, image-index.md and manifest.md; Docker's manifest lists (schema 2).
"""

from __future__ import annotations

import hashlib
import platform as machine
from collections.abc import Callable, Iterator

import msgspec

from ourhalf.images.bounds import MAX_CONFIG, MAX_LAYERS, MAX_MANIFEST
from ourhalf.images.source import Descriptor, ImageError, Manifest

INDEXES = frozenset(
    {"application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"}
)
MANIFESTS = frozenset(
    {"application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"}
)
_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+"
_MAX_INDEXES, _MAX_DEPTH, _MAX_IMAGES = 64, 4, 256
_MAX_ATTESTATIONS = 64
_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "ppc64le": "ppc64le",
                  "s390x": "s390x", "riscv64": "riscv64"}  # fmt: skip

Fetch = Callable[[Descriptor], bytes]
"""Gives the bytes of a small blob. Raises ImageError."""


class Platform(msgspec.Struct, frozen=True):
    """For which machines an image is."""

    architecture: str = ""
    os: str = ""
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.os, self.architecture, self.variant)))


class _Listed(msgspec.Struct, frozen=True, rename="camel"):
    digest: str
    size: int
    media_type: str = ""
    platform: Platform | None = None
    annotations: dict[str, str] | None = None
    artifact_type: str = ""


class Document(msgspec.Struct, frozen=True, rename="camel"):
    """A manifest or an index, as far as it is looked at."""

    schema_version: int = 2
    media_type: str = ""
    manifests: tuple[_Listed, ...] | None = None
    config: _Listed | None = None
    layers: tuple[_Listed, ...] | None = None
    subject: _Listed | None = None
    annotations: dict[str, str] | None = None
    artifact_type: str = ""


class Config(msgspec.Struct, frozen=True):
    """Of an image's configuration, the platform."""

    architecture: str = ""
    os: str = ""
    variant: str = ""


def check_digest(digest: str, data: bytes, what: str) -> None:
    """Raises ImageError where `data` is not what `digest` names."""
    algorithm = digest.partition(":")[0]
    if algorithm not in {"sha256", "sha384", "sha512"}:
        raise ImageError(f"the digest of the {what}, {digest[:100]}, is by no algorithm that is known here")
    if f"{algorithm}:{hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()}" != digest:
        raise ImageError(f"the bytes of the {what} are not those that its digest {digest} names")


def document(data: bytes) -> Document:
    """A manifest or an index. Raises ImageError with what to do about one that is too old or too large."""
    if len(data) > MAX_MANIFEST:
        raise ImageError(f"a manifest has more than {MAX_MANIFEST:,} bytes")
    try:
        found = msgspec.json.decode(data, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ImageError(f"a manifest is none: {str(error)[:200]}") from None
    if found.schema_version == 1 or found.media_type.startswith(_SCHEMA_1):
        raise ImageError(
            "the image has a manifest of Docker's schema 1, which states no digests of its layers' tars and is no "
            "longer pulled by container runtimes: push it again with a current tool, such as skopeo copy"
        )
    if found.manifests is not None and (found.layers is not None or found.config is not None):
        # two programs would take it for two images (CVE-2021-41190)
        raise ImageError("a manifest is an index too: which image it names cannot be told")
    return found


def annotated(manifest: bytes) -> dict[str, str]:
    """What a manifest is annotated with; nothing where it is none, as that of a folder."""
    try:
        return document(manifest).annotations or {}
    except ImageError:
        return {}


def descriptors(read: Document) -> tuple[Descriptor, ...]:
    """What an index lists."""
    return tuple(_descriptor(one) for one in read.manifests or ())


def images(root: Descriptor, fetch: Fetch, platform: str | None, reference: str) -> tuple[Manifest, ...]:
    """The images that a first document leads to: see `Source.images`. `fetch` checks no digests. Raises ImageError."""
    walk = _Walk(fetch)
    listed = list(walk.below(root, None, 0))
    if not listed:
        raise ImageError(f"{reference} names no image: its index lists none")
    if len(listed) > 1:
        known = [(one, stated or walk.platform_of(one)) for one, stated in listed]
        return tuple(walk.manifest(one, reference) for one in _chosen(known, platform, reference))
    made = walk.manifest(listed[0][0], reference)
    if platform not in {None, "all"} and not fits(_platform(made.platform), platform or ""):
        raise ImageError(f"{reference} is for {made.platform} only, and not for {platform}")
    return (made,)


class _Walk:
    """Follows indexes within bounds. A manifest whose platform its index states is read when it is chosen."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._seen: set[str] = set()
        self._read: dict[str, tuple[bytes, Document]] = {}
        self._indexes = 0
        self._attestations: dict[str, list[Descriptor]] = {}

    def below(
        self, descriptor: Descriptor, stated: Platform | None, depth: int
    ) -> Iterator[tuple[Descriptor, Platform | None]]:
        """The image manifests at and below a document, each once, with the platform that an index states."""
        if descriptor.digest in self._seen:
            return
        self._seen.add(descriptor.digest)
        if stated is not None and descriptor.media_type in MANIFESTS:
            yield descriptor, stated
            return
        found = self._document(descriptor)[1]
        if found.manifests is None:
            yield descriptor, stated
            return
        self._indexes += 1
        if depth >= _MAX_DEPTH or self._indexes > _MAX_INDEXES or len(self._seen) > _MAX_IMAGES * 4:
            raise ImageError(f"indexes in indexes deeper than {_MAX_DEPTH}, or more than {_MAX_INDEXES} of them")
        for one in found.manifests:
            self._note(one)
            if _is_image(one):
                yield from self.below(_descriptor(one), one.platform, depth + 1)

    def manifest(self, descriptor: Descriptor, reference: str) -> Manifest:
        """One image, its configuration read."""
        data, read = self._document(descriptor)
        if read.config is None or read.layers is None:
            raise ImageError(f"{reference} has a manifest without a configuration or layers: it is no image")
        if len(read.layers) > MAX_LAYERS:
            raise ImageError(f"{reference} has more than {MAX_LAYERS} layers")
        config = self._checked(_descriptor(read.config), MAX_CONFIG, "configuration")
        layers = tuple(_descriptor(one) for one in read.layers)
        return Manifest(
            reference=reference, digest=descriptor.digest, platform=str(config_platform(config)), manifest=data,
            config=config, layers=layers, attestations=tuple(self._attestations.get(descriptor.digest, ())),
        )  # fmt: skip

    def _note(self, one: _Listed) -> None:
        """Take note of an attestation of BuildKit, by the image that it is about."""
        annotations = one.annotations or {}
        if annotations.get("vnd.docker.reference.type") == "attestation-manifest" and one.media_type in MANIFESTS:
            about = self._attestations.setdefault(annotations.get("vnd.docker.reference.digest", ""), [])
            if len(about) < _MAX_ATTESTATIONS:
                about.append(_descriptor(one))

    def platform_of(self, descriptor: Descriptor) -> Platform:
        """The platform that a manifest's own configuration states."""
        read = self._document(descriptor)[1]
        if read.config is None:
            return Platform()
        return config_platform(self._checked(_descriptor(read.config), MAX_CONFIG, "configuration"))

    def _document(self, descriptor: Descriptor) -> tuple[bytes, Document]:
        if descriptor.digest not in self._read:
            data = self._checked(descriptor, MAX_MANIFEST, "manifest")
            self._read[descriptor.digest] = data, document(data)
        return self._read[descriptor.digest]

    def _checked(self, descriptor: Descriptor, most: int, what: str) -> bytes:
        if descriptor.size > most:
            raise ImageError(f"the {what} {descriptor.digest[:80]} has more than {most:,} bytes")
        data = self._fetch(descriptor)
        if len(data) > most:
            raise ImageError(f"the {what} {descriptor.digest[:80]} has more than {most:,} bytes")
        check_digest(descriptor.digest, data, what)
        return data


def config_platform(config: bytes) -> Platform:
    """The platform that the configuration of an image states. Raises ImageError."""
    try:
        found = msgspec.json.decode(config, type=Config)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ImageError(f"the image's configuration is none: {str(error)[:200]}") from None
    return Platform(found.architecture, found.os, found.variant)


def _is_image(one: _Listed) -> bool:
    """Whether an index lists an image: not an attestation of one, nor an artifact that is kept beside it."""
    unknown = one.platform is not None and one.platform.os == "unknown" and one.platform.architecture == "unknown"
    attests = (one.annotations or {}).get("vnd.docker.reference.type") == "attestation-manifest"
    kind = one.media_type
    return (
        not unknown
        and not attests
        and not one.artifact_type
        and (not kind or kind in INDEXES or kind in MANIFESTS or kind.startswith(_SCHEMA_1))
    )


def _descriptor(one: _Listed) -> Descriptor:
    return Descriptor(one.media_type, one.digest, one.size, one.annotations or {}, one.artifact_type)


def _platform(text: str) -> Platform:
    parts = text.split("/")
    if len(parts) == 1:
        return Platform(_ARCHITECTURES.get(parts[0], parts[0]), "linux")
    return Platform(_ARCHITECTURES.get(parts[1], parts[1]), parts[0], parts[2] if len(parts) > 2 else "")


def fits(known: Platform, asked: str) -> bool:
    """Whether an image is for the platform that is asked for."""
    wanted = _platform(asked)
    same = (known.os, known.architecture) == (wanted.os, wanted.architecture)
    return same and (not wanted.variant or wanted.variant == known.variant)


def _chosen(known: list[tuple[Descriptor, Platform]], platform: str | None, reference: str) -> list[Descriptor]:
    """Those of the platform that is asked for."""
    if platform == "all":
        return [found for found, _ in known]
    asked = platform or f"linux/{_ARCHITECTURES.get(machine.machine().lower(), machine.machine().lower())}"
    fitting = [found for found, said in known if fits(said, asked)]
    if fitting:
        return fitting[:1]
    there = ", ".join(sorted({str(said) or "unknown" for _, said in known}))
    raise ImageError(f"{reference} has no image for {asked}: name one of {there} with --platform, or all")
