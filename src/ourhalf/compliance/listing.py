"""The frameworks as lists and pages, before anything is held against them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from ourhalf.compliance.catalogs import Official
from ourhalf.compliance.framework import Framework, How, Requirement
from ourhalf.compliance.resolve import Bearing, Resolver, in_force
from ourhalf.reports.summary import harmless

_WIDTH = 100
_INDENT = 12
_NAMED = 5


class Coverage(msgspec.Struct, frozen=True):
    """On how many requirements of a framework controls bear, by the strongest of them; `manual` are the listed rest.

    `unlisted` are requirements that the framework has and we do not list.
    """

    framework: str
    title: str
    version: str
    size: int
    covered: int
    implements: int
    supports: int
    evidence: int
    manual: int
    unlisted: int

    @property
    def share(self) -> int:
        """The covered part in percent, rounded down."""
        return 100 * self.covered // self.size if self.size else 0


def coverage(framework: Framework, frameworks: Mapping[str, Framework], as_of: date = date.max) -> Coverage:
    """The coverage on a day; if left out, as far as anything is known today."""
    resolver = Resolver({**frameworks, framework.id: framework}, as_of)
    asked = [r for r in framework.requirements if in_force(r, as_of)]
    strongest = [_strongest(resolver.borne(framework.id, r.id)) for r in asked]
    counts = {how: strongest.count(how) for how in How}
    covered = sum(counts.values())
    return Coverage(
        framework.id,
        framework.title,
        framework.version,
        framework.size,
        covered,
        counts[How.IMPLEMENTS],
        counts[How.SUPPORTS],
        counts[How.EVIDENCE],
        len(asked) - covered,
        framework.size - len(asked),
    )


def _strongest(bearing: tuple[Bearing, ...]) -> How | None:
    hows = {one.how for one in bearing}
    return next((how for how in How if how in hows), None)


def list_table(frameworks: dict[str, Framework]) -> str:
    """One line a framework."""
    lines = [f"{'':24}{'size':>7}{'covered':>9}       "]
    for one in frameworks.values():
        told = coverage(one, frameworks)
        name = f"{one.id:24}" if len(one.id) < 24 else f"{one.id}\n{'':24}"
        lines.append(harmless(f"{name}{told.size:>7,}{told.covered:>9,}{told.share:>4} %  {one.title} {one.version}"))
    lines.append("")
    lines.append("covered: requirements that a control bears on, rounded down; no control says anything of the rest.")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def list_json(frameworks: dict[str, Framework]) -> str:
    """A list of what `Coverage` says, and the baselines."""
    return _json(
        [{**msgspec.to_builtins(coverage(one, frameworks)), "baselines": one.baselines} for one in frameworks.values()]
    )


def page_table(
    framework: Framework, frameworks: dict[str, Framework], baseline: str | None, official: Official | None
) -> str:
    """The framework's facts, then each requirement with what bears on it."""
    told = coverage(framework, frameworks)
    lines = [f"{framework.title} ({framework.version}), {framework.publisher}"]
    lines += textwrap.wrap(f"{framework.source}, read {framework.read}; {framework.licence}", _WIDTH)
    lines.append(f"{told.size:,} requirements, controls bear on {told.covered:,} ({told.share} %)")
    if framework.services:
        lines.append(f"about workloads of {', '.join(framework.services)} and what runs nothing itself")
    lines += [f"baseline {name}: {title}" for name, title in framework.baselines.items()]
    lines.append("")
    for requirement, bearing in _asked(framework, frameworks, baseline, official):
        title = official.titles.get(requirement.id, "") if official else ""
        about = f"{title}: {requirement.about}" if title else requirement.about
        lines += _wrapped(about, f"{requirement.id:{_INDENT - 1}} ")
        for how in How:
            if named := [one.control for one in bearing if one.how is how]:
                lines += _wrapped(f"{how}: {', '.join(named)}")
        if requirement.attach:
            lines += _wrapped(f"attach: {requirement.attach}")
    lines.append("")
    notes = [*framework.notes, *_told_of(official)]
    lines += [part for note in notes for part in textwrap.wrap(f"note: {note}", _WIDTH)]
    return harmless("\n".join(lines).rstrip()) + "\n"


def page_json(
    framework: Framework, frameworks: dict[str, Framework], baseline: str | None, official: Official | None
) -> str:
    """The framework as its file states it, each requirement with the controls that bear on it."""
    rows = [
        {
            **msgspec.to_builtins(requirement),
            "title": official.titles.get(requirement.id) if official else None,
            "controls": [one._asdict() for one in bearing],
        }
        for requirement, bearing in _asked(framework, frameworks, baseline, official)
    ]
    facts = msgspec.to_builtins(framework)
    return _json({**facts, "coverage": coverage(framework, frameworks), "requirements": rows})


def _asked(
    framework: Framework, frameworks: dict[str, Framework], baseline: str | None, official: Official | None
) -> list[tuple[Requirement, tuple[Bearing, ...]]]:
    resolver = Resolver({**frameworks, framework.id: framework}, date.max)
    return [
        (requirement, resolver.borne(framework.id, requirement.id))
        for requirement in framework.requirements
        if (baseline is None or baseline in requirement.baselines)
        and (official is None or requirement.id in official.ids)
    ]


def _told_of(official: Official | None) -> list[str]:
    """Which document the titles are of, and what it refers to and does not hold."""
    if official is None:
        return []
    said = [f"official titles are those of {official.title} {official.version}"] if official.titles else []
    if official.dangling:
        some = ", ".join(official.dangling[:_NAMED])
        said.append(f"{official.title} refers to {len(official.dangling):,} ids that it does not hold: {some}")
    return said


def _wrapped(text: str, lead: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=lead or " " * _INDENT,
        subsequent_indent=" " * _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


LISTS: dict[str, Callable[[dict[str, Framework]], str]] = {"table": list_table, "json": list_json}
PAGES: dict[str, Callable[[Framework, dict[str, Framework], str | None, Official | None], str]] = {
    "table": page_table,
    "json": page_json,
}
