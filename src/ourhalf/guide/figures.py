"""The assessment, sorted for being told page by page: which finding and which workload stands where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ourhalf.guide.blocks import Link
from ourhalf.guide.names import Names, control_anchor, finding_anchor
from ourhalf.model.control import Topic
from ourhalf.model.finding import Assessment, ControlSummary, Finding, ResponsibilityRow, WorkloadSummary
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Service
from ourhalf.model.verdict import Status
from ourhalf.reports.summary import Group, about, grouped, prefix

WORKLOAD_PAGES = 24
"""How many pages tell of workloads, at most about: with more workloads a page tells of several."""

_FINDINGS_A_PAGE = 2_500


class Unit(NamedTuple):
    """A workload, or a resource that belongs to none, with its findings, worst first, and its place."""

    name: str
    about: str
    path: str
    line: int
    workload: WorkloadSummary | None
    findings: tuple[Finding, ...]
    anchor: str


class Gathered(NamedTuple):
    """Units that one page tells of."""

    page: str
    title: str
    label: str
    service: str | None
    units: tuple[Unit, ...]

    def link(self, unit: Unit) -> Link:
        """The place of one of the units, which is the page where it is alone there."""
        return Link(unit.name, self.page, unit.anchor if len(self.units) > 1 else "")


class Counts(NamedTuple):
    """How findings stand: `failed` counts, `accepted` has somebody's word, `apart` is not asked here."""

    failed: int
    unknown: int
    passed: int
    accepted: int
    apart: int


class ByControl(NamedTuple):
    """One control with its findings.

    `severity` is that of the worst failure, of the worst finding where nothing fails: scopes of a profile may differ.
    """

    id: str
    title: str
    control: ControlSummary | None
    findings: tuple[Finding, ...]
    counts: Counts
    severity: Severity


