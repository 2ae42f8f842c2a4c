"""Amazon Elastic Container Service."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.model.workload import Container

_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"
_TASK = _API + "API_RegisterTaskDefinition.html"
_EFS = _API + "API_EFSVolumeConfiguration.html"
_SERVICE = _API + "API_CreateService.html"


class EfsVolume(Part, frozen=True):
    """An EFS file system as a volume of a task or job."""

    file_system: Annotated[Field[Link], At("fileSystemId", cloudformation="FilesystemId|FileSystemId")] = ABSENT
    root_directory: Annotated[Field[str], At("rootDirectory", default="/", source=_EFS)] = ABSENT
    transit_encryption: Annotated[Field[str], At("transitEncryption", default="DISABLED", source=_EFS)] = ABSENT
    iam: Annotated[
        Field[str],
        At(
            "authorizationConfig.iam",
            cloudformation="AuthorizationConfig.IAM|AuthorizationConfig.Iam",
            default="DISABLED",
            source=_API + "API_EFSAuthorizationConfig.html",
        ),
    ] = ABSENT
    access_point: Annotated[Field[Link], At("authorizationConfig.accessPointId")] = ABSENT


class FsxVolume(Part, frozen=True):
    """An FSx for Windows file system as a volume of a task."""

    file_system: Annotated[Field[Link], At("fileSystemId")] = ABSENT
    root_directory: Annotated[Field[str], At("rootDirectory")] = ABSENT
    credentials: Annotated[Field[Link], At("authorizationConfig.credentialsParameter")] = ABSENT


class DockerVolume(Part, frozen=True):
    """A volume that Docker manages on the container instance."""

    driver: Annotated[Field[str], At("driver")] = ABSENT
    scope: Annotated[Field[str], At("scope")] = ABSENT
    options: Annotated[Field[Entries[str]], At("driverOpts")] = ABSENT


class TaskVolume(Part, frozen=True):
    """A volume of an ECS task or a Batch job."""

    name: str = ""
    host_path: Annotated[Field[str], At("host.sourcePath", terraform="host_path")] = ABSENT
    efs: Annotated[
        Field[EfsVolume],
        At("efsVolumeConfiguration", cloudformation="EFSVolumeConfiguration|EfsVolumeConfiguration"),
    ] = ABSENT
    fsx: Annotated[
        Field[FsxVolume],
        At("fsxWindowsFileServerVolumeConfiguration", cloudformation="FSxWindowsFileServerVolumeConfiguration"),
    ] = ABSENT
    docker: Annotated[Field[DockerVolume], At("dockerVolumeConfiguration")] = ABSENT
    configured_at_launch: Annotated[
        Field[bool], At("configuredAtLaunch", terraform="configure_at_launch", default=False)
    ] = ABSENT


class EcsTaskDefinition(Resource, frozen=True):
    """The containers of a task, and what they share."""

    names = Names(
        api="ecs:RegisterTaskDefinition",
        cloudformation="AWS::ECS::TaskDefinition",
        terraform="aws_ecs_task_definition",
    )

    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT
    family: Annotated[Field[str], At("family", identifies=True)] = ABSENT
    arn: Annotated[Field[str], At("taskDefinitionArn", cloudformation="", terraform="", identifies=True)] = ABSENT
    containers: Annotated[Many[Container], At("containerDefinitions")] = ABSENT
    volumes: Annotated[Many[TaskVolume], At("volumes", terraform="volume")] = ABSENT
    network_mode: Annotated[Field[str], At("networkMode", default="bridge", source=_TASK)] = ABSENT
    pid_mode: Annotated[Field[str], At("pidMode", source=_TASK)] = ABSENT
    ipc_mode: Annotated[Field[str], At("ipcMode", source=_TASK)] = ABSENT
    requires: Annotated[Many[str], At("requiresCompatibilities")] = ABSENT
    compatibilities: Annotated[Many[str], At("compatibilities", cloudformation="", terraform="")] = ABSENT
    task_role: Annotated[Field[Link], At("taskRoleArn")] = ABSENT
    execution_role: Annotated[Field[Link], At("executionRoleArn")] = ABSENT
    cpu: Annotated[Field[str], At("cpu")] = ABSENT
    memory: Annotated[Field[str], At("memory")] = ABSENT
    operating_system: Annotated[
        Field[str],
        At("runtimePlatform.operatingSystemFamily", default="LINUX", source=_API + "API_RuntimePlatform.html"),
    ] = ABSENT
    architecture: Annotated[Field[str], At("runtimePlatform.cpuArchitecture")] = ABSENT
    ephemeral_storage: Annotated[
        Field[int], At("ephemeralStorage.sizeInGiB", terraform="ephemeral_storage.size_in_gib")
    ] = ABSENT
    proxy_container: Annotated[Field[str], At("proxyConfiguration.containerName")] = ABSENT
    fault_injection: Annotated[Field[bool], At("enableFaultInjection", default=False, source=_TASK)] = ABSENT


class CapacityShare(Part, frozen=True):
    """One capacity provider of a strategy."""

    provider: Annotated[Field[Link], At("capacityProvider")] = ABSENT
    weight: Annotated[Field[int], At("weight")] = ABSENT
    base: Annotated[Field[int], At("base")] = ABSENT


class ServiceLoadBalancer(Part, frozen=True):
    """A target group or classic load balancer in front of a container's port."""

    target_group: Annotated[Field[Link], At("targetGroupArn")] = ABSENT
    load_balancer: Annotated[Field[Link], At("loadBalancerName", terraform="elb_name")] = ABSENT
    container: Annotated[Field[str], At("containerName")] = ABSENT
    container_port: Annotated[Field[int], At("containerPort")] = ABSENT


