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
from ourhalf.forks import beside, can_fork
from ourhalf.graph.index import EvidenceGraph
from ourhalf.graph.network import ResourceNetwork
from ourhalf.iam.identities import PolicyIdentity
from ourhalf.images.recognise import DeepLearningContainers
from ourhalf.model.context import Context
from ourhalf.model.control import Control
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Field, Known, Place, Unresolved, elements
from ourhalf.model.finding import (
    Assessment,
    ControlSummary,
    EvidenceItem,
    Finding,
    ImageSummary,
    ProfileSummary,
    ResponsibilityRow,
    Subject,
    ToolInfo,
    WorkloadSummary,
)
from ourhalf.model.images import Publisher
from ourhalf.model.profile import Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Layer, Party, Responsibility
from ourhalf.model.verdict import Status, Verdict
from ourhalf.model.workload import Container, Workload
from ourhalf.profile.acceptance import Acceptances, Used
from ourhalf.profile.document import Profile
from ourhalf.profile.scopes import Scopes
from ourhalf.remedies.remedy import written
from ourhalf.responsibility.matrix import matrix
from ourhalf.responsibility.resolver import Resolver


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


def assess(
    evidence: Evidence,
    targets: tuple[str, ...],
    as_of: date,
    profile: Profile | None = None,
    profile_path: str | None = None,
) -> Assessment:
    """Judge every resource and workload in `evidence` by every control that applies."""
    profile = profile or Profile()
    run = _Run(evidence, as_of, profile, profile_path)
    findings = run.findings()
    return Assessment(
        tool=ToolInfo("ourhalf", __version__),
        as_of=as_of,
        targets=targets,
        profile=ProfileSummary(profile_path, profile.sensitivity, profile.regulations, run.notes()),
        workloads=run.workloads(),
        findings=findings,
        responsibilities=tuple(run.responsibilities()),
        images=run.image_summaries(),
        unread=evidence.unread,
        controls=_told(findings),
        files=evidence.files,
    )


class _Share(msgspec.Struct, frozen=True, array_like=True):
    """What a forked child judged."""

    findings: tuple[Finding, ...]
    accepted: Used

    @classmethod
    def of(cls, run: _Run, work: list[tuple[Control[Any], tuple[Case, ...]]]) -> _Share:
        return cls(run.judged(work), run.accepted())

    def encoded(self) -> bytes:
        return msgspec.msgpack.encode(self)

    @classmethod
    def decoded(cls, data: bytes) -> _Share:
        return msgspec.msgpack.decode(data, type=cls)


class _Run:
    """What one assessment shares between its findings."""

    def __init__(self, evidence: Evidence, as_of: date, profile: Profile, profile_path: str | None) -> None:
        self._graph = EvidenceGraph(evidence)
        self._around = surroundings(self._graph, as_of)
        self._scopes = Scopes(profile, profile_path)
        self._resolver = Resolver(self._graph, self._around.images, as_of)
        self._acceptances = Acceptances(profile, evidence.suppressions, as_of)
        self._seen: dict[str, int] = {}

    def notes(self) -> tuple[str, ...]:
        return self._acceptances.notes()

    def findings(self) -> tuple[Finding, ...]:
        work = self._work()
        if not can_fork() or sum(len(found) for _, found in work) < _FORK_FROM:
            return self.judged(work)
        data, mine = beside(lambda: _Share.of(self, work[1::2]).encoded(), lambda: self.judged(work[::2]))
        share = _Share.decoded(data) if data is not None else _Share.of(self, work[1::2])
        self._acceptances.also(share.accepted)
        return tuple(sorted((*mine, *share.findings), key=lambda finding: finding.control))

    def accepted(self) -> Used:
        """What was accepted so far."""
        return self._acceptances.used()

    def _work(self) -> list[tuple[Control[Any], tuple[Case, ...]]]:
        """Every control with what it is about."""
        subjects: dict[tuple[type[Any], tuple[type[Resource], ...]], tuple[Case, ...]] = {}
        work = []
        for control in all_controls():
            kind = (control.applies_to, control.about)
            if kind not in subjects:
                subjects[kind] = tuple(cases(control, self._graph))
            work.append((control, subjects[kind]))
        return work

    def judged(self, work: list[tuple[Control[Any], tuple[Case, ...]]]) -> tuple[Finding, ...]:
        """The findings of these controls, in their order."""
        return tuple(
            finding
            for control, found in work
            for case in found
            if (finding := self._finding(control, case)) is not None
        )

    def _finding(self, control: Control[Any], case: Case) -> Finding | None:
        requirements = self._scopes.requirements(case.resource, case.workload)
        who = self._who(control.layer, case, requirements)
        verdict = self._verdict(control, case, requirements, who)
        if verdict is None:
            return None
        finding = _finding(control, case, verdict, requirements, who)
        number = self._seen[finding.id] = self._seen.get(finding.id, 0) + 1
        if number > 1:  # two subjects of one name in one file, told apart by their order
            finding = msgspec.structs.replace(finding, id=fingerprint(control.id, finding.subject, f"#{number}"))
        return self._acceptances.accepted(finding, case.resource, case.workload)

    def _who(self, layer: Layer, case: Case, requirements: Requirements) -> Responsibility:
        if case.workload is not None:
            return self._resolver.of_workload(layer, case.workload, requirements)
        return self._resolver.of_resource(layer, case.resource)

    def _verdict(
        self, control: Control[Any], case: Case, requirements: Requirements, who: Responsibility
    ) -> Verdict | None:
        if control.id in requirements.disabled:
            return Verdict.not_applicable(f"the profile disables it: {requirements.disabled[control.id]}")
        if who.party is Party.PROVIDER:
            return Verdict.not_applicable(f"the provider answers for this here: {who.why}")
        if who.party is Party.NOT_APPLICABLE:
            return Verdict.not_applicable(f"nothing to answer for here: {who.why}")
        return judge(control, case, context_of(case, self._around, requirements))

    def workloads(self) -> tuple[WorkloadSummary, ...]:
        return tuple(_summary(w, self._scopes.requirements(w.resource, w)) for w in self._graph.workloads())

    def responsibilities(self) -> Iterator[ResponsibilityRow]:
        alike: dict[tuple[str | None, Responsibility], list[str]] = {}
        for workload in self._graph.workloads():
            requirements = self._scopes.requirements(workload.resource, workload)
            service = _service(workload)
            for layer in Layer:
                who = self._resolver.of_workload(layer, workload, requirements)
                alike.setdefault((service, who), []).append(workload.name)
        for (service, who), names in alike.items():
            yield ResponsibilityRow(
                tuple(dict.fromkeys(names)),
                service,
                who.layer,
                who.party,
                who.action,
                who.why,
                who.candidates,
                tuple(matrix().sources[source].url for source in who.sources),
            )

    def image_summaries(self) -> tuple[ImageSummary, ...]:
        by_reference: dict[str, list[str]] = {}
        for workload in self._graph.workloads():
            for reference in _images(workload):
                by_reference.setdefault(reference, []).append(workload.name)
        return tuple(
            self._image(reference, tuple(dict.fromkeys(names))) for reference, names in sorted(by_reference.items())
        )

    def _image(self, reference: str, workloads: tuple[str, ...]) -> ImageSummary:
        facts = DeepLearningContainers().facts(Known(reference))
        digest = facts.reference.digest if facts.reference else None
        base = facts.why if facts.publisher is Publisher.AWS_DEEP_LEARNING else None
        return ImageSummary(reference, digest, facts.platform, base, workloads)