class Figures:
    """What pages ask of an assessment."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.folder = prefix(assessment)
        self._controls = {control.id: control for control in assessment.controls}
        workloads, resources = _units(assessment)
        self.workloads = _workload_pages(workloads)
        self.resources = _resource_pages(resources)
        self._home: dict[str, str] = {}
        self._places: dict[str, list[Link]] = {}
        for gathered in (*self.workloads, *self.resources):
            for unit in gathered.units:
                self._home.update((finding.id, gathered.page) for finding in unit.findings)
                if unit.workload is not None:
                    self._places.setdefault(unit.name, []).append(gathered.link(unit))
        self._sorted: dict[Topic, tuple[ByControl, ...]] = {}
        self._topics: dict[str, dict[str, list[Finding]]] = {}
        for finding in assessment.findings:
            self._topics.setdefault(finding.topic, {}).setdefault(finding.control, []).append(finding)
        self._rows: dict[str, list[ResponsibilityRow]] = {}
        for row in assessment.responsibilities:
            self._rows.setdefault(row.layer, []).append(row)

    def link(self, finding: Finding) -> Link:
        """The place that tells of a finding, under the name of what it is about."""
        return Link(finding.subject.name, self._home[finding.id], finding_anchor(finding.id))

    def control_link(self, finding: Finding) -> Link:
        """The place in its chapter that tells of the control of a finding, under its title."""
        return Link(finding.title, chapter_page(finding.topic), control_anchor(finding.control))

    def workload_links(self, names: Iterable[str]) -> list[Link]:
        """The places that tell of workloads of these names."""
        return [link for name in names for link in self._places.get(name, ())]

    def controls(self, topic: Topic) -> tuple[ByControl, ...]:
        """The controls of a topic that were asked, what fails first and worst first."""
        if topic not in self._sorted:
            found = (self._by_control(id_, findings) for id_, findings in self._topics.get(topic, {}).items())
            self._sorted[topic] = tuple(sorted(found, key=_urgency))
        return self._sorted[topic]

    def _by_control(self, id_: str, findings: list[Finding]) -> ByControl:
        counts = counted(findings)
        severities = {f.severity for f in findings if f.counts or not counts.failed}
        worst = min(severities, key=lambda severity: severity.rank)
        return ByControl(id_, findings[0].title, self._controls.get(id_), tuple(findings), counts, worst)

    def topic_counts(self, topic: Topic) -> Counts:
        """How the findings of a topic stand."""
        return counted(finding for findings in self._topics.get(topic, {}).values() for finding in findings)

    def rows(self, layer: str) -> Sequence[ResponsibilityRow]:
        """Who answers for a layer, row by row."""
        return self._rows.get(layer, ())


def chapter_page(topic: Topic) -> str:
    """The page of the chapter on a topic."""
    return f"chapters/{topic}"


TOPICS = {
    Topic.DATA_PROTECTION: "Data protection",
    Topic.IDENTITY: "Identity and access",
    Topic.MONITORING: "Logging and monitoring",
    Topic.RESILIENCE: "Resilience",
    Topic.INFRASTRUCTURE: "Infrastructure security",
    Topic.COMPLIANCE: "Compliance validation",
    Topic.PATCHING: "Image patching",
    Topic.MODELS: "Model files",
    Topic.SUPPLY_CHAIN: "Supply chain",
}
"""The chapters on topics, in their titles."""


def counted(findings: Iterable[Finding]) -> Counts:
    """How `findings` stand."""
    many = tuple(findings)
    found = Counter([finding.status for finding in many])
    accepted = sum(finding.status is Status.FAIL for finding in many if finding.exception is not None)
    return Counts(
        found[Status.FAIL] - accepted,
        found[Status.UNKNOWN],
        found[Status.PASS],
        accepted,
        found[Status.NOT_APPLICABLE],
    )


def _urgency(one: ByControl) -> tuple[int, int, int, str]:
    counts = one.counts
    order = (counts.failed, counts.unknown, counts.accepted, counts.passed, True)
    state = next(number for number, count in enumerate(order) if count)
    return state, one.severity.rank, -counts.failed, one.id


def _units(assessment: Assessment) -> tuple[list[Unit], list[Unit]]:
    """Every workload, and every resource that is judged and belongs to none."""
    names = Names()
    groups: dict[tuple[str, str], Group] = {}
    resources: list[Unit] = []
    known = {(workload.name, workload.path) for workload in assessment.workloads}
    for group in grouped(assessment, assessment.findings):
        if group.findings[0].subject.workload is not None and (group.name, group.path) in known:
            groups[group.name, group.path] = group
        else:
            resources.append(_unit(group, None, names))
    workloads = []
    for workload in {(one.name, one.path): one for one in assessment.workloads}.values():
        found = groups.get((workload.name, workload.path))
        findings = found.findings if found is not None else ()
        group = Group(workload.name, about(workload), workload.path, workload.line, findings)
        workloads.append(_unit(group, workload, names))
    return workloads, resources


def _unit(group: Group, workload: WorkloadSummary | None, names: Names) -> Unit:
    anchor = f"u-{names.name(group.name, 'unnamed')}"
    return Unit(group.name, group.about, group.path, group.line, workload, group.findings, anchor)


SERVICE_LABELS: dict[str | None, str] = {
    Service.EC2: "EC2",
    Service.ECS: "ECS",
    Service.EKS: "EKS",
    Service.SAGEMAKER: "SageMaker",
    None: "Other",
}


def _workload_pages(units: list[Unit]) -> tuple[Gathered, ...]:
    """A page a workload, or a page for several of one service where there are many."""
    names = Names()
    size = -(-len(units) // WORKLOAD_PAGES)
    by_service: dict[str | None, list[Unit]] = {}
    for unit in units:
        service = unit.workload.service if unit.workload else None
        by_service.setdefault(service if service in SERVICE_LABELS else None, []).append(unit)
    found = []
    for service, label in SERVICE_LABELS.items():
        here = sorted(by_service.get(service, ()), key=lambda unit: (unit.path, unit.line, unit.name))
        if size <= 1:
            found += [
                Gathered(f"workloads/{names.name(u.name, 'workload')}", u.name, u.name, service, (u,)) for u in here
            ]
            continue
        for start in range(0, len(here), size):
            part = here[start : start + size]
            many = f"{start + 1} to {start + len(part)}" if len(part) > 1 else f"{start + 1}"
            noun = "workload" if len(part) == 1 else "workloads"
            found.append(
                Gathered(
                    f"workloads/{names.name(f'{label}-{start // size + 1}', 'workloads')}",
                    f"{label} {noun} {many} of {len(here)}",
                    f"{label} {many}",
                    service,
                    tuple(part),
                )
            )
    return tuple(found)


def _resource_pages(units: list[Unit]) -> tuple[Gathered, ...]:
    """Resources by their kind, on as many pages as it takes."""
    units = sorted(units, key=lambda unit: (unit.about, unit.path, unit.line, unit.name))
    parts: list[list[Unit]] = []
    held = _FINDINGS_A_PAGE
    for unit in units:
        if held + len(unit.findings) > _FINDINGS_A_PAGE:
            parts.append([])
            held = 0
        parts[-1].append(unit)
        held += len(unit.findings)
    if len(parts) == 1:
        title = "Roles, networks, stores and clusters"
        return (Gathered("resources/all", title, title, None, tuple(parts[0])),)
    return tuple(
        Gathered(
            f"resources/{n}",
            f"Resources, part {n}: {part[0].about} to {part[-1].about}",
            f"{part[0].about} to {part[-1].about}",
            None,
            tuple(part),
        )
        for n, part in enumerate(parts, 1)
    )
