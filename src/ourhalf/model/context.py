"""What a control may ask besides its subject."""

from datetime import date
from typing import Protocol, TypeVar

import msgspec

from ourhalf.model.field import Field, Unresolved
from ourhalf.model.images import ImageFacts
from ourhalf.model.profile import Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Container, Workload

R = TypeVar("R", bound=Resource)


class Graph(Protocol):
    """The resources of one assessment and how they name each other."""

    def find(self, link: Field[object], kind: type[R], near: Resource) -> R | Unresolved:
        """The resource of `kind` that `link`, a field of `near`, names.

        Unresolved, with the reason, when it lies outside what was read or cannot be told.
        """
        ...

    def referrers(self, target: Resource, kind: type[R]) -> tuple[R, ...]:
        """The resources of `kind` that name `target` in any of their links."""
        ...

    def all(self, kind: type[R], near: Resource | None = None) -> tuple[R, ...]:
        """Every resource of `kind`; with `near`, those of its scope only."""
        ...

    def workloads(self) -> tuple[Workload, ...]:
        """Everything that runs."""
        ...


class _NoGraph:
    """The graph of an assessment without resources."""

    def find(self, link: Field[object], kind: type[R], near: Resource) -> R | Unresolved:
        return Unresolved(f"no {kind.__name__} was read", link.place)

    def referrers(self, target: Resource, kind: type[R]) -> tuple[R, ...]:
        return ()

    def all(self, kind: type[R], near: Resource | None = None) -> tuple[R, ...]:
        return ()

    def workloads(self) -> tuple[Workload, ...]:
        return ()


class ImageKnowledge(Protocol):
    """Recognises images by their references."""

    def facts(self, image: Field[str]) -> ImageFacts:
        """What the reference in `image` says; never raises."""
        ...


class Context(msgspec.Struct, frozen=True):
    """The rest of the evidence, the company's requirements for this subject, and the date.

    `workload` is the one that the subject is, or belongs to. `as_of` is the only clock.
    """

    graph: Graph = _NoGraph()
    requirements: Requirements = Requirements()
    as_of: date = date.min
    workload: Workload | None = None
    container: Container | None = None
    images: ImageKnowledge | None = None
