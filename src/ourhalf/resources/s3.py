"""Amazon S3."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Known, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.resources.policies import PolicyDocument

_API = "https://docs.aws.amazon.com/AmazonS3/latest/API/"
_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
_BLOCK = _API + "API_PublicAccessBlockConfiguration.html"


class BucketEncryptionRule(Part, frozen=True):
    """How objects are encrypted whose request says nothing of it."""

    algorithm: Annotated[
        Field[str],
        At(
            "ApplyServerSideEncryptionByDefault.SSEAlgorithm",
            cloudformation="ServerSideEncryptionByDefault.SSEAlgorithm",
            terraform="apply_server_side_encryption_by_default.sse_algorithm",
        ),
    ] = ABSENT
    kms_key: Annotated[
        Field[Link],
        At(
            "ApplyServerSideEncryptionByDefault.KMSMasterKeyID",
            cloudformation="ServerSideEncryptionByDefault.KMSMasterKeyID",
            terraform="apply_server_side_encryption_by_default.kms_master_key_id",
        ),
    ] = ABSENT
    bucket_key: Annotated[Field[bool], At("BucketKeyEnabled", default=False, source=_GUIDE + "bucket-key.html")] = (
        ABSENT
    )


class PublicAccessBlock(Part, frozen=True):
    """What keeps a bucket from being public; a switch that is left out is off."""

    block_acls: Annotated[Field[bool], At("BlockPublicAcls", default=False, source=_BLOCK)] = ABSENT
    block_policy: Annotated[Field[bool], At("BlockPublicPolicy", default=False, source=_BLOCK)] = ABSENT
    ignore_acls: Annotated[Field[bool], At("IgnorePublicAcls", default=False, source=_BLOCK)] = ABSENT
    restrict_buckets: Annotated[Field[bool], At("RestrictPublicBuckets", default=False, source=_BLOCK)] = ABSENT


class LifecycleRule(Part, frozen=True):
    """When objects move to other storage or are deleted."""

    rule_id: Annotated[Field[str], At("ID", cloudformation="Id", terraform="id")] = ABSENT
    status: Annotated[Field[str], At("Status", terraform="status|enabled")] = ABSENT
    expiration_days: Annotated[
        Field[int], At("Expiration.Days", cloudformation="ExpirationInDays", terraform="expiration.days")
    ] = ABSENT
    abort_upload_days: Annotated[
        Field[int],
        At(
            "AbortIncompleteMultipartUpload.DaysAfterInitiation",
            terraform="abort_incomplete_multipart_upload.days_after_initiation|abort_incomplete_multipart_upload_days",
        ),
    ] = ABSENT


ALL_BLOCKED = PublicAccessBlock(
    block_acls=Known(True), block_policy=Known(True), ignore_acls=Known(True), restrict_buckets=Known(True)
)
"""What S3 sets for buckets made since April 2023."""


class S3Bucket(Resource, frozen=True):
    """A bucket, with what Terraform and the API set by requests of their own folded in."""

    names = Names(
        api="s3:CreateBucket",
        cloudformation="AWS::S3::Bucket",
        terraform="aws_s3_bucket",
        kubernetes="s3.services.k8s.aws/Bucket",
    )

    bucket_name: Annotated[
        Field[str],
        At("Bucket", cloudformation="BucketName", terraform="bucket", kubernetes="spec.name", identifies=True),
    ] = ABSENT
    acl: Annotated[
        Field[str], At("ACL", cloudformation="AccessControl", default="private", source=_GUIDE + "acl-overview.html")
    ] = ABSENT
    grants: Annotated[Field[Any], At("", terraform="grant")] = ABSENT
    ownership: Annotated[
        Field[str],
        At(
            "ObjectOwnership",
            cloudformation="OwnershipControls.Rules.ObjectOwnership",
            terraform="",
            kubernetes="spec.ownershipControls.rules.objectOwnership",
            default="BucketOwnerEnforced",
            source=_GUIDE + "about-object-ownership.html",
        ),
    ] = ABSENT
    encryption: Annotated[
        Many[BucketEncryptionRule],
        At(
            "",
            cloudformation="BucketEncryption.ServerSideEncryptionConfiguration",
            terraform="server_side_encryption_configuration.rule",
            default=(BucketEncryptionRule(algorithm=Known("AES256")),),
            source=_GUIDE + "default-encryption-faq.html",
        ),
    ] = ABSENT
    public_access_block: Annotated[
        Field[PublicAccessBlock],
        At(
            "",
            cloudformation="PublicAccessBlockConfiguration",
            terraform="",
            default=ALL_BLOCKED,
            source=_GUIDE + "create-bucket-faq.html",
        ),
    ] = ABSENT
    policy: Annotated[Field[PolicyDocument], At("", cloudformation="", kubernetes="spec.policy")] = ABSENT
    versioning: Annotated[
        Field[str],
        At(
            "",
            cloudformation="VersioningConfiguration.Status",
            terraform="versioning.enabled",
            kubernetes="spec.versioning.status",
            default="Suspended",
            source=_GUIDE + "Versioning.html",
        ),
    ] = ABSENT
    mfa_delete: Annotated[
        Field[str],
        At(
            "",
            cloudformation="",
            terraform="versioning.mfa_delete",
            default="Disabled",
            source=_GUIDE + "MultiFactorAuthenticationDelete.html",
        ),
    ] = ABSENT
    log_bucket: Annotated[
        Field[Link],
        At("", cloudformation="LoggingConfiguration.DestinationBucketName", terraform="logging.target_bucket"),
    ] = ABSENT
    lifecycle: Annotated[
        Many[LifecycleRule],
        At("", cloudformation="LifecycleConfiguration.Rules", terraform="lifecycle_rule"),
    ] = ABSENT
    replication: Annotated[
        Field[Any], At("", cloudformation="ReplicationConfiguration", terraform="replication_configuration")
    ] = ABSENT
    object_lock: Annotated[
        Field[bool],
        At(
            "ObjectLockEnabledForBucket",
            cloudformation="ObjectLockEnabled",
            terraform="object_lock_enabled",
            default=False,
            source=_API + "API_CreateBucket.html",
        ),
    ] = ABSENT
    notifications: Annotated[Field[Any], At("", cloudformation="NotificationConfiguration", terraform="")] = ABSENT
    website: Annotated[
        Field[Any],
        At("", cloudformation="WebsiteConfiguration", terraform="website"),
    ] = ABSENT
    tags: Annotated[Field[Entries[str]], At("", cloudformation="Tags", terraform="tags")] = ABSENT


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
