"""Amazon SageMaker: jobs that run once and end."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many, Text
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.resources.sagemaker import INTERNET_FREE, Tags, VpcConfig

_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/"

TRAFFIC = "https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html"
"""The page on traffic between the instances of a job, clear unless encryption is turned on."""


class SageMakerJob(Resource, frozen=True):
    """What jobs have in common, for the controls that ask it of all of them.

    No job is of this type itself. A kind of job without some setting leaves its field ABSENT, which
    has no place; a kind that has the setting gives it a place even where it is left out.
    """

    job_name: Field[str] = ABSENT
    role: Field[Link] = ABSENT
    image: Field[str] = ABSENT
    entrypoint: Many[str] = ABSENT
    arguments: Many[str] = ABSENT
    environment: Field[Entries[Text]] = ABSENT
    vpc: Field[VpcConfig] = ABSENT
    network_isolation: Field[bool] = ABSENT
    traffic_encryption: Field[bool] = ABSENT
    instance_type: Field[str] = ABSENT
    instance_count: Field[int] = ABSENT
    volume_key: Field[Link] = ABSENT
    output_uri: Field[str] = ABSENT
    output_key: Field[Link] = ABSENT
    max_runtime: Field[int] = ABSENT
    spot: Field[bool] = ABSENT
    checkpoint_uri: Field[str] = ABSENT


class InstanceGroup(Part, frozen=True):
    """Instances of one type in a job that uses several."""

    instance_type: Annotated[Field[str], At("InstanceType")] = ABSENT
    instance_count: Annotated[Field[int], At("InstanceCount")] = ABSENT


class Channel(Part, frozen=True):
    """A source of training data."""

    channel_name: Annotated[Field[str], At("ChannelName")] = ABSENT
    uri: Annotated[Field[str], At("DataSource.S3DataSource.S3Uri")] = ABSENT
    file_system: Annotated[Field[Link], At("DataSource.FileSystemDataSource.FileSystemId")] = ABSENT
    file_system_access: Annotated[Field[str], At("DataSource.FileSystemDataSource.FileSystemAccessMode")] = ABSENT


class SageMakerTrainingJob(SageMakerJob, frozen=True):
    """A training job."""

    names = Names(api="sagemaker:CreateTrainingJob", terraform="aws_sagemaker_training_job")

    job_name: Annotated[Field[str], At("TrainingJobName", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    image: Annotated[Field[str], At("AlgorithmSpecification.TrainingImage")] = ABSENT
    algorithm: Annotated[Field[Link], At("AlgorithmSpecification.AlgorithmName")] = ABSENT
    repository_access: Annotated[
        Field[str], At("AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode")
    ] = ABSENT
    entrypoint: Annotated[Many[str], At("AlgorithmSpecification.ContainerEntrypoint")] = ABSENT
    arguments: Annotated[Many[str], At("AlgorithmSpecification.ContainerArguments")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("Environment")] = ABSENT
    hyper_parameters: Annotated[Field[Entries[Text]], At("HyperParameters")] = ABSENT
    channels: Annotated[Many[Channel], At("InputDataConfig")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("VpcConfig")] = ABSENT
    network_isolation: Annotated[Field[bool], At("EnableNetworkIsolation", default=False, source=INTERNET_FREE)] = (
        ABSENT
    )
    traffic_encryption: Annotated[
        Field[bool], At("EnableInterContainerTrafficEncryption", default=False, source=TRAFFIC)
    ] = ABSENT
    instance_type: Annotated[Field[str], At("ResourceConfig.InstanceType")] = ABSENT
    instance_count: Annotated[Field[int], At("ResourceConfig.InstanceCount")] = ABSENT
    instance_groups: Annotated[Many[InstanceGroup], At("ResourceConfig.InstanceGroups")] = ABSENT
    keep_alive: Annotated[Field[int], At("ResourceConfig.KeepAlivePeriodInSeconds")] = ABSENT
    volume_key: Annotated[Field[Link], At("ResourceConfig.VolumeKmsKeyId")] = ABSENT
    output_uri: Annotated[Field[str], At("OutputDataConfig.S3OutputPath")] = ABSENT
    output_key: Annotated[Field[Link], At("OutputDataConfig.KmsKeyId")] = ABSENT
    max_runtime: Annotated[
        Field[int],
        At("StoppingCondition.MaxRuntimeInSeconds", default=86400, source=_API + "API_StoppingCondition.html"),
    ] = ABSENT
    spot: Annotated[Field[bool], At("EnableManagedSpotTraining")] = ABSENT
    checkpoint_uri: Annotated[Field[str], At("CheckpointConfig.S3Uri")] = ABSENT
    remote_debug: Annotated[Field[bool], At("RemoteDebugConfig.EnableRemoteDebug")] = ABSENT
    debugger_uri: Annotated[Field[str], At("DebugHookConfig.S3OutputPath")] = ABSENT
    profiler_off: Annotated[Field[bool], At("ProfilerConfig.DisableProfiler")] = ABSENT
    profiler_uri: Annotated[Field[str], At("ProfilerConfig.S3OutputPath")] = ABSENT
    tensorboard_uri: Annotated[Field[str], At("TensorBoardOutputConfig.S3OutputPath")] = ABSENT
    tags: Tags = ABSENT


class TrainingDefinition(Part, frozen=True):
    """One of several training jobs that a tuning job varies; its fields are those of the job."""

    definition_name: Annotated[Field[str], At("DefinitionName")] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    image: Annotated[Field[str], At("AlgorithmSpecification.TrainingImage")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("Environment")] = ABSENT
    hyper_parameters: Annotated[Field[Entries[Text]], At("StaticHyperParameters")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("VpcConfig")] = ABSENT
    network_isolation: Annotated[Field[bool], At("EnableNetworkIsolation", default=False, source=INTERNET_FREE)] = (
        ABSENT
    )
    traffic_encryption: Annotated[
        Field[bool], At("EnableInterContainerTrafficEncryption", default=False, source=TRAFFIC)
    ] = ABSENT
    instance_type: Annotated[
        Field[str], At("ResourceConfig.InstanceType|HyperParameterTuningResourceConfig.InstanceType")
    ] = ABSENT
    instance_count: Annotated[
        Field[int], At("ResourceConfig.InstanceCount|HyperParameterTuningResourceConfig.InstanceCount")
    ] = ABSENT
    volume_key: Annotated[
        Field[Link], At("ResourceConfig.VolumeKmsKeyId|HyperParameterTuningResourceConfig.VolumeKmsKeyId")
    ] = ABSENT
    output_uri: Annotated[Field[str], At("OutputDataConfig.S3OutputPath")] = ABSENT
    output_key: Annotated[Field[Link], At("OutputDataConfig.KmsKeyId")] = ABSENT
    max_runtime: Annotated[
        Field[int],
        At("StoppingCondition.MaxRuntimeInSeconds", default=86400, source=_API + "API_StoppingCondition.html"),
    ] = ABSENT
    spot: Annotated[Field[bool], At("EnableManagedSpotTraining")] = ABSENT
    checkpoint_uri: Annotated[Field[str], At("CheckpointConfig.S3Uri")] = ABSENT


class SageMakerTuningJob(SageMakerJob, frozen=True):
    """A hyperparameter tuning job: the training job that it varies, or `definitions` of several."""

    names = Names(
        api="sagemaker:CreateHyperParameterTuningJob",
        terraform="aws_sagemaker_hyper_parameter_tuning_job",
    )

    job_name: Annotated[
        Field[str],
        At("HyperParameterTuningJobName", terraform="name|hyper_parameter_tuning_job_name", identifies=True),
    ] = ABSENT
    definitions: Annotated[Many[TrainingDefinition], At("TrainingJobDefinitions")] = ABSENT
    role: Annotated[Field[Link], At("TrainingJobDefinition.RoleArn")] = ABSENT
    image: Annotated[Field[str], At("TrainingJobDefinition.AlgorithmSpecification.TrainingImage")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("TrainingJobDefinition.Environment")] = ABSENT
    hyper_parameters: Annotated[Field[Entries[Text]], At("TrainingJobDefinition.StaticHyperParameters")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("TrainingJobDefinition.VpcConfig")] = ABSENT
    network_isolation: Annotated[
        Field[bool], At("TrainingJobDefinition.EnableNetworkIsolation", default=False, source=INTERNET_FREE)
    ] = ABSENT
    traffic_encryption: Annotated[
        Field[bool],
        At("TrainingJobDefinition.EnableInterContainerTrafficEncryption", default=False, source=TRAFFIC),
    ] = ABSENT
    instance_type: Annotated[
        Field[str],
        At(
            "TrainingJobDefinition.ResourceConfig.InstanceType"
            "|TrainingJobDefinition.HyperParameterTuningResourceConfig.InstanceType"
        ),
    ] = ABSENT
    instance_count: Annotated[
        Field[int],
        At(
            "TrainingJobDefinition.ResourceConfig.InstanceCount"
            "|TrainingJobDefinition.HyperParameterTuningResourceConfig.InstanceCount"
        ),
    ] = ABSENT
    volume_key: Annotated[
        Field[Link],
        At(
            "TrainingJobDefinition.ResourceConfig.VolumeKmsKeyId"
            "|TrainingJobDefinition.HyperParameterTuningResourceConfig.VolumeKmsKeyId"
        ),
    ] = ABSENT
    output_uri: Annotated[Field[str], At("TrainingJobDefinition.OutputDataConfig.S3OutputPath")] = ABSENT
    output_key: Annotated[Field[Link], At("TrainingJobDefinition.OutputDataConfig.KmsKeyId")] = ABSENT
    max_runtime: Annotated[
        Field[int],
        At(
            "TrainingJobDefinition.StoppingCondition.MaxRuntimeInSeconds",
            default=86400,
            source=_API + "API_StoppingCondition.html",
        ),
    ] = ABSENT
    spot: Annotated[Field[bool], At("TrainingJobDefinition.EnableManagedSpotTraining")] = ABSENT
    checkpoint_uri: Annotated[Field[str], At("TrainingJobDefinition.CheckpointConfig.S3Uri")] = ABSENT
    tags: Tags = ABSENT


class ProcessingInput(Part, frozen=True):
    """Data or code that a processing job reads."""

    input_name: Annotated[Field[str], At("InputName")] = ABSENT
    uri: Annotated[Field[str], At("S3Input.S3Uri")] = ABSENT


class SageMakerProcessingJob(SageMakerJob, frozen=True):
    """A processing job."""

    names = Names(api="sagemaker:CreateProcessingJob", cloudformation="AWS::SageMaker::ProcessingJob")

    job_name: Annotated[Field[str], At("ProcessingJobName", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    image: Annotated[Field[str], At("AppSpecification.ImageUri")] = ABSENT
    entrypoint: Annotated[Many[str], At("AppSpecification.ContainerEntrypoint")] = ABSENT
    arguments: Annotated[Many[str], At("AppSpecification.ContainerArguments")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("Environment")] = ABSENT
    inputs: Annotated[Many[ProcessingInput], At("ProcessingInputs")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("NetworkConfig.VpcConfig")] = ABSENT
    network_isolation: Annotated[
        Field[bool], At("NetworkConfig.EnableNetworkIsolation", default=False, source=INTERNET_FREE)
    ] = ABSENT
    traffic_encryption: Annotated[
        Field[bool], At("NetworkConfig.EnableInterContainerTrafficEncryption", default=False, source=TRAFFIC)
    ] = ABSENT
    instance_type: Annotated[Field[str], At("ProcessingResources.ClusterConfig.InstanceType")] = ABSENT
    instance_count: Annotated[
        Field[int],
        At(
            "ProcessingResources.ClusterConfig.InstanceCount",
            default=1,
            source=_API + "API_ProcessingClusterConfig.html",
        ),
    ] = ABSENT
    volume_key: Annotated[Field[Link], At("ProcessingResources.ClusterConfig.VolumeKmsKeyId")] = ABSENT
    output_key: Annotated[Field[Link], At("ProcessingOutputConfig.KmsKeyId")] = ABSENT
    max_runtime: Annotated[Field[int], At("StoppingCondition.MaxRuntimeInSeconds")] = ABSENT
    tags: Tags = ABSENT


class SageMakerTransformJob(SageMakerJob, frozen=True):
    """A batch transform job; its network is that of the model."""

    names = Names(api="sagemaker:CreateTransformJob")

    job_name: Annotated[Field[str], At("TransformJobName", identifies=True)] = ABSENT
    model: Annotated[Field[Link], At("ModelName")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("Environment")] = ABSENT
    instance_type: Annotated[Field[str], At("TransformResources.InstanceType")] = ABSENT
    instance_count: Annotated[
        Field[int],
        At("TransformResources.InstanceCount", default=1, source=_API + "API_TransformResources.html"),
    ] = ABSENT
    volume_key: Annotated[Field[Link], At("TransformResources.VolumeKmsKeyId")] = ABSENT
    output_uri: Annotated[Field[str], At("TransformOutput.S3OutputPath")] = ABSENT
    output_key: Annotated[Field[Link], At("TransformOutput.KmsKeyId")] = ABSENT
    capture_uri: Annotated[Field[str], At("DataCaptureConfig.DestinationS3Uri")] = ABSENT
    capture_key: Annotated[Field[Link], At("DataCaptureConfig.KmsKeyId")] = ABSENT
    tags: Tags = ABSENT


class SageMakerAutoMLJob(SageMakerJob, frozen=True):
    """An Autopilot job, of either version of its API."""

    names = Names(api="sagemaker:CreateAutoMLJob|sagemaker:CreateAutoMLJobV2")

    job_name: Annotated[Field[str], At("AutoMLJobName", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("SecurityConfig.VpcConfig|AutoMLJobConfig.SecurityConfig.VpcConfig")] = ABSENT
    traffic_encryption: Annotated[
        Field[bool],
        At(
            "SecurityConfig.EnableInterContainerTrafficEncryption"
            "|AutoMLJobConfig.SecurityConfig.EnableInterContainerTrafficEncryption",
            default=False,
            source=TRAFFIC,
        ),
    ] = ABSENT
    volume_key: Annotated[
        Field[Link], At("SecurityConfig.VolumeKmsKeyId|AutoMLJobConfig.SecurityConfig.VolumeKmsKeyId")
    ] = ABSENT
    output_uri: Annotated[Field[str], At("OutputDataConfig.S3OutputPath")] = ABSENT
    output_key: Annotated[Field[Link], At("OutputDataConfig.KmsKeyId")] = ABSENT
    tags: Tags = ABSENT


class SageMakerCompilationJob(SageMakerJob, frozen=True):
    """A Neo compilation job."""

    names = Names(api="sagemaker:CreateCompilationJob")

    job_name: Annotated[Field[str], At("CompilationJobName", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("VpcConfig")] = ABSENT
    output_uri: Annotated[Field[str], At("OutputConfig.S3OutputLocation")] = ABSENT
    output_key: Annotated[Field[Link], At("OutputConfig.KmsKeyId")] = ABSENT
    tags: Tags = ABSENT


class SageMakerLabelingJob(SageMakerJob, frozen=True):
    """A Ground Truth labeling job."""

    names = Names(api="sagemaker:CreateLabelingJob", terraform="aws_sagemaker_labeling_job")

    job_name: Annotated[Field[str], At("LabelingJobName", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    output_uri: Annotated[Field[str], At("OutputConfig.S3OutputPath")] = ABSENT
    output_key: Annotated[Field[Link], At("OutputConfig.KmsKeyId")] = ABSENT
    tags: Tags = ABSENT


class SageMakerOptimizationJob(SageMakerJob, frozen=True):
    """A job that quantises, compiles or shards a model."""

    names = Names(api="sagemaker:CreateOptimizationJob")

    job_name: Annotated[Field[str], At("OptimizationJobName", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("OptimizationEnvironment")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("VpcConfig")] = ABSENT
    output_uri: Annotated[Field[str], At("OutputConfig.S3OutputLocation")] = ABSENT
    output_key: Annotated[Field[Link], At("OutputConfig.KmsKeyId")] = ABSENT
    tags: Tags = ABSENT
