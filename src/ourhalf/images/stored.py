"""Images of an OCI image layout, wherever its files are.

Source: github.com/opencontainers/image-spec, image-layout.md.
"""

from __future__ import annotations

from collections.abc import Callable

from ourhalf.images.bounds import MAX_MANIFEST
from ourhalf.images.local import FileBlob, Meter, file_of, small, tag_of
from ourhalf.images.manifests import INDEXES, descriptors, document, images
from ourhalf.images.source import Blob, Descriptor, ImageError, Manifest, Spent

Find = Callable[[str], FileBlob]
"""Gives a file of the layout by its path in it. Raises ImageError where there is none."""


class Layout:
    """A `Source` over a layout: `find` gives its files; `tag` or `digest` choose of what its index lists."""

    complete = False

    def __init__(self, reference: str, find: Find, meter: Meter, tag: str = "", digest: str = "") -> None:
        self._reference = reference
        self._find = find
        self._meter = meter
        self._tag = tag
        self._digest = digest

    def images(self, platform: str | None) -> tuple[Manifest, ...]:
        """See `Source`."""
        return images(self._root(), self._fetch, platform, self._reference)

    def _root(self) -> Descriptor:
        """What the index of the layout lists under the tag or digest."""
        listed = self._listed()
        if self._digest:
            fitting = [one for one in listed if one.digest == self._digest]
            return fitting[0] if fitting else self._unlisted()
        fitting = [one for one in listed if self._tag in {"", tag_of(one)}]
        if len(fitting) == 1:
            return fitting[0]
        names = ", ".join(sorted(tag_of(one) or one.digest for one in listed)[:20])
        if not fitting:
            raise ImageError(f"{self._reference} is not there: its index has {names or 'nothing'}")
        raise ImageError(f"{self._reference} names several images: add one of {names}")

    def _unlisted(self) -> Descriptor:
        """A manifest that only its digest names: an index within lists it."""
        blob = self._find(file_of(self._digest))
        return Descriptor("", self._digest, len(small(blob, MAX_MANIFEST, "a manifest")))

    def _listed(self) -> tuple[Descriptor, ...]:
        return descriptors(document(small(self._find("index.json"), MAX_MANIFEST, "index.json")))

    def _fetch(self, descriptor: Descriptor) -> bytes:
        return small(self._find(file_of(descriptor.digest)), descriptor.size, f"the blob {descriptor.digest}")

    def blob(self, descriptor: Descriptor) -> Blob:
        """See `Source`."""
        return self._find(file_of(descriptor.digest))

    def referrers(self, digest: str, artifact_type: str = "") -> tuple[Descriptor, ...] | None:
        """See `Source`: a layout lists what refers to its images as it lists these."""
        found = []
        for one in self._listed():
            if one.media_type in INDEXES or one.size > MAX_MANIFEST:
                continue
            try:
                read = document(self._fetch(one))
            except ImageError:
                return None
            kind = read.artifact_type or (read.config.media_type if read.config else "")
            if read.subject is not None and read.subject.digest == digest and artifact_type in {"", kind}:
                found.append(Descriptor(one.media_type, one.digest, one.size, one.annotations, kind))
        return tuple(found)

    def spent(self) -> Spent:
        """See `Source`."""
        return self._meter.spent()

    def close(self) -> None:
        """Nothing is held open."""
