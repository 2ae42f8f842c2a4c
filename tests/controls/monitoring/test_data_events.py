"""Controls on what trails record and what buckets tell."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.monitoring.data_events import (
    BUCKET_TELLS,
    ENDPOINTS_RECORDED,
    OBJECTS_RECORDED,
    TRAIL_BUCKET_LOGGED,
)
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, REGULATED
from tests.support import Case, api, check

TRAIL = api("cloudtrail:CreateTrail", Name="t", S3BucketName="b")
OBJECTS: dict[str, Any] = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::data/"]}


def basic(*selectors: Any) -> tuple[Resource, ...]:
    return (TRAIL, api("cloudtrail:PutEventSelectors", TrailName="t", EventSelectors=list(selectors)))


def selector(half: Any = "All", data: Any = None) -> dict[str, Any]:
    return {"ReadWriteType": half, "DataResources": [OBJECTS if data is None else data]}


def advanced(*fields: Any) -> tuple[Resource, ...]:
    chosen = [{"Name": "s", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, *fields]}]
    return (TRAIL, api("cloudtrail:PutEventSelectors", TrailName="t", AdvancedEventSelectors=chosen))


def of_type(kind: Any) -> dict[str, Any]:
    return {"Field": "resources.type", "Equals": [kind]}


def logged(target: Any) -> tuple[Resource, ...]:
    status = {"LoggingEnabled": {"TargetBucket": target}}
    return (
        TRAIL,
        api("s3:CreateBucket", Bucket="b"),
        api("s3:PutBucketLogging", Bucket="b", BucketLoggingStatus=status),
    )


def told(configuration: Any) -> tuple[Resource, ...]:
    sent = api("s3:PutBucketNotificationConfiguration", Bucket="b", NotificationConfiguration=configuration)
    return (api("s3:CreateBucket", Bucket="b"), sent)


READS = {"Field": "readOnly", "Equals": ["true"]}
ENDPOINT = "AWS::SageMaker::Endpoint"
CASES = [
    Case(OBJECTS_RECORDED, Status.PASS, basic(selector()), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.PASS, basic(selector("ReadOnly"), selector("WriteOnly")), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.PASS, basic({"DataResources": [OBJECTS]}), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.PASS, advanced(of_type("AWS::S3::Object")), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.FAIL, basic(selector("ReadOnly")), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.FAIL, advanced(of_type("AWS::S3::Object"), READS), requirements=CONFIDENTIAL),
    Case(
        OBJECTS_RECORDED,
        Status.FAIL,
        basic(selector(data={"Type": "AWS::Lambda::Function", "Values": ["arn"]})),
        requirements=CONFIDENTIAL,
    ),
    Case(OBJECTS_RECORDED, Status.FAIL, (TRAIL,), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.FAIL, advanced(), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.UNKNOWN, basic(selector({})), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.UNKNOWN, basic(selector(data=7)), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.UNKNOWN, advanced(of_type({})), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.UNKNOWN, advanced({"Field": {}, "Equals": ["x"]}), requirements=CONFIDENTIAL),
    Case(OBJECTS_RECORDED, Status.NOT_APPLICABLE, (TRAIL,)),
    Case(ENDPOINTS_RECORDED, Status.PASS, advanced(of_type(ENDPOINT)), requirements=REGULATED),
    Case(ENDPOINTS_RECORDED, Status.FAIL, advanced(of_type("AWS::S3::Object")), requirements=REGULATED),
    Case(ENDPOINTS_RECORDED, Status.UNKNOWN, advanced(of_type({})), requirements=REGULATED),
    Case(ENDPOINTS_RECORDED, Status.NOT_APPLICABLE, advanced(of_type("AWS::S3::Object")), requirements=CONFIDENTIAL),
    Case(TRAIL_BUCKET_LOGGED, Status.PASS, logged("logs"), requirements=CONFIDENTIAL),
    Case(TRAIL_BUCKET_LOGGED, Status.FAIL, (TRAIL, api("s3:CreateBucket", Bucket="b")), requirements=CONFIDENTIAL),
    Case(TRAIL_BUCKET_LOGGED, Status.UNKNOWN, (TRAIL,), requirements=CONFIDENTIAL),
    Case(TRAIL_BUCKET_LOGGED, Status.UNKNOWN, logged({}), requirements=CONFIDENTIAL),
    Case(BUCKET_TELLS, Status.PASS, told({"EventBridgeConfiguration": {}}), requirements=REGULATED),
    Case(BUCKET_TELLS, Status.FAIL, (api("s3:CreateBucket", Bucket="b"),), requirements=REGULATED),
    Case(
        BUCKET_TELLS,
        Status.UNKNOWN,
        (api("s3:CreateBucket", Bucket="b"), api("s3:PutBucketNotificationConfiguration", Bucket={})),
        requirements=REGULATED,
    ),
    Case(BUCKET_TELLS, Status.NOT_APPLICABLE, (api("s3:CreateBucket", Bucket="b"),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
