"""Who keeps what is under ECS tasks current."""

from __future__ import annotations

from ourhalf.controls.compute import ECS_CONTROLS, READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, elements
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.ecs import EcsService


def _current(service: EcsService, _: Context) -> Verdict:
    if isinstance(service.launch_type, Known) and service.launch_type.value != "FARGATE":
        return Verdict.not_applicable("asked of tasks on Fargate", service.launch_type)
    providers = [share.provider for share in elements(service.capacity)]
    if providers and all(isinstance(p, Known) and "FARGATE" not in str(p.value) for p in providers):
        return Verdict.not_applicable("asked of tasks on Fargate", service.capacity)
    match service.platform_version:
        case (Known("LATEST" | "1.4.0") | Absent(default="LATEST")) as field:
            return Verdict.passed("tasks start on a version that AWS patches", field)
        case Known(str() as version) as field if version == "1.0.0":
            return Verdict.unknown("1.0.0 is the newest version for Windows and the oldest for Linux", field)
        case Known(str() as version) as field:
            return Verdict.failed(f"platform version {version} is not the newest", field)
        case field:
            return Verdict.unknown(field)


PLATFORM_VERSION = Control(
    id="ecs-fargate-platform-current",
    title="Fargate services run on the newest platform version",
    topic=Topic.PATCHING,
    severity=Severity.MEDIUM,
    layer=Layer.HOST_PATCHING,
    applies_to=EcsService,
    evaluate=_current,
    rationale="AWS patches kernel and runtime by publishing platform versions; an old one is ours to leave.",
    remedy="Leave the platform version out, or set it to LATEST.",
    settings={"platform_version": "LATEST"},
    citations=(
        AwsDoc(ECS_CONTROLS + "#ecs-10", READ),
        AwsDoc("AmazonECS/latest/developerguide/platform-fargate.html", READ),
    ),
    same_as=(
        SecurityHub("ECS.10"),
        Checkov("CKV_AWS_332"),
        Prowler("ecs_service_fargate_latest_platform_version"),
        ConfigRule("ecs-fargate-latest-platform-version"),
    ),
    rows=("ecs-030",),
)
