"""What an assessment is about, as components of a system, and what is known of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import msgspec

from ourhalf.compliance.formats.format import Held
from ourhalf.compliance.oscal.document import (
    Json,
    OscalError,
    line,
    listed,
    properties,
    props,
    prose,
    string,
    tokens,
    uuid_of,
)
from ourhalf.compliance.results import Inherited, Outcome, RequirementResult
from ourhalf.model.finding import ControlSummary, Finding, WorkloadSummary
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status

THIS_SYSTEM = uuid_of("component", "this-system")
JUDGED = frozenset({Status.PASS, Status.FAIL, Status.UNKNOWN})


class State(msgspec.Struct, frozen=True):
    """How far something is implemented, in OSCAL's words or one of ours, and what to add in words."""

    word: str
    why: str = ""

    def written(self) -> Json:
        """OSCAL's implementation status."""
        return {"state": self.word, **({"remarks": prose(self.why)} if self.why else {})}


class Component(msgspec.Struct, frozen=True):
    """A workload, a service, or the whole system for settings that belong to neither."""

    uuid: str
    type: str
    title: str
    description: str
    service: str | None = None
    workload: WorkloadSummary | None = None


class System:
    """The components of what was assessed, and which findings and requirements each bears on."""

    def __init__(self, held: Held) -> None:
        if not held.report.results:
            raise OscalError(f"{held.report.framework} has no requirement to write: OSCAL documents need one")
        self.held = held
        self.control_ids = tokens(result.id for result in held.report.results)
        self._about: dict[str, Component] = {}
        self._by_name: dict[str, list[WorkloadSummary]] = {}
        for workload in held.assessment.workloads:
            self._by_name.setdefault(workload.name, []).append(workload)

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """Every finding by its id."""
        return {finding.id: finding for finding in self.held.assessment.findings}

    @cached_property
    def controls(self) -> dict[str, ControlSummary]:
        """Every control that a finding names, by its id."""
        return {control.id: control for control in self.held.assessment.controls}

    @cached_property
    def components(self) -> dict[str, Component]:
        """Every component by its UUID: the system first, then services, then workloads."""
        made = [_whole(self.held), *map(_service, self._services()), *map(_workload, self.held.assessment.workloads)]
        return {component.uuid: component for component in made}

    def _services(self) -> list[str]:
        assessment = self.held.assessment
        named = {workload.service for workload in assessment.workloads}
        named |= {finding.subject.service for finding in assessment.findings}
        named |= {item.service for result in self.held.report.results for item in result.inherited}
        return sorted({string(name) for name in named if name and string(name)})

    def component_of(self, finding: Finding) -> Component:
        """What a finding is about."""
        found = self._about.get(finding.id)
        if found is None:
            found = self._about[finding.id] = self._component(finding)
        return found

    def _component(self, finding: Finding) -> Component:
        subject = finding.subject
        same = self._by_name.get(subject.workload or "", [])
        near = [workload for workload in same if subject.path in (workload.path, *workload.files)]
        if near or same:
            return self.components[_workload_uuid((near or same)[0])]
        if subject.service and string(subject.service):
            return self.components[_service_uuid(string(subject.service))]
        return self.components[THIS_SYSTEM]

    def label(self, result: RequirementResult) -> str | None:
        """The framework's own id of a requirement, where its control id is another."""
        return result.id if self.control_ids[result.id] != result.id else None

    def judged(self, result: RequirementResult) -> list[Finding]:
        """The findings that bear on a requirement, each once, but those that do not apply."""
        ids = dict.fromkeys(id_ for borne in result.controls for id_ in borne.findings)
        found = (self.findings[id_] for id_ in ids if id_ in self.findings)
        return [finding for finding in found if finding.status in JUDGED]

    def by_component(self, result: RequirementResult) -> Iterator[tuple[Component, list[Finding], list[Inherited]]]:
        """Each component that bears on a requirement, with its findings and what is inherited through it."""
        found: dict[str, tuple[list[Finding], list[Inherited]]] = {}
        for finding in self.judged(result):
            found.setdefault(self.component_of(finding).uuid, ([], []))[0].append(finding)
        for item in result.inherited:
            name = string(item.service)
            found.setdefault(_service_uuid(name) if name else THIS_SYSTEM, ([], []))[1].append(item)
        for uuid, component in self.components.items():
            if uuid in found:
                yield component, *found[uuid]


def dated(item: Inherited) -> bool:
    """Whether a dated source says that the program covers the service."""
    return item.status == "in-scope" and item.as_of is not None and bool(item.source and item.source.strip())


