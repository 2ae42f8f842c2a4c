"""Amazon SageMaker: notebooks, Studio, and the servers that people work with."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many, Text
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.resources.sagemaker import Tags

_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/"
_NOTEBOOK = _API + "API_CreateNotebookInstance.html"
_DOMAIN = _API + "API_CreateDomain.html"


class SageMakerNotebookInstance(Resource, frozen=True):
    """A notebook instance."""

    names = Names(
        api="sagemaker:CreateNotebookInstance",
        cloudformation="AWS::SageMaker::NotebookInstance",
        terraform="aws_sagemaker_notebook_instance",
    )

    notebook_name: Annotated[Field[str], At("NotebookInstanceName", terraform="name", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    instance_type: Annotated[Field[str], At("InstanceType")] = ABSENT
    subnet: Annotated[Field[Link], At("SubnetId")] = ABSENT
    security_groups: Annotated[
        Many[Link],
        At("SecurityGroupIds|SecurityGroups", cloudformation="SecurityGroupIds", terraform="security_groups"),
    ] = ABSENT
    direct_internet_access: Annotated[
        Field[str],
        At(
            "DirectInternetAccess",
            default="Enabled",
            source="https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html",
        ),
    ] = ABSENT
    root_access: Annotated[Field[str], At("RootAccess", default="Enabled", source=_NOTEBOOK)] = ABSENT
    kms_key: Annotated[Field[Link], At("KmsKeyId")] = ABSENT
    platform: Annotated[Field[str], At("PlatformIdentifier", default="notebook-al2023-v1", source=_NOTEBOOK)] = ABSENT
    metadata_version: Annotated[
        Field[str],
        At(
            "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion",
            default="1",
            source=_API + "API_InstanceMetadataServiceConfiguration.html",
        ),
    ] = ABSENT
    lifecycle: Annotated[
        Field[Link],
        At(
            "LifecycleConfigName|NotebookInstanceLifecycleConfigName",
            cloudformation="LifecycleConfigName",
            terraform="lifecycle_config_name",
        ),
    ] = ABSENT
    default_repository: Annotated[Field[Link], At("DefaultCodeRepository")] = ABSENT
    repositories: Annotated[Many[Link], At("AdditionalCodeRepositories")] = ABSENT
    tags: Tags = ABSENT


class SageMakerNotebookLifecycle(Resource, frozen=True):
    """The scripts that run as root when a notebook instance is created or started."""

    names = Names(
        api="sagemaker:CreateNotebookInstanceLifecycleConfig",
        cloudformation="AWS::SageMaker::NotebookInstanceLifecycleConfig",
        terraform="aws_sagemaker_notebook_instance_lifecycle_configuration",
    )

    lifecycle_name: Annotated[
        Field[str], At("NotebookInstanceLifecycleConfigName", terraform="name", identifies=True)
    ] = ABSENT
    on_create: Annotated[Field[Text], At("OnCreate.Content", terraform="on_create", format="base64_script")] = ABSENT
    on_start: Annotated[Field[Text], At("OnStart.Content", terraform="on_start", format="base64_script")] = ABSENT
    tags: Tags = ABSENT


class SageMakerStudioLifecycle(Resource, frozen=True):
    """A script that runs when a Studio application starts."""

    names = Names(
        api="sagemaker:CreateStudioLifecycleConfig",
        cloudformation="AWS::SageMaker::StudioLifecycleConfig",
        terraform="aws_sagemaker_studio_lifecycle_config",
    )

    lifecycle_name: Annotated[Field[str], At("StudioLifecycleConfigName", identifies=True)] = ABSENT
    app_type: Annotated[Field[str], At("StudioLifecycleConfigAppType")] = ABSENT
    script: Annotated[Field[Text], At("StudioLifecycleConfigContent", format="base64_script")] = ABSENT
    tags: Tags = ABSENT


class UserSettings(Part, frozen=True):
    """What a person gets in Studio."""

    role: Annotated[Field[Link], At("ExecutionRole")] = ABSENT
    security_groups: Annotated[Many[Link], At("SecurityGroups")] = ABSENT
    notebook_output: Annotated[
        Field[str],
        At(
            "SharingSettings.NotebookOutputOption",
            default="Disabled",
            source=_API + "API_SharingSettings.html",
        ),
    ] = ABSENT
    notebook_output_uri: Annotated[Field[str], At("SharingSettings.S3OutputPath")] = ABSENT
    notebook_output_key: Annotated[Field[Link], At("SharingSettings.S3KmsKeyId")] = ABSENT


class SageMakerDomain(Resource, frozen=True):
    """A Studio domain."""

    names = Names(
        api="sagemaker:CreateDomain",
        cloudformation="AWS::SageMaker::Domain",
        terraform="aws_sagemaker_domain",
    )

    domain_name: Annotated[Field[str], At("DomainName", identifies=True)] = ABSENT
    auth_mode: Annotated[Field[str], At("AuthMode")] = ABSENT
    network_access: Annotated[Field[str], At("AppNetworkAccessType", default="PublicInternetOnly", source=_DOMAIN)] = (
        ABSENT
    )
    vpc: Annotated[Field[Link], At("VpcId")] = ABSENT
    subnets: Annotated[Many[Link], At("SubnetIds")] = ABSENT
    security_groups: Annotated[Many[Link], At("DomainSettings.SecurityGroupIds")] = ABSENT
    kms_key: Annotated[
        Field[Link],
        At("KmsKeyId|HomeEfsFileSystemKmsKeyId", cloudformation="KmsKeyId", terraform="kms_key_id"),
    ] = ABSENT
    user_settings: Annotated[Field[UserSettings], At("DefaultUserSettings")] = ABSENT
    space_role: Annotated[Field[Link], At("DefaultSpaceSettings.ExecutionRole")] = ABSENT
    docker_access: Annotated[Field[str], At("DomainSettings.DockerSettings.EnableDockerAccess")] = ABSENT
    docker_accounts: Annotated[Many[str], At("DomainSettings.DockerSettings.VpcOnlyTrustedAccounts")] = ABSENT
    source_identity: Annotated[Field[str], At("DomainSettings.ExecutionRoleIdentityConfig")] = ABSENT
    tags: Tags = ABSENT


class SageMakerUserProfile(Resource, frozen=True):
    """A person in a domain."""

    names = Names(
        api="sagemaker:CreateUserProfile",
        cloudformation="AWS::SageMaker::UserProfile",
        terraform="aws_sagemaker_user_profile",
    )

    profile_name: Annotated[Field[str], At("UserProfileName", identifies=True)] = ABSENT
    domain: Annotated[Field[Link], At("DomainId")] = ABSENT
    user_settings: Annotated[Field[UserSettings], At("UserSettings")] = ABSENT
    tags: Tags = ABSENT


class SageMakerSpace(Resource, frozen=True):
    """A place in a domain where applications keep their files."""

    names = Names(
        api="sagemaker:CreateSpace",
        cloudformation="AWS::SageMaker::Space",
        terraform="aws_sagemaker_space",
    )

    space_name: Annotated[Field[str], At("SpaceName", identifies=True)] = ABSENT
    domain: Annotated[Field[Link], At("DomainId")] = ABSENT
    sharing: Annotated[Field[str], At("SpaceSharingSettings.SharingType")] = ABSENT
    remote_access: Annotated[Field[str], At("SpaceSettings.RemoteAccess", terraform="")] = ABSENT
    tags: Tags = ABSENT


class SageMakerApp(Resource, frozen=True):
    """An application that runs in Studio."""

    names = Names(api="sagemaker:CreateApp", cloudformation="AWS::SageMaker::App", terraform="aws_sagemaker_app")

    app_name: Annotated[Field[str], At("AppName", identifies=True)] = ABSENT
    app_type: Annotated[Field[str], At("AppType")] = ABSENT
    domain: Annotated[Field[Link], At("DomainId")] = ABSENT
    user_profile: Annotated[Field[Link], At("UserProfileName")] = ABSENT
    space: Annotated[Field[Link], At("SpaceName", cloudformation="")] = ABSENT
    instance_type: Annotated[Field[str], At("ResourceSpec.InstanceType")] = ABSENT
    image: Annotated[
        Field[Link],
        At("ResourceSpec.SageMakerImageArn", terraform="resource_spec.sagemaker_image_arn"),
    ] = ABSENT
    image_version: Annotated[
        Field[Link],
        At("ResourceSpec.SageMakerImageVersionArn", terraform="resource_spec.sagemaker_image_version_arn"),
    ] = ABSENT
    tags: Tags = ABSENT


class SageMakerImage(Resource, frozen=True):
    """A custom image that people may choose in Studio."""

    names = Names(api="sagemaker:CreateImage", cloudformation="AWS::SageMaker::Image", terraform="aws_sagemaker_image")

    image_name: Annotated[Field[str], At("ImageName", identifies=True)] = ABSENT
    description: Annotated[Field[str], At("Description", cloudformation="ImageDescription")] = ABSENT
    role: Annotated[Field[Link], At("RoleArn", cloudformation="ImageRoleArn")] = ABSENT
    tags: Tags = ABSENT


class SageMakerImageVersion(Resource, frozen=True):
    """A version of a custom image."""

    names = Names(
        api="sagemaker:CreateImageVersion",
        cloudformation="AWS::SageMaker::ImageVersion",
        terraform="aws_sagemaker_image_version",
    )

    image: Annotated[Field[Link], At("ImageName")] = ABSENT
    base_image: Annotated[Field[str], At("BaseImage")] = ABSENT


class SageMakerAppImageConfig(Resource, frozen=True):
    """How a custom image starts in Studio."""

    names = Names(
        api="sagemaker:CreateAppImageConfig",
        cloudformation="AWS::SageMaker::AppImageConfig",
        terraform="aws_sagemaker_app_image_config",
    )

    config_name: Annotated[Field[str], At("AppImageConfigName", identifies=True)] = ABSENT
    environment: Annotated[
        Field[Entries[Text]],
        At(
            "JupyterLabAppImageConfig.ContainerConfig.ContainerEnvironmentVariables"
            "|CodeEditorAppImageConfig.ContainerConfig.ContainerEnvironmentVariables",
            terraform="jupyter_lab_image_config.container_config.container_environment_variables"
            "|code_editor_app_image_config.container_config.container_environment_variables",
        ),
    ] = ABSENT
    tags: Tags = ABSENT


class SageMakerCodeRepository(Resource, frozen=True):
    """A Git repository that notebooks clone."""

    names = Names(
        api="sagemaker:CreateCodeRepository",
        cloudformation="AWS::SageMaker::CodeRepository",
        terraform="aws_sagemaker_code_repository",
    )

    repository_name: Annotated[Field[str], At("CodeRepositoryName", identifies=True)] = ABSENT
    url: Annotated[Field[Text], At("GitConfig.RepositoryUrl")] = ABSENT
    secret: Annotated[Field[Link], At("GitConfig.SecretArn")] = ABSENT
    tags: Tags = ABSENT


class SageMakerMlflowServer(Resource, frozen=True):
    """An MLflow tracking server, or MLflow without one."""

    names = Names(
        api="sagemaker:CreateMlflowTrackingServer|sagemaker:CreateMlflowApp",
        cloudformation="AWS::SageMaker::MlflowTrackingServer|AWS::SageMaker::MlflowApp",
        terraform="aws_sagemaker_mlflow_tracking_server|aws_sagemaker_mlflow_app",
    )

    server_name: Annotated[
        Field[str], At("TrackingServerName|Name", terraform="tracking_server_name|name", identifies=True)
    ] = ABSENT
    role: Annotated[Field[Link], At("RoleArn")] = ABSENT
    artifacts_uri: Annotated[Field[str], At("ArtifactStoreUri")] = ABSENT
    version: Annotated[Field[str], At("MlflowVersion")] = ABSENT
    tags: Tags = ABSENT


class SageMakerPartnerApp(Resource, frozen=True):
    """An application of a partner that runs for us."""

    names = Names(api="sagemaker:CreatePartnerApp", cloudformation="AWS::SageMaker::PartnerApp")

    app_name: Annotated[Field[str], At("Name", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("ExecutionRoleArn")] = ABSENT
    kms_key: Annotated[Field[Link], At("KmsKeyId")] = ABSENT
    minor_upgrades: Annotated[
        Field[bool],
        At("EnableAutoMinorVersionUpgrade", default=False, source=_API + "API_CreatePartnerApp.html"),
    ] = ABSENT
    tags: Tags = ABSENT
