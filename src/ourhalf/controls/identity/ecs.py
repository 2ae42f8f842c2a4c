"""What ECS tasks act as, and who gets into them."""

from __future__ import annotations

from ourhalf.controls.compute import READ, efs_volumes, only_fargate
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved
from ourhalf.model.references import AwsDoc, Checkov
from ourhalf.model.verdict import Verdict
from ourhalf.resources.ecs import EcsCluster, EcsService, EcsTaskDefinition, TaskVolume

_ROLES = AwsDoc("AmazonECS/latest/developerguide/security-iam-roles.html", READ)


def _own_role(task: EcsTaskDefinition, _: Context) -> Verdict:
    match task.task_role:
        case Known() as field:
            return Verdict.passed("the task has a role of its own", field)
        case Absent() as field if only_fargate(task):
            return Verdict.not_applicable("without a role a task on Fargate has no permission at all", field)
        case Absent() as field:
            return Verdict.failed("without a role the task falls back on that of its instance", field)
        case field:
            return Verdict.unknown(field)


TASK_ROLE = Control(
    id="ecs-task-role",
    title="ECS tasks on instances have a role of their own",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=EcsTaskDefinition,
    evaluate=_own_role,
    rationale="A task without a role uses that of its instance, and with it what every other task there may do.",
    remedy="Give the task a role that may do what its code does, and no more.",
    settings={"task_role": "arn:aws:iam::ACCOUNT:role/TASK_ROLE"},
    citations=(_ROLES,),
    rows=("ecs-015",),
)


def _roles_apart(task: EcsTaskDefinition, _: Context) -> Verdict:
    match task.task_role, task.execution_role:
        case Known(one) as role, Known(other) as execution if one == other:
            return Verdict.failed(
                "the task's code acts as the role that pulls images and reads secrets", role, execution
            )
        case Known() as role, Known() as execution:
            return Verdict.passed("the task's code has another role than the agent", role, execution)
        case (Absent() as field, _) | (_, Absent() as field):
            return Verdict.not_applicable("there are not two roles to compare", field)
        case (Unresolved() as field, _) | (_, field):
            return Verdict.unknown(field)


ROLES_APART = Control(
    id="ecs-roles-apart",
    title="ECS tasks and the agent that starts them have different roles",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=EcsTaskDefinition,
    evaluate=_roles_apart,
    rationale="The execution role reads the secrets of the task before it starts; code that runs later need not.",
    remedy="Make a task role for the code, and leave pulling, logging and secrets to the execution role.",
    settings={"task_role": "arn:aws:iam::ACCOUNT:role/TASK_ROLE"},
    citations=(_ROLES,),
    same_as=(Checkov("CKV_AWS_249"),),
    rows=("ecs-015",),
)


def _authorised(volume: TaskVolume) -> Verdict:
    assert isinstance(volume.efs, Known)  # noqa: S101 - efs_volumes gives no other
    efs = volume.efs.value
    match efs.iam, efs.access_point:
        case (Known("DISABLED") | Absent(default="DISABLED")) as iam, _:
            return Verdict.failed("whoever reaches the file system mounts it: IAM is not asked", iam)
        case Known("ENABLED") as iam, Known() as point:
            return Verdict.passed("IAM is asked, and an access point says what is mounted", iam, point)
        case Known("ENABLED"), Absent() as point:
            return Verdict.failed("no access point says which folder is mounted as whom", point)
        case (Known("ENABLED"), field) | (field, _):
            return Verdict.unknown(field)


EFS_AUTHORISED = Control(
    id="ecs-efs-authorised",
    title="ECS tasks mount EFS by IAM and through an access point",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=EcsTaskDefinition,
    evaluate=lambda task, _: efs_volumes(task, _authorised),
    rationale="With the network as the only guard, any task in reach mounts all models and data as root.",
    remedy="Enable IAM in the volume's authorization, name an access point, and enable transit encryption.",
    citations=(AwsDoc("AmazonECS/latest/developerguide/efs-best-practices.html", READ),),
    rows=("ecs-014",),
)


def _no_shell(service: EcsService, context: Context) -> Verdict:
    match service.execute_command:
        case (Known(False) | Absent(default=False)) as field:
            return Verdict.passed("nobody gets a shell in its tasks", field)
        case Known(True) as field:
            cluster = context.graph.find(service.cluster, EcsCluster, service)
            if isinstance(cluster, Unresolved):
                return Verdict.unknown(f"exec is on; its cluster is not known: {cluster.reason}", field)
            return _watched(cluster, field)
        case field:
            return Verdict.unknown(field)


def _watched(cluster: EcsCluster, field: Known[bool]) -> Verdict:
    """Exec is fine where sessions are logged and encrypted with a key of ours."""
    match cluster.exec_logging, cluster.exec_key:
        case Known("NONE") as logging, _:
            return Verdict.failed("exec is on, and its sessions are not logged", field, logging)
        case (Known() | Absent(default="DEFAULT")) as logging, Known() as key:
            return Verdict.passed("exec is on; its sessions are logged and encrypted with a key of ours", logging, key)
        case _, Absent() as key:
            return Verdict.failed("exec is on, and its sessions have no key of ours", field, key)
        case (Unresolved() as unclear, _) | (_, unclear):
            return Verdict.unknown(unclear)


NO_SHELL = Control(
    id="ecs-exec-off",
    title="ECS Exec is off, or its sessions are logged and encrypted",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=EcsService,
    evaluate=_no_shell,
    rationale="Exec gives a shell as root with the task's role to whoever may call it.",
    remedy="Switch enableExecuteCommand off in production, or log sessions and name a KMS key in the cluster.",
    settings={"execute_command": False},
    citations=(AwsDoc("AmazonECS/latest/developerguide/ecs-exec.html", READ),),
    rows=("ecs-031",),
)
