"""The engine: evidence in, assessment out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec

from ourhalf import __version__, controls
from ourhalf.discovery import values
from ourhalf.graph.index import EvidenceGraph
from ourhalf.model.context import Context
from ourhalf.model.control import Control
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Field, Known, Place, Unresolved
from ourhalf.model.finding import (
    Assessment,
    EvidenceItem,
    Finding,
    ProfileSummary,
    Subject,
    ToolInfo,
    WorkloadSummary,
)
from ourhalf.model.profile import Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Party, Platform
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


@cache
def all_controls() -> tuple[Control[Any], ...]:
    """Every control, by id. Raises ValueError when two share one."""
    found = sorted(values(controls, Control), key=lambda control: control.id)
    for one, other in pairwise(found):
        if one.id == other.id:
            raise ValueError(f"two controls are named {one.id}")
    return tuple(found)


def assess(evidence: Evidence, targets: tuple[str, ...], as_of: date) -> Assessment:
    """Judge every resource and workload in `evidence` by every control that applies."""
    graph = EvidenceGraph(evidence)
    requirements = Requirements()
    findings = []
    for control in all_controls():
        for case in cases(control.applies_to, graph):
            context = Context(graph, requirements, as_of, case.workload, case.container)
            findings.append(_finding(control, case, judge(control, case, context)))
    return Assessment(
        tool=ToolInfo("ourhalf", __version__),
        as_of=as_of,
        targets=targets,
        profile=ProfileSummary(None, requirements.sensitivity),
        workloads=tuple(_summary(w, requirements) for w in graph.workloads()),
        findings=tuple(findings),
        responsibilities=(),
        images=(),
        unread=evidence.unread,
        files=evidence.files,
    )


def cases(kind: type[Any], graph: EvidenceGraph) -> Iterator[Case]:
    """Every subject of `kind`, a resource type, `Workload` or `Container`."""
    if kind is Workload:
        for workload in graph.workloads():
            yield Case(workload, workload.name, workload.resource.place, workload.resource, workload)
    elif kind is Container:
        for workload in graph.workloads():
            yield from _containers(workload)
    else:
        for resource in graph.all(kind):
            yield Case(resource, resource.name, resource.place, resource)


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


def judge(control: Control[Any], case: Case, context: Context) -> Verdict:
    """The verdict of `control`; unknown where the subject is not known or the control itself fails."""
    if case.unresolved is not None:
        return Verdict.unknown(case.unresolved)
    try:
        return control.evaluate(case.subject, context)
    except Exception as error:  # noqa: BLE001 - a control's own mistake must not hide its subject
        return Verdict.unknown(f"control {control.id} failed: {type(error).__name__}: {error}")


def _finding(control: Control[Any], case: Case, verdict: Verdict) -> Finding:
    services = case.workload.services if case.workload else ()
    subject = Subject(
        case.resource.kind,
        case.name,
        services[0] if len(services) == 1 else None,
        case.place.path or case.resource.place.path,
        case.place.line,
    )
    return Finding(
        id=fingerprint(control.id, subject),
        control=control.id,
        title=control.title,
        topic=control.topic,
        severity=verdict.severity or control.severity,
        party=Party.CUSTOMER,
        action=None,
        status=verdict.status,
        reason=verdict.reason,
        remedy=control.remedy,
        subject=subject,
        evidence=tuple(_item(field) for field in verdict.fields),
    )


def fingerprint(control: str, subject: Subject, key: str = "") -> str:
    """The id of a finding: the same wherever in its file the subject stands."""
    text = "\0".join((control, subject.type, subject.name, subject.path, key))
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def _item(field: Field[Any]) -> EvidenceItem:
    place = field.place
    return EvidenceItem(place.path, place.line, place.field, shown(field))


def shown(field: Field[Any]) -> str:
    """A field as reports show it."""
    match field:
        case Known(value):
            return str(value)
        case Absent(None):
            return "not set"
        case Absent(default):
            return f"not set: {default} by default"
        case Unresolved(reason):
            return f"not known: {reason}"


def _summary(workload: Workload, requirements: Requirements) -> WorkloadSummary:
    services = workload.services
    images = tuple(
        c.image.value
        for c in (workload.containers.value if isinstance(workload.containers, Known) else ())
        if isinstance(c, Container) and isinstance(c.image, Known)
    )
    return WorkloadSummary(
        workload.name,
        workload.resource.kind,
        services[0] if len(services) == 1 else None,
        tuple(Platform(p).value for p in workload.platforms),
        workload.platform_why,
        requirements.sensitivity,
        images,
        workload.resource.place.path,
        workload.resource.place.line,
    )
