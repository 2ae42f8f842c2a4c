"""What controls judge, and what they may ask when they do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import msgspec

from ourhalf.graph.images import GraphContents
from ourhalf.graph.index import EvidenceGraph
from ourhalf.graph.loads import NamedLoads
from ourhalf.graph.network import ResourceNetwork
from ourhalf.iam.identities import PolicyIdentity
from ourhalf.images.recognise import DeepLearningContainers
from ourhalf.model.context import Context
from ourhalf.model.control import Control
from ourhalf.model.field import Known, Place, Unresolved
from ourhalf.model.finding import Subject
from ourhalf.model.profile import Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Layer, Responsibility
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container, Workload


class Case(msgspec.Struct, frozen=True):
    """One thing to judge, and where it stands."""

    subject: Any
    name: str
    place: Place
    resource: Resource
    workload: Workload | None = None
    unresolved: Unresolved | None = None

    @property
    def container(self) -> Container | None:
        """The container that is judged, where it is one."""
        return self.subject if isinstance(self.subject, Container) else None


class Asked(NamedTuple):
    """A case with what is the same for every control that judges it; `answers` fills as layers are asked for."""

    case: Case
    requirements: Requirements
    context: Context
    subject: Subject
    answers: dict[Layer, Responsibility]


def surroundings(graph: EvidenceGraph, as_of: date) -> Context:
    """What every control may ask, whatever its subject."""
    return Context(
        graph,
        as_of=as_of,
        images=DeepLearningContainers(),
        identity=PolicyIdentity(graph),
        network=ResourceNetwork(graph),
        models=NamedLoads(graph),
        contents=GraphContents(graph),
    )


def context_of(case: Case, around: Context, requirements: Requirements) -> Context:
    """What a control may ask when it judges `case`."""
    return msgspec.structs.replace(around, requirements=requirements, workload=case.workload, container=case.container)


def cases(control: Control[Any], graph: EvidenceGraph) -> Iterator[Case]:
    """Everything that `control` is about: resources of a type, workloads or containers."""
    kind = control.applies_to
    if kind in (Workload, Container):
        for workload in graph.workloads():
            if control.about and not isinstance(workload.resource, control.about):
                continue
            if kind is Container:
                yield from _containers(workload)
            else:
                yield Case(workload, workload.name, workload.resource.place, workload.resource, workload)
    else:
        running = {id(workload.resource): workload for workload in graph.workloads()}
        for resource in graph.all(kind):
            yield Case(resource, resource.name, resource.place, resource, running.get(id(resource)))


def _containers(workload: Workload) -> Iterator[Case]:
    listed = workload.containers
    many = listed.value if isinstance(listed, Known) else (listed,)
    for container in many:
        match container:
            case Container():
                name = f"{workload.name}/{container.name}" if container.name else workload.name
                yield Case(container, name, container.place, workload.resource, workload)
            case Unresolved():
                place = container.place
                yield Case(None, workload.name, place, workload.resource, workload, container)


def judge(control: Control[Any], case: Case, context: Context) -> Verdict | None:
    """The verdict of `control`; unknown where the subject is not known or the control itself fails.

    None where the control is not about this subject.
    """
    if case.unresolved is not None:
        return Verdict.unknown(case.unresolved)
    try:
        return control.evaluate(case.subject, context)
    except Exception as error:  # noqa: BLE001 - a control's own mistake must not hide its subject
        return Verdict.unknown(f"control {control.id} failed: {type(error).__name__}: {error}")
