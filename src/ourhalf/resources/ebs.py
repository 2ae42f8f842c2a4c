"""Amazon Elastic Block Store: volumes, snapshots and an account's defaults."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link
from ourhalf.model.resource import At, Names, Resource

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"


class EbsVolume(Resource, frozen=True):
    """A volume."""

    names = Names(api="ec2:CreateVolume", cloudformation="AWS::EC2::Volume", terraform="aws_ebs_volume")

    encrypted: Annotated[Field[bool], At("Encrypted", default=False, source=_API + "API_CreateVolume.html")] = ABSENT
    kms_key: Annotated[Field[Link], At("KmsKeyId")] = ABSENT
    snapshot: Annotated[Field[Link], At("SnapshotId")] = ABSENT
    zone: Annotated[Field[str], At("AvailabilityZone")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("", cloudformation="Tags", terraform="tags")] = ABSENT


class EbsSnapshotCopy(Resource, frozen=True):
    """A copy of a snapshot. What is left out, the snapshot and the account decide."""

    names = Names(api="ec2:CopySnapshot", terraform="aws_ebs_snapshot_copy")

    encrypted: Annotated[Field[bool], At("Encrypted")] = ABSENT
    kms_key: Annotated[Field[Link], At("KmsKeyId")] = ABSENT


class EbsEncryptionByDefault(Resource, frozen=True):
    """Whether an account's new volumes are encrypted in a region. The resource without a value turns it on."""

    names = Names(api="ec2:EnableEbsEncryptionByDefault", terraform="aws_ebs_encryption_by_default")

    enabled: Annotated[
        Field[bool],
        At("", terraform="enabled", default=True, source=_API + "API_EnableEbsEncryptionByDefault.html"),
    ] = ABSENT


class EbsSnapshotBlock(Resource, frozen=True):
    """Whether an account may share snapshots with everyone in a region."""

    names = Names(api="ec2:EnableSnapshotBlockPublicAccess", terraform="aws_ebs_snapshot_block_public_access")

    state: Annotated[Field[str], At("State")] = ABSENT


class AmiBlock(Resource, frozen=True):
    """Whether an account may share machine images with everyone in a region."""

    names = Names(api="ec2:EnableImageBlockPublicAccess", terraform="aws_ec2_image_block_public_access")

    state: Annotated[Field[str], At("ImageBlockPublicAccessState", terraform="state")] = ABSENT


class AmiLaunchPermission(Resource, frozen=True):
    """Shares a machine image with an account or a group."""

    names = Names(terraform="aws_ami_launch_permission")

    image: Annotated[Field[Link], At("", terraform="image_id")] = ABSENT
    group: Annotated[Field[str], At("", terraform="group")] = ABSENT
    account: Annotated[Field[str], At("", terraform="account_id")] = ABSENT


class EncryptionDefaultKey(Resource, frozen=True):
    """The key with which an account's new volumes are encrypted."""

    names = Names(api="ec2:ModifyEbsDefaultKmsKeyId", terraform="aws_ebs_default_kms_key")

    kms_key: Annotated[Field[Link], At("KmsKeyId", terraform="key_arn")] = ABSENT