class EcsService(Resource, frozen=True):
    """A service keeps tasks of one definition running."""

    names = Names(api="ecs:CreateService", cloudformation="AWS::ECS::Service", terraform="aws_ecs_service")

    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT
    service_name: Annotated[Field[str], At("serviceName", terraform="name", identifies=True)] = ABSENT
    cluster: Annotated[Field[Link], At("cluster|clusterArn", cloudformation="Cluster", terraform="cluster")] = ABSENT
    task_definition: Annotated[Field[Link], At("taskDefinition")] = ABSENT
    launch_type: Annotated[Field[str], At("launchType")] = ABSENT
    capacity: Annotated[Many[CapacityShare], At("capacityProviderStrategy")] = ABSENT
    platform_version: Annotated[Field[str], At("platformVersion", default="LATEST", source=_SERVICE)] = ABSENT
    desired_count: Annotated[Field[int], At("desiredCount")] = ABSENT
    scheduling: Annotated[Field[str], At("schedulingStrategy", default="REPLICA", source=_SERVICE)] = ABSENT
    subnets: Annotated[
        Many[Link], At("networkConfiguration.awsvpcConfiguration.subnets", terraform="network_configuration.subnets")
    ] = ABSENT
    security_groups: Annotated[
        Many[Link],
        At(
            "networkConfiguration.awsvpcConfiguration.securityGroups", terraform="network_configuration.security_groups"
        ),
    ] = ABSENT
    public_address: Annotated[
        Field[bool],
        At(
            "networkConfiguration.awsvpcConfiguration.assignPublicIp",
            terraform="network_configuration.assign_public_ip",
            default=False,
            source=_API + "API_AwsVpcConfiguration.html",
        ),
    ] = ABSENT
    execute_command: Annotated[Field[bool], At("enableExecuteCommand", default=False, source=_SERVICE)] = ABSENT
    circuit_breaker: Annotated[
        Field[bool],
        At(
            "deploymentConfiguration.deploymentCircuitBreaker.enable",
            terraform="deployment_circuit_breaker.enable",
            default=False,
            source=_API + "API_DeploymentConfiguration.html",
        ),
    ] = ABSENT
    rollback: Annotated[
        Field[bool],
        At(
            "deploymentConfiguration.deploymentCircuitBreaker.rollback",
            terraform="deployment_circuit_breaker.rollback",
            default=False,
            source=_API + "API_DeploymentConfiguration.html",
        ),
    ] = ABSENT
    deployment_controller: Annotated[Field[str], At("deploymentController.type", default="ECS", source=_SERVICE)] = (
        ABSENT
    )
    load_balancers: Annotated[Many[ServiceLoadBalancer], At("loadBalancers", terraform="load_balancer")] = ABSENT
    service_connect: Annotated[Field[bool], At("serviceConnectConfiguration.enabled")] = ABSENT
    volume_configurations: Annotated[Field[Any], At("volumeConfigurations", terraform="volume_configuration")] = ABSENT


