"""Joins the results of others with an assessment: one finding for one condition of one thing, whoever found it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from ourhalf import __version__
from ourhalf.comparison.baseline import counted
from ourhalf.evidence.imported import peers
from ourhalf.evidence.imported.format import Foreign
from ourhalf.evidence.imported.making import Group, foreign_finding, identified, rejoined, said_by
from ourhalf.evidence.imported.ours import Ours, Resource, meant
from ourhalf.evidence.imported.reading import Results
from ourhalf.evidence.imported.things import FILE, Known, joined, known
from ourhalf.evidence.imported.verdicts import doubt
from ourhalf.findings import fingerprint
from ourhalf.model.control import Control
from ourhalf.model.finding import OURS, Assessment, Finding, ImportSummary, ProfileSummary, Said, ToolInfo, contradict
from ourhalf.model.verdict import Status
from ourhalf.summaries import controls_told


def join(results: Sequence[Results], into: Assessment | None, today: date) -> Assessment:
    """`into` with the results of others, or an assessment of these alone; `today` is what their age is counted from."""
    base = into or _empty(today)
    work = _Joining(base, today)
    for one in results:
        work.take(one)
    findings = work.findings(into)
    told = {control.id: control for control in (*controls_told(findings), *base.controls)}
    return msgspec.structs.replace(
        base,
        targets=(*base.targets, *_targets(base, results)),
        findings=findings,
        unread=(*base.unread, *(item for one in results for item in one.unread)),
        controls=tuple(told[id_] for id_ in sorted(told)),
        files=base.files + len(results),
        baseline=counted(base.baseline, findings) if base.baseline else None,
        imported=(*base.imported, *(work.summary(one) for one in results)),
    )


def _empty(today: date) -> Assessment:
    return Assessment(
        tool=ToolInfo("ourhalf", __version__),
        as_of=today,
        targets=(),
        profile=ProfileSummary(None, "internal"),
        workloads=(),
        findings=(),
        responsibilities=(),
        images=(),
        unread=(),
    )


def _targets(base: Assessment, results: Sequence[Results]) -> Iterable[str]:
    """The files, and what was scanned of which they name files: a path in a report is relative to one of them."""
    scanned = {"." for one in results for foreign in one.foreign if foreign.thing.path}
    named = (*(one.path for one in results), *sorted(scanned if not base.targets else ()))
    return [name for name in dict.fromkeys(named) if name not in base.targets]


class _Joining:
    """The work of one import."""

    def __init__(self, base: Assessment, today: date) -> None:
        self._base = base
        self._today = today
        self._own = {f.id: f for f in base.findings if not _is_foreign(f)}
        self._ours = Ours(base, self._own.values())
        self._taken: list[tuple[Results, Foreign, Known]] = []
        self._said: dict[str, list[Said]] = {}
        self._counts: dict[str, dict[str, int]] = {}

    def take(self, results: Results) -> None:
        """Add the results of a file."""
        self._counts[results.path] = {"joined": 0, "disagree": 0, "stale": 0}
        self._taken.extend((results, foreign, known(foreign.thing)) for foreign in results.foreign)

    def findings(self, into: Assessment | None) -> tuple[Finding, ...]:
        """All findings, those of others joined with ours and with each other."""
        stands = joined(thing for _, _, thing in self._taken)
        resources = self._ours.resources((stands[thing], foreign.thing) for _, foreign, thing in self._taken)
        groups: dict[tuple[str, Known, str], Group] = {}
        for results, foreign, thing in self._taken:
            whole = stands[thing]
            if not self._with_ours(results, foreign, whole, resources):
                control = _one_control(foreign)
                id_ = control.id if control else peers.control_id(foreign)
                group = groups.setdefault((id_, whole, foreign.key), Group(id_, control, whole))
                group.foreign.append(foreign)
        made = self._made(groups.values(), into)
        own = tuple(
            rejoined(f, self._said[f.id], self._base.as_of, self._today) if f.id in self._said else f
            for f in self._own.values()
        )
        return tuple(sorted((*own, *made.values()), key=lambda finding: finding.control))

    def _with_ours(self, results: Results, foreign: Foreign, thing: Known, resources: Mapping[Known, Resource]) -> bool:
        """Join a result with the findings of ours that it is about; whether there are any."""
        said = said_by(foreign)
        found = meant(self._about(foreign, thing, resources), foreign.status)
        for finding in found:
            self._said.setdefault(finding.id, []).append(said)
        counts = self._counts[results.path]
        counts["stale"] += bool(doubt(said, self._today))
        counts["joined"] += bool(found)
        counts["disagree"] += any(contradict(_own_status(finding), foreign.status) for finding in found)
        return bool(found)

    def _about(self, foreign: Foreign, thing: Known, resources: Mapping[Known, Resource]) -> list[Finding]:
        """The findings of ours by the same test on the same thing."""
        found: list[Finding] = []
        for control in peers.controls_for(foreign):
            if thing.kind == FILE:
                found += self._ours.of_file(control.id, foreign.thing)
            elif thing in resources:
                found += self._ours.of_resource(control.id, resources[thing], thing.part)
        return found

    def _made(self, groups: Iterable[Group], into: Assessment | None) -> dict[str, Finding]:
        """The findings of others alone by id, those of earlier imports among them."""
        made = {f.id: f for f in self._base.findings if f.id not in self._own}
        seen: dict[str, int] = {}
        for group in sorted(groups, key=_in_order):
            path = group.first.thing.path
            named = identified(group, self._ours.shown(path) if path else "")
            number = seen[named.id] = seen.get(named.id, 0) + 1
            if number > 1:  # several places of one file, told apart by their order
                id_ = fingerprint(group.control_id, named.subject, f"{named.id}#{number}")
                named = msgspec.structs.replace(named, id=id_)
            made[named.id] = foreign_finding(group, named, made.get(named.id), into, self._today)
        return made

    def summary(self, results: Results) -> ImportSummary:
        """What a file brought."""
        tools = tuple(sorted({foreign.tool for foreign in results.foreign}))
        counts = self._counts[results.path]
        return ImportSummary(
            results.path,
            tools,
            len(results.foreign),
            counts["joined"],
            counts["disagree"],
            counts["stale"],
            results.left_out,
        )


def _in_order(group: Group) -> tuple[str, str, tuple[int, int], str]:
    thing = group.first.thing
    return group.control_id, thing.path, thing.lines, str(group.thing)


def _is_foreign(finding: Finding) -> bool:
    """Whether only others have judged it."""
    return bool(finding.said) and all(one.tool != OURS for one in finding.said)


def _own_status(finding: Finding) -> Status:
    return next((one.status for one in finding.said if one.tool == OURS), finding.status)


def _one_control(foreign: Foreign) -> Control[Any] | None:
    """The control of ours that is the same test; None where there is none, or which one is in doubt."""
    found = peers.controls_for(foreign)
    return found[0] if len(found) == 1 else None
