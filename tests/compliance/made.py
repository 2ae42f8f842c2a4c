"""Small assessments and frameworks made by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from ourhalf.compliance.framework import Framework, How, Mapping, Requirement
from ourhalf.compliance.judge import report
from ourhalf.compliance.programs import Entry, Programs, Scope, shipped
from ourhalf.compliance.results import RequirementResult
from ourhalf.model.control import Topic
from ourhalf.model.finding import (
    AcceptedBy,
    Assessment,
    Finding,
    ProfileSummary,
    ResponsibilityRow,
    Subject,
    ToolInfo,
    WorkloadSummary,
)
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status

TODAY = date(2026, 11, 27)
READ = date(2026, 10, 2)
ONE, TWO = "container-unprivileged", "ecs-health-check"
"""Controls on the layers workload-settings and availability."""


def finding(
    control: str = ONE,
    status: Status = Status.PASS,
    party: Party = Party.CUSTOMER,
    accepted: bool = False,
    action: str | None = None,
    reason: str = "so it is",
    workload: str | None = "train",
    number: int = 0,
) -> Finding:
    """A finding of `control` on one workload."""
    return Finding(
        id=f"{control}-{status}-{party}-{number}",
        control=control,
        title="What holds",
        topic=Topic.INFRASTRUCTURE,
        severity=Severity.HIGH,
        party=party,
        action=action,
        status=status,
        reason=reason,
        remedy="Write it.",
        subject=Subject("EcsTaskDefinition", "train", "ecs", "task.json", 3, workload),
        evidence=(),
        exception=AcceptedBy("exception", "until the move", "ann", date(2027, 1, 1)) if accepted else None,
    )


def row(layer: str, party: Party = Party.PROVIDER, *workloads: str, action: str | None = None) -> ResponsibilityRow:
    """Who answers for a layer of workloads, `train` if none is named."""
    return ResponsibilityRow(workloads or ("train",), "ecs", layer, party, action, "for a reason")


def assessment(*parts: Finding | ResponsibilityRow, **rest: Any) -> Assessment:
    """An assessment of these findings and answers; its workloads run on ECS with Fargate."""
    rows = tuple(part for part in parts if isinstance(part, ResponsibilityRow))
    names = dict.fromkeys(["train", *(name for one in rows for name in one.workloads)])
    workloads = tuple(
        WorkloadSummary(name, "EcsTaskDefinition", "ecs", ("ecs-fargate",), "", "internal", (), "task.json", 1)
        for name in names
    )
    return Assessment(
        **{
            "tool": ToolInfo("ourhalf", "0.0.0"),
            "as_of": TODAY,
            "targets": ("deploy",),
            "profile": ProfileSummary(None, "internal"),
            "workloads": workloads,
            "findings": tuple(part for part in parts if isinstance(part, Finding)),
            "responsibilities": rows,
            "images": (),
            "unread": (),
            "files": 1,
            **rest,
        }
    )


def mapping(*controls: str, how: How = How.IMPLEMENTS, **rest: Any) -> Mapping:
    """A mapping to these controls."""
    return Mapping(how, "https://example.com/rules", READ, controls, **rest)


def framework(*requirements: Requirement, id_: str = "soc-2", **rest: Any) -> Framework:
    """A framework of these requirements; the id is of one that audits of the provider bear on."""
    facts = {"title": "House rules", "version": "1", "publisher": "us", "source": "https://example.com/rules"}
    return Framework(
        **{"id": id_, **facts, "read": READ, "licence": "ours", "size": 20, **rest}, requirements=requirements
    )


def programs(status: Scope = Scope.IN, program: str = "soc", service: str = "ecs-fargate", where: str = "") -> Programs:
    """Only one thing is known of the provider's audits."""
    known = shipped()
    entry = Entry(program, service, status, date(2026, 9, 1), "https://example.com/scope", where)
    return Programs(known.programs, known.services, (entry,))


NOBODY_KNOWS = Programs(shipped().programs, shipped().services, ())
"""Programs without any entry."""


def judged(
    requirement: Requirement,
    *parts: Finding | ResponsibilityRow,
    known: Programs = NOBODY_KNOWS,
    baseline: str | None = None,
    **rest: Any,
) -> RequirementResult:
    """What is said of one requirement."""
    house = framework(requirement, **rest)
    (result,) = report(assessment(*parts), house, {}, known, baseline).results
    return result
