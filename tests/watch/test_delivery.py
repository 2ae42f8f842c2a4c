"""Alerts from the outbox to their destinations: each once, none lost, whatever fails in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from ourhalf.history.errors import HistoryError
from ourhalf.history.outbox import MAX_ALERT_BYTES, Alert, Outbox
from ourhalf.history.store import History
from ourhalf.model.finding import Finding
from ourhalf.watch.delivery import Delivery, Sent
from ourhalf.watch.destination import DeliveryError
from tests.history.making import EXCEPTION, assessment, finding, minutes


class Taker:
    """A destination that does what a test says: it takes alerts, or raises what `fails` gives for one."""

    def __init__(self, name: str = "taker", most: int = 100) -> None:
        self.name = name
        self.most = most
        self.got: list[tuple[Alert, bool]] = []
        self.fails: Callable[[Alert], Exception | None] = lambda _: None

    def send(self, alert: Alert, repeat: bool) -> None:
        """See `Destination.send`."""
        self.got.append((alert, repeat))
        error = self.fails(alert)
        if error is not None:
            raise error


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "history.sqlite")


@pytest.fixture
def history(path: str) -> Iterator[History]:
    with History(path, create=True) as found:
        yield found


def begun(history: History, *takers: Taker, known: bool = False) -> tuple[Delivery, Clock]:
    outbox = Outbox(history)
    outbox.recover()
    return Delivery(outbox, takers, known), Clock()


def record(history: History, delivery: Delivery, minute: int, *findings: Finding) -> None:
    history.record(history.series(["."], None), assessment(*findings), minutes(minute), delivery.put)


def test_each_change_reaches_each_destination_once(history: History) -> None:
    takers = Taker("one"), Taker("two", most=2)
    delivery, clock = begun(history, *takers)
    record(history, delivery, 0, finding("a"), finding("b"), finding("c"))
    record(history, delivery, 1, finding("a", "pass"), finding("b"), finding("c"))
    assert delivery.send(clock) == Sent(arrived=5)
    assert delivery.send(clock) == Sent()
    for taker in takers:
        told = [(a.assessment, c.kind.value, c.finding) for a, _ in taker.got for c in a.changes]
        assert told == [(1, "new", "a"), (1, "new", "b"), (1, "new", "c"), (2, "fixed", "a")]
        assert not any(repeat for _, repeat in taker.got)
    ids = [alert.id for taker in takers for alert, _ in taker.got]
    assert len(set(ids)) == 5
    assert [(a.part, a.parts) for a, _ in takers[1].got] == [(1, 2), (2, 2), (1, 1)]
    assert (takers[0].got[1][0].previous, takers[0].got[1][0].failing) == (1, 2)


def test_what_nobody_wants_to_be_told_makes_no_alert(history: History) -> None:
    taker = Taker()
    delivery, clock = begun(history, taker)
    record(history, delivery, 0, finding("a", "pass"), finding("b", "unknown"), finding("c", exception=EXCEPTION))
    assert (delivery.send(clock), taker.got) == (Sent(), [])


def test_what_is_known_is_told_to_nobody_but_what_comes_after(history: History) -> None:
    taker = Taker()
    delivery, clock = begun(history, taker, known=True)
    record(history, delivery, 0, finding("a"))
    record(history, delivery, 1, finding("a"), finding("b"))
    delivery.send(clock)
    assert [c.finding for a, _ in taker.got for c in a.changes] == ["b"]


def test_large_changes_are_split_by_bytes_too(history: History) -> None:
    taker = Taker(most=1000)
    delivery, clock = begun(history, taker)
    record(history, delivery, 0, *[finding(f"f{n}", reason="é" * 1000, remedy="é" * 1000) for n in range(200)])
    delivery.send(clock)
    assert len(taker.got) > 3
    assert sum(len(alert.changes) for alert, _ in taker.got) == 200
    assert all(len(msgspec.json.encode(alert)) < MAX_ALERT_BYTES + 2000 for alert, _ in taker.got)


class TestFailures:
    def test_an_alert_is_tried_again_later_and_later_until_it_arrives(self, history: History) -> None:
        taker = Taker()
        taker.fails = lambda _: DeliveryError("it is down", doubt=False)
        delivery, clock = begun(history, taker)
        record(history, delivery, 0, finding("a"))
        waits = []
        for _ in range(14):
            assert delivery.send(clock).told == ("taker: it is down; it is tried again",)
            due = delivery.next_due()
            assert due is not None
            waits.append(due - clock().timestamp())
            clock.later(waits[-1] - 1)
            assert delivery.send(clock) == Sent(), "not before its time"
            clock.later(1)
        assert waits[:4] == [15, 30, 60, 120]
        assert waits[-1] == 3600
        taker.fails = lambda _: None
        assert delivery.send(clock) == Sent(arrived=1)
        assert delivery.next_due() is None
        assert [repeat for _, repeat in taker.got] == [False] * 15
        assert delivery.results == {("taker", "failed"): 14, ("taker", "sent"): 1}

    def test_after_a_doubt_it_is_marked_and_else_the_same(self, history: History) -> None:
        taker = Taker()
        answers = iter([DeliveryError("no answer", doubt=True), DeliveryError("no", doubt=False), None])
        taker.fails = lambda _: next(answers)
        delivery, clock = begun(history, taker)
        record(history, delivery, 0, finding("a"))
        for _ in range(3):
            delivery.send(clock)
            clock.later(3600)
        assert [repeat for _, repeat in taker.got] == [False, True, True]
        assert len({alert for alert, _ in taker.got}) == 1

    def test_a_destination_that_is_down_is_not_asked_for_each_alert(self, history: History) -> None:
        taker, other = Taker(most=1), Taker("other")
        taker.fails = lambda _: DeliveryError("it is down", doubt=False)
        delivery, clock = begun(history, taker, other)
        record(history, delivery, 0, *[finding(f"f{n}") for n in range(50)])
        for _ in range(5):
            delivery.send(clock)
        assert len(taker.got) == 1
        assert len(other.got) == 1

    def test_one_alert_that_is_refused_does_not_hold_up_the_others(self, history: History) -> None:
        taker = Taker(most=1)
        taker.fails = lambda a: DeliveryError("no", doubt=False) if a.changes[0].finding == "b" else None
        delivery, clock = begun(history, taker)
        record(history, delivery, 0, *[finding(name) for name in "abcde"])
        arrived = 0
        for _ in range(8):
            arrived += delivery.send(clock).arrived
            clock.later(16)
        assert arrived == 4
        assert delivery.waiting() == {"taker": 1}


class TestCrashes:
    def test_what_was_being_sent_is_sent_again_and_marked(self, path: str) -> None:
        taker = Taker()
        taker.fails = lambda _: KeyboardInterrupt()  # type: ignore[assignment, return-value]
        with History(path, create=True) as history:
            delivery, clock = begun(history, taker)
            record(history, delivery, 0, finding("a"))
            with pytest.raises(KeyboardInterrupt):
                delivery.send(clock)
        with History(path) as history:
            again = Taker()
            delivery, clock = begun(history, again)
            assert delivery.send(clock) == Sent(arrived=1)
        assert again.got == [(taker.got[0][0], True)]

    def test_what_was_not_begun_is_sent_and_not_marked(self, path: str) -> None:
        with History(path, create=True) as history:
            delivery, _ = begun(history, Taker())
            record(history, delivery, 0, finding("a"))
        with History(path) as history:
            taker = Taker()
            delivery, clock = begun(history, taker)
            delivery.send(clock)
        assert [repeat for _, repeat in taker.got] == [False]

    def test_a_destination_that_is_not_given_any_more_keeps_its_alerts(self, path: str) -> None:
        with History(path, create=True) as history:
            delivery, _ = begun(history, Taker("gone"))
            record(history, delivery, 0, finding("a"))
        with History(path) as history:
            delivery, clock = begun(history, Taker("other"))
            assert delivery.send(clock) == Sent()
            assert delivery.waiting() == {"gone": 1}
        with History(path) as history:
            back = Taker("gone")
            delivery, clock = begun(history, back)
            assert delivery.send(clock) == Sent(arrived=1)


class TestDisk:
    """A full disk while alerts are sent, and while they are noted as sent."""

    @staticmethod
    def full(history: History) -> None:
        """Let no write through, as a full disk does; `PRAGMA max_page_count` lets through what reuses pages."""
        history.database.execute("PRAGMA query_only = ON")

    @staticmethod
    def free(history: History) -> None:
        history.database.execute("PRAGMA query_only = OFF")

    def test_nothing_leaves_that_cannot_be_noted(self, history: History) -> None:
        taker = Taker()
        delivery, clock = begun(history, taker)
        record(history, delivery, 0, finding("a"))
        self.full(history)
        with pytest.raises(HistoryError):
            delivery.send(clock)
        assert taker.got == []
        self.free(history)
        assert delivery.send(clock) == Sent(arrived=1)

    def test_what_arrived_and_could_not_be_noted_is_not_sent_again(self, history: History) -> None:
        taker = Taker(most=1)
        delivery, clock = begun(history, taker)
        record(history, delivery, 0, finding("a"), finding("b"))

        def fills(_: Alert) -> None:
            self.full(history)

        taker.fails = fills
        with pytest.raises(HistoryError):
            delivery.send(clock)
        for _ in range(3):
            with pytest.raises(HistoryError):
                delivery.send(clock)
        assert len(taker.got) == 1
        taker.fails = lambda _: None
        self.free(history)
        assert delivery.send(clock) == Sent(arrived=1)
        assert [a.changes[0].finding for a, _ in taker.got] == ["a", "b"]
        assert delivery.waiting() == {"taker": 0}
