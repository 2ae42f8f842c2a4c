"""Buckets: Terraform and the API set most of a bucket by requests of their own."""

from typing import Any

from ourhalf.graph.fold import setting
from ourhalf.model.field import Absent, Field, Known, Unresolved
from ourhalf.resources.s3 import PublicAccessBlock, S3Bucket
from ourhalf.resources.s3_settings import (
    S3BucketAcl,
    S3BucketEncryption,
    S3BucketLifecycle,
    S3BucketLogging,
    S3BucketNotification,
    S3BucketObjectLock,
    S3BucketOwnership,
    S3BucketPolicy,
    S3BucketPublicAccessBlock,
    S3BucketReplication,
    S3BucketVersioning,
)


def _block(satellite: S3BucketPublicAccessBlock) -> Field[PublicAccessBlock]:
    return Known(
        PublicAccessBlock(
            block_acls=satellite.block_acls,
            block_policy=satellite.block_policy,
            ignore_acls=satellite.ignore_acls,
            restrict_buckets=satellite.restrict_buckets,
        ),
        satellite.place,
    )


def _locked(satellite: S3BucketObjectLock) -> Field[bool]:
    match satellite.enabled:
        case Unresolved() as unresolved:
            return unresolved
        case Known(value, place):
            return Known(value == "Enabled", place)
        case Absent(place=place):
            return Known(True, place)


def _bucket(satellite: Any) -> Field[Any]:
    link: Field[Any] = satellite.bucket
    return link


ENCRYPTION = setting(S3BucketEncryption, S3Bucket, _bucket, encryption="rules")
VERSIONING = setting(S3BucketVersioning, S3Bucket, _bucket, versioning="status", mfa_delete="mfa_delete")
BLOCK = setting(S3BucketPublicAccessBlock, S3Bucket, _bucket, public_access_block=_block)
POLICY = setting(S3BucketPolicy, S3Bucket, _bucket, policy="document")
LOGGING = setting(S3BucketLogging, S3Bucket, _bucket, log_bucket="log_bucket")
LIFECYCLE = setting(S3BucketLifecycle, S3Bucket, _bucket, lifecycle="rules")
ACL = setting(S3BucketAcl, S3Bucket, _bucket, acl="acl", grants="grants")
OWNERSHIP = setting(S3BucketOwnership, S3Bucket, _bucket, ownership="ownership")
REPLICATION = setting(S3BucketReplication, S3Bucket, _bucket, replication="rules")
OBJECT_LOCK = setting(S3BucketObjectLock, S3Bucket, _bucket, object_lock=_locked)
NOTIFICATION = setting(S3BucketNotification, S3Bucket, _bucket, notifications="configuration")
