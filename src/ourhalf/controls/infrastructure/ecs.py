"""Where ECS tasks can be reached, and what their containers can do to their host."""

from __future__ import annotations

from ourhalf.controls.compute import ECS_CONTROLS, ECS_TASKS, ENGINES, READ, is_windows, of_ecs, of_engines
from ourhalf.controls.judgements import setting
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, elements
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.ecs import EcsService, EcsTaskDefinition, EcsTaskRun, EcsTaskSet

_WHY_PRIVATE = (
    "A task with a public address is one security group rule away from the internet; "
    "load balancers and NAT gateways reach private tasks just as well."
)
_PRIVATE = "tasks get no public address"
_PUBLIC = "each task gets a public address"


def _private(public: bool) -> bool:
    return not public


SERVICE_PRIVATE = Control(
    id="ecs-service-no-public-address",
    title="ECS services give their tasks no public address",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=EcsService,
    evaluate=setting(lambda service: service.public_address, _private, _PRIVATE, _PUBLIC),
    rationale=_WHY_PRIVATE,
    remedy="Switch the public address off, and give private subnets a NAT gateway or VPC endpoints.",
    settings={"public_address": False},
    citations=(AwsDoc(ECS_CONTROLS + "#ecs-2", READ),),
    same_as=(SecurityHub("ECS.2"), Checkov("CKV_AWS_333"), Prowler("ecs_service_no_assign_public_ip")),
    rows=("ecs-028",),
)
TASK_SET_PRIVATE = Control(
    id="ecs-task-set-no-public-address",
    title="ECS task sets give their tasks no public address",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=EcsTaskSet,
    evaluate=setting(lambda tasks: tasks.public_address, _private, _PRIVATE, _PUBLIC),
    rationale=_WHY_PRIVATE,
    remedy="Switch the public address off, and give private subnets a NAT gateway or VPC endpoints.",
    settings={"public_address": False},
    citations=(AwsDoc(ECS_CONTROLS + "#ecs-16", READ),),
    same_as=(SecurityHub("ECS.16"), Prowler("ecs_task_set_no_assign_public_ip")),
    rows=("ecs-029",),
)
RUN_PRIVATE = Control(
    id="ecs-run-no-public-address",
    title="Requests that run ECS tasks give them no public address",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=EcsTaskRun,
    evaluate=setting(lambda run: run.public_address, _private, _PRIVATE, _PUBLIC),
    rationale=_WHY_PRIVATE,
    remedy="Switch the public address off, and give private subnets a NAT gateway or VPC endpoints.",
    settings={"public_address": False},
    citations=(AwsDoc("AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html", READ),),
)

_ROOT = frozenset({"root", "0"})


def is_root(user: str) -> bool:
    """Whether a user (`name`, `uid`, `name:group`) is root."""
    return user.partition(":")[0].strip() in _ROOT


def _weak_on_host_network(container: Container, context: Context) -> Verdict:
    workload = context.workload
    shared: Field[bool] = workload.host_network if workload is not None else Absent()
    match shared:
        case Known(False) | Absent(default=False):
            return Verdict.passed("the task has a network of its own", shared)
        case Known(True) | Absent(default=True):
            return _weak(container, shared)
    return Verdict.unknown(shared)


def _weak(container: Container, shared: Field[bool]) -> Verdict:
    match container.privileged, container.user:
        case Known(True) as privileged, _:
            return Verdict.failed("it is privileged on the host's network", privileged, shared)
        case _, Known(str() as name) as user if is_root(name):
            return Verdict.failed("it runs as root on the host's network", user, shared)
        case _, Absent() as user:
            return Verdict.failed("it runs as its image's user, root unless told else", user, shared)
        case (Known(False) | Absent(default=False)) as privileged, Known() as user:
            return Verdict.passed("it has a user of its own and is not privileged", user, privileged, shared)
        case (Unresolved() as unclear, _) | (_, unclear):
            return Verdict.unknown(unclear)


