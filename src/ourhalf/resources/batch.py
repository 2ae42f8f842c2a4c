"""AWS Batch."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many, Text
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.model.workload import Container
from ourhalf.resources.ecs import TaskVolume

_API = "https://docs.aws.amazon.com/batch/latest/APIReference/"


class JobContainer(Container, frozen=True):
    """The container of a job, with what a job sets beside it."""

    job_role: Annotated[Field[Link], At("jobRoleArn")] = ABSENT
    execution_role: Annotated[Field[Link], At("executionRoleArn")] = ABSENT
    volumes: Annotated[Many[TaskVolume], At("volumes")] = ABSENT
    public_address: Annotated[
        Field[bool],
        At(
            "networkConfiguration.assignPublicIp",
            default=False,
            source=_API + "API_NetworkConfiguration.html",
        ),
    ] = ABSENT
    platform_version: Annotated[Field[str], At("fargatePlatformConfiguration.platformVersion")] = ABSENT
    execute_command: Annotated[Field[bool], At("enableExecuteCommand")] = ABSENT


class JobTask(Part, frozen=True):
    """A task of several containers."""

    containers: Annotated[Many[Container], At("containers")] = ABSENT
    volumes: Annotated[Many[TaskVolume], At("volumes")] = ABSENT
    task_role: Annotated[Field[Link], At("taskRoleArn")] = ABSENT
    execution_role: Annotated[Field[Link], At("executionRoleArn")] = ABSENT
    pid_mode: Annotated[Field[str], At("pidMode")] = ABSENT
    ipc_mode: Annotated[Field[str], At("ipcMode")] = ABSENT
    network_mode: Annotated[Field[str], At("networkMode")] = ABSENT
    public_address: Annotated[Field[bool], At("networkConfiguration.assignPublicIp", default=False)] = ABSENT
    execute_command: Annotated[Field[bool], At("enableExecuteCommand")] = ABSENT


class JobTasks(Part, frozen=True):
    """What a job runs on ECS where it has more than one container."""

    tasks: Annotated[Many[JobTask], At("taskProperties")] = ABSENT


class JobNode(Part, frozen=True):
    """What a range of the nodes of a multi-node job runs."""

    nodes: Annotated[Field[str], At("targetNodes")] = ABSENT
    container: Annotated[Field[JobContainer], At("container")] = ABSENT
    ecs: Annotated[Field[JobTasks], At("ecsProperties")] = ABSENT


class JobNodes(Part, frozen=True):
    """The nodes of a multi-node job."""

    ranges: Annotated[Many[JobNode], At("nodeRangeProperties")] = ABSENT
    count: Annotated[Field[int], At("numNodes")] = ABSENT


class JobPodVolume(Part, frozen=True):
    """A volume of a job's pod."""

    name: str = ""
    host_path: Annotated[Field[str], At("hostPath.path")] = ABSENT
    medium: Annotated[Field[str], At("emptyDir.medium")] = ABSENT
    size_limit: Annotated[Field[str], At("emptyDir.sizeLimit")] = ABSENT
    secret: Annotated[Field[str], At("secret.secretName")] = ABSENT
    claim: Annotated[Field[str], At("persistentVolumeClaim.claimName", terraform="")] = ABSENT


class JobPodContainer(Part, frozen=True):
    """One container of a job's pod."""

    name: str = ""
    image: Annotated[Field[str], At("image")] = ABSENT
    command: Annotated[Many[str], At("command")] = ABSENT
    arguments: Annotated[Many[str], At("args")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("env")] = ABSENT
    privileged: Annotated[Field[bool], At("securityContext.privileged", default=False)] = ABSENT
    user: Annotated[Field[str], At("securityContext.runAsUser")] = ABSENT
    run_as_non_root: Annotated[Field[bool], At("securityContext.runAsNonRoot")] = ABSENT
    allow_privilege_escalation: Annotated[
        Field[bool], At("securityContext.allowPrivilegeEscalation", terraform="", default=True)
    ] = ABSENT
    read_only_root: Annotated[
        Field[bool],
        At(
            "securityContext.readOnlyRootFilesystem",
            terraform="security_context.read_only_root_file_system",
            default=False,
        ),
    ] = ABSENT


