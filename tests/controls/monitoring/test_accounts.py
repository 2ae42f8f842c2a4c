"""Controls on logs of accounts and networks."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.monitoring.accounts import (
    ALARM_ACTS,
    BUCKET_LOGGED,
    CLUSTER_AUDITED,
    DETECTOR_ON,
    FLOW_LOGS,
    RETAINED,
    TRAIL_EVERYWHERE,
    TRAIL_KEY,
    TRAIL_ON,
    TRAIL_VALIDATED,
    TRAIL_WATCHED,
)
from ourhalf.model.profile import Parameters, Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, three
from tests.support import Case, api, check, cloudformation, terraform

YEAR = Requirements(parameters=Parameters(log_retention_days=365))
GROUP = api("logs:CreateLogGroup", logGroupName="g")
BUCKET = api("s3:CreateBucket", Bucket="b")


def kept(days: Any) -> tuple[Resource, ...]:
    return (GROUP, api("logs:PutRetentionPolicy", logGroupName="g", retentionInDays=days))


def vpc(resource: str | None) -> tuple[Resource, ...]:
    log = f"  F:\n    Type: AWS::EC2::FlowLog\n    Properties: {{ResourceId: {resource}, ResourceType: VPC}}\n"
    text = "Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties: {CidrBlock: 10.0.0.0/16}\n"
    return cloudformation(text + (log if resource else ""))


def trail(logging: str) -> tuple[Resource, ...]:
    return cloudformation(
        "Resources:\n  T:\n    Type: AWS::CloudTrail::Trail\n"
        f"    Properties: {{S3BucketName: b, IsLogging: {logging}}}\n"
    )


def logged(target: Any) -> tuple[Resource, ...]:
    status = {"LoggingEnabled": {"TargetBucket": target}}
    return (BUCKET, api("s3:PutBucketLogging", Bucket="b", BucketLoggingStatus=status))


def types(*found: Any, enabled: Any = True) -> dict[str, Any]:
    return {"logging": {"clusterLogging": [{"types": list(found), "enabled": enabled}]}}


def alarm(*actions: str) -> tuple[Resource, ...]:
    return cloudformation(
        f"Resources: {{A: {{Type: AWS::CloudWatch::Alarm, Properties: {{AlarmActions: [{', '.join(actions)}]}}}}}}"
    )


TRAIL = "cloudtrail:CreateTrail"
CASES = [
    Case(RETAINED, Status.PASS, kept(30)),
    Case(RETAINED, Status.PASS, kept(365), requirements=YEAR),
    Case(RETAINED, Status.PASS, (GROUP,), requirements=YEAR),
    Case(RETAINED, Status.FAIL, kept(364), requirements=YEAR),
    Case(RETAINED, Status.FAIL, (GROUP,)),
    Case(RETAINED, Status.UNKNOWN, kept({})),
    *three(
        ALARM_ACTS,
        "cloudwatch:PutMetricAlarm",
        {"AlarmActions": ["arn:aws:sns:eu-west-1:1:ops"]},
        {"AlarmName": "a"},
        {"AlarmActions": {}, "AlarmName": "a"},
    )[:2],
    Case(
        ALARM_ACTS,
        Status.UNKNOWN,
        cloudformation("Resources: {A: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: !Ref Nothing}}}"),
    ),
    # One action that is known is an action, whatever the others will be
    Case(ALARM_ACTS, Status.PASS, alarm("arn:aws:sns:eu-west-1:1:ops", "!Ref Nothing")),
    Case(ALARM_ACTS, Status.UNKNOWN, alarm("!Ref Nothing")),
    Case(FLOW_LOGS, Status.PASS, vpc("!Ref V"), requirements=CONFIDENTIAL),
    Case(FLOW_LOGS, Status.FAIL, vpc(None), requirements=CONFIDENTIAL),
    Case(FLOW_LOGS, Status.FAIL, vpc("vpc-elsewhere"), requirements=CONFIDENTIAL),
    Case(FLOW_LOGS, Status.UNKNOWN, vpc("!Ref Nothing"), requirements=CONFIDENTIAL),
    Case(FLOW_LOGS, Status.NOT_APPLICABLE, vpc(None)),
    Case(BUCKET_LOGGED, Status.PASS, logged("logs"), requirements=CONFIDENTIAL),
    Case(BUCKET_LOGGED, Status.FAIL, (BUCKET,), requirements=CONFIDENTIAL),
    Case(BUCKET_LOGGED, Status.UNKNOWN, logged({}), requirements=CONFIDENTIAL),
    Case(BUCKET_LOGGED, Status.NOT_APPLICABLE, (BUCKET,)),
    Case(
        BUCKET_LOGGED,
        Status.NOT_APPLICABLE,
        terraform(
            'resource "aws_s3_bucket" "data" {}\nresource "aws_s3_bucket" "logs" {}\n'
            'resource "aws_s3_bucket_logging" "l" {\n  bucket = aws_s3_bucket.data.id\n'
            "  target_bucket = aws_s3_bucket.logs.id\n}"
        ),
        subject="logs",
        requirements=CONFIDENTIAL,
    ),
    *three(
        CLUSTER_AUDITED,
        "eks:CreateCluster",
        types("api", "audit", "authenticator"),
        types("api", "audit", "authenticator", enabled=False),
        types("api", {}),
    ),
    Case(CLUSTER_AUDITED, Status.FAIL, (api("eks:CreateCluster", **types("api", "authenticator")),)),
    Case(CLUSTER_AUDITED, Status.FAIL, (api("eks:CreateCluster", name="c"),)),
    Case(CLUSTER_AUDITED, Status.FAIL, (api("eks:CreateCluster", **types("audit", "api")),)),
    *three(TRAIL_EVERYWHERE, TRAIL, {"IsMultiRegionTrail": True}, {"Name": "t"}, {"IsMultiRegionTrail": {}}),
    Case(TRAIL_ON, Status.PASS, trail("true")),
    Case(TRAIL_ON, Status.FAIL, trail("false")),
    Case(TRAIL_ON, Status.UNKNOWN, trail("!Ref Nothing")),
    Case(TRAIL_ON, Status.UNKNOWN, (api(TRAIL, Name="t"),)),
    Case(TRAIL_ON, Status.PASS, terraform('resource "aws_cloudtrail" "t" { s3_bucket_name = "b" }')),
    *three(TRAIL_KEY, TRAIL, {"KmsKeyId": "k"}, {"Name": "t"}, {"KmsKeyId": {}}, CONFIDENTIAL),
    *three(TRAIL_VALIDATED, TRAIL, {"EnableLogFileValidation": True}, {"Name": "t"}, {"EnableLogFileValidation": {}}),
    *three(
        TRAIL_WATCHED,
        TRAIL,
        {"CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-west-1:1:log-group:g"},
        {"Name": "t"},
        {"CloudWatchLogsLogGroupArn": {}},
        CONFIDENTIAL,
    ),
    *three(DETECTOR_ON, "guardduty:CreateDetector", {"Enable": True}, {"Enable": False}, {"Enable": {}}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
