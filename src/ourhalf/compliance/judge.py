"""Holds a framework against an assessment, requirement by requirement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import msgspec

from ourhalf.compliance import programs as audits
from ourhalf.compliance.framework import Framework, Requirement
from ourhalf.compliance.outcome import Provided, Told, outcome
from ourhalf.compliance.programs import Programs
from ourhalf.compliance.resolve import Bearing, Resolver, in_force
from ourhalf.compliance.results import Borne, ComplianceReport, Inherited, Outcome, RequirementResult
from ourhalf.compliance.why import why
from ourhalf.model.finding import Assessment, Finding, ResponsibilityRow
from ourhalf.model.responsibility import Party, Service
from ourhalf.model.verdict import Status

_DISABLED = "the profile disables it: "
"""How the reason of a verdict begins that the profile turned off: nobody looked."""


def report(
    assessment: Assessment,
    framework: Framework,
    frameworks: Mapping[str, Framework],
    programs: Programs,
    baseline: str | None = None,
) -> ComplianceReport:
    """What `assessment` says of `framework`, or of one baseline of it. Raises ValueError for one that it has not."""
    if baseline is not None and baseline not in framework.baselines:
        raise ValueError(f"{framework.id} has no baseline {baseline}")
    asked = [
        r
        for r in framework.requirements
        if in_force(r, assessment.as_of) and (baseline is None or baseline in r.baselines)
    ]
    resolver = Resolver({**frameworks, framework.id: framework}, assessment.as_of)
    judge = cache(lambda services: _Judge(_about(assessment, services), framework.id, programs, baseline))
    bearing = {r.id: resolver.borne(framework.id, r.id) for r in asked}
    results = tuple(judge(r.services or framework.services).result(r, bearing[r.id]) for r in asked)
    found = Counter(result.outcome for result in results)
    return ComplianceReport(
        framework=framework.id,
        title=framework.title,
        version=framework.version,
        baseline=baseline,
        as_of=assessment.as_of,
        targets=assessment.targets,
        size=framework.size if baseline is None else len(asked),
        covered=sum(bool(found) for found in bearing.values()),
        counts={one.value: found[one] for one in Outcome},
        results=results,
        notes=(*framework.notes, *_limits(assessment)),
    )


def _about(assessment: Assessment, services: tuple[Service, ...]) -> Assessment:
    """The part of an assessment that is about workloads of these services, or about what runs nothing itself.

    What may run on several services stays: it may be on these.
    """
    if not services:
        return assessment
    named = frozenset((None, *services))
    return msgspec.structs.replace(
        assessment,
        workloads=tuple(one for one in assessment.workloads if one.service in named),
        findings=tuple(one for one in assessment.findings if one.subject.service in named),
        responsibilities=tuple(one for one in assessment.responsibilities if one.service in named),
    )


def _limits(assessment: Assessment) -> list[str]:
    """What the reader of a report must know of the assessment that it stands on."""
    found = []
    if count := len(assessment.unread):
        found.append(
            f"{count:,} {'file' if count == 1 else 'files'} could not be read: nothing is said of what they hold"
        )
    if (changes := assessment.changes) is not None:
        found.append(
            f"only what changed since {changes.since} was assessed: {changes.left_out:,} verdicts are left out"
        )
    if not assessment.findings:
        found.append("nothing was judged: the targets hold nothing that a control is about")
    return found


class _Judge:
    """One assessment, sorted for being asked about many requirements."""

    def __init__(self, assessment: Assessment, framework: str, programs: Programs, baseline: str | None) -> None:
        self._findings: dict[str, list[Finding]] = {}
        for finding in assessment.findings:
            self._findings.setdefault(finding.control, []).append(finding)
        self._rows: dict[str, list[ResponsibilityRow]] = {}
        for row in assessment.responsibilities:
            self._rows.setdefault(row.layer, []).append(row)
        self._as_of = assessment.as_of
        self._suffix = f"-{baseline.lower()}" if baseline else None
        self._inherited: Callable[[frozenset[str]], tuple[Inherited, ...]] = cache(
            lambda layers: audits.inherited(assessment, sorted(layers), framework, programs)
        )

    def result(self, requirement: Requirement, bearing: tuple[Bearing, ...]) -> RequirementResult:
        """What is known of one requirement, and its outcome."""
        findings = [f for one in bearing for f in self._findings.get(one.control, ())]
        held = [f for f in findings if f.status is Status.NOT_APPLICABLE and f.party is Party.PROVIDER]
        layers = {*requirement.layers, *(_layers()[f.control] for f in held if f.control in _layers())}
        rows = [row for layer in requirement.layers for row in self._rows.get(layer, ())]
        inherited = self._inherited(frozenset(layers))
        told = self._told(requirement, bearing, findings, self._provided(layers, held, inherited))
        who: list[Finding | ResponsibilityRow] = [*findings, *rows]
        told = msgspec.structs.replace(told, parties=frozenset(one.party for one in who))
        borne = tuple(_borne(one, self._findings.get(one.control, ())) for one in bearing)
        said = outcome(told)
        return RequirementResult(
            requirement.id,
            requirement.about,
            said,
            why(said, told, borne, inherited),
            _parties(told.parties or self._answering(bearing), requirement.attach),
            borne,
            inherited,
            requirement.attach,
            tuple(dict.fromkeys(one.action for one in who if one.action)),
        )

    def _told(
        self, requirement: Requirement, bearing: tuple[Bearing, ...], findings: Iterable[Finding], provided: Provided
    ) -> Told:
        count = Counter(map(_kind, findings))
        passing = {f.control for f in findings if f.status is Status.PASS}
        silent = [one for one in bearing if not self._findings.get(one.control) and not self._left_to_provider(one)]
        return Told(
            passed=count["passed"],
            failed=count["failed"],
            accepted=count["accepted"],
            unknown=count["unknown"],
            disabled=count["disabled"],
            not_applicable=count["not_applicable"],
            holding=frozenset(one.how for one in bearing if one.control in passing),
            silent=frozenset(one.how for one in silent),
            provided=provided,
            attach=bool(requirement.attach),
        )

    def _left_to_provider(self, one: Bearing) -> bool:
        """Whether the provider answers everywhere here for the layer of a control."""
        rows = self._rows.get(_layers().get(one.control, ""), ())
        return bool(rows) and all(row.party is Party.PROVIDER for row in rows)

    def _answering(self, bearing: tuple[Bearing, ...]) -> frozenset[Party]:
        """Who answers here for the layers that these controls bear on."""
        layers = {_layers().get(one.control, "") for one in bearing}
        return frozenset(row.party for layer in layers for row in self._rows.get(layer, ()))

    def _known_by_then(self, one: Inherited) -> bool:
        """Whether a source says so that is no younger than what it is held against."""
        return one.as_of is not None and one.as_of <= self._as_of and bool(one.source)

    def _provided(self, layers: Iterable[str], held: list[Finding], inherited: tuple[Inherited, ...]) -> Provided:
        """How the provider's part stands: every workload of every layer that it holds must be covered."""
        parts = {
            (layer, workload)
            for layer in layers
            for row in self._rows.get(layer, ())
            if row.party is Party.PROVIDER
            for workload in row.workloads
        }
        apart = any(finding.subject.workload is None for finding in held)
        if not parts and not held:
            return Provided.NONE
        named = [one for one in inherited if self._suffix and one.program.endswith(self._suffix)] or inherited
        said = {part: {one.status for one in named if _is_about(one, part)} for part in parts}
        if any("not-in-scope" in found for found in said.values()):
            return Provided.OUT
        covered = bool(parts) and not apart and all(found == {"in-scope"} for found in said.values())
        dated = all(self._known_by_then(one) for one in named if one.status == "in-scope")
        return Provided.COVERED if covered and dated else Provided.OPEN