class JobPod(Part, frozen=True):
    """The pod of a job that runs on EKS, spelled as the Batch API spells it."""

    host_network: Annotated[
        Field[bool], At("podProperties.hostNetwork", default=True, source=_API + "API_EksPodProperties.html")
    ] = ABSENT
    service_account: Annotated[Field[str], At("podProperties.serviceAccountName")] = ABSENT
    containers: Annotated[Many[JobPodContainer], At("podProperties.containers")] = ABSENT
    volumes: Annotated[Many[JobPodVolume], At("podProperties.volumes")] = ABSENT


class BatchJobDefinition(Resource, frozen=True):
    """What a Batch job runs: one container, several, several nodes, or a pod."""

    names = Names(
        api="batch:RegisterJobDefinition",
        cloudformation="AWS::Batch::JobDefinition",
        terraform="aws_batch_job_definition",
    )

    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT
    job_name: Annotated[Field[str], At("jobDefinitionName", terraform="name", identifies=True)] = ABSENT
    job_type: Annotated[Field[str], At("type")] = ABSENT
    platforms: Annotated[Many[str], At("platformCapabilities")] = ABSENT
    container: Annotated[Field[JobContainer], At("containerProperties")] = ABSENT
    ecs: Annotated[Field[JobTasks], At("ecsProperties")] = ABSENT
    nodes: Annotated[Field[JobNodes], At("nodeProperties")] = ABSENT
    pod: Annotated[Field[JobPod], At("eksProperties")] = ABSENT
    attempts: Annotated[Field[int], At("retryStrategy.attempts", default=1, source=_API + "API_RetryStrategy.html")] = (
        ABSENT
    )
    timeout: Annotated[
        Field[int], At("timeout.attemptDurationSeconds", terraform="timeout.attempt_duration_seconds")
    ] = ABSENT


class BatchComputeEnvironment(Resource, frozen=True):
    """Where Batch runs jobs."""

    names = Names(
        api="batch:CreateComputeEnvironment",
        cloudformation="AWS::Batch::ComputeEnvironment",
        terraform="aws_batch_compute_environment",
    )

    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT
    environment_name: Annotated[
        Field[str], At("computeEnvironmentName", terraform="compute_environment_name|name", identifies=True)
    ] = ABSENT
    management: Annotated[Field[str], At("type")] = ABSENT
    compute: Annotated[Field[str], At("computeResources.type")] = ABSENT
    instance_types: Annotated[
        Many[str], At("computeResources.instanceTypes", terraform="compute_resources.instance_type")
    ] = ABSENT
    instance_role: Annotated[Field[Link], At("computeResources.instanceRole")] = ABSENT
    key_pair: Annotated[Field[Link], At("computeResources.ec2KeyPair", terraform="compute_resources.ec2_key_pair")] = (
        ABSENT
    )
    subnets: Annotated[Many[Link], At("computeResources.subnets")] = ABSENT
    security_groups: Annotated[Many[Link], At("computeResources.securityGroupIds")] = ABSENT
    launch_template: Annotated[
        Field[Link],
        At("computeResources.launchTemplate.launchTemplateId|computeResources.launchTemplate.launchTemplateName"),
    ] = ABSENT
    service_role: Annotated[Field[Link], At("serviceRole")] = ABSENT
    cluster: Annotated[Field[Link], At("eksConfiguration.eksClusterArn")] = ABSENT


class QueueEnvironment(Part, frozen=True):
    """A compute environment of a queue."""

    environment: Annotated[Field[Link], At("computeEnvironment")] = ABSENT


class BatchJobQueue(Resource, frozen=True):
    """Jobs wait here for its compute environments."""

    names = Names(api="batch:CreateJobQueue", cloudformation="AWS::Batch::JobQueue", terraform="aws_batch_job_queue")

    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT
    queue_name: Annotated[Field[str], At("jobQueueName", terraform="name", identifies=True)] = ABSENT
    environments: Annotated[Many[QueueEnvironment], At("computeEnvironmentOrder")] = ABSENT