def _told(findings: tuple[Finding, ...]) -> tuple[ControlSummary, ...]:
    """The controls that `findings` name, by id."""
    named = {finding.control for finding in findings}
    return tuple(ControlSummary.of(control) for control in all_controls() if control.id in named)


def surroundings(graph: EvidenceGraph, as_of: date) -> Context:
    """What every control may ask, whatever its subject."""
    return Context(
        graph,
        as_of=as_of,
        images=DeepLearningContainers(),
        identity=PolicyIdentity(graph),
        network=ResourceNetwork(graph),
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


def _finding(
    control: Control[Any], case: Case, verdict: Verdict, requirements: Requirements, who: Responsibility
) -> Finding:
    subject = Subject(
        case.resource.kind,
        case.name,
        _service(case.workload) if case.workload else None,
        case.place.path or case.resource.place.path,
        case.place.line,
        case.workload.name if case.workload else None,
    )
    return Finding(
        id=fingerprint(control.id, subject),
        control=control.id,
        title=control.title,
        topic=control.topic,
        severity=requirements.severities.get(control.id) or verdict.severity or control.severity,
        party=who.party,
        action=who.action,
        status=verdict.status,
        reason=verdict.reason,
        remedy=written(control, case.subject, case.resource) if verdict.status in _MENDED else "",
        subject=subject,
        evidence=tuple(_item(field) for field in verdict.fields),
        frameworks={"nist-800-53-r5": control.nist_800_53} if control.nist_800_53 else {},
    )


def fingerprint(control: str, subject: Subject, key: str = "") -> str:
    """The id of a finding: the same wherever in its file the subject stands."""
    text = "\0".join((control, subject.type, subject.name, subject.path, key))
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def _item(field: Field[Any]) -> EvidenceItem:
    place = field.place
    return EvidenceItem(place.path, place.line, place.field, shown(field))


_FORK_FROM = 20_000
_MENDED = frozenset({Status.FAIL, Status.UNKNOWN})
_LONGEST_SHOWN = 400


def shown(field: Field[Any]) -> str:
    """A field as reports show it."""
    match field:
        case Known(tuple() as many):
            text = ", ".join(f"not known: {e.reason}" if isinstance(e, Unresolved) else _short(e) for e in many)
        case Known(value):
            text = _short(value)
        case Absent(None):
            return "not set"
        case Absent(default):
            return f"not set: {_short(default)} by default"
        case Unresolved(reason):
            text = f"not known: {reason}"
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _short(value: Any) -> str:
    """A value in few words: groups of fields by their names and values, without places."""
    match value:
        case bool():
            return "true" if value else "false"
        case msgspec.Struct():
            text = str(value)
            return type(value).__name__ if text.startswith(f"{type(value).__name__}(") else text
        case tuple():
            return ", ".join(_short(e) for e in value)
    return str(value)


def _service(workload: Workload) -> str | None:
    services = workload.services
    return services[0] if len(services) == 1 else None


def _images(workload: Workload) -> tuple[str, ...]:
    found = (c.image.value for c in elements(workload.containers) if isinstance(c.image, Known))
    return tuple(dict.fromkeys(found))


def _summary(workload: Workload, requirements: Requirements) -> WorkloadSummary:
    return WorkloadSummary(
        workload.name,
        workload.resource.kind,
        _service(workload),
        tuple(platform.value for platform in workload.platforms),
        workload.platform_why,
        requirements.sensitivity,
        _images(workload),
        workload.resource.place.path,
        workload.resource.place.line,
    )
