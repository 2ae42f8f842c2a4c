"""What controls on ECS, Batch and EC2 share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ourhalf.controls.sagemaker import worst
from ourhalf.model.context import Context
from ourhalf.model.field import Absent, Known, Many, Unresolved, doubt, elements
from ourhalf.model.resource import Part
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.batch import BatchJobDefinition
from ourhalf.resources.compose import BootScript, ComposeService
from ourhalf.resources.ec2_compute import InstanceSettings
from ourhalf.resources.ecs import EcsTaskDefinition, TaskVolume

READ = date(2026, 10, 2)
"""The day on which the pages that these controls cite were read."""

ECS_CONTROLS = "securityhub/latest/userguide/ecs-controls.html"
EC2_CONTROLS = "securityhub/latest/userguide/ec2-controls.html"
AUTOSCALING_CONTROLS = "securityhub/latest/userguide/autoscaling-controls.html"

ECS_TASKS = (EcsTaskDefinition,)
"""What defines the containers of ECS tasks."""

_HostLike = (ComposeService, BootScript, InstanceSettings)

ENGINES = (EcsTaskDefinition, BatchJobDefinition, *_HostLike)
"""What defines containers that Docker, or ECS on its behalf, runs."""

OfContainer = Callable[[Container, Context], Verdict | None]


def of_ecs(judge: OfContainer) -> OfContainer:
    """`judge` for containers of ECS tasks; not asked of any other."""
    return _of(judge, ECS_TASKS)


def of_engines(judge: OfContainer) -> OfContainer:
    """`judge` for containers that a Docker-like engine runs: ECS, Batch, Compose, boot scripts."""
    return _of(judge, ENGINES)


def _of(judge: OfContainer, kinds: tuple[type, ...]) -> OfContainer:
    def evaluate(container: Container, context: Context) -> Verdict | None:
        workload = context.workload
        if workload is None or not isinstance(workload.resource, kinds):
            return None
        return judge(container, context)

    return evaluate


def on_host(context: Context) -> bool:
    """Whether the container is started by hand on a host rather than by ECS or Batch."""
    return context.workload is not None and isinstance(context.workload.resource, _HostLike)


def each(parts: Many[Part], judge: Callable[[Part], Verdict], none: str) -> Verdict:
    """The worst verdict over all elements; unknown where there may be more than is known."""
    verdicts = [judge(part) for part in elements(parts)]
    hidden = doubt(parts)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts) if verdicts else Verdict.not_applicable(none, parts)


def only_fargate(task: EcsTaskDefinition) -> bool:
    """Whether the definition itself says that its tasks run on Fargate and nowhere else."""
    required = task.requires
    return isinstance(required, Known) and required.value == ("FARGATE",)


def is_windows(task: EcsTaskDefinition) -> bool | None:
    """Whether the task runs on Windows; None where that is not known."""
    match task.operating_system:
        case Known(value):
            return value.startswith("WINDOWS")
        case Absent():
            return False
    return None


def efs_volumes(task: EcsTaskDefinition, judge: Callable[[TaskVolume], Verdict]) -> Verdict:
    """The worst verdict over the EFS volumes of a task."""

    def of_volume(volume: Part) -> Verdict:
        assert isinstance(volume, TaskVolume)  # noqa: S101 - for the type checker
        match volume.efs:
            case Known():
                return judge(volume)
            case Unresolved() as unresolved:
                return Verdict.unknown(unresolved)
        return Verdict.not_applicable("no EFS volume")

    return each(task.volumes, of_volume, "the task has no volumes")
