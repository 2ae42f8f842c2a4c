"""Sends what the outbox holds: recorded before the first byte leaves, and again once it has arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from ourhalf.history.outbox import Outbox, Waiting
from ourhalf.history.store import Recorded
from ourhalf.watch.destination import DeliveryError, Destination

_FIRST_WAIT = 15.0
_MOST_WAIT = 3600.0
_AT_ONCE = 200


class Sent(msgspec.Struct, frozen=True):
    """What one round of sending did: alerts that arrived, and what to tell people of those that did not."""

    arrived: int = 0
    failed: int = 0
    told: tuple[str, ...] = ()


class Delivery:
    """Hands alerts to destinations, the oldest first, and never one that the history does not know of.

    A destination that fails rests for a while, longer each time; an alert that it refused waits longer still,
    so that others pass it. `results` counts by destination and result.
    """

    def __init__(self, outbox: Outbox, destinations: Sequence[Destination], known: bool = False) -> None:
        self._outbox = outbox
        self._known = known
        self.destinations = tuple(destinations)
        self.results: Counter[tuple[str, str]] = Counter()
        self._unrecorded: dict[str, datetime] = {}
        self._rests: dict[str, tuple[int, float]] = {}

    def put(self, recorded: Recorded) -> None:
        """Write the alerts of what was recorded, in its transaction; of a first assessment none where it is `known`."""
        if self._known and recorded.before is None:
            return
        for destination in self.destinations:
            self._outbox.put(recorded, destination.name, destination.most)

    def send(self, now: Callable[[], datetime]) -> Sent:
        """Send what is due. A destination that does not take one is asked again later. Raises HistoryError."""
        self._record()
        done = [self._send_to(destination, now) for destination in self.destinations]
        return Sent(
            sum(one.arrived for one in done),
            sum(one.failed for one in done),
            tuple(line for one in done for line in one.told),
        )

    def waiting(self) -> dict[str, int]:
        """How many alerts have not arrived, by destination."""
        counts = self._outbox.counts()
        return {
            name: sum(count for status, count in found.items() if status != "sent") for name, found in counts.items()
        }

    def next_due(self) -> float | None:
        """When there is something to send, in seconds since 1970; None where nothing waits."""
        due = (
            max(when, self._rests.get(one.name, (0, 0.0))[1])
            for one in self.destinations
            if (when := self._outbox.next_due(one.name)) is not None
        )
        return min(due, default=None)

    def _send_to(self, destination: Destination, now: Callable[[], datetime]) -> Sent:
        arrived = 0
        if now().timestamp() < self._rests.get(destination.name, (0, 0.0))[1]:
            return Sent()
        for waiting in self._outbox.due(destination.name, now().timestamp(), _AT_ONCE):
            key = waiting.alert.id
            if key in self._unrecorded:
                continue
            self._outbox.begin(key)
            try:
                destination.send(waiting.alert, waiting.doubt)
            except DeliveryError as error:
                self._failed(destination, waiting, error, now())
                return Sent(arrived, 1, (f"{destination.name}: {error.what}; it is tried again",))
            arrived += 1
            self._rests.pop(destination.name, None)
            self.results[destination.name, "sent"] += 1
            self._unrecorded[key] = now()
            self._record()
        return Sent(arrived)

    def _failed(self, destination: Destination, waiting: Waiting, error: DeliveryError, now: datetime) -> None:
        self.results[destination.name, "failed"] += 1
        failures = self._rests.get(destination.name, (0, 0.0))[0] + 1
        self._rests[destination.name] = failures, now.timestamp() + _wait(failures)
        due = now.timestamp() + _wait(waiting.attempts + 1)
        self._outbox.again(waiting.alert.id, due, error.what, error.doubt)

    def _record(self) -> None:
        """Note what arrived; what a full disk keeps from being noted is remembered, so that it is not sent again."""
        for key, at in list(self._unrecorded.items()):
            self._outbox.arrived(key, at)
            del self._unrecorded[key]


def _wait(failures: int) -> float:
    """Seconds after so many failures in a row."""
    return min(_FIRST_WAIT * 2.0 ** min(failures - 1, 10), _MOST_WAIT)
