"""The provider's audits of the services in use, and the frameworks that the profile names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ourhalf.compliance.judge import report
from ourhalf.compliance.loader import all_frameworks
from ourhalf.compliance.programs import Entry, Programs, Scope, shipped
from ourhalf.compliance.results import Outcome
from ourhalf.guide.blocks import Badge, Block, Code, Inline, Line, Paragraph, Row, Soft, Strong, Table, Web
from ourhalf.guide.figures import Figures
from ourhalf.model.responsibility import Platform
from ourhalf.reports.summary import platform_label

_WORDS = {
    Outcome.NOT_MET: "not met",
    Outcome.UNKNOWN: "unknown",
    Outcome.PARTLY: "partly",
    Outcome.MET: "met",
    Outcome.INHERITED: "inherited",
    Outcome.ACCEPTED: "accepted",
    Outcome.MANUAL: "for a person to show",
    Outcome.NOT_APPLICABLE: "not applicable",
}


def scopes(figures: Figures) -> Iterator[Block]:
    """Which programs cover the ways to run containers that are in use; unknown where no dated source says."""
    used = {one for workload in figures.assessment.workloads for one in workload.platforms}
    platforms = [one for one in Platform if one in used]
    if not platforms:
        yield Paragraph(("No workload was found, so no service is in use whose audits could be told.",), "note")
        return
    known = shipped()
    rows = []
    for name, program in known.programs.items():
        cells = [_scope(known.entry(name, one, one.service)) for one in platforms]
        rows.append(Row(((Strong(program.title),), *cells)))
    yield Table("Audit programs", ("Program", *(platform_label(one) for one in platforms)), tuple(rows))
    yield Paragraph(_read_in(known, platforms))


def _scope(entry: Entry | None) -> Line:
    if entry is None:
        return (Badge("unknown", "unknown"),)
    if entry.status is Scope.IN:
        where = (Soft(f" {entry.where}"),) if entry.where else ()
        return (Badge("pass", "in scope"), *where)
    return (Badge("fail", "not in scope") if entry.status is Scope.OUT else Badge("unknown", "unknown"),)


def _read_in(known: Programs, platforms: Sequence[Platform]) -> Line:
    """The sources of what is told of these platforms."""
    told = [known.entry(name, one, one.service) for name in known.programs for one in platforms]
    found = dict.fromkeys((entry.source, entry.as_of) for entry in told if entry is not None)
    line: list[Inline] = [Soft("Read in " if found else "No dated source says anything of these.")]
    for source, day in found:
        line += [Web(source.removeprefix("https://"), source), Soft(f" as of {day} ")]
    return tuple(line)


def frameworks(figures: Figures) -> Iterator[Block]:
    """How the frameworks stand that the profile names."""
    assessment = figures.assessment
    regulations = assessment.profile.regulations
    every = all_frameworks() if regulations else {}
    named = [name for name in every if any(name == one or name.startswith(f"{one}-") for one in regulations)]
    if not named:
        where: Line = ("Name it under ", Code("regulations"), " in ", Code("ourhalf.yaml"), ", or ask for one: ")
        line: Line = ("The profile names no framework for everything. ", *where, Code("ourhalf compliance list"), ".")
        yield Paragraph(line, "note")
        return
    rows = []
    for name in named:
        found = report(assessment, every[name], every, shipped())
        told = ", ".join(f"{found.counts[one]:,} {word}" for one, word in _WORDS.items() if found.counts[one])
        command = f"ourhalf compliance report {name} {' '.join(assessment.targets)}"
        rows.append(Row(((Strong(f"{found.title} {found.version}"),), (told,), (Code(command),))))
    yield Table("Frameworks that the profile names", ("Framework", "Its requirements", "All of it"), tuple(rows))
