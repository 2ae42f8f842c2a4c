"""Images as evidence: those that are targets, and those that workloads name."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.graph.images import ImageIndex
from ourhalf.graph.index import EvidenceGraph
from ourhalf.images.options import ImageOptions
from ourhalf.images.placed import read_images
from ourhalf.images.reading import Progress
from ourhalf.images.source import ImageError
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.field import Known, elements
from ourhalf.readers.reader import merged
from ourhalf.resources.images import ContainerImage


def with_images(
    evidence: Evidence,
    targets: tuple[str, ...],
    options: ImageOptions,
    progress: Progress | None = None,
    keep: bool = True,
) -> Evidence:
    """The same evidence, with what is in the images that are `targets`, or that workloads name and `options` place.

    An image that cannot be read is in `unread`: nothing is then said of it.
    """
    asked = [(target, target) for target in targets]
    named = _named(evidence) if options.registry else ()  # the graph is made for this alone
    placed = dict(options.sources)
    asked += [(name, place) for name, place in placed.items() if name not in named]
    asked += [(name, placed.get(name, name)) for name in named if name not in targets]
    return merged([evidence, *_read(tuple(dict.fromkeys(asked)), options, progress, keep)])


def _named(evidence: Evidence) -> tuple[str, ...]:
    """The images that workloads name and that are not among the evidence."""
    graph = EvidenceGraph(evidence)
    known = ImageIndex(graph.all(ContainerImage))
    found = (
        container.image.value
        for workload in graph.workloads()
        for container in elements(workload.containers)
        if isinstance(container.image, Known) and not isinstance(known.of(container.image), ContainerImage)
    )
    return tuple(dict.fromkeys(found))


def _read(
    asked: tuple[tuple[str, str], ...], options: ImageOptions, progress: Progress | None, keep: bool
) -> Iterator[Evidence]:
    """What reading each place gives, under the name by which it is known."""
    options = msgspec.structs.replace(options, access=msgspec.structs.replace(options.access, referring=True))
    for name, place in asked:
        try:
            found = read_images(place, options, progress, keep, name)
        except ImageError as error:
            yield Evidence(unread=(Unread(name, 1, "images", str(error)),))
            continue
        for one in found:
            image = one.image if name == place else _renamed(one.image, name)
            yield Evidence((image, *one.models), one.unread, files=1)


def _renamed(image: ContainerImage, name: str) -> ContainerImage:
    """The image under the name that configuration knows; where it was read from is one of its other names."""
    names = tuple(dict.fromkeys((image.reference, *image.other_names)))
    return msgspec.structs.replace(image, name=name, reference=name, other_names=names)
