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
            kubernetes="applyServerSideEncryptionByDefault.sseAlgorithm",
        ),
    ] = ABSENT
    kms_key: Annotated[
        Field[Link],
        At(
            "ApplyServerSideEncryptionByDefault.KMSMasterKeyID",
            cloudformation="ServerSideEncryptionByDefault.KMSMasterKeyID",
            terraform="apply_server_side_encryption_by_default.kms_master_key_id",
            kubernetes="applyServerSideEncryptionByDefault.kmsMasterKeyID",
        ),
    ] = ABSENT
    bucket_key: Annotated[Field[bool], At("BucketKeyEnabled", default=False, source=_GUIDE + "bucket-key.html")] = (
        ABSENT
    )


class PublicAccessBlock(Part, frozen=True):
    """What keeps a bucket from being public; a switch that is left out is off."""

    block_acls: Annotated[
        Field[bool], At("BlockPublicAcls", kubernetes="blockPublicACLs", default=False, source=_BLOCK)
    ] = ABSENT
    block_policy: Annotated[
        Field[bool], At("BlockPublicPolicy", kubernetes="blockPublicPolicy", default=False, source=_BLOCK)
    ] = ABSENT
    ignore_acls: Annotated[
        Field[bool], At("IgnorePublicAcls", kubernetes="ignorePublicACLs", default=False, source=_BLOCK)
    ] = ABSENT
    restrict_buckets: Annotated[
        Field[bool], At("RestrictPublicBuckets", kubernetes="restrictPublicBuckets", default=False, source=_BLOCK)
    ] = ABSENT


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
        Field[str],
        At(
            "ACL",
            cloudformation="AccessControl",
            kubernetes="spec.acl",
            default="private",
            source=_GUIDE + "acl-overview.html",
        ),
    ] = ABSENT
    grants: Annotated[
        Field[Any],
        At("", cloudformation="", terraform="grant", kubernetes="spec.grantFullControl|spec.grantRead|spec.grantWrite"),
    ] = ABSENT
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
            kubernetes="spec.encryption.rules",
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
            kubernetes="spec.publicAccessBlock",
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
        At(
            "",
            cloudformation="LoggingConfiguration.DestinationBucketName",
            terraform="logging.target_bucket",
            kubernetes="spec.logging.loggingEnabled.targetBucket",
        ),
    ] = ABSENT
    lifecycle: Annotated[
        Many[LifecycleRule],
        At(
            "",
            cloudformation="LifecycleConfiguration.Rules",
            terraform="lifecycle_rule",
            kubernetes="spec.lifecycle.rules",
        ),
    ] = ABSENT
    replication: Annotated[
        Field[Any],
        At(
            "",
            cloudformation="ReplicationConfiguration",
            terraform="replication_configuration",
            kubernetes="spec.replication",
        ),
    ] = ABSENT
    object_lock: Annotated[
        Field[bool],
        At(
            "ObjectLockEnabledForBucket",
            cloudformation="ObjectLockEnabled",
            terraform="object_lock_enabled",
            kubernetes="spec.objectLockEnabledForBucket",
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
