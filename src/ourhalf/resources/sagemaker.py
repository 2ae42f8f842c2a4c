"""Amazon SageMaker: models, and the endpoints that serve them."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many, Text
from ourhalf.model.resource import At, Names, Part, Resource

_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/"
_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg/"

INTERNET_FREE = _GUIDE + "mkt-algo-model-internet-free.html"
"""The page that says that training and inference containers reach the internet by default."""

Tags = Annotated[Field[Entries[str]], At("Tags")]
"""The tags of a resource, where SageMaker takes them."""


class VpcConfig(Part, frozen=True):
    """The subnets and security groups that SageMaker attaches containers to."""

    subnets: Annotated[Many[Link], At("Subnets")] = ABSENT
    security_groups: Annotated[Many[Link], At("SecurityGroupIds")] = ABSENT


class ModelContainer(Part, frozen=True):
    """One container of a model."""

    hostname: Annotated[Field[str], At("ContainerHostname")] = ABSENT
    image: Annotated[Field[str], At("Image")] = ABSENT
    repository_access: Annotated[Field[str], At("ImageConfig.RepositoryAccessMode")] = ABSENT
    mode: Annotated[Field[str], At("Mode")] = ABSENT
    model_data: Annotated[
        Field[str],
        At(
            "ModelDataUrl|ModelDataSource.S3DataSource.S3Uri",
            terraform="model_data_url|model_data_source.s3_data_source.s3_uri",
        ),
    ] = ABSENT
    model_data_etag: Annotated[
        Field[str],
        At(
            "ModelDataSource.S3DataSource.ETag|ModelDataSource.S3DataSource.ManifestEtag",
            cloudformation="",
            terraform="",
        ),
    ] = ABSENT
    hub_content: Annotated[
        Field[Link], At("ModelDataSource.S3DataSource.HubAccessConfig.HubContentArn", terraform="")
    ] = ABSENT
    model_package: Annotated[Field[Link], At("ModelPackageName")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("Environment")] = ABSENT


class SageMakerModel(Resource, frozen=True):
    """A model: containers with the artifacts that they serve."""

    names = Names(api="sagemaker:CreateModel", cloudformation="AWS::SageMaker::Model", terraform="aws_sagemaker_model")

    model_name: Annotated[Field[str], At("ModelName", terraform="name", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("ExecutionRoleArn")] = ABSENT
    primary_container: Annotated[Field[ModelContainer], At("PrimaryContainer")] = ABSENT
    containers: Annotated[Many[ModelContainer], At("Containers", terraform="container")] = ABSENT
    execution_mode: Annotated[Field[str], At("InferenceExecutionConfig.Mode")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("VpcConfig")] = ABSENT
    network_isolation: Annotated[
        Field[bool],
        At("EnableNetworkIsolation", default=False, source=INTERNET_FREE),
    ] = ABSENT
    tags: Tags = ABSENT


class ProductionVariant(Part, frozen=True):
    """A model behind an endpoint, and the instances that serve it."""

    variant_name: Annotated[Field[str], At("VariantName")] = ABSENT
    model: Annotated[Field[Link], At("ModelName")] = ABSENT
    instance_type: Annotated[Field[str], At("InstanceType")] = ABSENT
    instance_count: Annotated[Field[int], At("InitialInstanceCount")] = ABSENT
    minimum_instances: Annotated[Field[int], At("ManagedInstanceScaling.MinInstanceCount")] = ABSENT
    managed_scaling: Annotated[Field[str], At("ManagedInstanceScaling.Status")] = ABSENT
    serverless_memory: Annotated[Field[int], At("ServerlessConfig.MemorySizeInMB")] = ABSENT
    ssm_access: Annotated[
        Field[bool],
        At("EnableSSMAccess", default=False, source=_API + "API_ProductionVariant.html"),
    ] = ABSENT
    core_dump_uri: Annotated[Field[str], At("CoreDumpConfig.DestinationS3Uri")] = ABSENT
    core_dump_key: Annotated[Field[Link], At("CoreDumpConfig.KmsKeyId")] = ABSENT
    inference_ami: Annotated[Field[str], At("InferenceAmiVersion")] = ABSENT


class SageMakerEndpointConfig(Resource, frozen=True):
    """What an endpoint runs, and on what."""

    names = Names(
        api="sagemaker:CreateEndpointConfig",
        cloudformation="AWS::SageMaker::EndpointConfig",
        terraform="aws_sagemaker_endpoint_configuration",
    )

    config_name: Annotated[Field[str], At("EndpointConfigName", terraform="name", identifies=True)] = ABSENT
    kms_key: Annotated[Field[Link], At("KmsKeyId", terraform="kms_key_arn")] = ABSENT
    variants: Annotated[Many[ProductionVariant], At("ProductionVariants")] = ABSENT
    shadow_variants: Annotated[Many[ProductionVariant], At("ShadowProductionVariants")] = ABSENT
    capture: Annotated[Field[bool], At("DataCaptureConfig.EnableCapture")] = ABSENT
    capture_uri: Annotated[Field[str], At("DataCaptureConfig.DestinationS3Uri")] = ABSENT
    capture_key: Annotated[Field[Link], At("DataCaptureConfig.KmsKeyId")] = ABSENT
    async_output_uri: Annotated[Field[str], At("AsyncInferenceConfig.OutputConfig.S3OutputPath")] = ABSENT
    async_output_key: Annotated[Field[Link], At("AsyncInferenceConfig.OutputConfig.KmsKeyId")] = ABSENT
    role: Annotated[Field[Link], At("ExecutionRoleArn")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("VpcConfig", terraform="")] = ABSENT
    network_isolation: Annotated[
        Field[bool],
        At("EnableNetworkIsolation", terraform="", default=False, source=INTERNET_FREE),
    ] = ABSENT
    tags: Tags = ABSENT


class Alarm(Part, frozen=True):
    """A CloudWatch alarm that an endpoint's deployment watches."""

    alarm_name: Annotated[Field[Link], At("AlarmName")] = ABSENT


