"""The page of the coverage: which control covers which of the collected conditions, and why some have none.

The conditions are collected outside this repository, so that this page is made only where they are at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ourhalf.catalogue import all_controls
from ourhalf.documentation.pages import link, page, table

_INTRODUCTION = """\
Conditions on resources that matter to deep-learning containers were collected from public benchmarks, tools and
manuals. This table says row by row which control covers a condition, or why none does: a condition on the live state
of an account, or on the content of an image, cannot be decided from configuration."""


class Condition(msgspec.Struct, frozen=True):
    """One collected condition."""

    id: str
    topic: str
    service: str
    property: str


def coverage(conditions: Iterable[Condition], reasons: Mapping[str, str]) -> str:
    """The page; `reasons` say by row id why a condition is left to other evidence."""
    covering: dict[str, list[str]] = {}
    for control in all_controls():
        for row in control.rows:
            covering.setdefault(row, []).append(link(f"`{control.id}`", f"../controls/{control.id}.md"))
    services: dict[str, list[tuple[str, str, str, str]]] = {}
    counts = {"covered": 0, "out": 0, "open": 0}
    for condition in conditions:
        found = covering.get(condition.id)
        reason = reasons.get(condition.id, "")
        counts["covered" if found else "out" if reason else "open"] += 1
        by = ", ".join(found) if found else f"none: {reason or 'no control yet'}"
        services.setdefault(condition.service, []).append((condition.id, condition.topic, condition.property, by))
    blocks = [
        f"## {service}\n\n" + table(("condition", "topic", "property", "control"), rows)
        for service, rows in services.items()
    ]
    return page("Coverage", _INTRODUCTION, _totals(counts), *blocks)


def _totals(counts: Mapping[str, int]) -> str:
    return (
        f"{sum(counts.values())} conditions: {counts['covered']} covered by a control, {counts['out']} that "
        f"configuration cannot decide, {counts['open']} without a control yet."
    )
