"""Amazon SageMaker."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many, Text
from ourhalf.model.resource import At, Names, Part, Resource

_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/"


class VpcConfig(Part, frozen=True):
    """The subnets and security groups that SageMaker attaches containers to."""

    subnets: Annotated[Many[Link], At("Subnets")] = ABSENT
    security_groups: Annotated[Many[Link], At("SecurityGroupIds")] = ABSENT


class ModelContainer(Part, frozen=True):
    """One container of a model."""

    image: Annotated[Field[str], At("Image")] = ABSENT
    model_data: Annotated[
        Field[str],
        At(
            "ModelDataUrl|ModelDataSource.S3DataSource.S3Uri",
            terraform="model_data_url|model_data_source.s3_data_source.s3_uri",
        ),
    ] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("Environment")] = ABSENT


class SageMakerModel(Resource, frozen=True):
    """A model: containers with the artifacts that they serve."""

    names = Names(api="sagemaker:CreateModel", cloudformation="AWS::SageMaker::Model", terraform="aws_sagemaker_model")

    model_name: Annotated[Field[str], At("ModelName", terraform="name", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("ExecutionRoleArn")] = ABSENT
    primary_container: Annotated[Field[ModelContainer], At("PrimaryContainer")] = ABSENT
    containers: Annotated[Many[ModelContainer], At("Containers", terraform="container")] = ABSENT
    vpc: Annotated[Field[VpcConfig], At("VpcConfig")] = ABSENT
    network_isolation: Annotated[
        Field[bool],
        At("EnableNetworkIsolation", default=False, source=_API + "API_CreateModel.html"),
    ] = ABSENT


class ProductionVariant(Part, frozen=True):
    """A model behind an endpoint, and the instances that serve it."""

    model: Annotated[Field[Link], At("ModelName")] = ABSENT
    instance_type: Annotated[Field[str], At("InstanceType")] = ABSENT
    instance_count: Annotated[Field[int], At("InitialInstanceCount")] = ABSENT


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


class SageMakerEndpoint(Resource, frozen=True):
    """An endpoint that serves inference."""

    names = Names(
        api="sagemaker:CreateEndpoint",
        cloudformation="AWS::SageMaker::Endpoint",
        terraform="aws_sagemaker_endpoint",
    )

    endpoint_name: Annotated[Field[str], At("EndpointName", terraform="name", identifies=True)] = ABSENT
    config: Annotated[Field[Link], At("EndpointConfigName")] = ABSENT