class SageMakerEndpoint(Resource, frozen=True):
    """An endpoint that serves inference."""

    names = Names(
        api="sagemaker:CreateEndpoint",
        cloudformation="AWS::SageMaker::Endpoint",
        terraform="aws_sagemaker_endpoint",
    )

    endpoint_name: Annotated[Field[str], At("EndpointName", terraform="name", identifies=True)] = ABSENT
    config: Annotated[Field[Link], At("EndpointConfigName")] = ABSENT
    rollback_alarms: Annotated[
        Many[Alarm],
        At(
            "DeploymentConfig.AutoRollbackConfiguration.Alarms|LastDeploymentConfig.AutoRollbackConfiguration.Alarms",
            cloudformation="DeploymentConfig.AutoRollbackConfiguration.Alarms",
            terraform="deployment_config.auto_rollback_configuration.alarms",
        ),
    ] = ABSENT
    tags: Tags = ABSENT


class SageMakerInferenceComponent(Resource, frozen=True):
    """A model placed on the instances of an endpoint that it shares with others."""

    names = Names(
        api="sagemaker:CreateInferenceComponent",
        cloudformation="AWS::SageMaker::InferenceComponent",
        terraform="aws_sagemaker_inference_component",
    )

    component_name: Annotated[
        Field[str], At("InferenceComponentName", terraform="name|inference_component_name", identifies=True)
    ] = ABSENT
    endpoint: Annotated[Field[Link], At("EndpointName")] = ABSENT
    variant_name: Annotated[Field[str], At("VariantName")] = ABSENT
    model: Annotated[Field[Link], At("Specification.ModelName")] = ABSENT
    image: Annotated[
        Field[str],
        At(
            "Specification.Container.Image",
            cloudformation="Specification.Container.Image|Specification.Container.DeployedImage.SpecifiedImage",
        ),
    ] = ABSENT
    model_data: Annotated[Field[str], At("Specification.Container.ArtifactUrl")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("Specification.Container.Environment")] = ABSENT
    copies: Annotated[Field[int], At("RuntimeConfig.CopyCount")] = ABSENT
    tags: Tags = ABSENT


class SageMakerInferenceExperiment(Resource, frozen=True):
    """A shadow test: a copy of an endpoint's traffic goes to another model."""

    names = Names(
        api="sagemaker:CreateInferenceExperiment",
        cloudformation="AWS::SageMaker::InferenceExperiment",
    )

    experiment_name: Annotated[Field[str], At("Name", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    endpoint: Annotated[Field[Link], At("EndpointName")] = ABSENT
    instance_key: Annotated[Field[Link], At("KmsKey")] = ABSENT
    capture_uri: Annotated[Field[str], At("DataStorageConfig.Destination")] = ABSENT
    capture_key: Annotated[Field[Link], At("DataStorageConfig.KmsKey")] = ABSENT
    tags: Tags = ABSENT
