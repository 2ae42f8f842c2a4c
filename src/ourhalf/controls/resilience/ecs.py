"""What keeps ECS tasks and Batch jobs going."""

from __future__ import annotations

from ourhalf.controls.compute import AUTOSCALING_CONTROLS, ECS_CONTROLS, ECS_TASKS, ENGINES, READ, of_ecs, of_engines
from ourhalf.controls.judgements import setting
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, effective, elements, entry, known_part
from ourhalf.model.references import AwsDoc, ConfigRule, Prowler, SecurityHub, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.batch import BatchJobDefinition
from ourhalf.resources.ec2_compute import AutoScalingGroup
from ourhalf.resources.ecs import EcsCapacityProvider, EcsService, EcsTaskDefinition


def _rolls_back(service: EcsService, _: Context) -> Verdict:
    match service.deployment_controller:
        case Known(str() as controller) as field if controller != "ECS":
            return Verdict.not_applicable(f"{controller} deploys the service", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
    for switch in (service.circuit_breaker, service.rollback):
        match effective(switch):
            case False:
                return Verdict.failed("a deployment that fails is tried for ever", switch)
            case None:
                return Verdict.unknown(switch)
    return Verdict.passed("a deployment that fails is rolled back", service.circuit_breaker, service.rollback)


ROLLS_BACK = Control(
    id="ecs-service-rolls-back",
    title="ECS services roll back a deployment that fails",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=EcsService,
    evaluate=_rolls_back,
    rationale="A model or image that does not start otherwise takes the place of one that did.",
    remedy="Enable the deployment circuit breaker with rollback.",
    settings={"circuit_breaker": True, "rollback": True},
    citations=(AwsDoc("AmazonECS/latest/developerguide/deployment-circuit-breaker.html", READ),),
    rows=("ecs-032",),
)


def _spread(service: EcsService, _: Context) -> Verdict:
    count, subnets = service.desired_count, service.subnets
    if isinstance(service.scheduling, Known) and service.scheduling.value == "DAEMON":
        return Verdict.not_applicable("the service runs one task on each instance", service.scheduling)
    if isinstance(service.load_balancers, Absent):
        return Verdict.not_applicable("no load balancer stands before the service", service.load_balancers)
    match count:
        case Known(number) if number < 2:
            return Verdict.failed(f"{number} tasks: there is no second one", count)
        case Absent() | Unresolved():
            return Verdict.unknown(count)
    known = len(elements(subnets))
    hidden = doubt(subnets)
    if known < 2 and hidden is not None:
        return Verdict.unknown(hidden)
    if known < 2 and isinstance(subnets, Known):
        return Verdict.failed("all tasks run in one subnet, and so in one zone", subnets)
    if known < 2:
        return Verdict.unknown("its subnets are those of its instances", subnets)
    return Verdict.passed(f"several tasks over {known} subnets", count, known_part(subnets))


SPREAD = Control(
    id="ecs-service-spread",
    title="ECS services behind load balancers run two tasks or more over two subnets or more",
    topic=Topic.RESILIENCE,
    severity=Severity.MEDIUM,
    layer=Layer.AVAILABILITY,
    applies_to=EcsService,
    evaluate=_spread,
    rationale="One task, or one zone, is one failure away from no inference at all.",
    remedy="Set the desired count to two or more and name subnets of two zones.",
    settings={"desired_count": 2},
    citations=(AwsDoc("AmazonECS/latest/developerguide/availability-zone-rebalancing.html", READ),),
    rows=("ecs-033",),
)


def _bounded(container: Container, context: Context) -> Verdict:
    task = context.workload.resource if context.workload is not None else None
    whole: Field[str] = task.memory if isinstance(task, EcsTaskDefinition) else Absent()
    match container.memory_limit, whole:
        case Known() as field, _:
            return Verdict.passed("the container has a hard limit", field)
        case Unresolved() as field, _:
            return Verdict.unknown(field)
        case _, Known() as field:
            return Verdict.passed("the task has a hard limit", field)
        case _, Unresolved() as field:
            return Verdict.unknown(field)
        case field, _:
            return Verdict.failed("one leak takes the memory of every task on the instance", field)


MEMORY_LIMIT = Control(
    id="ecs-memory-limit",
    title="ECS containers or their tasks have a hard limit of memory",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=ECS_TASKS,
    evaluate=of_ecs(_bounded),
    rationale="A container without a limit takes memory from its neighbours until the kernel ends one of them.",
    remedy="Set memory on the container or on the task.",
    settings={"memory_limit": "4096"},
    citations=(AwsDoc("AmazonECS/latest/APIReference/API_ContainerDefinition.html", READ),),
    same_as=(ConfigRule("ecs-task-definition-memory-hard-limit"),),
    rows=("ecs-016",),
)


def _shared_memory(container: Container, context: Context) -> Verdict:
    shared: Field[bool] = context.workload.host_ipc if context.workload is not None else Absent()
    match container.gpus, container.shared_memory:
        case Absent() as field, _:
            return Verdict.not_applicable("the container asks for no GPU", field)
        case Unresolved() as field, Absent() | Unresolved():
            return Verdict.unknown(field)
        case _, Known() as field:
            return Verdict.passed("shared memory has a size of its own", field)
        case _, Unresolved() as field:
            return Verdict.unknown(field)
    if isinstance(shared, Known) and shared.value:
        return Verdict.failed("the host's IPC namespace stands in for shared memory of its own", shared)
    return Verdict.failed("64 MB of shared memory are too few for data loaders and NCCL", container.shared_memory)


SHARED_MEMORY = Control(
    id="container-shared-memory",
    title="Containers with GPUs have shared memory of a size of their own",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=ENGINES,
    evaluate=of_engines(_shared_memory),
    rationale="Data loaders and NCCL pass tensors through /dev/shm; where it is small, people share the host's IPC.",
    remedy="Set the size of shared memory, and leave the IPC namespace private.",
    settings={"shared_memory": "8192"},
    citations=(
        WebPage("docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html", READ),
        AwsDoc("AmazonECS/latest/APIReference/API_LinuxParameters.html", READ),
    ),
    rows=("ecs-020",),
)


def _healthy(container: Container, context: Context) -> Verdict:
    if isinstance(container.ports, Absent):
        return Verdict.not_applicable("the container serves no port", container.ports)
    if effective(container.essential) is False:
        return Verdict.not_applicable("the task goes on without the container", container.essential)
    related = context.workload.related if context.workload is not None else ()
    balanced = next((s for s in related if isinstance(s, EcsService) and isinstance(s.load_balancers, Known)), None)
    match container.health_check:
        case Known() as field:
            return Verdict.passed("ECS checks the container's health", field)
        case Absent() if balanced is not None:
            return Verdict.not_applicable("a load balancer checks its health", balanced.load_balancers)
        case Absent() as field:
            return Verdict.failed("a container that hangs keeps its place", field)
        case field:
            return Verdict.unknown(field)


HEALTH_CHECK = Control(
    id="ecs-health-check",
    title="Essential ECS containers that serve a port have a health check",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=Container,
    about=ECS_TASKS,
    evaluate=of_ecs(_healthy),
    rationale="A model server that is up and does not answer looks well to ECS unless somebody asks it.",
    remedy="Add a health check that asks the server's own health route.",
    settings={"health_check": {"command": ["CMD-SHELL", "curl --fail http://localhost:8080/ping || exit 1"]}},
    citations=(AwsDoc("AmazonECS/latest/developerguide/healthcheck.html", READ),),
    rows=("ecs-026",),
)


def _not_blocking(container: Container, _: Context) -> Verdict:
    match container.log_driver:
        case Absent() as driver:
            return Verdict.not_applicable("no log driver is set", driver)
        case Known(str() as name) as driver if name != "awslogs":
            return Verdict.not_applicable(f"asked of awslogs, not of {name}", driver)
        case Unresolved() as driver:
            return Verdict.unknown(driver)
    match entry(container.log_options, "mode"):
        case Known("non-blocking") as field:
            return Verdict.passed("the container goes on when logs cannot be sent", field)
        case Known() as field:
            return Verdict.failed("the container stops while logs cannot be sent", field)
        case Absent() as field:
            return Verdict.unknown("not set: the account's default mode decides", field)
        case field:
            return Verdict.unknown(field)


LOG_MODE = Control(
    id="ecs-logs-do-not-block",
    title="ECS containers go on when their logs cannot be sent",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.CONTAINER_LOGS,
    applies_to=Container,
    about=ECS_TASKS,
    evaluate=of_ecs(_not_blocking),
    rationale="In blocking mode an outage of the log service stops the model server.",
    remedy="Set the log option mode to non-blocking with a buffer that is large enough.",
    settings={"log_options": {"mode": "non-blocking", "max-buffer-size": "25m"}},
    citations=(AwsDoc("AmazonECS/latest/APIReference/API_LogConfiguration.html", READ),),
    same_as=(Prowler("ecs_task_definitions_logging_block_mode"),),
    rows=("ecs-012",),
)


def _protected(provider: EcsCapacityProvider, _: Context) -> Verdict:
    if isinstance(provider.group, Absent):
        return Verdict.not_applicable("ECS manages the instances", provider.group)
    match provider.termination_protection:
        case Known("ENABLED") as field:
            return Verdict.passed("instances with tasks are not ended by scaling in", field)
        case (Known("DISABLED") | Absent(default="DISABLED")) as field:
            return Verdict.failed("scaling in may end an instance in the middle of a job", field)
        case field:
            return Verdict.unknown(field)


TERMINATION_PROTECTED = Control(
    id="ecs-termination-protection",
    title="Capacity providers keep instances with tasks from being scaled in",
    topic=Topic.RESILIENCE,
    severity=Severity.MEDIUM,
    layer=Layer.SCALING,
    applies_to=EcsCapacityProvider,
    evaluate=_protected,
    rationale="A training task of hours is lost when its instance is taken away to save minutes.",
    remedy="Enable managed termination protection, with managed scaling and scale-in protection of the group.",
    settings={"termination_protection": "ENABLED"},
    citations=(AwsDoc(ECS_CONTROLS + "#ecs-19", READ),),
    same_as=(SecurityHub("ECS.19"), ConfigRule("ecs-capacity-provider-termination-check")),
    rows=("ecs-041",),
)

JOB_RETRIES = Control(
    id="batch-job-retries",
    title="Batch jobs are tried more than once",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=BatchJobDefinition,
    evaluate=setting(
        lambda job: job.attempts,
        lambda attempts: attempts > 1,
        "a job whose host goes away is tried again",
        "a job whose host goes away is lost",
    ),
    rationale="Spot instances are taken back and hosts fail; a job with checkpoints can go on elsewhere.",
    remedy="Set a retry strategy of two attempts or more, and save checkpoints.",
    settings={"attempts": 3},
    citations=(AwsDoc("batch/latest/APIReference/API_RetryStrategy.html", READ),),
)


def _timed(job: BatchJobDefinition, _: Context) -> Verdict:
    match job.timeout:
        case Known() as field:
            return Verdict.passed("a job that hangs is ended", field)
        case Absent() as field:
            return Verdict.failed("a job that hangs keeps its GPUs for ever", field)
        case field:
            return Verdict.unknown(field)


JOB_TIMEOUT = Control(
    id="batch-job-timeout",
    title="Batch jobs have a time limit",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=BatchJobDefinition,
    evaluate=_timed,
    rationale="A hung or hijacked job runs, and is paid for, until somebody notices.",
    remedy="Set a timeout somewhat above the longest run.",
    settings={"timeout": 86400},
    citations=(AwsDoc("batch/latest/userguide/job_timeouts.html", READ),),
)


def _zones(group: AutoScalingGroup, _: Context) -> Verdict:
    lists = [field for field in (group.subnets, group.zones) if not isinstance(field, Absent)]
    if not lists:
        return Verdict.unknown("neither subnets nor zones are set", group.subnets)
    if any(len(elements(field)) > 1 for field in lists):
        return Verdict.passed("the group spans several subnets or zones", *lists)
    hidden = next((found for field in lists if (found := doubt(field)) is not None), None)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.failed("the group keeps to one subnet or zone", lists[0])


GROUP_ZONES = Control(
    id="autoscaling-zones",
    title="Auto Scaling groups span two subnets or zones",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=AutoScalingGroup,
    evaluate=_zones,
    rationale="A group in one zone ends with it, and finds no GPUs when that zone has none; "
    "a cluster for training in one placement group is a good reason for one zone.",
    remedy="Name subnets of two zones or more for groups that serve inference.",
    settings={"subnets": ["SUBNET_ID", "SUBNET_ID_OF_ANOTHER_ZONE"]},
    citations=(AwsDoc(AUTOSCALING_CONTROLS + "#autoscaling-2", READ),),
    same_as=(
        SecurityHub("AutoScaling.2"),
        Prowler("autoscaling_group_multiple_az"),
        ConfigRule("autoscaling-multiple-az"),
    ),
    rows=("ec2-028",),
)