def _is_about(one: Inherited, part: tuple[str, str]) -> bool:
    return one.layer == part[0] and part[1] in one.workloads


def _kind(finding: Finding) -> str:
    match finding.status:
        case Status.PASS:
            return "passed"
        case Status.FAIL:
            return "failed" if finding.exception is None else "accepted"
        case Status.NOT_APPLICABLE:
            if finding.reason.startswith(_DISABLED):
                return "disabled"
            return "provided" if finding.party is Party.PROVIDER else "not_applicable"
        case _:
            return "unknown"


def _borne(one: Bearing, findings: Iterable[Finding]) -> Borne:
    count = Counter(map(_kind, findings))
    return Borne(
        *one,
        passed=count["passed"],
        failed=count["failed"],
        accepted=count["accepted"],
        unknown=count["unknown"],
        not_applicable=count["not_applicable"] + count["provided"] + count["disabled"],
        findings=tuple(f.id for f in findings),
    )


def _parties(found: frozenset[Party], attach: str) -> tuple[Party, ...]:
    """Who answers, in the order of the parties; what a person must attach is asked of us where nobody else is."""
    named = found - {Party.NOT_APPLICABLE} or found or {Party.CUSTOMER if attach else Party.UNKNOWN}
    return tuple(party for party in Party if party in named)


@cache
def _layers() -> dict[str, str]:
    """The layer of each control."""
    from ourhalf.catalogue import all_controls

    return {control.id: control.layer for control in all_controls()}
