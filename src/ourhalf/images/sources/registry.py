"""Images in registries, read where they lie: nothing is pulled, nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from ourhalf.images.bounds import MAX_CONFIG
from ourhalf.images.manifests import INDEXES, MANIFESTS, images
from ourhalf.images.reference import parse
from ourhalf.images.source import Access, Blob, Descriptor, ImageError, Manifest, Spent, Transport
from ourhalf.registry.client import NotFoundError, Registry
from ourhalf.registry.hosts import is_host, places, resolved
from ourhalf.registry.keychain import Keychain
from ourhalf.registry.means import Means, Meter
from ourhalf.web import Web, WebError

_PREFIX = "docker://"
# Endings of the tags, and what is under them (github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md).
_BY_TAG = {
    "sig": "application/vnd.dev.cosign.simplesigning.v1+json",
    "att": "",
    "sbom": "application/vnd.dev.cosign.artifact.sbom.v1+json",
}
_DOCUMENTS = INDEXES | MANIFESTS | {"application/vnd.oci.artifact.manifest.v1+json"}


def _claims(text: str) -> bool:
    """A reference with a host or a digest; a bare word is one only with `docker://` before it."""
    if text.startswith(_PREFIX):
        return True
    found = parse(text)
    if found is None:
        return False
    host, slash, _ = text.partition("/")
    return found.digest is not None or (bool(slash) and host == found.registry and is_host(host))


class _Blob:
    def __init__(self, registry: Registry, descriptor: Descriptor) -> None:
        self._registry = registry
        self._descriptor = descriptor

    def stream(self) -> AbstractContextManager[Iterator[bytes]]:
        """See `Blob.stream`: as many bytes as the descriptor says, or ImageError."""
        return self._streamed()

    @contextmanager
    def _streamed(self) -> Iterator[Iterator[bytes]]:
        found = self._registry.pieces(self._descriptor)
        try:
            yield found
        finally:
            found.close()

    def range(self, start: int, length: int) -> bytes | None:
        """See `Blob.range`."""
        if start < 0 or length < 1 or start + length > self._descriptor.size:
            raise ImageError(f"{self._descriptor.digest} has no bytes {start} to {start + length}")
        return self._registry.range(self._descriptor.digest, start, length)


class _Document:
    """A manifest or an index as a blob: registries keep these apart."""

    def __init__(self, registry: Registry, descriptor: Descriptor) -> None:
        self._registry = registry
        self._digest = descriptor.digest

    def stream(self) -> AbstractContextManager[Iterator[bytes]]:
        """See `Blob.stream`."""
        return nullcontext(iter((self._registry.manifest(self._digest).data,)))

    def range(self, start: int, length: int) -> bytes | None:
        """See `Blob.range`: manifests are given whole."""
        return None


class RegistrySource:
    """The repository of one reference: see `Source`. What a mirror does not have is asked of the registry itself."""

    complete = True

    def __init__(self, text: str, access: Access) -> None:
        if access.offline:
            raise ImageError(f"{text}: a registry is only read with the network, and this run is offline")
        reference = parse(text.removeprefix(_PREFIX))
        if reference is None:
            raise ImageError(f"{text[:200]}: no image reference; write HOST/REPOSITORY:TAG or HOST/REPOSITORY@DIGEST")
        self._text = text
        self._name = reference.digest or reference.tag or "latest"
        try:
            web = Web(ca_file=access.ca_file, resolver=resolved)
        except WebError as error:
            raise ImageError(f"{text}: {error.what}") from None
        self._meter = Meter()
        means = Means(web, access, Keychain(), self._meter)
        self._candidates = tuple(Registry(place, means) for place in places(reference, access))
        self._registry: Registry | None = None

    def images(self, platform: str | None) -> tuple[Manifest, ...]:
        """See `Source.images`."""
        problems: list[str] = []
        for registry in self._candidates:
            try:
                found = self._images(registry, platform)
            except ImageError as error:
                problems.append(str(error))
            else:
                self._registry = registry
                return found
        raise ImageError("; ".join(problems))

    def blob(self, descriptor: Descriptor) -> Blob:
        """See `Source.blob`."""
        kind = _Document if descriptor.media_type in _DOCUMENTS else _Blob
        return kind(self._chosen(), descriptor)

    def referrers(self, digest: str, artifact_type: str = "") -> tuple[Descriptor, ...] | None:
        """See `Source.referrers`."""
        try:
            found = self._chosen().referrers(digest)
            tagged = tuple(self._tagged(digest)) if found is not None and not artifact_type else ()
        except ImageError:
            return None
        if found is None:
            return None
        if not artifact_type:
            return (*found, *tagged)
        return tuple(one for one in found if one.artifact_type == artifact_type)

    def _tagged(self, digest: str) -> Iterator[Descriptor]:
        """What cosign keeps under tags that are made from the digest, as it did before registries knew referrers."""
        for ending, kind in _BY_TAG.items():
            try:
                found = self._chosen().manifest(f"{digest.replace(':', '-')[:100]}.{ending}")
            except NotFoundError:
                continue
            yield Descriptor(found.media_type, found.digest, len(found.data), {}, kind)

    def spent(self) -> Spent:
        """See `Source.spent`."""
        return self._meter.spent()

    def close(self) -> None:
        """See `Source.close`."""

    def _chosen(self) -> Registry:
        return self._registry or self._candidates[-1]

    def _images(self, registry: Registry, platform: str | None) -> tuple[Manifest, ...]:
        root = registry.manifest(self._name)
        at = Descriptor(root.media_type, root.digest, len(root.data))

        def fetch(descriptor: Descriptor) -> bytes:
            if descriptor.digest == root.digest:
                return root.data
            if descriptor.media_type in _DOCUMENTS:
                data = registry.manifest(descriptor.digest).data
                if len(data) != descriptor.size:
                    raise ImageError(f"{self._text}: {descriptor.digest} has {len(data):,} bytes, not those stated")
                return data
            return registry.whole(descriptor, MAX_CONFIG)

        return images(at, fetch, platform, self._text)


REGISTRY = Transport(
    name="registry",
    example="registry.example/team/app:1.2",
    claims=_claims,
    open=RegistrySource,
)
