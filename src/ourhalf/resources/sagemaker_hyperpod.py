"""Amazon SageMaker HyperPod: clusters of instances that we keep."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.resources.sagemaker import Tags, VpcConfig


class ClusterStorage(Part, frozen=True):
    """A volume of each instance of a group."""

    volume_key: Annotated[Field[Link], At("EbsVolumeConfig.VolumeKmsKeyId")] = ABSENT
    volume_size: Annotated[Field[int], At("EbsVolumeConfig.VolumeSizeInGB")] = ABSENT
    root_volume: Annotated[Field[bool], At("EbsVolumeConfig.RootVolume")] = ABSENT


class ClusterGroup(Part, frozen=True):
    """Instances of a cluster that are set up alike."""

    group_name: Annotated[Field[str], At("InstanceGroupName")] = ABSENT
    instance_type: Annotated[Field[str], At("InstanceType")] = ABSENT
    instance_count: Annotated[Field[int], At("InstanceCount")] = ABSENT
    role: Annotated[Field[Link], At("ExecutionRole")] = ABSENT
    lifecycle_uri: Annotated[Field[str], At("LifeCycleConfig.SourceS3Uri")] = ABSENT
    lifecycle_script: Annotated[Field[str], At("LifeCycleConfig.OnCreate")] = ABSENT
    storage: Annotated[Many[ClusterStorage], At("InstanceStorageConfigs")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("OverrideVpcConfig")] = ABSENT
    image_id: Annotated[Field[str], At("ImageId")] = ABSENT
    scheduled_update: Annotated[Field[str], At("ScheduledUpdateConfig.ScheduleExpression")] = ABSENT
    auto_patch: Annotated[Field[str], At("AutoPatchConfig.PatchingStrategy")] = ABSENT
    health_checks: Annotated[Many[str], At("OnStartDeepHealthChecks")] = ABSENT


class RestrictedGroup(Part, frozen=True):
    """Instances of a cluster that only customise foundation models."""

    group_name: Annotated[Field[str], At("InstanceGroupName")] = ABSENT
    instance_type: Annotated[Field[str], At("InstanceType")] = ABSENT
    role: Annotated[Field[Link], At("ExecutionRole")] = ABSENT
    storage: Annotated[Many[ClusterStorage], At("InstanceStorageConfigs")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("OverrideVpcConfig")] = ABSENT


class SageMakerCluster(Resource, frozen=True):
    """A HyperPod cluster, orchestrated by EKS or Slurm."""

    names = Names(
        api="sagemaker:CreateCluster",
        cloudformation="AWS::SageMaker::Cluster",
        terraform="awscc_sagemaker_cluster",
    )

    cluster_name: Annotated[Field[str], At("ClusterName", identifies=True)] = ABSENT
    groups: Annotated[Many[ClusterGroup], At("InstanceGroups")] = ABSENT
    restricted_groups: Annotated[Many[RestrictedGroup], At("RestrictedInstanceGroups")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("VpcConfig")] = ABSENT
    eks_cluster: Annotated[Field[Link], At("Orchestrator.Eks.ClusterArn")] = ABSENT
    node_recovery: Annotated[Field[str], At("NodeRecovery")] = ABSENT
    role: Annotated[Field[Link], At("ClusterRole")] = ABSENT
    tags: Tags = ABSENT
