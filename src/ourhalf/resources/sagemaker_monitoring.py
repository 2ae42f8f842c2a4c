"""Amazon SageMaker Model Monitor: jobs that watch models on a schedule."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many, Text
from ourhalf.model.resource import At, Names
from ourhalf.resources.sagemaker import INTERNET_FREE, Tags, VpcConfig
from ourhalf.resources.sagemaker_jobs import TRAFFIC, SageMakerJob

_CLUSTER = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MonitoringClusterConfig.html"

_Role = Annotated[Field[Link], At("RoleArn")]
_Vpc = Annotated[Field[VpcConfig], At("NetworkConfig.VpcConfig")]
_Isolation = Annotated[Field[bool], At("NetworkConfig.EnableNetworkIsolation", default=False, source=INTERNET_FREE)]
_Traffic = Annotated[
    Field[bool], At("NetworkConfig.EnableInterContainerTrafficEncryption", default=False, source=TRAFFIC)
]
_InstanceType = Annotated[Field[str], At("JobResources.ClusterConfig.InstanceType")]
_InstanceCount = Annotated[Field[int], At("JobResources.ClusterConfig.InstanceCount", default=1, source=_CLUSTER)]
_VolumeKey = Annotated[Field[Link], At("JobResources.ClusterConfig.VolumeKmsKeyId")]
_MaxRuntime = Annotated[Field[int], At("StoppingCondition.MaxRuntimeInSeconds")]
_Name = Annotated[Field[str], At("JobDefinitionName", terraform="name", identifies=True)]


class SageMakerDataQualityDefinition(SageMakerJob, frozen=True):
    """A job that compares the data that a model sees with a baseline."""

    names = Names(
        api="sagemaker:CreateDataQualityJobDefinition",
        cloudformation="AWS::SageMaker::DataQualityJobDefinition",
        terraform="aws_sagemaker_data_quality_job_definition",
    )

    job_name: _Name = ABSENT
    role: _Role = ABSENT
    image: Annotated[Field[str], At("DataQualityAppSpecification.ImageUri")] = ABSENT
    entrypoint: Annotated[Many[str], At("DataQualityAppSpecification.ContainerEntrypoint", terraform="")] = ABSENT
    arguments: Annotated[Many[str], At("DataQualityAppSpecification.ContainerArguments", terraform="")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("DataQualityAppSpecification.Environment")] = ABSENT
    endpoint: Annotated[Field[Link], At("DataQualityJobInput.EndpointInput.EndpointName")] = ABSENT
    vpc: _Vpc = ABSENT
    network_isolation: _Isolation = ABSENT
    traffic_encryption: _Traffic = ABSENT
    instance_type: _InstanceType = ABSENT
    instance_count: _InstanceCount = ABSENT
    volume_key: _VolumeKey = ABSENT
    output_key: Annotated[Field[Link], At("DataQualityJobOutputConfig.KmsKeyId")] = ABSENT
    max_runtime: _MaxRuntime = ABSENT
    tags: Tags = ABSENT


class SageMakerModelQualityDefinition(SageMakerJob, frozen=True):
    """A job that compares predictions with the truth."""

    names = Names(
        api="sagemaker:CreateModelQualityJobDefinition",
        cloudformation="AWS::SageMaker::ModelQualityJobDefinition",
        terraform="aws_sagemaker_model_quality_job_definition",
    )

    job_name: _Name = ABSENT
    role: _Role = ABSENT
    image: Annotated[Field[str], At("ModelQualityAppSpecification.ImageUri")] = ABSENT
    entrypoint: Annotated[Many[str], At("ModelQualityAppSpecification.ContainerEntrypoint")] = ABSENT
    arguments: Annotated[Many[str], At("ModelQualityAppSpecification.ContainerArguments")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("ModelQualityAppSpecification.Environment")] = ABSENT
    endpoint: Annotated[Field[Link], At("ModelQualityJobInput.EndpointInput.EndpointName")] = ABSENT
    vpc: _Vpc = ABSENT
    network_isolation: _Isolation = ABSENT
    traffic_encryption: _Traffic = ABSENT
    instance_type: _InstanceType = ABSENT
    instance_count: _InstanceCount = ABSENT
    volume_key: _VolumeKey = ABSENT
    output_key: Annotated[Field[Link], At("ModelQualityJobOutputConfig.KmsKeyId")] = ABSENT
    max_runtime: _MaxRuntime = ABSENT
    tags: Tags = ABSENT


class SageMakerModelBiasDefinition(SageMakerJob, frozen=True):
    """A job that looks for bias in predictions."""

    names = Names(
        api="sagemaker:CreateModelBiasJobDefinition",
        cloudformation="AWS::SageMaker::ModelBiasJobDefinition",
    )

    job_name: _Name = ABSENT
    role: _Role = ABSENT
    image: Annotated[Field[str], At("ModelBiasAppSpecification.ImageUri")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("ModelBiasAppSpecification.Environment")] = ABSENT
    endpoint: Annotated[Field[Link], At("ModelBiasJobInput.EndpointInput.EndpointName")] = ABSENT
    vpc: _Vpc = ABSENT
    network_isolation: _Isolation = ABSENT
    traffic_encryption: _Traffic = ABSENT
    instance_type: _InstanceType = ABSENT
    instance_count: _InstanceCount = ABSENT
    volume_key: _VolumeKey = ABSENT
    output_key: Annotated[Field[Link], At("ModelBiasJobOutputConfig.KmsKeyId")] = ABSENT
    max_runtime: _MaxRuntime = ABSENT
    tags: Tags = ABSENT


class SageMakerModelExplainabilityDefinition(SageMakerJob, frozen=True):
    """A job that looks at what a model makes of its features."""

    names = Names(
        api="sagemaker:CreateModelExplainabilityJobDefinition",
        cloudformation="AWS::SageMaker::ModelExplainabilityJobDefinition",
    )

    job_name: _Name = ABSENT
    role: _Role = ABSENT
    image: Annotated[Field[str], At("ModelExplainabilityAppSpecification.ImageUri")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("ModelExplainabilityAppSpecification.Environment")] = ABSENT
    endpoint: Annotated[Field[Link], At("ModelExplainabilityJobInput.EndpointInput.EndpointName")] = ABSENT
    vpc: _Vpc = ABSENT
    network_isolation: _Isolation = ABSENT
    traffic_encryption: _Traffic = ABSENT
    instance_type: _InstanceType = ABSENT
    instance_count: _InstanceCount = ABSENT
    volume_key: _VolumeKey = ABSENT
    output_key: Annotated[Field[Link], At("ModelExplainabilityJobOutputConfig.KmsKeyId")] = ABSENT
    max_runtime: _MaxRuntime = ABSENT
    tags: Tags = ABSENT


class SageMakerMonitoringSchedule(SageMakerJob, frozen=True):
    """When a monitoring job runs; the job itself, where no `definition` of its own holds it."""

    names = Names(
        api="sagemaker:CreateMonitoringSchedule",
        cloudformation="AWS::SageMaker::MonitoringSchedule",
        terraform="aws_sagemaker_monitoring_schedule",
    )

    job_name: Annotated[Field[str], At("MonitoringScheduleName", terraform="name", identifies=True)] = ABSENT
    definition: Annotated[Field[Link], At("MonitoringScheduleConfig.MonitoringJobDefinitionName")] = ABSENT
    schedule: Annotated[Field[str], At("MonitoringScheduleConfig.ScheduleConfig.ScheduleExpression")] = ABSENT
    role: Annotated[Field[Link], At("MonitoringScheduleConfig.MonitoringJobDefinition.RoleArn")] = ABSENT
    image: Annotated[
        Field[str], At("MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringAppSpecification.ImageUri")
    ] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("MonitoringScheduleConfig.MonitoringJobDefinition.Environment")] = (
        ABSENT
    )
    vpc: Annotated[Field[VpcConfig], At("MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.VpcConfig")] = (
        ABSENT
    )
    network_isolation: Annotated[
        Field[bool],
        At(
            "MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.EnableNetworkIsolation",
            default=False,
            source=INTERNET_FREE,
        ),
    ] = ABSENT
    traffic_encryption: Annotated[
        Field[bool],
        At(
            "MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.EnableInterContainerTrafficEncryption",
            default=False,
            source=TRAFFIC,
        ),
    ] = ABSENT
    instance_type: Annotated[
        Field[str],
        At("MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringResources.ClusterConfig.InstanceType"),
    ] = ABSENT
    instance_count: Annotated[
        Field[int],
        At(
            "MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringResources.ClusterConfig.InstanceCount",
            default=1,
            source=_CLUSTER,
        ),
    ] = ABSENT
    volume_key: Annotated[
        Field[Link],
        At("MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringResources.ClusterConfig.VolumeKmsKeyId"),
    ] = ABSENT
    output_key: Annotated[
        Field[Link], At("MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringOutputConfig.KmsKeyId")
    ] = ABSENT
    max_runtime: Annotated[
        Field[int],
        At("MonitoringScheduleConfig.MonitoringJobDefinition.StoppingCondition.MaxRuntimeInSeconds"),
    ] = ABSENT
    tags: Tags = ABSENT
