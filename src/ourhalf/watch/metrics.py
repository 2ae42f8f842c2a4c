"""What Prometheus is told, as its own library writes it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from ourhalf.history.state import States

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

_ASSESSMENTS = ("changed", "unchanged", "failed", "not_recorded")
_DELIVERIES = ("sent", "failed")


class Figures(msgspec.Struct, frozen=True):
    """The findings of the last assessment, counted."""

    findings: dict[tuple[str, str, str, str], int]
    overdue: dict[str, int]
    unread: int

    @classmethod
    def of(cls, states: States, unread: int) -> Figures:
        """Count findings by status, severity, party and topic; accepted failures have the status `accepted`."""
        found: Counter[tuple[str, str, str, str]] = Counter()
        overdue: Counter[str] = Counter()
        for state in states.values():
            status = "accepted" if state.accepted and not state.counts else state.status.value
            found[status, state.severity.value, state.party.value, str(state.topic)] += 1
            if state.overdue and state.clock is not None:
                overdue[state.clock.party] += 1
        return cls(dict(found), dict(overdue), unread)


class Metrics:
    """Holds the figures between scrapes; written by the watch, read by the threads of the server."""

    def __init__(self, destinations: tuple[str, ...] = ()) -> None:
        self._lock = threading.Lock()
        self._figures: Figures | None = None
        self._assessed: datetime | None = None
        self._assessments = dict.fromkeys(_ASSESSMENTS, 0)
        self._alerts = {(name, result): 0 for name in destinations for result in _DELIVERIES}
        self._waiting = dict.fromkeys(destinations, 0)

    def assessed(self, result: str, at: datetime, figures: Figures | None = None) -> None:
        """Count an assessment by its result; `figures` replace those of the last one."""
        with self._lock:
            self._assessments[result] += 1
            if result in {"changed", "unchanged"}:
                self._assessed = at
            self._figures = figures or self._figures

    def alerted(self, results: Mapping[tuple[str, str], int], waiting: Mapping[str, int]) -> None:
        """Take over what was delivered since the start, and what waits now."""
        with self._lock:
            self._alerts.update(results)
            self._waiting.update((name, waiting.get(name, 0)) for name in self._waiting)

    def text(self) -> bytes:
        """All metrics in the text format of Prometheus."""
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collector(self._metrics()))
        return bytes(generate_latest(registry))

    def _metrics(self) -> tuple[Metric, ...]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        with self._lock:
            findings = GaugeMetricFamily(
                "ourhalf_findings",
                "Findings of the last assessment.",
                labels=("status", "severity", "party", "topic"),
            )
            overdue = GaugeMetricFamily(
                "ourhalf_clocks_overdue", "Failures whose time to act is over, by who has to act.", labels=("party",)
            )
            assessments = CounterMetricFamily("ourhalf_assessments", "Assessments since the start.", labels=("result",))
            alerts = CounterMetricFamily(
                "ourhalf_alerts",
                "Alerts handed over since the start, by what came of it.",
                labels=("destination", "result"),
            )
            waiting = GaugeMetricFamily("ourhalf_alerts_waiting", "Alerts to be sent.", labels=("destination",))
            for result, count in sorted(self._assessments.items()):
                assessments.add_metric((result,), count)
            for (name, result), count in sorted(self._alerts.items()):
                alerts.add_metric((name, result), count)
            for name, count in sorted(self._waiting.items()):
                waiting.add_metric((name,), count)
            found: list[Metric] = [assessments, alerts, waiting]
            if self._figures is not None:
                for labels, count in sorted(self._figures.findings.items()):
                    findings.add_metric(labels, count)
                for party, count in sorted(self._figures.overdue.items()):
                    overdue.add_metric((party,), count)
                unread = "Inputs that the last assessment could not read."
                found += [findings, overdue, GaugeMetricFamily("ourhalf_unread_inputs", unread, self._figures.unread)]
            if self._assessed is not None:
                last = "When the targets were last assessed, or found unchanged."
                time = self._assessed.timestamp()
                found.append(GaugeMetricFamily("ourhalf_last_assessment_timestamp_seconds", last, time))
        return tuple(found)


class _Collector:
    """What the library asks for metrics."""

    def __init__(self, metrics: tuple[Metric, ...]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        return iter(self._metrics)
