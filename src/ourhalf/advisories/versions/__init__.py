"""How versions are ordered: one file a way of ordering, found by one walk."""

from __future__ import annotations

from functools import cache

from ourhalf.advisories.versions.order import Order, UnorderableError

__all__ = ["Order", "UnorderableError", "order_of"]


@cache
def _orders() -> dict[str, Order]:
    from ourhalf import discovery
    from ourhalf.advisories import versions

    return {family: order for order in discovery.values(versions, Order) for family in order.families}


def order_of(space: str) -> Order | None:
    """How versions of `space` (see `ourhalf.advisories.spaces`) are ordered; None where that is not known."""
    return _orders().get(space.partition(":")[0])
