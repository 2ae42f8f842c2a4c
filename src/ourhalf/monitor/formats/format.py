"""What a format of a plan is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from ourhalf.discovery import values
from ourhalf.monitor import formats
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.plan import Plan
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
        if not item.missing:
            continue
        lines += [f"{item.id}: {step}" for step in item.by_hand]
        if not item.by_hand and not covers(language, item) and language.name != "kubernetes" and _is_aws(item.id):
            lines.append(f"{item.id}: {language.name} has no type for it")
    if not lines:
        return ""
    text = "\n".join(f"#   {_plain(line)}" for line in lines)
    return f"# What no file can do:\n{text}\n"


def _is_aws(id_: str) -> bool:
    return id_ not in {"falco-rules", "otel-collector", "prometheus-alerts"}


def _plain(line: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in line)
