"""What a format of a plan is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from ourhalf.discovery import values
from ourhalf.monitor import formats
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.plan import Item, Plan
from ourhalf.monitor.writing import Language, Written, covers


class Planned(msgspec.Struct, frozen=True):
    """A plan, the facts that it was made of, and how wide and coloured a terminal shows it."""

    plan: Plan
    facts: Facts
    width: int = 100
    colour: bool = False


class PlanFormat(msgspec.Struct, frozen=True):
    """A module-level value in a file of this folder. `language` is set where it is configuration to apply."""

    name: str
    describe: str
    render: Callable[[Planned], str]
    language: Language | None = None


@cache
def all_formats() -> dict[str, PlanFormat]:
    """Every format by its name."""
    return {one.name: one for one in sorted(values(formats, PlanFormat), key=lambda one: one.name)}


def languages() -> tuple[PlanFormat, ...]:
    """The formats that are configuration."""
    return tuple(one for one in all_formats().values() if one.language is not None)


def completed(planned: Planned) -> Plan:
    """The plan with the languages that each item is written in."""
    items = tuple(
        msgspec.structs.replace(
            item,
            written_in=tuple(one.name for one in languages() if one.language and covers(one.language, item)),
        )
        for item in planned.plan.items
    )
    return msgspec.structs.replace(planned.plan, items=items)


def nothing(language: str, written: Written) -> str | None:
    """What stands in a file where there is nothing to write; None where there is something."""
    if written.pieces:
        return None
    return f"# ourhalf found nothing to switch on that {language} can write.\n"


def by_hand(planned: Planned, language: Language) -> str:
    """A comment with what the file cannot do, each in a line."""
    lines = []
    for item in planned.plan.items:
        if item.missing and _belongs(item, language):
            steps = (*item.by_hand, item.otherwise[language.name]) if language.name in item.otherwise else item.by_hand
            lines += [f"#   {item.id}: {_plain(step)}\n" for step in steps]
    return "".join(("# What this file cannot do:\n", *lines)) if lines else ""


def _belongs(item: Item, language: Language) -> bool:
    """Whether its steps are for this file: what is in it, and for AWS what is in none."""
    if covers(language, item) or language.name in item.otherwise:
        return True
    return language.name != "kubernetes" and not any(covers(one.language, item) for one in languages() if one.language)


def _plain(line: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in line)
