"""Puts a watch together from what was asked, runs it, and takes it apart again."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import msgspec

from ourhalf.history.changes import Change
from ourhalf.history.outbox import Outbox
from ourhalf.history.store import History, default_path
from ourhalf.history.words import line
from ourhalf.run import Request
from ourhalf.watch.child import Child
from ourhalf.watch.delivery import Delivery, Sent
from ourhalf.watch.destination import Destination, DestinationError, Settings, destination
from ourhalf.watch.lock import alone
from ourhalf.watch.loop import Cycle, Parts, Watch
from ourhalf.watch.metrics import Metrics
from ourhalf.watch.server import Server, ServerError, tls_of

_MOST_LINES = 50
_LATE_TIMES = 3
_LATE_SECONDS = 300.0


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of a watch; `interval` in seconds. With `fixed_day` the day of the request is today for ever."""

    interval: float
    history: str | None = None
    alerts: tuple[str, ...] = ()
    secret: str | None = None
    allowed: tuple[str, ...] = ()
    known: bool = False
    listen: tuple[str, int] | None = None
    tls_cert: str | None = None
    tls_key: str | None = None
    token: str | None = None
    once: bool = False
    fixed_day: bool = False


Tell = Callable[[str], None]


def begin(request: Request, wanted: Wanted, tell: Tell, warn: Tell) -> int:
    """Watch until somebody ends it, or for one round; the exit status. Raises the errors of its parts.

    `tell` is given what changed, `warn` what people have to look after, a line each.
    """
    path = wanted.history or default_path()
    destinations = _destinations(wanted)
    with ExitStack() as stack:
        stack.enter_context(alone(path))
        history = stack.enter_context(History(path, create=True))
        outbox = Outbox(history)
        outbox.recover()
        delivery = Delivery(outbox, destinations, wanted.known)
        metrics = Metrics(tuple(one.name for one in destinations))
        _left(delivery, warn)
        child = Child()
        parts = Parts(history, delivery, metrics, child.assess, lambda: datetime.now(UTC))
        watch = Watch(request, parts, request.as_of if wanted.fixed_day else None)
        teller = _Teller(tell, warn)
        if wanted.listen is not None:
            server = stack.enter_context(_serving(wanted, metrics, watch))
            warn(_served(wanted, server))
        if wanted.once:
            return _once(watch, teller)
        stop = stack.enter_context(_stopping(child))
        warn(f"watching {' '.join(request.targets)} every {wanted.interval:g} s; the history is {path}")
        watch.run(stop, wanted.interval, teller)
    return 0


def _destinations(wanted: Wanted) -> list[Destination]:
    settings = Settings(
        os.environ, wanted.secret.encode() if wanted.secret is not None else None, frozenset(wanted.allowed)
    )
    found: dict[str, Destination] = {}
    for text in wanted.alerts:
        one = destination(text, settings)
        if one.name in found:
            raise DestinationError(f"--alert names {one.name} twice; it would be told everything twice")
        found[one.name] = one
    return list(found.values())


def _left(delivery: Delivery, warn: Tell) -> None:
    """Tell of alerts that wait for somebody who is not told now."""
    known = {one.name for one in delivery.destinations}
    for name, count in delivery.waiting().items():
        if count and name not in known:
            warn(f"{count:,} alerts of an earlier run wait for {name}, which this run was not given with --alert")


def _once(watch: Watch, teller: _Teller) -> int:
    cycle = watch.cycle()
    sent = watch.send()
    teller(cycle, sent)
    if cycle.problem is not None:
        return 2
    return 1 if sent.failed else 0


@contextmanager
def _serving(wanted: Wanted, metrics: Metrics, watch: Watch) -> Iterator[Server]:
    if wanted.listen is None:
        raise ServerError("no address to listen at")
    tls = tls_of(wanted.tls_cert, wanted.tls_key) if wanted.tls_cert is not None else None
    late = max(_LATE_TIMES * wanted.interval, _LATE_SECONDS)
    server = Server(
        wanted.listen,
        metrics.text,
        token=wanted.token,
        tls=tls,
        healthy=lambda: time.monotonic() - watch.lively < late,
    )
    metrics.text()  # a library that is not there is told now, not to the first who asks
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _served(wanted: Wanted, server: Server) -> str:
    host = wanted.listen[0] if wanted.listen is not None else ""
    shown = f"[{host}]" if ":" in host else host
    text = f"metrics at http{'s' if wanted.tls_cert else ''}://{shown}:{server.port}/metrics"
    near = host in {"127.0.0.1", "::1", "localhost"}
    if wanted.token is None and not near:
        return f"{text}, for everybody who reaches this machine: give --token-file, and --tls-cert with it"
    if wanted.token is not None and wanted.tls_cert is None and not near:
        return f"{text}; the token crosses the network as it is: give --tls-cert"
    return text


@contextmanager
def _stopping(child: Child) -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()

    def end(_: int, __: object) -> None:
        stop.set()
        child.stop()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Teller:
    """Tells people what a round brought, and each problem once until it is another or over."""

    def __init__(self, tell: Tell, warn: Tell) -> None:
        self._tell = tell
        self._warn = warn
        self._problem: str | None = None
        self._undelivered: tuple[str, ...] = ()

    def __call__(self, cycle: Cycle, sent: Sent) -> None:
        if cycle.recorded is not None:
            self._changes([c for c in cycle.recorded.changes if c.alerts], cycle.recorded.entry.id)
        if cycle.result != "waiting":
            if cycle.problem is not None and cycle.problem != self._problem:
                self._warn(f"{cycle.problem}; what was found before stands")
            self._problem = cycle.problem
        for text in sent.told:
            if text not in self._undelivered:
                self._warn(text)
        if sent.told or sent.arrived:
            self._undelivered = sent.told

    def _changes(self, changes: list[Change], number: int) -> None:
        for change in changes[:_MOST_LINES]:
            self._tell(line(change))
        if len(changes) > _MOST_LINES:
            self._tell(f"and {len(changes) - _MOST_LINES:,} more: ourhalf history show {number}")
