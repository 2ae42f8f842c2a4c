"""Logs of accounts and networks, and the services that watch them."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity, is_set, own_key, setting
from ourhalf.controls.sagemaker import eased
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, doubt, effective
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.resource import Dialect
from ourhalf.model.verdict import Verdict
from ourhalf.resources.cloudtrail import CloudTrail
from ourhalf.resources.detection import GuardDutyDetector
from ourhalf.resources.eks import EksCluster
from ourhalf.resources.logs import Alarm, LogGroup
from ourhalf.resources.s3 import S3Bucket
from ourhalf.resources.vpc import FlowLog, Vpc

_READ = date(2026, 10, 2)


def _hub(service: str) -> AwsDoc:
    return AwsDoc(f"securityhub/latest/userguide/{service}-controls.html", _READ)


def _retained(group: LogGroup, context: Context) -> Verdict:
    least = context.requirements.parameters.log_retention_days
    field = group.retention
    days = effective(field)
    if days is None:
        return Verdict.unknown(field)
    if days == 0:
        if least is not None:
            return Verdict.passed("events are kept for ever", field)
        return Verdict.failed("events are kept for ever: nobody decided for how long", field, severity=Severity.LOW)
    if least is not None and days < least:
        return Verdict.failed(f"events are kept {days} days, and the profile asks for {least}", field)
    return Verdict.passed(f"events are kept {days} days", field)


RETAINED = Control(
    id="log-group-retention",
    title="Log groups keep events for as long as was decided",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.CONTAINER_LOGS,
    applies_to=LogGroup,
    evaluate=_retained,
    rationale="Too short, and an incident cannot be followed; for ever, and personal data is never deleted.",
    remedy="Set the retention that your rules ask for.",
    settings={"retention": 365},
    citations=(
        _hub("cloudwatch"),
        AwsDoc("AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html", _READ),
    ),
    same_as=(
        SecurityHub("CloudWatch.16"),
        Checkov("CKV_AWS_66"),
        Checkov("CKV_AWS_338"),
        Prowler("cloudwatch_log_group_retention_policy_specific_days_enabled"),
        ConfigRule("cw-loggroup-retention-period-check"),
    ),
    rows=("cloudwatch-001",),
)

ALARM_ACTS = Control(
    id="cloudwatch-alarm-acts",
    title="Alarms tell somebody",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.INCIDENT_RESPONSE,
    applies_to=Alarm,
    evaluate=setting(lambda a: a.actions, bool, "the alarm has an action", "the alarm has no action"),
    rationale="An alarm that does nothing is not heard.",
    remedy="Add an action, such as a topic that people subscribe to.",
    settings={"enabled": True, "actions": ["arn:aws:sns:REGION:ACCOUNT:TOPIC"]},
    citations=(_hub("cloudwatch"),),
    same_as=(
        SecurityHub("CloudWatch.15"),
        Prowler("cloudwatch_alarm_actions_alarm_state_configured"),
        ConfigRule("cloudwatch-alarm-action-check"),
    ),
    rows=("cloudwatch-005",),
)


def _flow_logged(vpc: Vpc, context: Context) -> Verdict:
    for log in context.graph.referrers(vpc, FlowLog):
        return Verdict.passed("a flow log records its connections", log.resource)
    for log in context.graph.all(FlowLog, vpc):
        if isinstance(log.resource, Unresolved):
            return Verdict.unknown(log.resource)
    return Verdict.failed("no flow log records its connections", vpc.cidr)


FLOW_LOGS = Control(
    id="vpc-flow-logs",
    title="VPCs record their connections in flow logs",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=Vpc,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _flow_logged),
    rationale="Where data went can be told only if connections were recorded.",
    remedy="Add a flow log for the VPC.",
    citations=(_hub("ec2"), AwsDoc("vpc/latest/userguide/flow-logs.html", _READ)),
    same_as=(
        SecurityHub("EC2.6"),
        Checkov("CKV2_AWS_11"),
        Trivy("AWS-0178"),
        Prowler("vpc_flow_logs_enabled"),
        ConfigRule("vpc-flow-logs-enabled"),
    ),
    rows=("vpc-010",),
)


def _bucket_logged(bucket: S3Bucket, context: Context) -> Verdict:
    """A bucket that takes the logs of others needs none: they would log themselves without end."""
    if isinstance(bucket.log_bucket, Absent):
        for other in context.graph.referrers(bucket, S3Bucket):
            if context.graph.find(other.log_bucket, S3Bucket, other) is bucket:
                return Verdict.not_applicable("it receives the logs of other buckets", other.log_bucket)
    match bucket.log_bucket:
        case Known() as field:
            return Verdict.passed("requests are logged in another bucket", field)
        case Absent() as field:
            return Verdict.failed("requests are not logged", field)
        case field:
            return Verdict.unknown(field)


BUCKET_LOGGED = Control(
    id="s3-bucket-access-logged",
    title="Buckets log who reads and writes them",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.MODELS_AND_DATA,
    applies_to=S3Bucket,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _bucket_logged),
    rationale="Without a log nobody can say who took the training data.",
    remedy="Name a log bucket, or record data events in a trail.",
    settings={"log_bucket": "LOG_BUCKET"},
    citations=(_hub("s3"), AwsDoc("AmazonS3/latest/userguide/ServerLogs.html", _READ)),
    same_as=(
        SecurityHub("S3.9"),
        Checkov("CKV_AWS_18"),
        Trivy("AWS-0089"),
        Prowler("s3_bucket_server_access_logging_enabled"),
        ConfigRule("s3-bucket-logging-enabled"),
    ),
    rows=("s3-018",),
)


def _audited(cluster: EksCluster, context: Context) -> Verdict:
    hidden = doubt(cluster.log_types)
    known = {kind.lower() for kind in effective(cluster.log_types) or () if isinstance(kind, str)}
    missing = [kind for kind in ("audit", "authenticator", "api") if kind not in known]
    if missing and hidden is not None:
        return Verdict.unknown(hidden)
    if "audit" in missing:
        return Verdict.failed("the API server's audit log is not kept", cluster.log_types, severity=eased(context))
    if missing:
        reason = f"the logs {', '.join(missing)} are not kept"
        return Verdict.failed(reason, cluster.log_types, severity=Severity.LOW)
    return Verdict.passed("the audit, authenticator and api logs are kept", cluster.log_types)


CLUSTER_AUDITED = Control(
    id="eks-control-plane-logged",
    title="EKS clusters keep their control plane's logs",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=EksCluster,
    evaluate=_audited,
    rationale="Who did what in a cluster stands in the audit log and nowhere else.",
    remedy="Turn on the log types api, audit and authenticator; controllerManager and scheduler help to find faults.",
    settings={"log_types": ["api", "audit", "authenticator", "controllerManager", "scheduler"]},
    citations=(_hub("eks"), AwsDoc("eks/latest/userguide/control-plane-logs.html", _READ)),
    same_as=(
        SecurityHub("EKS.8"),
        Checkov("CKV_AWS_37"),
        Trivy("AWS-0038"),
        Prowler("eks_control_plane_logging_all_types_enabled"),
        ConfigRule("eks-cluster-logging-enabled"),
    ),
    rows=("eks-005",),
)

TRAIL_EVERYWHERE = Control(
    id="cloudtrail-every-region",
    title="Trails record every region",
    topic=Topic.MONITORING,
    severity=Severity.HIGH,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=CloudTrail,
    evaluate=setting(lambda t: t.multi_region, bool, "it records every region", "it records one region only"),
    rationale="Who steals keys uses the region where nobody looks.",
    remedy="Make it a multi-region trail.",
    settings={"multi_region": True},
    citations=(_hub("cloudtrail"),),
    same_as=(
        SecurityHub("CloudTrail.1"),
        Checkov("CKV_AWS_67"),
        Trivy("AWS-0014"),
        Prowler("cloudtrail_multi_region_enabled"),
        ConfigRule("multi-region-cloud-trail-enabled"),
    ),
    rows=("cloudtrail-001",),
)


def _logging(trail: CloudTrail, _: Context) -> Verdict:
    match trail.logging:
        case Known(True) as field:
            return Verdict.passed("the trail is on", field)
        case Known() as field:
            return Verdict.failed("the trail is off", field)
        case Absent() as field if trail.origin.dialect is Dialect.TERRAFORM:
            return Verdict.passed("Terraform turns a trail on unless it says otherwise", field)
        case field:
            return Verdict.unknown(field)


TRAIL_ON = Control(
    id="cloudtrail-on",
    title="Trails are on",
    topic=Topic.MONITORING,
    severity=Severity.HIGH,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=CloudTrail,
    evaluate=_logging,
    rationale="A trail that is off records nothing.",
    remedy="Turn logging on.",
    settings={"logging": True},
    citations=(_hub("cloudtrail"),),
    same_as=(SecurityHub("CloudTrail.3"), Checkov("CKV_AWS_251"), ConfigRule("cloud-trail-enabled")),
    rows=("cloudtrail-002",),
)

TRAIL_KEY = Control(
    id="cloudtrail-customer-key",
    title="Trails are encrypted with a customer managed key",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=CloudTrail,
    evaluate=own_key(lambda t: t.kms_key, "the trail"),
    rationale="A key of ours says who may read what everyone did.",
    remedy="Name a customer managed key.",
    settings={"kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"},
    citations=(_hub("cloudtrail"),),
    same_as=(
        SecurityHub("CloudTrail.2"),
        Checkov("CKV_AWS_35"),
        Trivy("AWS-0015"),
        Prowler("cloudtrail_kms_encryption_enabled"),
        ConfigRule("cloud-trail-encryption-enabled"),
    ),
    rows=("cloudtrail-003",),
)

TRAIL_VALIDATED = Control(
    id="cloudtrail-validated",
    title="Trails prove that their files were not changed",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=CloudTrail,
    evaluate=setting(lambda t: t.validation, bool, "log files are validated", "log files can be changed unseen"),
    rationale="Who has the bucket could take out what he did.",
    remedy="Turn log file validation on.",
    settings={"validation": True},
    citations=(_hub("cloudtrail"),),
    same_as=(
        SecurityHub("CloudTrail.4"),
        Checkov("CKV_AWS_36"),
        Trivy("AWS-0016"),
        Prowler("cloudtrail_log_file_validation_enabled"),
        ConfigRule("cloud-trail-log-file-validation-enabled"),
    ),
    rows=("cloudtrail-004",),
)

TRAIL_WATCHED = Control(
    id="cloudtrail-to-logs",
    title="Trails send events to CloudWatch Logs",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=CloudTrail,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        is_set(lambda t: t.log_group, "events go to a log group", "events go to no log group"),
    ),
    rationale="Alarms can watch a log group; nobody watches files in a bucket.",
    remedy="Name a log group and a role that may write to it.",
    citations=(_hub("cloudtrail"),),
    same_as=(
        SecurityHub("CloudTrail.5"),
        Checkov("CKV2_AWS_10"),
        Trivy("AWS-0162"),
        Prowler("cloudtrail_cloudwatch_logging_enabled"),
        ConfigRule("cloud-trail-cloud-watch-logs-enabled"),
    ),
    rows=("cloudtrail-005",),
)

DETECTOR_ON = Control(
    id="guardduty-on",
    title="GuardDuty detectors are on",
    topic=Topic.MONITORING,
    severity=Severity.HIGH,
    layer=Layer.THREAT_DETECTION,
    applies_to=GuardDutyDetector,
    evaluate=setting(lambda d: d.enabled, bool, "the detector is on", "the detector is off"),
    rationale="A detector that is off detects nothing.",
    remedy="Enable the detector.",
    settings={"enabled": True},
    citations=(_hub("guardduty"),),
    same_as=(
        SecurityHub("GuardDuty.1"),
        Checkov("CKV_AWS_238"),
        Checkov("CKV2_AWS_3"),
        Prowler("guardduty_is_enabled"),
        ConfigRule("guardduty-enabled-centralized"),
    ),
    rows=("guardduty-001",),
)
