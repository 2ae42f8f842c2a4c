"""The plan: every recommendation that the facts call for, what is missing and matters most first."""

from __future__ import annotations

from datetime import date

import msgspec

from ourhalf import __version__
from ourhalf.model.finding import CitedPage, ToolInfo
from ourhalf.model.profile import Parameters, Severity
from ourhalf.monitor.facts import Facts, Spot
from ourhalf.monitor.recommendation import On, Recommendation, Sight, all_recommendations

SCHEMA_VERSION = "1.0"
DEFAULT_RETENTION = 365
_RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""The days for which CloudWatch Logs can keep events."""


class Reason(msgspec.Struct, frozen=True):
    """Why here: the workloads and resources that call for it."""

    what: str
    names: tuple[str, ...]


class Statement(msgspec.Struct, frozen=True):
    """What a service sees or cannot see; `where` names those at hand that it is about, where it is about some."""

    text: str
    citation: CitedPage
    where: tuple[str, ...] = ()


class Driver(msgspec.Struct, frozen=True):
    """What the bill grows with."""

    billed_by: str
    citation: CitedPage


class Already(msgspec.Struct, frozen=True):
    """Whether it is on, as far as configuration tells."""

    on: On
    reason: str
    evidence: tuple[Spot, ...] = ()


class Item(msgspec.Struct, frozen=True):
    """One recommendation, for the deployment at hand."""

    id: str
    title: str
    service: str
    weight: Severity
    already: Already
    why: tuple[Reason, ...]
    sees: tuple[Statement, ...]
    cannot_see: tuple[Statement, ...]
    costs: tuple[Driver, ...]
    by_hand: tuple[str, ...] = ()
    otherwise: dict[str, str] = {}
    written_in: tuple[str, ...] = ()

    @property
    def missing(self) -> bool:
        """Whether it is not known to be on."""
        return self.already.on is not On.YES


class Unreadable(msgspec.Struct, frozen=True):
    """An input that could not be read: what it holds may call for more."""

    path: str
    line: int
    reason: str


class Plan(msgspec.Struct, frozen=True):
    """What to switch on for the workloads found; `configuration` holds the whole generated file of each language."""

    schema_version: str
    tool: ToolInfo
    as_of: date
    targets: tuple[str, ...]
    workloads: int
    retention_days: int
    required_tags: tuple[str, ...]
    items: tuple[Item, ...]
    missing: tuple[str, ...] = ()
    unread: tuple[Unreadable, ...] = ()
    configuration: dict[str, str] = {}


class Asked(msgspec.Struct, frozen=True):
    """What a plan is made for, besides the facts: its targets, its day and what the company asks."""

    targets: tuple[str, ...]
    as_of: date
    parameters: Parameters = Parameters()
    unread: tuple[Unreadable, ...] = ()


def plan_of(facts: Facts, asked: Asked) -> Plan:
    """The plan for these facts."""
    items = [_item(one, facts) for one in all_recommendations().values()]
    running = frozenset(workload.name for workload in facts.workloads)
    return Plan(
        SCHEMA_VERSION,
        ToolInfo("ourhalf", __version__),
        asked.as_of,
        asked.targets,
        len(facts.workloads),
        _retention(asked.parameters.log_retention_days),
        asked.parameters.required_tags,
        tuple(sorted((item for item in items if item is not None), key=lambda item: _order(item, running))),
        facts.missing,
        asked.unread,
    )


def _retention(least: int | None) -> int:
    wanted = max(least or DEFAULT_RETENTION, 1)
    return next((days for days in _RETENTIONS if days >= wanted), _RETENTIONS[-1])


def _order(item: Item, running: frozenset[str]) -> tuple[bool, int, bool, int, str]:
    """What is missing first, then by weight; what is off before what is not known, then by how many workloads call."""
    called = len({name for reason in item.why for name in reason.names if name in running})
    return (not item.missing, item.weight.rank, item.already.on is not On.NO, -called, item.id)


def _item(one: Recommendation, facts: Facts) -> Item | None:
    because = one.because(facts)
    if not because:
        return None
    state = one.already(facts)
    return Item(
        one.id,
        one.title,
        one.service,
        one.weight,
        Already(state.on, state.reason, state.spots),
        tuple(Reason(b.what, b.names) for b in because),
        _statements(one.sees, facts),
        _statements(one.blind, facts),
        tuple(Driver(c.billed_by, CitedPage(c.citation.url, c.citation.read)) for c in one.costs),
        one.by_hand(facts) if state.on is not On.YES else (),
        dict(one.otherwise),
    )


def _statements(sights: tuple[Sight, ...], facts: Facts) -> tuple[Statement, ...]:
    told = []
    for sight in sights:
        where = sight.where(facts) if sight.where is not None else ()
        if where or sight.where is None:
            told.append(Statement(sight.text, CitedPage(sight.citation.url, sight.citation.read), where))
    return tuple(told)
