"""The assessment for a terminal: our half first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.profile import Severity
from ourhalf.reports import vulnerabilities
from ourhalf.reports.places import located
from ourhalf.reports.report import Report, Terminal
from ourhalf.reports.summary import (
    PARTY_LABELS,
    STATUS_LABELS,
    Group,
    Remedy,
    Repeated,
    Tally,
    accepted,
    by_reason,
    comparison,
    harmless,
    headline,
    number,
    our_half,
    place,
    prefix,
    remedies,
    tally,
    unknown_reasons,
    unread_reasons,
)

_STYLES = {
    "critical": "1;31",
    "high": "31",
    "medium": "33",
    "low": "36",
    "title": "1",
    "code": "32",
    "good": "32",
    "dim": "2",
}

_PLACES_SHOWN = 5
_REMEDIES_SHOWN = 2
_SECTIONS_SHOWN = 50
_REASONS_SHOWN = 5
_UNREAD_SHOWN = 20
_INDENT = 10
_VULNERABILITIES_SHOWN = 30
_QUESTION = 16
_LEFT = 16
_STYLES_LEFT = {True: "dim", False: "high"}
_NARROWEST = 50


def render(assessment: Assessment) -> str:
    """Plain text, 100 characters wide."""
    return show(assessment, Terminal())


def show(assessment: Assessment, terminal: Terminal) -> str:
    """What fails, worst first and with its remedy; then counts, what is unknown and what was not read."""
    page = _Page(terminal, prefix(assessment))
    counts = tally(assessment)
    sections = our_half(assessment)
    _head(page, assessment, counts)
    _vulnerabilities(page, assessment)
    for section in sections[:_SECTIONS_SHOWN]:
        if isinstance(section, Repeated):
            _repeated(page, section)
        else:
            _group(page, section)
    _left_out(page, sections[_SECTIONS_SHOWN:])
    if counts.severities[Severity.LOW]:
        page.line()
        page.line("Failures of low severity are named only; `ourhalf controls show ID` tells more of each.", "dim")
    _summary(page, assessment, counts)
    return page.text()


class _Page:
    """Lines of text that are wrapped, indented and coloured."""

    def __init__(self, terminal: Terminal, folder: str) -> None:
        self._width = max(_NARROWEST, terminal.width)
        self._colour = terminal.colour
        self._folder = folder
        self._lines: list[str] = []

    def styled(self, text: str, style: str) -> str:
        """`text` in a style, where colours may be used."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._colour and text else text

    def line(self, text: str = "", style: str = "", indent: int = 0, lead: str = "") -> None:
        """A paragraph; `lead` stands in its indentation, styled alone."""
        text = harmless(text).replace("\n", " ")
        wrapped = textwrap.wrap(
            text, self._width - indent, break_long_words=False, break_on_hyphens=False, max_lines=12, placeholder=" …"
        )
        for position, part in enumerate(wrapped or [""]):
            start = lead if position == 0 and lead else " " * indent
            self._lines.append(f"{start}{self.styled(part, style) if style else part}".rstrip())

    def spot(self, text: str, style: str = "", indent: int = 0) -> None:
        """A place, on one line however long it is, so that it can be copied and clicked."""
        text = harmless(text).replace("\n", " ")
        self._lines.append(" " * indent + (self.styled(text, style) if style else text))

    def code(self, text: str, indent: int) -> None:
        """Lines as they are."""
        for part in harmless(text).splitlines():
            self._lines.append(" " * indent + self.styled(part, "code"))

    def where(self, path: str, line: int) -> str:
        """A place as a terminal can open it."""
        return located(path, line, self._folder)

    def severity(self, severity: Severity) -> str:
        """A severity as the lead of a line."""
        return self.styled(severity.upper(), severity) + " " * (_INDENT - len(severity))

    def text(self) -> str:
        """The whole page."""
        return "\n".join(self._lines) + "\n"


