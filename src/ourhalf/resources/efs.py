"""Amazon Elastic File System."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Resource
from ourhalf.resources.policies import PolicyDocument

_API = "https://docs.aws.amazon.com/efs/latest/ug/"


class EfsFileSystem(Resource, frozen=True):
    """A file system, with its policy and backups folded in."""

    names = Names(
        api="efs:CreateFileSystem",
        cloudformation="AWS::EFS::FileSystem",
        terraform="aws_efs_file_system",
        kubernetes="efs.services.k8s.aws/FileSystem",
    )

    encrypted: Annotated[
        Field[bool],
        At("Encrypted", kubernetes="spec.encrypted", default=False, source=_API + "API_CreateFileSystem.html"),
    ] = ABSENT
    kms_key: Annotated[Field[Link], At("KmsKeyId", kubernetes="spec.kmsKeyID")] = ABSENT
    zone: Annotated[
        Field[str],
        At("AvailabilityZoneName", kubernetes="spec.availabilityZoneName"),
    ] = ABSENT
    backup: Annotated[
        Field[str],
        At(
            "",
            cloudformation="BackupPolicy.Status",
            terraform="",
            kubernetes="spec.backupPolicy.status",
            default="DISABLED",
            source=_API + "API_CreateFileSystem.html",
        ),
    ] = ABSENT
    policy: Annotated[
        Field[PolicyDocument], At("", cloudformation="FileSystemPolicy", terraform="", kubernetes="spec.policy")
    ] = ABSENT
    tags: Annotated[
        Field[Entries[str]],
        At("Tags", cloudformation="FileSystemTags", terraform="tags", kubernetes="spec.tags"),
    ] = ABSENT


class EfsFileSystemPolicy(Resource, frozen=True):
    """A file system's policy, set on its own."""

    names = Names(api="efs:PutFileSystemPolicy", terraform="aws_efs_file_system_policy")

    file_system: Annotated[Field[Link], At("FileSystemId")] = ABSENT
    document: Annotated[Field[PolicyDocument], At("Policy", terraform="policy")] = ABSENT


class EfsBackupPolicy(Resource, frozen=True):
    """Whether a file system is backed up every day, set on its own."""

    names = Names(api="efs:PutBackupPolicy", terraform="aws_efs_backup_policy")

    file_system: Annotated[Field[Link], At("FileSystemId")] = ABSENT
    status: Annotated[Field[str], At("BackupPolicy.Status")] = ABSENT


class EfsAccessPoint(Resource, frozen=True):
    """A way into a file system as one user and below one folder."""

    names = Names(
        api="efs:CreateAccessPoint",
        cloudformation="AWS::EFS::AccessPoint",
        terraform="aws_efs_access_point",
        kubernetes="efs.services.k8s.aws/AccessPoint",
    )

    file_system: Annotated[Field[Link], At("FileSystemId", kubernetes="spec.fileSystemID")] = ABSENT
    root: Annotated[
        Field[str],
        At(
            "RootDirectory.Path",
            kubernetes="spec.rootDirectory.path",
            default="/",
            source=_API + "API_RootDirectory.html",
        ),
    ] = ABSENT
    user: Annotated[Field[int], At("PosixUser.Uid", kubernetes="spec.posixUser.uid")] = ABSENT
    group: Annotated[Field[int], At("PosixUser.Gid", kubernetes="spec.posixUser.gid")] = ABSENT
    tags: Annotated[
        Field[Entries[str]],
        At("Tags", cloudformation="AccessPointTags", terraform="tags", kubernetes="spec.tags"),
    ] = ABSENT


class EfsMountTarget(Resource, frozen=True):
    """A file system's address in a subnet."""

    names = Names(
        api="efs:CreateMountTarget",
        cloudformation="AWS::EFS::MountTarget",
        terraform="aws_efs_mount_target",
        kubernetes="efs.services.k8s.aws/MountTarget",
    )

    file_system: Annotated[Field[Link], At("FileSystemId", kubernetes="spec.fileSystemID")] = ABSENT
    subnet: Annotated[Field[Link], At("SubnetId", kubernetes="spec.subnetID")] = ABSENT
    security_groups: Annotated[Many[Link], At("SecurityGroups", kubernetes="spec.securityGroups")] = ABSENT
