"""Amazon FSx."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Resource

_API = "https://docs.aws.amazon.com/fsx/latest/APIReference/"


class FsxFileSystem(Resource, frozen=True):
    """A Lustre, OpenZFS, ONTAP or Windows file system. FSx encrypts each; the key is a choice."""

    names = Names(
        api="fsx:CreateFileSystem",
        cloudformation="AWS::FSx::FileSystem",
        terraform="aws_fsx_lustre_file_system|aws_fsx_openzfs_file_system|aws_fsx_ontap_file_system"
        "|aws_fsx_windows_file_system",
    )

    flavor: Annotated[Field[str], At("FileSystemType", terraform="")] = ABSENT
    kms_key: Annotated[Field[Link], At("KmsKeyId")] = ABSENT
    subnets: Annotated[Many[Link], At("SubnetIds")] = ABSENT
    security_groups: Annotated[Many[Link], At("SecurityGroupIds")] = ABSENT
    deployment: Annotated[
        Field[str],
        At(
            "LustreConfiguration.DeploymentType|OpenZFSConfiguration.DeploymentType"
            "|OntapConfiguration.DeploymentType|WindowsConfiguration.DeploymentType",
            terraform="deployment_type",
        ),
    ] = ABSENT
    backup_days: Annotated[
        Field[int],
        At(
            "LustreConfiguration.AutomaticBackupRetentionDays|OpenZFSConfiguration.AutomaticBackupRetentionDays"
            "|OntapConfiguration.AutomaticBackupRetentionDays|WindowsConfiguration.AutomaticBackupRetentionDays",
            terraform="automatic_backup_retention_days",
        ),
    ] = ABSENT
    tags_to_backups: Annotated[
        Field[bool],
        At(
            "LustreConfiguration.CopyTagsToBackups|OpenZFSConfiguration.CopyTagsToBackups"
            "|WindowsConfiguration.CopyTagsToBackups",
            terraform="copy_tags_to_backups",
            default=False,
            source=_API + "API_CreateFileSystemLustreConfiguration.html",
        ),
    ] = ABSENT
    tags_to_volumes: Annotated[
        Field[bool],
        At(
            "OpenZFSConfiguration.CopyTagsToVolumes",
            terraform="copy_tags_to_volumes",
            default=False,
            source=_API + "API_CreateFileSystemOpenZFSConfiguration.html",
        ),
    ] = ABSENT
    root_squash: Annotated[
        Field[str],
        At(
            "LustreConfiguration.RootSquashConfiguration.RootSquash",
            cloudformation="",
            terraform="root_squash_configuration.root_squash",
        ),
    ] = ABSENT
    import_path: Annotated[
        Field[str],
        At("LustreConfiguration.ImportPath", terraform="import_path"),
    ] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags")] = ABSENT