def all_dated(items: Iterable[Inherited]) -> bool:
    """Whether each layer of each workload is covered by some program, as a dated source says."""
    found: dict[tuple[str, str, str], bool] = {}
    for item in items:
        for workload in item.workloads or ("",):
            key = (item.layer, item.service, workload)
            found[key] = found.get(key, False) or dated(item)
    return bool(found) and all(found.values())


def satisfied(result: RequirementResult) -> bool:
    """Whether a requirement is fulfilled: all decides, or the provider does and a dated source says so."""
    if result.outcome is Outcome.INHERITED:
        return all_dated(result.inherited)
    return result.outcome is Outcome.MET


def overall(result: RequirementResult) -> State:
    """How far the whole system implements a requirement."""
    something = any(borne.passed for borne in result.controls)
    match result.outcome:
        case Outcome.MET:
            return State("implemented")
        case Outcome.INHERITED if satisfied(result):
            return State("implemented", result.why)
        case Outcome.NOT_APPLICABLE:
            return State("not-applicable", result.why)
        case Outcome.PARTLY:
            return State("partial", result.why)
        case Outcome.NOT_MET | Outcome.ACCEPTED:
            return State("partial" if something else "not-implemented", result.why)
        case Outcome.INHERITED:
            return State("unknown", "No dated source says that a program of the provider covers all of it.")
        case _:
            return State("unknown", result.why)


def of_component(result: RequirementResult, findings: list[Finding], inherited: list[Inherited]) -> State:
    """How far one component implements its part of a requirement; fully only where the whole is fulfilled."""
    passed = any(finding.status is Status.PASS for finding in findings)
    failed = [finding for finding in findings if finding.status is Status.FAIL]
    if failed:
        accepted = sum(finding.exception is not None for finding in failed)
        told = f"{len(failed)} of {len(findings)} verdicts fail" + (f", {accepted} accepted." if accepted else ".")
        return State("partial" if passed else "not-implemented", told)
    unknown = [finding for finding in findings if finding.status is Status.UNKNOWN]
    if unknown:
        return State("unknown", f"{len(unknown)} of {len(findings)} verdicts are unknown: {unknown[0].reason}")
    if inherited and not all_dated(inherited):
        return State("unknown", "The provider answers, but no dated source says that a program covers the service.")
    if satisfied(result):
        return State("implemented")
    return State("partial", result.why)


def parties(findings: Iterable[Finding], inherited: Iterable[Inherited], result: RequirementResult) -> set[Party]:
    """Who answers for the part of a component; for the whole requirement where that is not known."""
    found = {finding.party for finding in findings} | {Party.PROVIDER for _ in inherited}
    return found - {Party.NOT_APPLICABLE} or set(result.parties)


def written(component: Component, *, in_system: bool) -> Json:
    """A component of a definition, or `in_system` of a plan, which says whether it operates."""
    kind = component.type if in_system or component.uuid != THIS_SYSTEM else "software"
    status = {"state": "other", "remarks": "Configuration was read, which does not say whether it operates."}
    return {
        "uuid": component.uuid,
        "type": kind,
        "title": line(component.title),
        "description": component.description,
        **_own_props(component),
        **({"status": status} if in_system else {}),
    }


def _own_props(component: Component) -> Json:
    workload = component.workload
    if workload is None:
        return props(service=component.service)
    made = properties(
        service=workload.service,
        kind=workload.kind,
        sensitivity=workload.sensitivity,
        defined_at=f"{workload.path}:{workload.line}",
    )
    made += [one for platform in workload.platforms for one in properties(platform=platform)]
    made += [one for image in workload.images for one in properties(image=image)]
    return listed("props", made)


def _whole(held: Held) -> Component:
    return Component(
        THIS_SYSTEM,
        "this-system",
        "The whole system",
        prose(
            f"All that was read of {', '.join(held.report.targets) or 'the targets'}. "
            "Findings that belong to no workload or service are told of it."
        ),
    )


def _service_uuid(name: str) -> str:
    return uuid_of("component", "service", name)


def _service(name: str) -> Component:
    told = prose(f"The service {name}: what the provider answers for, and settings that belong to no workload.")
    return Component(_service_uuid(name), "service", name, told, name)


def _workload_uuid(workload: WorkloadSummary) -> str:
    return uuid_of("component", "workload", workload.kind, workload.name, workload.path)


def _workload(workload: WorkloadSummary) -> Component:
    told = prose(f"{workload.kind} at {workload.path}:{workload.line}.", f"{workload.why}.")
    return Component(_workload_uuid(workload), "software", workload.name, told, workload.service, workload)
