"""What the formats for people share: the order of outcomes, their names, counts and shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ourhalf.compliance.results import ComplianceReport, Inherited, Outcome, RequirementResult
from ourhalf.compliance.why import NO_PROGRAM
from ourhalf.model.responsibility import Party
from ourhalf.reports.summary import PARTY_LABELS, layer_label, number

LABELS = {
    Outcome.NOT_MET: "not met",
    Outcome.UNKNOWN: "unknown",
    Outcome.ACCEPTED: "accepted",
    Outcome.PARTLY: "partly",
    Outcome.MET: "met",
    Outcome.INHERITED: "inherited",
    Outcome.MANUAL: "manual",
    Outcome.NOT_APPLICABLE: "not applicable",
}
"""Each outcome as people call it, what asks for work first."""

MEANINGS = {
    Outcome.NOT_MET: "something fails that nobody accepted",
    Outcome.UNKNOWN: "what was read does not decide",
    Outcome.ACCEPTED: "what fails has exceptions",
    Outcome.PARTLY: "what was judged holds, and does not suffice",
    Outcome.MET: "controls decide it, and they hold",
    Outcome.INHERITED: "the provider answers, and a dated source says that its audit covers it",
    Outcome.MANUAL: "only a person can show it",
    Outcome.NOT_APPLICABLE: "nothing here is subject to it",
}


def by_outcome(report: ComplianceReport) -> list[tuple[Outcome, list[RequirementResult]]]:
    """The results of each outcome that there is, in the order of `LABELS`."""
    found: dict[Outcome, list[RequirementResult]] = {outcome: [] for outcome in LABELS}
    for result in report.results:
        found[result.outcome].append(result)
    return [(outcome, results) for outcome, results in found.items() if results]


def covered(report: ComplianceReport) -> str:
    """How many requirements a control bears on; the share is rounded down."""
    verb = "bears" if report.covered == 1 else "bear"
    requirements = number(report.size, "requirement", "requirements")
    bear = f"controls {verb} on {report.covered:,} of {requirements} ({share(report)} %)"
    return f"{bear}; no control says anything of the rest"


def share(report: ComplianceReport) -> int:
    """The covered part in percent, rounded down."""
    return 100 * report.covered // report.size if report.size else 0


def heading(report: ComplianceReport) -> str:
    """The framework, its version and the baseline."""
    baseline = f", {report.baseline}" if report.baseline else ""
    return f"{report.title} ({report.version}){baseline}"


def whose(parties: Iterable[Party]) -> str:
    """The parties as people call them."""
    return ", ".join(PARTY_LABELS[party] for party in parties)


def parties(report: ComplianceReport) -> list[tuple[Party, int]]:
    """How many requirements each party answers for, alone or with others."""
    found = Counter(party for result in report.results for party in result.parties)
    return [(party, found[party]) for party in PARTY_LABELS if found[party]]


def provided(inherited: Iterable[Inherited]) -> list[str]:
    """What the provider answers for, and which programs cover it, since when and who says so; or that none is known."""
    alike: dict[object, list[Inherited]] = {}
    for one in inherited:
        key = (one.status, one.layer, one.service, one.workloads, one.as_of, one.source)
        alike.setdefault(key, []).append(one)
    return [_provided(several) for several in alike.values()]


def _provided(alike: list[Inherited]) -> str:
    """One line for programs of which the same is known."""
    one = alike[0]
    what = f"{layer_label(one.layer)} of {number(len(one.workloads), 'workload', 'workloads')} on {one.service}"
    programs = ", ".join(dict.fromkeys(each.program for each in alike if each.program != NO_PROGRAM))
    if not programs:
        return f"{what}: no program of audits is known for this framework"
    if one.status == "unknown":
        return f"{what}: no dated source says that it is covered ({programs})"
    return f"{what}: {one.status} of {programs} as of {one.as_of}, says {one.source}"
