"""The engine: evidence in, assessment out."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from ourhalf import __version__
from ourhalf.catalogue import all_controls
from ourhalf.findings import finding_of, fingerprint, of_clock, stated, subject_of
from ourhalf.forks import beside, can_fork
from ourhalf.graph.index import EvidenceGraph
from ourhalf.judging import Asked, Case, cases, context_of, judge, surroundings
from ourhalf.model.control import Control
from ourhalf.model.evidence import Evidence
from ourhalf.model.finding import (
    Assessment,
    Finding,
    ImageSummary,
    ProfileSummary,
    ResponsibilityRow,
    ToolInfo,
    WorkloadSummary,
)
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Layer, Party, Responsibility
from ourhalf.model.verdict import Verdict
from ourhalf.profile.acceptance import Acceptances, Used
from ourhalf.profile.document import Profile
from ourhalf.profile.scopes import Scopes
from ourhalf.resources.images import ContainerImage
from ourhalf.resources.vulnerabilities import Vulnerability
from ourhalf.responsibility.resolver import Resolver
from ourhalf.summaries import controls_told, image_summaries, responsibility_rows, summary_of

_FORK_FROM = 20_000
"""How many verdicts make a second process worth its start."""


def assess(  # noqa: PLR0913, PLR0917 - what one assessment is of
    evidence: Evidence,
    targets: tuple[str, ...],
    as_of: date,
    profile: Profile | None = None,
    profile_path: str | None = None,
    about: tuple[type[Any], ...] = (),
) -> Assessment:
    """Judge every resource and workload in `evidence` by every control that applies.

    Of the controls only those on types in `about` are asked, where any is named.
    """
    profile = profile or Profile()
    run = _Run(evidence, as_of, profile, profile_path, about)
    findings = run.findings()
    return Assessment(
        tool=ToolInfo("ourhalf", __version__),
        as_of=as_of,
        targets=targets,
        profile=ProfileSummary(profile_path, profile.sensitivity, profile.regulations, run.notes()),
        workloads=run.workloads(),
        findings=findings,
        responsibilities=run.responsibilities(),
        images=run.images(),
        unread=evidence.unread,
        controls=tuple(controls_told(findings)),
        files=evidence.files,
    )


_Work = list[tuple[Control[Any], tuple[Asked, ...]]]


class _Share(msgspec.Struct, frozen=True, array_like=True):
    """What a forked child judged."""

    findings: tuple[Finding, ...]
    accepted: Used

    @classmethod
    def of(cls, run: _Run, work: _Work) -> _Share:
        return cls(run.judged(work), run.accepted())

    def encoded(self) -> bytes:
        return msgspec.msgpack.encode(self)

    @classmethod
    def decoded(cls, data: bytes) -> _Share:
        return msgspec.msgpack.decode(data, type=cls)


class _Run:
    """What one assessment shares between its findings."""

    def __init__(
        self,
        evidence: Evidence,
        as_of: date,
        profile: Profile,
        profile_path: str | None,
        about: tuple[type[Any], ...] = (),
    ) -> None:
        self._about = about
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

    def _work(self) -> _Work:
        """Every control with what it is about."""
        subjects: dict[tuple[type[Any], tuple[type[Resource], ...]], tuple[Asked, ...]] = {}
        work = []
        for control in all_controls():
            if self._about and control.applies_to not in self._about:
                continue
            kind = (control.applies_to, control.about)
            if kind not in subjects:
                subjects[kind] = tuple(self._asked(case) for case in cases(control, self._graph))
            work.append((control, subjects[kind]))
        return work

    def _asked(self, case: Case) -> Asked:
        requirements = self._scopes.requirements(case.resource, case.workload)
        context = context_of(case, self._around, requirements)
        return Asked(case, requirements, context, subject_of(case), {})

    def judged(self, work: _Work) -> tuple[Finding, ...]:
        """The findings of these controls, in their order."""
        return tuple(
            finding
            for control, found in work
            for asked in found
            if (finding := self._finding(control, asked)) is not None
        )

    def _finding(self, control: Control[Any], asked: Asked) -> Finding | None:
        who = asked.answers.get(control.layer)
        if who is None:
            who = asked.answers[control.layer] = self._who(control.layer, asked)
        verdict = _verdict(control, asked, who)
        if verdict is None:
            return None
        case = asked.case
        if verdict.in_base is not None and isinstance(case.resource, ContainerImage):
            who = self._resolver.of_image(control.layer, case.resource, verdict.in_base)
        if isinstance(case.resource, Vulnerability):
            who = of_clock(control.layer, case.resource.clock)
        finding = finding_of(control, asked, verdict, who)
        number = self._seen[finding.id] = self._seen.get(finding.id, 0) + 1
        if number > 1:  # two subjects of one name in one file, told apart by their order
            finding = msgspec.structs.replace(finding, id=fingerprint(control.id, finding.subject, f"#{number}"))
        return stated(self._acceptances.accepted(finding, case.resource, case.workload), case.resource)

    def _who(self, layer: Layer, asked: Asked) -> Responsibility:
        case = asked.case
        if case.workload is not None:
            return self._resolver.of_workload(layer, case.workload, asked.requirements)
        if isinstance(case.resource, ContainerImage):
            return self._resolver.of_image(layer, case.resource, None)
        return self._resolver.of_resource(layer, case.resource)

    def workloads(self) -> tuple[WorkloadSummary, ...]:
        return tuple(summary_of(w, self._scopes.requirements(w.resource, w)) for w in self._graph.workloads())

    def responsibilities(self) -> tuple[ResponsibilityRow, ...]:
        resolved = (
            (w, self._resolver.of_layers(w, self._scopes.requirements(w.resource, w))) for w in self._graph.workloads()
        )
        return tuple(responsibility_rows(resolved))

    def images(self) -> tuple[ImageSummary, ...]:
        return tuple(image_summaries(self._graph, self._around.contents))


def _verdict(control: Control[Any], asked: Asked, who: Responsibility) -> Verdict | None:
    disabled = asked.requirements.disabled
    if control.id in disabled:
        return Verdict.not_applicable(f"the profile disables it: {disabled[control.id]}")
    if who.party is Party.PROVIDER:
        return Verdict.not_applicable(f"the provider answers for this here: {who.why}")
    if who.party is Party.NOT_APPLICABLE:
        return Verdict.not_applicable(f"nothing to answer for here: {who.why}")
    return judge(control, asked.case, asked.context)