class EcsTaskSet(Resource, frozen=True):
    """A set of tasks of a service that something else deploys."""

    names = Names(api="ecs:CreateTaskSet", cloudformation="AWS::ECS::TaskSet", terraform="aws_ecs_task_set")

    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT
    service: Annotated[Field[Link], At("service")] = ABSENT
    cluster: Annotated[Field[Link], At("cluster")] = ABSENT
    task_definition: Annotated[Field[Link], At("taskDefinition")] = ABSENT
    launch_type: Annotated[Field[str], At("launchType")] = ABSENT
    capacity: Annotated[Many[CapacityShare], At("capacityProviderStrategy")] = ABSENT
    platform_version: Annotated[Field[str], At("platformVersion", default="LATEST", source=_SERVICE)] = ABSENT
    subnets: Annotated[
        Many[Link],
        At(
            "networkConfiguration.awsvpcConfiguration.subnets",
            cloudformation="NetworkConfiguration.AwsVpcConfiguration.Subnets",
            terraform="network_configuration.subnets",
        ),
    ] = ABSENT
    security_groups: Annotated[
        Many[Link],
        At(
            "networkConfiguration.awsvpcConfiguration.securityGroups",
            cloudformation="NetworkConfiguration.AwsVpcConfiguration.SecurityGroups",
            terraform="network_configuration.security_groups",
        ),
    ] = ABSENT
    public_address: Annotated[
        Field[bool],
        At(
            "networkConfiguration.awsvpcConfiguration.assignPublicIp",
            cloudformation="NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp",
            terraform="network_configuration.assign_public_ip",
        ),
    ] = ABSENT


class EcsTaskRun(Resource, frozen=True):
    """A request that runs tasks once, as a state machine or a script makes it."""

    names = Names(api="ecs:RunTask|ecs:StartTask")

    cluster: Annotated[Field[Link], At("cluster")] = ABSENT
    task_definition: Annotated[Field[Link], At("taskDefinition")] = ABSENT
    launch_type: Annotated[Field[str], At("launchType")] = ABSENT
    capacity: Annotated[Many[CapacityShare], At("capacityProviderStrategy")] = ABSENT
    platform_version: Annotated[
        Field[str], At("platformVersion", default="LATEST", source=_API + "API_RunTask.html")
    ] = ABSENT
    subnets: Annotated[
        Many[Link],
        At("networkConfiguration.awsvpcConfiguration.subnets"),
    ] = ABSENT
    security_groups: Annotated[
        Many[Link],
        At("networkConfiguration.awsvpcConfiguration.securityGroups"),
    ] = ABSENT
    public_address: Annotated[
        Field[bool],
        At("networkConfiguration.awsvpcConfiguration.assignPublicIp"),
    ] = ABSENT
    execute_command: Annotated[Field[bool], At("enableExecuteCommand")] = ABSENT


class ClusterSetting(Part, frozen=True):
    """A setting of a cluster, such as `containerInsights`."""

    setting: Annotated[Field[str], At("name")] = ABSENT
    value: Annotated[Field[str], At("value")] = ABSENT