def _head(page: _Page, assessment: Assessment, counts: Tally) -> None:
    profile = assessment.profile
    told = f"profile {profile.path}" if profile.path else "no profile"
    regulations = f", {', '.join(profile.regulations)}" if profile.regulations else ""
    page.line(
        f"{assessment.tool.name} {assessment.tool.version}: {', '.join(assessment.targets)} as of {assessment.as_of}, "
        f"{told}: {profile.sensitivity} data{regulations}",
        "dim",
    )
    page.line()
    page.line(headline(assessment, counts), "title")


def _vulnerabilities(page: _Page, assessment: Assessment) -> None:
    """The four answers, and the vulnerabilities with the least time left."""
    if not vulnerabilities.told(assessment):
        return
    found = vulnerabilities.rows(assessment)
    page.line()
    page.line(f"Vulnerabilities: {len(found):,}", "title")
    for question, answer in vulnerabilities.answers(assessment, found):
        page.line(answer, "", _QUESTION, f"{question:{_QUESTION}}")
    open_ = [row for row in found if not row.settled]
    if open_:
        page.line()
    for row in open_[:_VULNERABILITIES_SHOWN]:
        exploited = "exploited, " if row.exploited else ""
        rated = row.severity or "unrated"
        until = f", until {row.until}" if row.until else ""
        fixed = f", fixed in {row.fixed}" if row.fixed else ", no fix known"
        whose = PARTY_LABELS[row.party]
        lead = page.styled(
            f"{vulnerabilities.left_label(row):{_LEFT}}", _STYLES_LEFT[row.left is None or row.left >= 0]
        )
        page.line(
            f"{row.package} {row.version}: {row.advisory} ({exploited}{rated}), {whose}{until}{fixed}", "", _LEFT, lead
        )
    if len(open_) > _VULNERABILITIES_SHOWN:
        page.line(f"… and {len(open_) - _VULNERABILITIES_SHOWN:,} more: --format html=FILE or json=FILE has all", "dim")
    page.line()
    for source in vulnerabilities.sources(assessment):
        age = vulnerabilities.age_label(source)
        partial = ", names some only: its silence says nothing" if source.partial else ""
        page.line(
            f"{source.name} of {source.as_of or 'no day'}, {age}{partial}", "dim", _QUESTION, f"{'source':{_QUESTION}}"
        )


def _repeated(page: _Page, repeated: Repeated) -> None:
    page.line()
    page.line(f"{repeated.title}  [{repeated.control}]", "title", _INDENT, page.severity(repeated.severity))
    reasons = by_reason(repeated.findings)
    if len(reasons) > 1:
        page.line(f"{_spread(repeated.findings)}, for {len(reasons)} reasons:", "", _INDENT)
    for reason, findings in reasons[:_REASONS_SHOWN]:
        page.line(f"{_spread(findings)}: {reason}", indent=_INDENT)
        _places(page, findings)
    left = len(reasons) - _REASONS_SHOWN
    _more(page, left, "reason" if left == 1 else "reasons", _INDENT)
    for position, (remedy, finding) in enumerate(remedies(repeated.findings)[:_REMEDIES_SHOWN]):
        if position == 0:
            page.line(remedy.prose, indent=_INDENT)
        if remedy.snippet:
            page.spot(f"as for {page.where(*place(finding))}:", "dim", _INDENT)
            page.code(remedy.snippet, _INDENT + 2)


def _spread(findings: tuple[Finding, ...]) -> str:
    workloads = {(f.subject.workload, f.subject.path) for f in findings if f.subject.workload}
    if len(workloads) < len(findings):
        inside = f" of {number(len(workloads), 'workload', 'workloads')}" if workloads else ""
        return f"in {number(len(findings), 'place', 'places')}{inside}"
    return f"in {number(len(workloads), 'workload', 'workloads')}"


def _places(page: _Page, findings: tuple[Finding, ...]) -> None:
    for finding in findings[:_PLACES_SHOWN]:
        page.spot(f"{page.where(*place(finding))}  {finding.subject.name}", "", _INDENT + 2)
    _more(page, len(findings) - _PLACES_SHOWN, "", _INDENT + 2)


def _more(page: _Page, count: int, what: str, indent: int) -> None:
    if count > 0:
        page.line(f"and {count:,} more {what}".rstrip(), "dim", indent)


