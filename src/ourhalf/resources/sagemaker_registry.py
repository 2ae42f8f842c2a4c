"""Amazon SageMaker: the model registry, features, pipelines and people's review."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many, Text
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.resources.sagemaker import Tags

_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/"


class PackageContainer(Part, frozen=True):
    """One container of a model in the registry."""

    image: Annotated[Field[str], At("Image")] = ABSENT
    image_digest: Annotated[Field[str], At("ImageDigest")] = ABSENT
    model_data: Annotated[Field[str], At("ModelDataUrl|ModelDataSource.S3DataSource.S3Uri")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("Environment")] = ABSENT


class SageMakerModelPackage(Resource, frozen=True):
    """A version of a model in the registry."""

    names = Names(api="sagemaker:CreateModelPackage", cloudformation="AWS::SageMaker::ModelPackage")

    package_name: Annotated[Field[str], At("ModelPackageName", identifies=True)] = ABSENT
    group: Annotated[Field[Link], At("ModelPackageGroupName")] = ABSENT
    approval: Annotated[Field[str], At("ModelApprovalStatus")] = ABSENT
    containers: Annotated[Many[PackageContainer], At("InferenceSpecification.Containers")] = ABSENT
    kms_key: Annotated[Field[Link], At("SecurityConfig.KmsKeyId")] = ABSENT
    source_uri: Annotated[Field[str], At("SourceUri")] = ABSENT
    tags: Tags = ABSENT


class SageMakerModelPackageGroup(Resource, frozen=True):
    """The versions of one model."""

    names = Names(
        api="sagemaker:CreateModelPackageGroup",
        cloudformation="AWS::SageMaker::ModelPackageGroup",
        terraform="aws_sagemaker_model_package_group",
    )

    group_name: Annotated[Field[str], At("ModelPackageGroupName", identifies=True)] = ABSENT
    tags: Tags = ABSENT


class SageMakerModelCard(Resource, frozen=True):
    """What people need to know of a model."""

    names = Names(
        api="sagemaker:CreateModelCard",
        cloudformation="AWS::SageMaker::ModelCard",
        terraform="aws_sagemaker_model_card",
    )

    card_name: Annotated[Field[str], At("ModelCardName", identifies=True)] = ABSENT
    status: Annotated[Field[str], At("ModelCardStatus")] = ABSENT
    kms_key: Annotated[Field[Link], At("SecurityConfig.KmsKeyId")] = ABSENT
    tags: Tags = ABSENT


class SageMakerFeatureGroup(Resource, frozen=True):
    """Features that training and inference share."""

    names = Names(
        api="sagemaker:CreateFeatureGroup",
        cloudformation="AWS::SageMaker::FeatureGroup",
        terraform="aws_sagemaker_feature_group",
    )

    group_name: Annotated[Field[str], At("FeatureGroupName", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    offline_uri: Annotated[Field[str], At("OfflineStoreConfig.S3StorageConfig.S3Uri")] = ABSENT
    offline_key: Annotated[Field[Link], At("OfflineStoreConfig.S3StorageConfig.KmsKeyId")] = ABSENT
    online: Annotated[
        Field[bool],
        At("OnlineStoreConfig.EnableOnlineStore", default=False, source=_API + "API_OnlineStoreConfig.html"),
    ] = ABSENT
    online_storage: Annotated[Field[str], At("OnlineStoreConfig.StorageType")] = ABSENT
    online_key: Annotated[Field[Link], At("OnlineStoreConfig.SecurityConfig.KmsKeyId")] = ABSENT
    tags: Tags = ABSENT


class SageMakerPipeline(Resource, frozen=True):
    """A pipeline; the requests of its steps are resources of their own."""

    names = Names(
        api="sagemaker:CreatePipeline",
        cloudformation="AWS::SageMaker::Pipeline",
        terraform="aws_sagemaker_pipeline",
    )

    pipeline_name: Annotated[Field[str], At("PipelineName", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    steps: Annotated[
        Many[str],
        At(
            "PipelineDefinition",
            cloudformation="PipelineDefinition.PipelineDefinitionBody|PipelineDefinition",
            format="pipeline_steps",
        ),
    ] = ABSENT
    definition_bucket: Annotated[
        Field[Link],
        At(
            "PipelineDefinitionS3Location.Bucket",
            cloudformation="PipelineDefinition.PipelineDefinitionS3Location.Bucket",
        ),
    ] = ABSENT
    tags: Tags = ABSENT


class SageMakerFlowDefinition(Resource, frozen=True):
    """A flow that asks people to review predictions."""

    names = Names(api="sagemaker:CreateFlowDefinition", terraform="aws_sagemaker_flow_definition")

    flow_name: Annotated[Field[str], At("FlowDefinitionName", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    output_uri: Annotated[Field[str], At("OutputConfig.S3OutputPath")] = ABSENT
    output_key: Annotated[Field[Link], At("OutputConfig.KmsKeyId")] = ABSENT
    tags: Tags = ABSENT
