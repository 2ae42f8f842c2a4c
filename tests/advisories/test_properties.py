"""What holds of any records: nothing is lost by more of them, their order, or the day on which they are asked."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.advisories.store import Store
from tests.advisories.made import before, ids, matched, osv, package, store_of

PACKAGES = [package("thing", "1.0"), package("thing", "1.5+cu126"), package("other", "3.0")]
NAMES = ["PYSEC-2026-1", "PYSEC-2026-2", "GHSA-aaaa-bbbb-cccc", "GHSA-dddd-eeee-ffff", "CVE-2026-1000", "CVE-2026-1001"]
DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1)).map(lambda day: f"{day}T00:00:00Z")
ASKED = date(2026, 2, 1)


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Records of two packages, with aliases among each other, some withdrawn, some twice."""
    found = []
    for name in draw(st.lists(st.sampled_from(NAMES[:4]), min_size=1, max_size=6)):
        events = draw(
            st.sampled_from(
                [before("1.2"), before("2.0"), ({"introduced": "0"},), ({"introduced": "0"}, {"fixed": "?"})]
            )
        )
        record = osv(name, draw(st.sampled_from(["thing", "other"])), *events)
        record["aliases"] = draw(st.lists(st.sampled_from(NAMES), max_size=3))
        record["published"] = draw(DAYS)
        record["modified"] = draw(DAYS)
        if draw(st.booleans()):
            record["withdrawn"] = draw(DAYS)
        found.append(record)
    return found


@given(found=records(), data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_order_of_import_does_not_matter(found: list[dict[str, Any]], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(found))
    with tempfile.TemporaryDirectory() as folder:
        one, other = store_of(Path(folder), *found), store_of(Path(folder), *shuffled, name="other.db")
        with Store.open(one) as a, Store.open(other) as b:
            assert a.digest == b.digest
            assert list(a.quarantined()) == list(b.quarantined())
        told = [msgspec.json.encode(matched(path, PACKAGES, ASKED)) for path in (one, other)]
        assert told[0] == told[1]


def distinct(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({one["id"]: one for one in found}.values())


@given(found=records())
@settings(max_examples=25, deadline=None)
def test_a_further_advisory_never_removes_a_finding(found: list[dict[str, Any]]) -> None:
    found = distinct(found)
    with tempfile.TemporaryDirectory() as folder:
        fewer = matched(store_of(Path(folder), *found[:-1], name="fewer.db"), PACKAGES, ASKED)
        more = matched(store_of(Path(folder), *found, name="more.db"), PACKAGES, ASKED)
        assert ids(fewer) <= ids(more)


@given(found=records())
@settings(max_examples=25, deadline=None)
def test_withdrawing_removes_exactly_its_own(found: list[dict[str, Any]]) -> None:
    found = distinct(found)
    gone = {**found[-1], "withdrawn": "2026-01-01T00:00:00Z", "modified": "2026-11-01T00:00:00Z"}
    with tempfile.TemporaryDirectory() as folder:
        without = matched(store_of(Path(folder), *found[:-1], name="without.db"), PACKAGES, ASKED)
        withdrawn = matched(store_of(Path(folder), *found, gone, name="withdrawn.db"), PACKAGES, ASKED)
        assert withdrawn.matches == without.matches


@given(found=records())
@settings(max_examples=20, deadline=None)
def test_what_is_published_later_does_not_change_the_past(found: list[dict[str, Any]]) -> None:
    found = distinct(found)
    day = (ASKED + timedelta(1)).isoformat()
    later = osv("PYSEC-2026-9", "thing", *before("9"), published=f"{day}T00:00:00Z", aliases=NAMES)
    with tempfile.TemporaryDirectory() as folder:
        then = matched(store_of(Path(folder), *found, name="then.db"), PACKAGES, ASKED)
        now = matched(store_of(Path(folder), *found, later, name="now.db"), PACKAGES, ASKED)
        assert now.matches == then.matches
        assert ids(matched(Path(folder) / "now.db", PACKAGES, date(2026, 11, 1))) >= {(0, "CVE-2026-1000")}
