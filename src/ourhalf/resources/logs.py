"""Amazon CloudWatch and CloudWatch Logs."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Resource
from ourhalf.resources.policies import PolicyDocument

_API = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"


class LogGroup(Resource, frozen=True):
    """A log group. Without retention it keeps events for ever."""

    names = Names(
        api="logs:CreateLogGroup",
        cloudformation="AWS::Logs::LogGroup",
        terraform="aws_cloudwatch_log_group",
        kubernetes="cloudwatchlogs.services.k8s.aws/LogGroup",
    )

    group_name: Annotated[Field[str], At("logGroupName", terraform="name", kubernetes="spec.name", identifies=True)] = (
        ABSENT
    )
    retention: Annotated[
        Field[int],
        At(
            "",
            cloudformation="RetentionInDays",
            terraform="retention_in_days",
            kubernetes="spec.retentionDays",
            default=0,
            source=_API + "API_PutRetentionPolicy.html",
        ),
    ] = ABSENT
    kms_key: Annotated[Field[Link], At("kmsKeyId", kubernetes="spec.kmsKeyID")] = ABSENT
    data_protection: Annotated[Field[Any], At("", cloudformation="DataProtectionPolicy", terraform="")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags", kubernetes="spec.tags")] = ABSENT


class LogDataProtection(Resource, frozen=True):
    """What a log group masks, set on its own."""

    names = Names(api="logs:PutDataProtectionPolicy", terraform="aws_cloudwatch_log_data_protection_policy")

    group: Annotated[Field[Link], At("logGroupIdentifier", terraform="log_group_name")] = ABSENT
    document: Annotated[Field[Any], At("policyDocument")] = ABSENT


class LogRetention(Resource, frozen=True):
    """How long a log group keeps events, set on its own."""

    names = Names(api="logs:PutRetentionPolicy")

    group: Annotated[Field[Link], At("logGroupName")] = ABSENT
    retention: Annotated[Field[int], At("retentionInDays")] = ABSENT


class LogResourcePolicy(Resource, frozen=True):
    """Who may write to an account's logs from outside of it."""

    names = Names(
        api="logs:PutResourcePolicy",
        cloudformation="AWS::Logs::ResourcePolicy",
        terraform="aws_cloudwatch_log_resource_policy",
    )

    policy_name: Annotated[Field[str], At("policyName", identifies=True)] = ABSENT
    document: Annotated[Field[PolicyDocument], At("policyDocument")] = ABSENT


class Alarm(Resource, frozen=True):
    """An alarm on a metric."""

    names = Names(
        api="cloudwatch:PutMetricAlarm",
        cloudformation="AWS::CloudWatch::Alarm",
        terraform="aws_cloudwatch_metric_alarm",
    )

    alarm_name: Annotated[Field[str], At("AlarmName", identifies=True)] = ABSENT
    enabled: Annotated[
        Field[bool],
        At(
            "ActionsEnabled",
            default=True,
            source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        ),
    ] = ABSENT
    actions: Annotated[Many[Link], At("AlarmActions", default=())] = ABSENT
