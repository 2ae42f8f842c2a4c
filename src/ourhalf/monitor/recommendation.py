"""What a recommendation is: one thing to switch on, why here, what it sees, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import msgspec

from ourhalf.discovery import values
from ourhalf.model.profile import Severity
from ourhalf.model.references import Citation
from ourhalf.model.word import Word
from ourhalf.monitor.facts import Facts, Spot


class On(Word):
    """Whether something is on already, as far as configuration tells."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Because(msgspec.Struct, frozen=True):
    """A reason to recommend something here: the things that call for it, by name."""

    what: str
    names: tuple[str, ...]


class State(msgspec.Struct, frozen=True):
    """Whether it is on, why one thinks so, and where that is written."""

    on: On
    reason: str
    spots: tuple[Spot, ...] = ()


class Sight(msgspec.Struct, frozen=True):
    """What a service sees, or cannot see, by a page that says so.

    `where` names those at hand that it is about; a sight that is about none of them is not told.
    """

    text: str
    citation: Citation
    where: Callable[[Facts], tuple[str, ...]] | None = None


class Cost(msgspec.Struct, frozen=True):
    """What a service is billed by, and the page with its prices."""

    billed_by: str
    citation: Citation


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """A module-level value in a file of `recommendations/`.

    `because` gives the reasons that the facts hold; none, and it is not recommended. `controls` are those whose
    verdicts `already` asks for. `needs` names parts of `configuration/` that its own refer to. `by_hand` says what
    no generated file can do, `otherwise` by language what one language has no type for.
    """

    id: str
    title: str
    service: str
    weight: Severity
    because: Callable[[Facts], tuple[Because, ...]]
    already: Callable[[Facts], State]
    sees: tuple[Sight, ...]
    blind: tuple[Sight, ...]
    costs: tuple[Cost, ...]
    controls: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    by_hand: Callable[[Facts], tuple[str, ...]] = lambda _: ()
    otherwise: Mapping[str, str] = {}


@cache
def all_recommendations() -> dict[str, Recommendation]:
    """Every recommendation by its id. Raises ValueError where two have the same."""
    from ourhalf.monitor import recommendations

    found: dict[str, Recommendation] = {}
    for one in values(recommendations, Recommendation):
        if one.id in found:
            raise ValueError(f"two recommendations have the id {one.id}")
        found[one.id] = one
    return found


def asked_controls() -> frozenset[str]:
    """The controls whose verdicts a plan asks for."""
    return frozenset(control for one in all_recommendations().values() for control in one.controls)
