"""Logs and metrics of containers that ECS, Batch or a host's engine runs."""

from __future__ import annotations

from ourhalf.controls.compute import ECS_CONTROLS, ENGINES, READ, of_engines, on_host
from ourhalf.controls.judgements import setting
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, doubt, elements
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.batch import BatchJobDefinition
from ourhalf.resources.ecs import EcsCluster

_LOCAL = frozenset({"json-file", "local", "journald"})


def _logged(container: Container, context: Context) -> Verdict:
    batch = context.workload is not None and isinstance(context.workload.resource, BatchJobDefinition)
    mild = Severity.LOW if on_host(context) else None
    match container.log_driver:
        case Known("none") as field:
            return Verdict.failed("what the container writes is thrown away", field)
        case Known(str() as driver) as field if driver in _LOCAL:
            return Verdict.failed(f"{driver} keeps logs on the host, and they go with it", field, severity=Severity.LOW)
        case Known() as field:
            return Verdict.passed("logs leave the host", field)
        case Absent() as field if batch:
            return Verdict.passed("Batch sends logs to CloudWatch unless told else", field)
        case Absent() as field:
            return Verdict.failed(
                "no log driver is set, so that logs stay with the host, if anywhere", field, severity=mild
            )
        case field:
            return Verdict.unknown(field)


LOGGED = Control(
    id="container-logs-leave-host",
    title="Containers send their logs away from the host",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.CONTAINER_LOGS,
    applies_to=Container,
    about=ENGINES,
    evaluate=of_engines(_logged),
    rationale="A task or instance that is gone has taken its logs with it, and with them what happened.",
    remedy="Set a log driver such as awslogs or awsfirelens on every container.",
    settings={
        "log_driver": "awslogs",
        "log_options": {"awslogs-group": "LOG_GROUP", "awslogs-region": "REGION"},
    },
    citations=(
        AwsDoc(ECS_CONTROLS + "#ecs-9", READ),
        AwsDoc("batch/latest/userguide/using_awslogs.html", READ),
    ),
    same_as=(
        SecurityHub("ECS.9"),
        Prowler("ecs_task_definitions_logging_enabled"),
        ConfigRule("ecs-task-definition-log-configuration"),
    ),
    rows=("ecs-011",),
)


def _insights(cluster: EcsCluster, _: Context) -> Verdict:
    settings = cluster.settings
    for one in elements(settings):
        match one.setting, one.value:
            case Known("containerInsights"), Known(str() as value) as field:
                if value in ("enabled", "enhanced"):
                    return Verdict.passed("Container Insights is on", field)
                return Verdict.failed("Container Insights is off", field)
            case Known("containerInsights"), field:
                return Verdict.unknown(field)
            case Unresolved() as field, _:
                return Verdict.unknown(field)
    hidden = doubt(settings)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.unknown("not set: the account's setting decides", settings)


INSIGHTS = Control(
    id="ecs-container-insights",
    title="ECS clusters collect Container Insights",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.CONTAINER_LOGS,
    applies_to=EcsCluster,
    evaluate=_insights,
    rationale="Restarts, memory and network of each task show trouble, and what is being mined on one's GPUs.",
    remedy="Set containerInsights to enhanced.",
    settings={"settings": [{"setting": "containerInsights", "value": "enhanced"}]},
    citations=(AwsDoc(ECS_CONTROLS + "#ecs-12", READ),),
    same_as=(
        SecurityHub("ECS.12"),
        Checkov("CKV_AWS_65"),
        Trivy("AWS-0034"),
        Prowler("ecs_cluster_container_insights_enabled"),
        ConfigRule("ecs-container-insights-enabled"),
    ),
    rows=("ecs-035",),
)

EXEC_LOGGED = Control(
    id="ecs-exec-logged",
    title="Sessions of ECS Exec are logged",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.CONTAINER_LOGS,
    applies_to=EcsCluster,
    evaluate=setting(
        lambda cluster: cluster.exec_logging,
        lambda logging: logging in ("DEFAULT", "OVERRIDE"),
        "sessions are logged",
        "sessions are not logged",
    ),
    rationale="A shell in a task leaves no other trace of what was done there.",
    remedy="Set the logging of the cluster's execute command configuration to DEFAULT or OVERRIDE.",
    settings={"exec_logging": "OVERRIDE"},
    citations=(AwsDoc("AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html", READ),),
    same_as=(Checkov("CKV_AWS_223"),),
    rows=("ecs-036",),
)
