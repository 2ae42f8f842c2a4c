"""Reads one image of one platform: its layers, and what cataloguers and examiners find in them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec

from ourhalf.images import layer_cache
from ourhalf.images.bounds import bounds
from ourhalf.images.cataloguer import all_cataloguers
from ourhalf.images.collecting import LayerContent
from ourhalf.images.configuration import configuration, layers_of
from ourhalf.images.examiner import all_examiners
from ourhalf.images.folders import FolderBlob
from ourhalf.images.layers import Asked, read_layer
from ourhalf.images.local import Member
from ourhalf.images.matching import Matching
from ourhalf.images.merging import Merged
from ourhalf.images.ranges.reading import Ranges
from ourhalf.images.reading import ImageRead, Progress
from ourhalf.images.source import Blob, Descriptor, ImageError, Manifest, Source
from ourhalf.images.wanted import Wanted
from ourhalf.model.inventory import Cost, Layer

_PARTS = "parts"


def all_wanted() -> tuple[Wanted, ...]:
    """What all cataloguers and examiners ask for, each key once."""
    asked = (*(one.wanted for one in all_cataloguers()), *(one.wanted for one in all_examiners()))
    return tuple({one.key: one for wanted in asked for one in wanted}.values())


def read_one(source: Source, manifest: Manifest, progress: Progress | None, keep: bool) -> ImageRead:
    """What is in one image. Raises ImageError where its configuration is none."""
    from ourhalf.images.finding import Looked, found

    read = configuration(manifest.config)
    layers = layers_of(manifest, read)
    matching = Matching(all_wanted())
    reading = Reading(source, manifest, matching, progress, keep)
    files, told = Merged(matching), []
    for layer, content in zip(layers, reading.contents(layers), strict=True):
        files.add(layer.index, content)
        told.append(
            msgspec.structs.replace(
                layer, unpacked=content.unpacked, files=content.files, problem=content.problem[:1000]
            )
        )
    cost = _cost(source, manifest, reading)
    return found(Looked(manifest, read, tuple(told), files, cost))


def _cost(source: Source, manifest: Manifest, reading: Reading) -> Cost:
    spent = source.spent()
    ways = [f"layer {index} {how}" for index, how in sorted(reading.how.items())]
    return Cost(
        read=spent.read,
        of=len(manifest.manifest) + len(manifest.config) + sum(layer.size for layer in manifest.layers),
        requests=spent.requests,
        layers_kept=reading.kept,
        how="; ".join(ways),
    )


class Reading:
    """Reads the layers of an image, several at once, and takes from the cache those that were read before."""

    def __init__(
        self, source: Source, manifest: Manifest, matching: Matching, progress: Progress | None, keep: bool
    ) -> None:
        self._source = source
        self._manifest = manifest
        self._matching = matching
        self._progress = progress
        self._keep = keep
        self._bounds = bounds()
        self._lock = threading.Lock()
        self._done: dict[int, int] = {}
        self._ranges = Ranges(source, manifest, all_wanted(), self._bounds)
        self.kept = 0
        self.how: dict[int, str] = {}

    def contents(self, layers: tuple[Layer, ...]) -> Iterator[LayerContent]:
        """What is in each layer, from the bottom."""
        workers = min(len(layers), os.cpu_count() or 1) or 1
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(self._content, layers)

    def _content(self, layer: Layer) -> LayerContent:
        descriptor = self._manifest.layers[layer.index]
        try:
            blob = self._source.blob(descriptor)
        except ImageError as error:
            return LayerContent(problem=str(error))
        there = not isinstance(blob, Member) or blob.length() == layer.size
        keep = self._keep and there and not isinstance(blob, FolderBlob)
        known = layer_cache.load(layer) if keep else None
        if known is not None:
            return self._known(layer, known)
        if not isinstance(blob, Member | FolderBlob):
            found = self._by_parts(layer, descriptor, blob)
            if found is not None:
                return found

        def advance(read: int) -> None:
            self._advance(layer, read)

        asked = Asked(descriptor, layer.diff_id, self._matching, self._bounds)
        content = read_layer(blob, asked, advance)
        if keep and not content.problem:
            layer_cache.store(layer, content)
        return content

    def _by_parts(self, layer: Layer, descriptor: Descriptor, blob: Blob) -> LayerContent | None:
        """What was read of a layer by its table of contents; None where it is to be read whole."""
        known = layer_cache.load(layer, _PARTS) if self._keep else None
        if known is not None:
            with self._lock:
                self.how[layer.index] = "from what was fetched of it before, which was not compared with its tar"
            return self._known(layer, known)
        content, how = self._ranges.read(descriptor, blob)
        if how:
            with self._lock:
                self.how[layer.index] = how
        if content is not None:
            self._advance(layer, layer.size)
            if self._keep and not content.problem:
                layer_cache.store(layer, content, _PARTS)
        return content

    def _known(self, layer: Layer, content: LayerContent) -> LayerContent:
        with self._lock:
            self.kept += 1
        self._advance(layer, layer.size)
        return content

    def _advance(self, layer: Layer, read: int) -> None:
        if self._progress is None:
            return
        with self._lock:
            self._done[layer.index] = read
            done = sum(self._done.values())
            self._progress(self._manifest.reference, done, sum(one.size for one in self._manifest.layers))
