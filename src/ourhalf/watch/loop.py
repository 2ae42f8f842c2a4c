"""The loop: look, assess where something changed, keep what did, and tell of it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import date, datetime

import msgspec

from ourhalf.history.errors import DamagedError, HistoryError
from ourhalf.history.store import Entry, History, Recorded, Series
from ourhalf.model.finding import Assessment
from ourhalf.profile.document import ProfileError, load
from ourhalf.run import Request, input_key
from ourhalf.watch.child import AssessmentError
from ourhalf.watch.delivery import Delivery, Sent
from ourhalf.watch.metrics import Figures, Metrics
from ourhalf.watch.sight import glance

_POLL_SECONDS = 2.0
_SETTLE_SECONDS = 0.3
_SETTLE_TIMES = 20
_GLANCES_COST = 20
"""Looking for changes takes at most one part in so many of the time."""


class Cycle(msgspec.Struct, frozen=True):
    """What one round gave: changed, unchanged, failed or not_recorded; `problem` says why one of the last two."""

    result: str
    recorded: Recorded | None = None
    problem: str | None = None


class Parts(msgspec.Struct, frozen=True):
    """What a watch works with. `now` is the clock, `assess` raises AssessmentError."""

    history: History
    delivery: Delivery
    metrics: Metrics
    assess: Callable[[Request], Assessment]
    now: Callable[[], datetime]


class Watch:
    """Watches the targets of one request; its day is `as_of`, or today where that is None.

    `lively` is when it last knew how things stand, by the clock that only goes forward.
    """

    def __init__(self, request: Request, parts: Parts, as_of: date | None = None) -> None:
        self._request = request
        self._parts = parts
        self._as_of = as_of
        self._key: str | None = None
        self._entry: Entry | None = None
        self._series: Series | None = None
        self.lively = time.monotonic()

    def cycle(self) -> Cycle:
        """One round: an assessment if the input is not what it was. Raises DamagedError, and tells all else."""
        now = self._parts.now()
        try:
            found = self._looked(now)
        except (AssessmentError, ProfileError) as error:
            found = Cycle("failed", problem=str(error))
        except DamagedError:
            raise
        except HistoryError as error:
            found = Cycle("not_recorded", problem=str(error))
        if found.problem is None:
            self.lively = time.monotonic()
        self._parts.metrics.assessed(found.result, now, self._figures(found))
        return found

    def send(self) -> Sent:
        """Send the alerts that are due. Raises DamagedError, and tells all else."""
        delivery, metrics = self._parts.delivery, self._parts.metrics
        try:
            sent = delivery.send(self._parts.now)
        except DamagedError:
            raise
        except HistoryError as error:
            sent = Sent(failed=1, told=(f"alerts wait: {error}",))
        metrics.alerted(delivery.results, delivery.waiting())
        return sent

    def run(self, stop: threading.Event, seconds: float, told: Callable[[Cycle, Sent], None]) -> None:
        """Cycle until `stop`: every so many seconds, and sooner when a file changes or an alert is due."""
        while not stop.is_set():
            seen = self._glance()
            cycle = self.cycle()
            if stop.is_set():
                return
            told(cycle, self.send())
            self._rest(stop, time.monotonic() + seconds, seen, told)

    def _looked(self, now: datetime) -> Cycle:
        request = self._today(now)
        key = input_key(request)
        if key is not None and key == self._key and self._entry is not None:
            self._parts.history.again(self._entry, now, request.as_of)
            return Cycle("unchanged")
        assessment = self._parts.assess(request)
        history = self._parts.history
        if self._series is None:
            self._series = history.series(_places(request.targets), request.profile_path)
        recorded = history.record(self._series, assessment, now, self._parts.delivery.put)
        same = recorded.before is not None and recorded.before.id == recorded.entry.id
        self._key, self._entry = key, recorded.entry
        return Cycle("unchanged" if same else "changed", recorded)

    def _today(self, now: datetime) -> Request:
        """The request with today's date, and the profile as it is written now."""
        path = self._request.profile_path
        profile = load(path) if path is not None else self._request.profile
        return msgspec.structs.replace(self._request, as_of=self._as_of or now.date(), profile=profile)

    def _figures(self, cycle: Cycle) -> Figures | None:
        if cycle.recorded is None:
            return None
        entry = cycle.recorded.entry
        return Figures.of(self._parts.history.states(entry), entry.unread)

    def _glance(self) -> str:
        path = self._request.profile_path
        return glance(self._request.targets, (path,) if path is not None else ())

    def _rest(self, stop: threading.Event, until: float, seen: str, told: Callable[[Cycle, Sent], None]) -> None:
        """Wait for the next round, sending what falls due."""
        pause = _POLL_SECONDS
        while (left := until - time.monotonic()) > 0:
            if stop.wait(min(pause, left)):
                return
            due = self._parts.delivery.next_due()
            if due is not None and due <= self._parts.now().timestamp():
                told(Cycle("waiting"), self.send())
            begun = time.monotonic()
            if self._glance() != seen:
                self._settle(stop)
                return
            pause = max(_POLL_SECONDS, _GLANCES_COST * (time.monotonic() - begun))

    def _settle(self, stop: threading.Event) -> None:
        """Wait until whoever changes files has done so, but not for long."""
        seen = self._glance()
        for _ in range(_SETTLE_TIMES):
            if stop.wait(_SETTLE_SECONDS):
                return
            before, seen = seen, self._glance()
            if before == seen:
                return


def _places(targets: tuple[str, ...]) -> tuple[str, ...]:
    """Targets as they are named everywhere on this machine."""
    return tuple(os.path.realpath(target) if os.path.exists(target) else target for target in targets)
