"""Amazon S3: what Terraform and the API set by requests of their own, and access points."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Field, Link, Many
from ourhalf.model.resource import At, Names, Resource
from ourhalf.resources.policies import PolicyDocument
from ourhalf.resources.s3 import ALL_BLOCKED, BucketEncryptionRule, LifecycleRule, PublicAccessBlock

_API = "https://docs.aws.amazon.com/AmazonS3/latest/API/"
_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
_BLOCK = _API + "API_PublicAccessBlockConfiguration.html"


class S3BucketPolicy(Resource, frozen=True):
    """A bucket's policy."""

    names = Names(api="s3:PutBucketPolicy", cloudformation="AWS::S3::BucketPolicy", terraform="aws_s3_bucket_policy")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    document: Annotated[Field[PolicyDocument], At("Policy", cloudformation="PolicyDocument")] = ABSENT


class S3BucketEncryption(Resource, frozen=True):
    """A bucket's default encryption, set on its own."""

    names = Names(api="s3:PutBucketEncryption", terraform="aws_s3_bucket_server_side_encryption_configuration")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    rules: Annotated[Many[BucketEncryptionRule], At("ServerSideEncryptionConfiguration.Rules", terraform="rule")] = (
        ABSENT
    )


class S3BucketVersioning(Resource, frozen=True):
    """A bucket's versioning, set on its own."""

    names = Names(api="s3:PutBucketVersioning", terraform="aws_s3_bucket_versioning")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    status: Annotated[Field[str], At("VersioningConfiguration.Status")] = ABSENT
    mfa_delete: Annotated[Field[str], At("VersioningConfiguration.MFADelete")] = ABSENT


class S3BucketPublicAccessBlock(Resource, frozen=True):
    """A bucket's public access block, set on its own."""

    names = Names(api="s3:PutPublicAccessBlock", terraform="aws_s3_bucket_public_access_block")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    block_acls: Annotated[
        Field[bool],
        At(
            "PublicAccessBlockConfiguration.BlockPublicAcls",
            terraform="block_public_acls",
            default=False,
            source=_BLOCK,
        ),
    ] = ABSENT
    block_policy: Annotated[
        Field[bool],
        At(
            "PublicAccessBlockConfiguration.BlockPublicPolicy",
            terraform="block_public_policy",
            default=False,
            source=_BLOCK,
        ),
    ] = ABSENT
    ignore_acls: Annotated[
        Field[bool],
        At(
            "PublicAccessBlockConfiguration.IgnorePublicAcls",
            terraform="ignore_public_acls",
            default=False,
            source=_BLOCK,
        ),
    ] = ABSENT
    restrict_buckets: Annotated[
        Field[bool],
        At(
            "PublicAccessBlockConfiguration.RestrictPublicBuckets",
            terraform="restrict_public_buckets",
            default=False,
            source=_BLOCK,
        ),
    ] = ABSENT


class S3AccountPublicAccessBlock(Resource, frozen=True):
    """An account's public access block."""

    names = Names(api="s3control:PutPublicAccessBlock", terraform="aws_s3_account_public_access_block")

    block_acls: Annotated[
        Field[bool],
        At(
            "PublicAccessBlockConfiguration.BlockPublicAcls",
            terraform="block_public_acls",
            default=False,
            source=_BLOCK,
        ),
    ] = ABSENT
    block_policy: Annotated[
        Field[bool],
        At(
            "PublicAccessBlockConfiguration.BlockPublicPolicy",
            terraform="block_public_policy",
            default=False,
            source=_BLOCK,
        ),
    ] = ABSENT
    ignore_acls: Annotated[
        Field[bool],
        At(
            "PublicAccessBlockConfiguration.IgnorePublicAcls",
            terraform="ignore_public_acls",
            default=False,
            source=_BLOCK,
        ),
    ] = ABSENT
    restrict_buckets: Annotated[
        Field[bool],
        At(
            "PublicAccessBlockConfiguration.RestrictPublicBuckets",
            terraform="restrict_public_buckets",
            default=False,
            source=_BLOCK,
        ),
    ] = ABSENT


class S3BucketLogging(Resource, frozen=True):
    """A bucket's access log, set on its own."""

    names = Names(api="s3:PutBucketLogging", terraform="aws_s3_bucket_logging")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    log_bucket: Annotated[
        Field[Link], At("BucketLoggingStatus.LoggingEnabled.TargetBucket", terraform="target_bucket")
    ] = ABSENT


class S3BucketLifecycle(Resource, frozen=True):
    """A bucket's lifecycle rules, set on their own."""

    names = Names(api="s3:PutBucketLifecycleConfiguration", terraform="aws_s3_bucket_lifecycle_configuration")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    rules: Annotated[Many[LifecycleRule], At("LifecycleConfiguration.Rules", terraform="rule")] = ABSENT


class S3BucketAcl(Resource, frozen=True):
    """A bucket's access control list, set on its own."""

    names = Names(api="s3:PutBucketAcl", terraform="aws_s3_bucket_acl")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    acl: Annotated[Field[str], At("ACL")] = ABSENT
    grants: Annotated[Field[Any], At("AccessControlPolicy", terraform="access_control_policy")] = ABSENT


class S3BucketOwnership(Resource, frozen=True):
    """A bucket's object ownership, set on its own."""

    names = Names(api="s3:PutBucketOwnershipControls", terraform="aws_s3_bucket_ownership_controls")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    ownership: Annotated[
        Field[str], At("OwnershipControls.Rules.ObjectOwnership", terraform="rule.object_ownership")
    ] = ABSENT


class S3BucketReplication(Resource, frozen=True):
    """A bucket's replication, set on its own."""

    names = Names(api="s3:PutBucketReplication", terraform="aws_s3_bucket_replication_configuration")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    rules: Annotated[Field[Any], At("ReplicationConfiguration.Rules", terraform="rule")] = ABSENT


class S3BucketObjectLock(Resource, frozen=True):
    """A bucket's object lock, set on its own."""

    names = Names(api="s3:PutObjectLockConfiguration", terraform="aws_s3_bucket_object_lock_configuration")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    enabled: Annotated[
        Field[str],
        At(
            "ObjectLockConfiguration.ObjectLockEnabled",
            terraform="object_lock_enabled",
            default="Enabled",
            source=_API + "API_ObjectLockConfiguration.html",
        ),
    ] = ABSENT


class S3BucketNotification(Resource, frozen=True):
    """A bucket's event notifications, set on their own."""

    names = Names(api="s3:PutBucketNotificationConfiguration", terraform="aws_s3_bucket_notification")

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    configuration: Annotated[
        Field[Any],
        At("NotificationConfiguration", terraform="queue|topic|lambda_function|eventbridge"),
    ] = ABSENT


class S3AccessPoint(Resource, frozen=True):
    """An access point of a bucket."""

    names = Names(
        api="s3control:CreateAccessPoint", cloudformation="AWS::S3::AccessPoint", terraform="aws_s3_access_point"
    )

    bucket: Annotated[Field[Link], At("Bucket")] = ABSENT
    public_access_block: Annotated[
        Field[PublicAccessBlock],
        At(
            "PublicAccessBlockConfiguration",
            terraform="public_access_block_configuration",
            default=ALL_BLOCKED,
            source=_GUIDE + "access-points-bpa-settings.html",
        ),
    ] = ABSENT
    policy: Annotated[Field[PolicyDocument], At("", cloudformation="Policy", terraform="policy")] = ABSENT
