"""One finding or one control told whole, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from ourhalf.model.excerpt import Decided, Excerpt
from ourhalf.model.finding import Assessment, ControlSummary, Finding, ResponsibilityRow
from ourhalf.model.responsibility import Party, Platform, Responsibility
from ourhalf.model.verdict import Status
from ourhalf.reports.controls import as_page
from ourhalf.reports.places import located
from ourhalf.reports.summary import (
    PARTY_LABELS,
    STATUS_LABELS,
    Remedy,
    about,
    harmless,
    layer_label,
    place,
    platforms_label,
    prefix,
    words,
    worst_first,
)

_WIDTH = 100
_LABEL = 10
_MOST = 30

Whose = Iterable[tuple[tuple[Platform, ...], Responsibility]]
"""The answers for a layer, each with the platforms that it holds on."""


def finding_page(finding: Finding, assessment: Assessment, decided: Iterable[Decided]) -> str:
    """Why the verdict is what it is, what decided it, whose it is and why, and what to write."""
    control = next((c for c in assessment.controls if c.id == finding.control), None)
    folder = prefix(assessment)
    lines = [finding.title, f"{finding.control}: {finding.severity}, {finding.topic}; finding {finding.id}", ""]
    lines += _row(STATUS_LABELS[finding.status], finding.reason)
    lines += _row("on", _subject(finding, assessment, folder))
    if control is not None:
        lines += _row("matters", control.rationale)
    lines += ["", *_decided(decided, folder), ""]
    lines += _whose(finding, control, assessment)
    if finding.status in (Status.FAIL, Status.UNKNOWN):
        lines += ["", *_remedy(finding)]
    lines += ["", *_row("accepted", _accepted(finding))] if finding.status is Status.FAIL else []
    lines += [""] if control is not None and control.citations else []
    for number, cited in enumerate(control.citations if control is not None else ()):
        lines += _row("" if number else "sources", f"{cited.url} (read {cited.read})")
    return harmless("\n".join(lines)) + "\n"


def responsibility_of(
    finding: Finding, control: ControlSummary | None, assessment: Assessment
) -> ResponsibilityRow | None:
    """The row about the layer of the finding's control on its workload; None where it belongs to none."""
    if control is None or finding.subject.workload is None:
        return None
    rows = [
        row
        for row in assessment.responsibilities
        if row.layer == control.layer and finding.subject.workload in row.workloads
    ]
    ours = [r for r in rows if r.party is finding.party and r.service == finding.subject.service]
    return next(iter(ours or rows), None)


def control_page(control: ControlSummary, whose: Whose, here: Iterable[Finding] | None, folder: str) -> str:
    """All that is said of a control, whose it is on each platform, and its verdicts `here`."""
    lines = ["", *_row("whose", f"{layer_label(control.layer)}, by the way in which a container runs:")]
    for platforms, who in whose:
        on = "" if len(platforms) == len(Platform) else f" on {platforms_label(platforms)}"
        lines += _row("", f"{_party(who.party, who.candidates)}{on}: {who.why}{_apply(who.action)}", 2)
    if here is not None:
        lines += ["", *_here(worst_first(here), folder)]
    return as_page(control) + harmless("\n".join(lines)) + "\n"


def _here(findings: tuple[Finding, ...], folder: str) -> Iterator[str]:
    if not findings:
        yield from _row("here", "it applies to nothing that was read")
        return
    order = list(STATUS_LABELS)
    ordered = sorted(findings, key=lambda f: order.index(f.status))
    counts = ", ".join(f"{n:,} {STATUS_LABELS[s]}" for s in order if (n := sum(f.status is s for f in findings)))
    yield from _row("here", counts)
    for finding in ordered[:_MOST]:
        path, line = place(finding)
        yield f"{'':{_LABEL}}{finding.id}  {STATUS_LABELS[finding.status]}: {finding.subject.name}"
        yield f"{'':{_LABEL}}  {located(path, line, folder)}"
    if len(ordered) > _MOST:
        yield from _row("", f"and {len(ordered) - _MOST:,} more: see --format json")


def _subject(finding: Finding, assessment: Assessment, folder: str) -> str:
    subject = finding.subject
    text = f"{subject.name} ({words(subject.type)}) at {located(subject.path, subject.line, folder)}"
    workload = next((w for w in assessment.workloads if w.name == subject.workload), None)
    if workload is None:
        return text
    why = f", as {workload.why}" if workload.why else ""
    return f"{text}; workload {workload.name}, {about(workload)}{why}; {workload.sensitivity} data"


def _decided(decided: Iterable[Decided], folder: str) -> Iterator[str]:
    many = tuple(decided)
    yield from _row("decided by", "")
    for one in many:
        item = one.item
        if item.field or item.value:
            yield from _row("", f"{item.field}: {item.value}" if item.field else item.value)
        else:
            yield from _row("", "what it is, by the control's own look at it")
        if one.excerpt is not None:
            yield f"{'':{_LABEL}}{located(item.path, item.line, folder)}".replace("\n", " ")
            yield from _lines(one.excerpt)


def _lines(excerpt: Excerpt) -> Iterator[str]:
    if excerpt.why_not:
        yield f"{'':{_LABEL}}  (not shown: {excerpt.why_not})"
    for number, text in excerpt.lines:
        mark = ">" if number == excerpt.line else " "
        yield f"{'':{_LABEL}}{mark} {number:5} | {text}".rstrip()


def _whose(finding: Finding, control: ControlSummary | None, assessment: Assessment) -> Iterator[str]:
    row = responsibility_of(finding, control, assessment)
    layer = f"{layer_label(control.layer)}: " if control is not None else ""
    if row is None:
        why = "it is a setting in our own configuration" if finding.party is Party.CUSTOMER else "see the reason"
        yield from _row("whose", f"{_party(finding.party, ())}. {layer}{why}")
        return
    yield from _row("whose", f"{_party(row.party, row.candidates)}. {layer}{row.why}{_apply(row.action)}")
    for source in row.sources:
        yield from _row("", source)


def _party(party: Party, candidates: Iterable[Party]) -> str:
    named = " or ".join(PARTY_LABELS[c] for c in candidates)
    return f"{PARTY_LABELS[party]} ({named}?)" if named else PARTY_LABELS[party]


def _apply(action: str | None) -> str:
    return f"; ours to apply: {action}" if action else ""


def _remedy(finding: Finding) -> Iterator[str]:
    remedy = Remedy.of(finding)
    yield from _row("to write", remedy.prose)
    for line in remedy.snippet.splitlines():
        yield f"{'':{_LABEL + 2}}{line}"


def _accepted(finding: Finding) -> str:
    by = finding.exception
    if by is None:
        return (
            "no, so it counts. To accept it, write an exception with owner, reason and last day into ourhalf.yaml, "
            f"or a comment beside it: ourhalf:ignore {finding.control} REASON"
        )
    owner = f", {by.owner}" if by.owner else ""
    until = f", until {by.expires}" if by.expires else ""
    return f"yes: {by.reason} ({by.kind}{' ' + by.id if by.id else ''}{owner}{until})"


def _row(name: str, text: str, indent: int = 0) -> list[str]:
    """A paragraph with its short name before it."""
    wrapped = textwrap.wrap(
        text.replace("\n", " "), _WIDTH - _LABEL - indent, break_long_words=False, break_on_hyphens=False
    )
    pad = " " * indent
    shown = [f"{name if n == 0 else '':{_LABEL}}{pad}{part}" for n, part in enumerate(wrapped)]
    return shown or ([name] if name else [])
