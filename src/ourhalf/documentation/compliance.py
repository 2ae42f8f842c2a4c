"""The page of the frameworks: how large each is, and on how much of it controls bear."""

from __future__ import annotations

from collections.abc import Mapping

from ourhalf.compliance.formats.words import LABELS, MEANINGS
from ourhalf.compliance.framework import Framework
from ourhalf.compliance.listing import Coverage, coverage
from ourhalf.compliance.loader import all_frameworks
from ourhalf.documentation.pages import Pages, code, link, page, table

_INTRODUCTION = """\
`ourhalf compliance report TARGET --framework ID` says of each requirement whether it is met, whose it is and what
shows it; `ourhalf compliance show ID` which controls bear on it. Frameworks are told by their ids and in our own
words: nothing of their text is copied. `ourhalf compliance show ID --catalog FILE` puts the official titles of your
own copy of an OSCAL catalog beside them."""

_COVERAGE = """\
Size counts all requirements that a framework has. Covered are those that a control bears on at all: by one that
decides its part (implements), else by one that is needed and does not suffice (supports), else by one that shows
something an auditor weighs (evidence). Manual are listed with what a person must attach. No control says anything of
the rest, and shares are rounded down."""

_OWN = """\
A framework of your own is a file like those that ship, given as `--framework-file FILE`. A mapping names controls by
their ids, requirements of other frameworks (`through`), or the ids that others give the same test (`tests`), and says
how they bear, who says so (an address, a path, or `ourhalf` for a judgement) and when that was read. A requirement that
no configuration can show says what to `attach`; `layers` say who answers for it, `services` whose workloads it is
about. What is not known, listed twice or leads in a circle is refused, with its line."""

_EXAMPLE = """\
id: house
title: House rules
version: "3"
publisher: Example Corporation
source: https://example.com/rules
read: 2026-11-27
licence: ours
size: 2
requirements:
  - id: "1"
    about: containers have no power over their host
    mappings:
      - how: implements
        source: ourhalf
        read: 2026-11-27
        controls: [container-unprivileged]
        tests: ["Security Hub:ECS.4"]
      - how: supports
        source: ourhalf
        read: 2026-11-27
        through: ["nist-800-53-r5:ac-6"]
  - id: "2"
    about: somebody answers for each model
    attach: the list of models and their owners
"""

_ORDER = """\
Bad news and what is not known come first: one verdict that fails makes `not met`, one that is unknown makes `unknown`,
and neither can be outweighed. What the profile disables counts as unknown."""


def _make() -> dict[str, str]:
    every = all_frameworks()
    rows = [_row(one, every) for one in every.values()]
    outcomes = [(LABELS[outcome], MEANINGS[outcome]) for outcome in LABELS]
    made = page(
        "Compliance",
        _INTRODUCTION,
        "## Frameworks",
        _COVERAGE,
        table(_HEAD, rows),
        *_notes(every),
        "## Outcomes",
        _ORDER,
        table(("outcome", "when"), outcomes),
        "## Your own framework",
        _OWN,
        code(_EXAMPLE, "yaml"),
    )
    return {"reference/compliance.md": made}


_HEAD = ("framework", "size", "covered", "share", "implements", "supports", "evidence", "manual", "not listed")


def anchor(id_: str) -> str:
    """How a heading of this id is linked to."""
    return id_.replace(".", "")


def _row(framework: Framework, every: Mapping[str, Framework]) -> tuple[str, ...]:
    told: Coverage = coverage(framework, every)
    counts = (told.implements, told.supports, told.evidence, told.manual, told.unlisted)
    name = f"{link(framework.title, f'#{anchor(framework.id)}')} {framework.version} (`{framework.id}`)"
    return (name, f"{told.size:,}", f"{told.covered:,}", f"{told.share} %", *(f"{count:,}" for count in counts))


def _notes(every: Mapping[str, Framework]) -> list[str]:
    """What each framework's file says of its limits and its licence."""
    blocks = []
    for one in every.values():
        source = f"<{one.source}>" if one.source.startswith("https://") else f"`{one.source}`"
        lines = [
            *one.notes,
            f"Ids were read at {source} on {one.read}. {one.licence[:1].upper()}{one.licence[1:].rstrip('.')}.",
        ]
        baselines = "; ".join(f"`{name}`, {title}" for name, title in one.baselines.items())
        if baselines:
            lines.append(f"Baselines: {baselines}.")
        if one.services:
            lines.append(f"It is about workloads of {', '.join(one.services)} and what runs nothing itself.")
        blocks.append(f"### {one.id}\n\n" + "\n".join(f"- {' '.join(line.split())}" for line in lines))
    return blocks


COMPLIANCE = Pages(_make)