class EcsCluster(Resource, frozen=True):
    """A cluster, with how its exec sessions are logged and its storage is encrypted."""

    names = Names(api="ecs:CreateCluster", cloudformation="AWS::ECS::Cluster", terraform="aws_ecs_cluster")

    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT
    cluster_name: Annotated[Field[str], At("clusterName", terraform="name", identifies=True)] = ABSENT
    settings: Annotated[Many[ClusterSetting], At("settings", cloudformation="ClusterSettings", terraform="setting")] = (
        ABSENT
    )
    exec_logging: Annotated[
        Field[str],
        At(
            "configuration.executeCommandConfiguration.logging",
            default="DEFAULT",
            source=_API + "API_ExecuteCommandConfiguration.html",
        ),
    ] = ABSENT
    exec_key: Annotated[Field[Link], At("configuration.executeCommandConfiguration.kmsKeyId")] = ABSENT
    exec_log_group: Annotated[
        Field[Link],
        At(
            "configuration.executeCommandConfiguration.logConfiguration.cloudWatchLogGroupName",
            terraform="configuration.execute_command_configuration.log_configuration.cloud_watch_log_group_name",
        ),
    ] = ABSENT
    exec_log_group_encrypted: Annotated[
        Field[bool],
        At(
            "configuration.executeCommandConfiguration.logConfiguration.cloudWatchEncryptionEnabled",
            terraform="configuration.execute_command_configuration.log_configuration.cloud_watch_encryption_enabled",
            default=False,
            source=_API + "API_ExecuteCommandLogConfiguration.html",
        ),
    ] = ABSENT
    exec_log_bucket: Annotated[
        Field[Link],
        At(
            "configuration.executeCommandConfiguration.logConfiguration.s3BucketName",
            terraform="configuration.execute_command_configuration.log_configuration.s3_bucket_name",
        ),
    ] = ABSENT
    exec_log_bucket_encrypted: Annotated[
        Field[bool],
        At(
            "configuration.executeCommandConfiguration.logConfiguration.s3EncryptionEnabled",
            terraform="configuration.execute_command_configuration.log_configuration.s3_bucket_encryption_enabled",
            default=False,
            source=_API + "API_ExecuteCommandLogConfiguration.html",
        ),
    ] = ABSENT
    storage_key: Annotated[Field[Link], At("configuration.managedStorageConfiguration.kmsKeyId")] = ABSENT
    fargate_storage_key: Annotated[
        Field[Link],
        At(
            "configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId",
            terraform="configuration.managed_storage_configuration.fargate_ephemeral_storage_kms_key_id",
        ),
    ] = ABSENT
    capacity_providers: Annotated[Many[Link], At("capacityProviders")] = ABSENT
    default_capacity: Annotated[Many[CapacityShare], At("defaultCapacityProviderStrategy")] = ABSENT


class EcsClusterCapacity(Resource, frozen=True):
    """The capacity providers of a cluster, where they are written apart from it."""

    names = Names(
        api="ecs:PutClusterCapacityProviders",
        cloudformation="AWS::ECS::ClusterCapacityProviderAssociations",
        terraform="aws_ecs_cluster_capacity_providers",
    )

    cluster: Annotated[Field[Link], At("cluster", terraform="cluster_name")] = ABSENT
    capacity_providers: Annotated[Many[Link], At("capacityProviders")] = ABSENT
    default_capacity: Annotated[Many[CapacityShare], At("defaultCapacityProviderStrategy")] = ABSENT


class EcsCapacityProvider(Resource, frozen=True):
    """Instances for tasks: an Auto Scaling group of ours, or instances that ECS manages."""

    names = Names(
        api="ecs:CreateCapacityProvider",
        cloudformation="AWS::ECS::CapacityProvider",
        terraform="aws_ecs_capacity_provider",
    )

    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT
    provider_name: Annotated[Field[str], At("name", identifies=True)] = ABSENT
    cluster: Annotated[Field[Link], At("cluster", cloudformation="ClusterName")] = ABSENT
    group: Annotated[Field[Link], At("autoScalingGroupProvider.autoScalingGroupArn")] = ABSENT
    managed_scaling: Annotated[Field[str], At("autoScalingGroupProvider.managedScaling.status")] = ABSENT
    termination_protection: Annotated[
        Field[str],
        At(
            "autoScalingGroupProvider.managedTerminationProtection",
            default="DISABLED",
            source=_API + "API_AutoScalingGroupProvider.html",
        ),
    ] = ABSENT
    managed_instances: Annotated[Field[Any], At("managedInstancesProvider")] = ABSENT
    instance_profile: Annotated[
        Field[Link], At("managedInstancesProvider.instanceLaunchTemplate.ec2InstanceProfileArn")
    ] = ABSENT
    subnets: Annotated[
        Many[Link], At("managedInstancesProvider.instanceLaunchTemplate.networkConfiguration.subnets")
    ] = ABSENT
    security_groups: Annotated[
        Many[Link], At("managedInstancesProvider.instanceLaunchTemplate.networkConfiguration.securityGroups")
    ] = ABSENT
