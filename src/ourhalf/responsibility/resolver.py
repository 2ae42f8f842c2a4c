"""Who answers for a layer of the workload at hand, and why here."""

from __future__ import annotations

from datetime import date
from functools import cache

from ourhalf.model.context import Graph, ImageKnowledge
from ourhalf.model.profile import Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Layer, Party, Platform, Responsibility
from ourhalf.model.workload import Workload
from ourhalf.resources.images import ContainerImage
from ourhalf.responsibility.images import of_image
from ourhalf.responsibility.matrix import Cell, matrix
from ourhalf.responsibility.rules import MOVING, RULES, Situation

OWN_CONFIGURATION = "security in the cloud: the setting is in our own configuration"


class Resolver:
    """Answers for one assessment: the same layer of the same workload is resolved once."""

    def __init__(self, graph: Graph, images: ImageKnowledge | None, as_of: date) -> None:
        self._graph = graph
        self._images = images
        self._as_of = as_of
        self._known: dict[tuple[int, Layer, tuple[Platform, ...]], Responsibility] = {}
        self._fixed: dict[tuple[Platform, ...], tuple[Responsibility | None, ...]] = {}
        self._possible: dict[tuple[int, int], tuple[Platform, ...]] = {}

    def of_workload(self, layer: Layer, workload: Workload, requirements: Requirements) -> Responsibility:
        """Who answers for `layer` of `workload`.

        Each platform on which it may run is resolved; agreement gives the party, disagreement gives
        unknown with the candidates. The profile's `platforms` may say which platform it is.
        """
        platforms = self._platforms(workload, requirements)
        key = (id(workload) if layer in MOVING else 0, layer, platforms)
        found = self._known.get(key)
        if found is None:
            answers = [self._on(layer, platform, workload, requirements) for platform in platforms]
            found = self._known[key] = _agreed(layer, platforms, answers)
        return found

    def of_layers(self, workload: Workload, requirements: Requirements) -> tuple[Responsibility, ...]:
        """Who answers for each layer of `workload`, in their order; see `of_workload`."""
        platforms = self._platforms(workload, requirements)
        fixed = self._fixed.get(platforms)
        if fixed is None:
            fixed = self._fixed[platforms] = tuple(
                None if layer in MOVING else self.of_workload(layer, workload, requirements) for layer in Layer
            )
        return tuple(
            answer or self.of_workload(layer, workload, requirements)
            for layer, answer in zip(Layer, fixed, strict=True)
        )

    def _platforms(self, workload: Workload, requirements: Requirements) -> tuple[Platform, ...]:
        key = (id(workload), id(requirements))
        found = self._possible.get(key)
        if found is None:
            found = self._possible[key] = _platforms(workload, requirements)
        return found

    def of_resource(self, layer: Layer, resource: Resource) -> Responsibility:
        """Who answers for `layer` of a resource that runs nothing itself: its settings are ours.

        A layer that is the provider's on every platform stays the provider's.
        """
        return _of_own_resource(layer)

    def of_image(self, layer: Layer, image: ContainerImage, in_base: bool | None) -> Responsibility:
        """Who answers for `layer` of an image whose content was read.

        `in_base` says whether what is judged lies in layers of the image that it is built on.
        """
        return of_image(layer, image, in_base, self._images, self._as_of) or _of_own_resource(layer)

    def _on(self, layer: Layer, platform: Platform, workload: Workload, requirements: Requirements) -> Responsibility:
        situation = Situation(layer, platform, workload, self._graph, self._images, self._as_of)
        for rule in RULES:
            if layer in rule.layers and (moved := rule.apply(situation)) is not None:
                return moved
        return of_cell(layer, matrix().cell(layer, platform))


@cache
def _of_own_resource(layer: Layer) -> Responsibility:
    cells = set(matrix().rows[layer].cells.values())
    if len(cells) == 1 and (cell := cells.pop()).party is Party.PROVIDER:
        return Responsibility(layer, cell.party, cell.why, sources=cell.sources)
    return Responsibility(layer, Party.CUSTOMER, OWN_CONFIGURATION, sources=("S1",))


def of_cell(layer: Layer, cell: Cell) -> Responsibility:
    """What a cell of the matrix says; an inferred one is unknown with its party as candidate."""
    if cell.inferred:
        why = f"no source states it; probably {cell.party}: {cell.why}"
        return Responsibility(layer, Party.UNKNOWN, why, candidates=(cell.party,), sources=cell.sources)
    return Responsibility(layer, cell.party, cell.why, cell.action, sources=cell.sources)


def _platforms(workload: Workload, requirements: Requirements) -> tuple[Platform, ...]:
    """The platforms that remain once the profile has said what runs a service, or this workload."""
    said = requirements.parameters.platforms
    for key in (workload.name, *(service.value for service in workload.services)):
        if key in said:
            return (Platform(said[key]),)
    return workload.platforms


def _agreed(layer: Layer, platforms: tuple[Platform, ...], answers: list[Responsibility]) -> Responsibility:
    if not answers:
        return Responsibility(layer, Party.UNKNOWN, "what runs this workload is not known")
    parties = tuple(dict.fromkeys(answer.party for answer in answers))
    sources = tuple(dict.fromkeys(source for answer in answers for source in answer.sources))
    if len(parties) == 1:
        first = answers[0]
        whys = tuple(dict.fromkeys(answer.why for answer in answers))
        candidates = tuple(dict.fromkeys(c for answer in answers for c in answer.candidates))
        return Responsibility(layer, first.party, "; ".join(whys), first.action, candidates, sources)
    named = ", ".join(f"{a.party} on {p}" for p, a in zip(platforms, answers, strict=True))
    candidates = tuple(
        dict.fromkeys(c for a in answers for c in (a.candidates if a.party is Party.UNKNOWN else (a.party,)))
    )
    return Responsibility(layer, Party.UNKNOWN, f"it depends on what runs it: {named}", None, candidates, sources)
