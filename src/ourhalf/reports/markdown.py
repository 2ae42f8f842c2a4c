"""The assessment as a comment on a pull request: short, worst first, never larger than GitHub takes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.verdict import Status
from ourhalf.reports import vulnerabilities
from ourhalf.reports.places import located
from ourhalf.reports.report import Report
from ourhalf.reports.summary import (
    PARTY_LABELS,
    STATUS_LABELS,
    Group,
    Repeated,
    Tally,
    accepted,
    by_reason,
    comparison,
    harmless,
    headline,
    our_half,
    place,
    prefix,
    remedies,
    tally,
    unknown_reasons,
    unread_reasons,
)

MOST_CHARACTERS = 60_000
"""GitHub refuses comments of more than 65,536."""

_PLACES = 10
_VULNERABILITIES = 20
_REASONS = 10
_TAIL = 12_000
_LONGEST = 300


def render(assessment: Assessment) -> str:
    """What fails with its remedy, then what is unknown, accepted and unread, in folded sections."""
    counts = tally(assessment)
    end, _ = _fitting(_details(assessment), _TAIL)
    start = _head(assessment, counts) + _vulnerabilities(assessment)
    room = MOST_CHARACTERS - len(start) - len(end) - 200
    half = our_half(assessment)
    folder = prefix(assessment)
    body, used = _fitting((_section(section, folder) for section in half), room)
    left = sum(len(section.findings) for section in half[used:])
    if left:
        body += f"\n… and {left:,} more {'failure' if left == 1 else 'failures'}: see the HTML or JSON report.\n"
    return start + body + end


def _vulnerabilities(assessment: Assessment) -> str:
    """The four answers, and the most urgent vulnerabilities in a table."""
    if not vulnerabilities.told(assessment):
        return ""
    rows = vulnerabilities.rows(assessment)
    lines = ["", f"### Vulnerabilities: {len(rows):,}", ""]
    lines += [f"- **{question}**: {text(answer)}" for question, answer in vulnerabilities.answers(assessment, rows)]
    open_ = [row for row in rows if not row.settled]
    if open_:
        lines += ["", "| package | vulnerability | severity | whose | clock | fixed in |", "|" + " -- |" * 6]
    for row in open_[:_VULNERABILITIES]:
        cells = (
            f"{row.package} {row.version}",
            f"{row.advisory}{' (exploited)' if row.exploited else ''}",
            row.severity or "not rated",
            PARTY_LABELS[row.party],
            f"{vulnerabilities.left_label(row)}{f', until {row.until}' if row.until else ''}",
            row.fixed or "no fix known",
        )
        lines.append("| " + " | ".join(text(cell) for cell in cells) + " |")
    if len(open_) > _VULNERABILITIES:
        lines.append(f"\n… and {len(open_) - _VULNERABILITIES:,} more: see the HTML or JSON report.")
    told = (f"{one.name} of {one.as_of or 'no day'}" for one in vulnerabilities.sources(assessment))
    return "\n".join([*lines, "", f"<sub>Asked: {text(', '.join(told))}.</sub>", ""])


def _fitting(sections: Iterable[str], room: int) -> tuple[str, int]:
    """As many sections as there is room for, and how many that are."""
    taken: list[str] = []
    for section in sections:
        room -= len(section)
        if room < 0:
            break
        taken.append(section)
    return "".join(taken), len(taken)


def _section(section: Repeated | Group, folder: str) -> str:
    return _repeated(section, folder) if isinstance(section, Repeated) else _group(section, folder)


def _head(assessment: Assessment, counts: Tally) -> str:
    whose = ", ".join(f"{n:,} {PARTY_LABELS[party]}" for party, n in counts.parties.items())
    verdicts = " | ".join(STATUS_LABELS[status] for status in counts.statuses)
    numbers = " | ".join(f"{n:,}" for n in counts.statuses.values())
    profile = assessment.profile
    told = f"profile {code(profile.path)}" if profile.path else "no profile"
    return (
        f"## {text(headline(assessment, counts))}\n\n"
        f"| {verdicts} | accepted |\n|{' --: |' * (len(counts.statuses) + 1)}\n| {numbers} | {counts.accepted:,} |\n\n"
        + (f"Whose failures: {whose}. " if whose else "")
        + f"{text(assessment.tool.name)} {text(assessment.tool.version)}, as of {assessment.as_of}, {told}, "
        f"{text(profile.sensitivity)} data.\n" + "".join(f"\n{text(told)}.\n" for _, told in comparison(assessment))
    )


def _repeated(repeated: Repeated, folder: str) -> str:
    reasons = by_reason(repeated.findings)
    lines = [
        "",
        _open(
            f"{repeated.severity}: {repeated.title} ({len(repeated.findings):,} places)", repeated.severity.rank == 0
        ),
    ]
    for reason, findings in reasons[:_REASONS]:
        lines.append(f"{text(reason)} ({len(findings):,}):\n")
        lines += [_item(finding, folder) for finding in findings[:_PLACES]]
        lines += _more(len(findings) - _PLACES)
        lines.append("")
    lines += _more(len(reasons) - _REASONS, "reasons")
    lines += _remedy(repeated.findings, 3)
    lines += [f"<sub>{code(repeated.control)}</sub>", "", "</details>", ""]
    return "\n".join(lines)


def _group(group: Group, folder: str) -> str:
    worst = group.findings[0].severity
    count = len(group.findings)
    title = f"{worst}: {group.name}, {count:,} {'failure' if count == 1 else 'failures'}"
    lines = [
        "",
        _open(title, worst.rank == 0),
        f"{text(group.about)} at {code(located(group.path, group.line, folder))}",
        "",
    ]
    for finding in group.findings:
        path, line = place(finding)
        lines.append(f"**{finding.severity}: {text(finding.title)}** at {code(located(path, line, folder))}  ")
        lines.append(f"{text(finding.reason)}\n")
        lines += _remedy((finding,), 1)
        lines += [f"<sub>{code(finding.control)}</sub>", ""]
    lines += ["</details>", ""]
    return "\n".join(lines)


def _open(title: str, unfolded: bool) -> str:
    return f"<details{' open' if unfolded else ''}><summary><b>{html(title)}</b></summary>\n"


def _item(finding: Finding, folder: str) -> str:
    path, line = place(finding)
    return f"- {code(located(path, line, folder))} {text(finding.subject.name)}"


def _more(count: int, what: str = "") -> list[str]:
    return [f"- and {count:,} more {what}".rstrip()] if count > 0 else []


def _remedy(findings: tuple[Finding, ...], most: int) -> list[str]:
    lines: list[str] = []
    for number, (remedy, _) in enumerate(remedies(findings)[:most]):
        if number == 0:
            lines += [text(remedy.prose), ""]
        if remedy.snippet:
            lines += [fenced(remedy.snippet), ""]
    return lines


def _details(assessment: Assessment) -> list[str]:
    """The folded sections at the end, those that matter most first."""
    sections = []
    unknown = [f"{n:,} × {text(reason)}" for reason, n in unknown_reasons(assessment)]
    count = sum(f.status is Status.UNKNOWN for f in assessment.findings)
    sections += _folded(f"Unknown: {count:,}", unknown, _REASONS)
    taken = [
        f"{code(f.control)} on {text(f.subject.name)}: {text(f.exception.reason)}"
        for f in accepted(assessment)
        if f.exception
    ]
    sections += _folded(f"Accepted: {len(taken):,}", taken, _PLACES)
    notes = [text(note) for note in assessment.profile.notes]
    sections += _folded(f"Notes on the profile: {len(notes):,}", notes, _PLACES)
    unread = [
        f"{len(items):,} × {text(reason)}, such as {code(located(items[0].path, items[0].line))}"
        for reason, items in unread_reasons(assessment)
    ]
    sections += _folded(f"Unread: {len(assessment.unread):,}", unread, _PLACES)
    return sections


def _folded(title: str, lines: Iterable[str], most: int) -> list[str]:
    many = list(lines)
    if not many:
        return []
    shown = [f"- {line}" for line in many[:most]] + _more(len(many) - most)
    return ["\n".join(["", _open(title, False), *shown, "", "</details>", ""])]


def text(value: str) -> str:
    """Text that Markdown shows as it is: no markup, no link, no mention of a person."""
    plain = " ".join(harmless(_short(value)).split())
    escaped = re.sub(
        r"([\\`*_\[\]|~#])", r"\\\1", plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )
    return re.sub(r"@(?=\w)", "@\u200b", re.sub(r"(?i)(https?|ftp|www)(?=[:.])", "\\1\u200b", escaped))


def html(value: str) -> str:
    """Text inside an HTML element of Markdown."""
    plain = " ".join(harmless(_short(value)).split())
    return re.sub(r"[&<>\"'`*_\[\]@\\]", lambda found: f"&#{ord(found[0])};", plain)


def code(value: str) -> str:
    """Text as code in a line."""
    plain = " ".join(harmless(_short(value)).split()) or " "
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def fenced(value: str) -> str:
    """Lines as a block of code."""
    plain = harmless(value[:4000])
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{plain}\n{fence}"


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else value[:_LONGEST] + "…"


MARKDOWN = Report("markdown", "a comment for a pull request", render)