def _group(page: _Page, group: Group) -> None:
    page.line()
    page.line(f"{group.name}  ({group.about})", "title")
    page.spot(page.where(group.path, group.line), "dim")
    for finding in group.findings:
        page.line(f"{finding.title}  [{finding.control}]", "", 2 + _INDENT, "  " + page.severity(finding.severity))
        if finding.severity is not Severity.LOW:
            _finding(page, finding, 2 + _INDENT)


def _finding(page: _Page, finding: Finding, indent: int) -> None:
    page.spot(page.where(*place(finding)), "", indent)
    page.line(finding.reason, indent=indent)
    for item in finding.evidence[:_PLACES_SHOWN]:
        if item.field:
            where = "" if (item.path, item.line) == place(finding) else f"  ({page.where(item.path, item.line)})"
            page.line(f"{item.field}: {item.value}{where}", "dim", indent)
    remedy = Remedy.of(finding)
    page.line(remedy.prose, indent=indent)
    page.code(remedy.snippet, indent + 2)


def _left_out(page: _Page, rest: tuple[Repeated | Group, ...]) -> None:
    if rest:
        page.line()
        count = sum(len(section.findings) for section in rest)
        page.line(f"… and {number(count, 'failure', 'failures')} in {len(rest):,} more workloads and resources:", "dim")
        page.line("write all of them to a file with --format html=FILE or --format json=FILE", "dim")


def _summary(page: _Page, assessment: Assessment, counts: Tally) -> None:
    page.line()
    page.line("Summary", "title")
    of = ", ".join(f"{n:,} {STATUS_LABELS[status]}" for status, n in counts.statuses.items())
    extra = f" ({counts.accepted:,} accepted)" if counts.accepted else ""
    rows = [("verdicts", of + extra)]
    if counts.parties:
        whose = ", ".join(f"{n:,} {PARTY_LABELS[party]}" for party, n in counts.parties.items())
        rows.append(("failures", f"whose: {whose}"))
    rows.append(("read", f"{number(assessment.files, 'file', 'files')}, {_workloads(assessment)}"))
    for name, text in (*rows, *comparison(assessment)):
        _row(page, name, text)
    _listed(page, "unknown", [f"{n:,} × {reason}" for reason, n in unknown_reasons(assessment)], _REASONS_SHOWN)
    _listed(page, "accepted", [_acceptance(finding) for finding in accepted(assessment)], _UNREAD_SHOWN)
    _listed(page, "profile", assessment.profile.notes, _UNREAD_SHOWN)
    _unread(page, assessment)


def _workloads(assessment: Assessment) -> str:
    return number(len(assessment.workloads), "workload", "workloads")


def _row(page: _Page, name: str, text: str) -> None:
    page.line(text, "", _INDENT, f"{name:{_INDENT}}")


def _listed(page: _Page, name: str, lines: Iterable[str], most: int) -> None:
    many = list(lines)
    for position, text in enumerate(many[:most]):
        _row(page, name if position == 0 else "", text)
    if len(many) > most:
        _row(page, "", f"… and {len(many) - most:,} more")


def _unread(page: _Page, assessment: Assessment) -> None:
    reasons = unread_reasons(assessment)
    left = _UNREAD_SHOWN
    for position, (reason, items) in enumerate(reasons):
        if left <= 0:
            rest = sum(len(found) for _, found in reasons[position:])
            _row(page, "", f"… and {rest:,} more, for {len(reasons) - position:,} other reasons")
            break
        _row(page, "unread" if position == 0 else "", f"{len(items):,} × {reason}")
        shown = items[: min(left, _PLACES_SHOWN)]
        for item in shown:
            page.spot(page.where(item.path, item.line), "dim", _INDENT + 2)
        _more(page, len(items) - len(shown), "", _INDENT + 2)
        left -= len(shown)


def _acceptance(finding: Finding) -> str:
    by = finding.exception
    if by is None:
        return ""
    owner = f", {by.owner}" if by.owner else ""
    until = f", until {by.expires}" if by.expires else ""
    return f"{finding.control} on {finding.subject.name}: {by.reason} ({by.kind}{owner}{until})"


TABLE = Report("table", "a summary for people, on a terminal", render, show)
