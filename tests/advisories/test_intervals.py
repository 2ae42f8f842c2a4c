from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.advisories.intervals import Event, intervals, within
from ourhalf.advisories.record import Interval
from ourhalf.advisories.versions import Order, UnorderableError, order_of


def pypi() -> Order:
    found = order_of("pypi")
    assert found is not None
    return found


def event(kind: str, version: str) -> Event:
    return Event(**{kind: version})


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("introduced", "0")], [Interval("", "")]),
        ([("introduced", "1.0")], [Interval("1.0", "")]),
        ([("introduced", "0"), ("fixed", "2.0")], [Interval("", "2.0")]),
        ([("introduced", "0"), ("limit", "2.0")], [Interval("", "2.0")]),
        ([("introduced", "0"), ("last_affected", "2.0")], [Interval("", "2.0", closed=True)]),
        (
            [("fixed", "1.5"), ("introduced", "2.0"), ("introduced", "0"), ("fixed", "2.1")],
            [Interval("", "1.5"), Interval("2.0", "2.1")],
        ),
        ([("introduced", "0"), ("introduced", "1"), ("fixed", "2")], [Interval("", "2")]),
        (
            [("introduced", "0"), ("fixed", "1"), ("introduced", "1"), ("fixed", "2")],
            [Interval("", "1"), Interval("1", "2")],
        ),
        ([("introduced", "1.0"), ("last_affected", "1.0")], [Interval("1.0", "1.0", closed=True)]),
        ([], []),
    ],
)
def test_events(events: list[tuple[str, str]], expected: list[Interval]) -> None:
    assert list(intervals([event(*one) for one in events], pypi())) == expected


@pytest.mark.parametrize(
    "events",
    [
        [("introduced", "0"), ("fixed", "trunk")],
        [("introduced", "v" * 400)],
        [("introduced", "2.0"), ("fixed", "1.0")],
        [("fixed", "1.0")],
    ],
)
def test_what_contradicts_itself_or_has_no_place_is_refused(events: list[tuple[str, str]]) -> None:
    with pytest.raises(UnorderableError):
        intervals([event(*one) for one in events], pypi())


KINDS = st.sampled_from(["introduced", "fixed", "last_affected"])


@given(
    events=st.lists(st.tuples(KINDS, st.integers(1, 9)), min_size=1, max_size=8, unique_by=lambda one: one[1]),
    version=st.integers(0, 10),
)
def test_the_evaluation_of_the_schema_of_osv(events: list[tuple[str, int]], version: int) -> None:
    # ossf.github.io/osv-schema, "Evaluation": events in their order, each switching what comes after it.
    affected = False
    for kind, at in sorted(events, key=lambda one: one[1]):
        if kind == "introduced" and version >= at:
            affected = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            affected = False
    try:
        found = intervals([event(kind, str(at)) for kind, at in events], pypi())
    except UnorderableError:
        assert min(events, key=lambda one: one[1])[0] != "introduced"
        return
    key = pypi().key(str(version))
    assert any(within(key, one, pypi().key) for one in found) is affected