HOST_NETWORK_USER = Control(
    id="ecs-host-network-user",
    title="ECS containers on their host's network are neither privileged nor root",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=ECS_TASKS,
    evaluate=of_ecs(_weak_on_host_network),
    rationale="Root on the host's network can listen to it and take over its local services.",
    remedy="Use network mode awsvpc, or name a user and leave privileged mode off.",
    settings={"user": "1000:1000", "privileged": False},
    citations=(AwsDoc("AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html", READ),),
    same_as=(
        Prowler("ecs_task_definitions_host_networking_mode_users"),
        ConfigRule("ecs-task-definition-user-for-host-mode-check"),
    ),
    rows=("ecs-006",),
)


def _windows_user(container: Container, context: Context) -> Verdict:
    task = context.workload.resource if context.workload is not None else None
    if not isinstance(task, EcsTaskDefinition):
        return Verdict.not_applicable("asked of containers of ECS tasks")
    windows = is_windows(task)
    if windows is None:
        return Verdict.unknown(task.operating_system)
    if not windows:
        return Verdict.not_applicable("the task runs on Linux", task.operating_system)
    match container.user:
        case Known(str() as user) as field if user.lower() == "containeradministrator":
            return Verdict.failed("it runs as an administrator", field)
        case Known() as field:
            return Verdict.passed("it runs as a user without an administrator's rights", field)
        case Absent() as field:
            return Verdict.failed("no user is set, so that it may run as an administrator", field)
        case field:
            return Verdict.unknown(field)


WINDOWS_USER = Control(
    id="ecs-windows-user",
    title="Windows containers of ECS tasks run as a user without administrator rights",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=ECS_TASKS,
    evaluate=of_ecs(_windows_user),
    rationale="An administrator in a container has more of the kernel to attack.",
    remedy="Set the container's user to ContainerUser.",
    settings={"user": "ContainerUser"},
    citations=(AwsDoc(ECS_CONTROLS, READ),),
    same_as=(SecurityHub("ECS.21"), ConfigRule("ecs-task-definition-windows-user-non-admin")),
    rows=("ecs-008",),
)

_UNCONFINED = frozenset(
    {"seccomp:unconfined", "apparmor:unconfined", "label:disable", "systempaths:unconfined", "unmask:all"}
)


def _confined(container: Container, _: Context) -> Verdict:
    options = container.security_options
    for option in elements(options):
        if option.replace("=", ":").lower() in _UNCONFINED:
            return Verdict.failed(f"{option} takes a restriction off the container", options)
    hidden = doubt(options)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("no security option takes a restriction off", options)


CONFINED = Control(
    id="container-confined",
    title="No security option takes seccomp, AppArmor or SELinux off a container",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=ENGINES,
    evaluate=of_engines(_confined),
    rationale="The engine's default profiles close the system calls that escapes from containers have used.",
    remedy="Remove the option, or name a profile that allows the one call that is needed; add no-new-privileges.",
    settings={"security_options": ["no-new-privileges"]},
    citations=(
        WebPage("docs.docker.com/engine/security/seccomp/", READ),
        AwsDoc("AmazonECS/latest/APIReference/API_ContainerDefinition.html", READ),
    ),
    rows=("ecs-022",),
)

_OF_ACCELERATORS = (
    "/dev/nvidia",
    "/dev/infiniband",
    "/dev/neuron",
    "/dev/gdrdrv",
    "/dev/kfd",
    "/dev/dri",
    "nvidia.com/",
)
_IN_EVERY_CONTAINER = frozenset(f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty"))


def _needed_devices(container: Container, _: Context) -> Verdict:
    devices = container.devices
    for device in elements(devices):
        if not device.startswith(_OF_ACCELERATORS) and device.partition(":")[0] not in _IN_EVERY_CONTAINER:
            return Verdict.failed(f"{device.partition(':')[0]} is no device of a GPU, EFA or Neuron", devices)
    hidden = doubt(devices)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("it gets no device but those of accelerators and their network", devices)


DEVICES = Control(
    id="container-devices-needed",
    title="Containers get no devices but GPUs, EFA and Neuron",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=ENGINES,
    evaluate=of_engines(_needed_devices),
    rationale="A block device, /dev/mem or /dev/fuse reaches the host's disks, memory or kernel past all isolation.",
    remedy="Name only the devices that the job uses, or ask for GPUs as a resource.",
    citations=(AwsDoc("AmazonECS/latest/APIReference/API_Device.html", READ),),
    rows=("ecs-019",),
)
