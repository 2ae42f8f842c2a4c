"""Buckets as S3 addresses name them, and whose they are."""

from __future__ import annotations

import re

from ourhalf.model.context import Context
from ourhalf.model.field import Field, Known, Reference, Unresolved
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Verdict
from ourhalf.resources.s3 import S3Bucket

_BUCKET = re.compile(r"s3://([^/]+)")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_OF_AWS = ("sagemaker-sample-files", "sagemaker-sample-data-", "sagemaker-example-files-", "jumpstart-cache-prod-")


def bucket_named(uri: Field[str], context: Context, near: Resource) -> S3Bucket | Unresolved:
    """The bucket that an S3 address names, where it is among what was read."""
    match uri:
        case Known(str() as text) if found := _BUCKET.match(text):
            return context.graph.find(Known(found[1], uri.place), S3Bucket, near)
        case Unresolved(parts=parts):
            target = next((part for part in parts if isinstance(part, Reference)), None)
            first = parts[0] if parts else None
            if target is not None and (parts[:1] == (target,) or first == "s3://"):
                return context.graph.find(Known(target, uri.place), S3Bucket, near)
            return uri
    return Unresolved("no bucket is named", uri.place)


def owned(uri: Field[str], context: Context, near: Resource) -> Verdict:
    """Whether the bucket of an S3 address is one of ours, or of an account that the profile trusts.

    A bucket that is declared beside the address is ours. Of others only a name tells: one that
    holds an account's number, as SageMaker's default buckets do, or one of AWS's samples.
    """
    bucket = bucket_named(uri, context, near)
    if not isinstance(bucket, Unresolved):
        return Verdict.passed(f"{bucket.name} is a bucket of ours", Known(bucket.name, uri.place))
    name = _name(uri)
    if name is None:
        return Verdict.unknown(bucket)
    if name.startswith(_OF_AWS):
        return Verdict.failed(f"{name} holds samples of AWS's", uri, severity=Severity.LOW)
    trusted = context.requirements.parameters.trusted_accounts
    account = _ACCOUNT.search(name)
    if account is None or not trusted:
        return Verdict.unknown(f"whose bucket {name} is, what was read does not tell", uri)
    if account[0] in trusted:
        return Verdict.passed(f"{name} is a bucket of account {account[0]}, which the profile trusts", uri)
    return Verdict.failed(f"{name} is a bucket of account {account[0]}, which the profile does not list", uri)


def _name(uri: Field[str]) -> str | None:
    found = _BUCKET.match(uri.value) if isinstance(uri, Known) else None
    return found[1] if found else None
