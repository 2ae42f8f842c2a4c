"""Assessments made of a few words, for tests of what changes between them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from ourhalf.model.control import Topic
from ourhalf.model.evidence import Unread
from ourhalf.model.finding import AcceptedBy, Assessment, Finding, ProfileSummary, Subject, ToolInfo
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status

DAY = date(2026, 11, 1)
MORNING = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
EXCEPTION = AcceptedBy("exception", "agreed", "me")


def minutes(count: int) -> datetime:
    """So many minutes after the morning."""
    return MORNING + timedelta(minutes=count)


def finding(name: str, status: str = "fail", **more: Any) -> Finding:
    """A finding by its name; `path` is that of its subject, `until` the end of its clock."""
    path = more.pop("path", "main.tf")
    until = more.pop("until", None)
    details = {"kind": "vulnerability", "advisory": name, "clock": {"party": "customer", "since": None, "until": until}}
    given: dict[str, Any] = {
        "id": name,
        "control": f"control-{name}",
        "title": f"{name} holds",
        "topic": Topic.INFRASTRUCTURE,
        "severity": Severity.HIGH,
        "party": Party.CUSTOMER,
        "action": None,
        "status": Status(status),
        "reason": "so it is written",
        "remedy": "write it otherwise",
        "subject": Subject("EcsContainer", name, "ecs", path, 3),
        "evidence": (),
        "details": details if until else None,
    }
    return Finding(**{**given, **more})


def assessment(*findings: Finding, as_of: date = DAY, unread: tuple[str, ...] = ()) -> Assessment:
    """An assessment of these findings; `unread` are files."""
    return Assessment(
        tool=ToolInfo("ourhalf", "0.1"),
        as_of=as_of,
        targets=(".",),
        profile=ProfileSummary(None, "internal"),
        workloads=(),
        findings=findings,
        responsibilities=(),
        images=(),
        unread=tuple(Unread(path, 1, "terraform", "it is broken") for path in unread),
    )
