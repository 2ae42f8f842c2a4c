"""What GuardDuty, Macie and AWS Config look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ourhalf.controls.judgements import setting
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known, Unresolved, doubt, effective, elements
from ourhalf.model.references import AwsDoc, Checkov, PeerTest, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.detection import ConfigRecorder, DetectorFeature, GuardDutyDetector, MacieSession

_READ = date(2026, 10, 2)
_GUARDDUTY = AwsDoc("securityhub/latest/userguide/guardduty-controls.html", _READ)


def _watches(feature: str, add_on: str = "") -> Callable[[GuardDutyDetector, Context], Verdict]:
    """Judges whether a detector has a feature, and its add-on where one is named, turned on."""

    def evaluate(detector: GuardDutyDetector, _: Context) -> Verdict:
        if isinstance(detector.sources, Known):
            return Verdict.unknown("the detector uses the older data sources", detector.sources)
        hidden = doubt(detector.features)
        for one in elements(detector.features):
            if isinstance(one.feature, Unresolved):
                hidden = hidden or one.feature
            elif effective(one.feature) == feature:
                return _judged(one, add_on)
        if hidden is not None:
            return Verdict.unknown(hidden)
        return Verdict.failed(f"{feature} is not turned on here", detector.features)

    return evaluate


def _judged(one: DetectorFeature, add_on: str) -> Verdict:
    if isinstance(one.status, Unresolved):
        return Verdict.unknown(one.status)
    if effective(one.status) != "ENABLED":
        return Verdict.failed("the feature is off", one.status)
    if not add_on:
        return Verdict.passed("the feature is on", one.feature, one.status)
    for extra in elements(one.add_ons):
        if effective(extra.feature) == add_on and effective(extra.status) == "ENABLED":
            return Verdict.passed(f"{add_on} is on", one.feature, one.status, extra.feature, extra.status)
    hidden = doubt(one.add_ons) or next(
        (f for extra in elements(one.add_ons) for f in (extra.feature, extra.status) if isinstance(f, Unresolved)), None
    )
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.failed(f"{add_on} is not turned on here", one.add_ons)


def _on(feature: str, add_on: str = "") -> dict[str, Any]:
    """What turns a feature on, and its add-on where one is named."""
    more = {"add_ons": [{"feature": add_on, "status": "ENABLED"}]} if add_on else {}
    return {"features": [{"feature": feature, "status": "ENABLED", **more}]}


def _feature(
    slug: str,
    title: str,
    judged: Callable[[GuardDutyDetector, Context], Verdict],
    row: str,
    *same: PeerTest,
    settings: Mapping[str, Any],
) -> Control[GuardDutyDetector]:
    return Control(
        id=f"guardduty-{slug}",
        title=title,
        topic=Topic.MONITORING,
        severity=Severity.MEDIUM,
        layer=Layer.THREAT_DETECTION,
        applies_to=GuardDutyDetector,
        evaluate=judged,
        rationale="What the detector does not look at, it does not see, whatever happens there.",
        remedy="Turn the feature on.",
        settings=settings,
        citations=(_GUARDDUTY, AwsDoc("guardduty/latest/ug/guardduty-features-activation-model.html", _READ)),
        same_as=same,
        rows=(row,),
    )


CLUSTER_AUDIT = _feature(
    "watches-cluster-audit",
    "GuardDuty reads the audit logs of EKS clusters",
    _watches("EKS_AUDIT_LOGS"),
    "guardduty-002",
    SecurityHub("GuardDuty.5"),
    Prowler("guardduty_eks_audit_log_enabled"),
    settings=_on("EKS_AUDIT_LOGS"),
)
CLUSTER_AGENT = _feature(
    "manages-cluster-agent",
    "GuardDuty keeps its agent on EKS nodes",
    _watches("RUNTIME_MONITORING", "EKS_ADDON_MANAGEMENT"),
    "guardduty-003",
    SecurityHub("GuardDuty.7"),
    Prowler("guardduty_eks_runtime_monitoring_enabled"),
    settings=_on("RUNTIME_MONITORING", "EKS_ADDON_MANAGEMENT"),
)
RUNTIME = _feature(
    "watches-runtime",
    "GuardDuty watches what containers and instances do",
    _watches("RUNTIME_MONITORING"),
    "guardduty-004",
    SecurityHub("GuardDuty.11"),
    settings=_on("RUNTIME_MONITORING"),
)
FARGATE_AGENT = _feature(
    "manages-fargate-agent",
    "GuardDuty keeps its agent in Fargate tasks",
    _watches("RUNTIME_MONITORING", "ECS_FARGATE_AGENT_MANAGEMENT"),
    "guardduty-005",
    SecurityHub("GuardDuty.12"),
    settings=_on("RUNTIME_MONITORING", "ECS_FARGATE_AGENT_MANAGEMENT"),
)
INSTANCE_AGENT = _feature(
    "manages-instance-agent",
    "GuardDuty keeps its agent on EC2 instances",
    _watches("RUNTIME_MONITORING", "EC2_AGENT_MANAGEMENT"),
    "guardduty-006",
    SecurityHub("GuardDuty.13"),
    settings=_on("RUNTIME_MONITORING", "EC2_AGENT_MANAGEMENT"),
)
MALWARE = _feature(
    "scans-volumes",
    "GuardDuty scans volumes for malware",
    _watches("EBS_MALWARE_PROTECTION"),
    "guardduty-007",
    SecurityHub("GuardDuty.8"),
    Prowler("guardduty_ec2_malware_protection_enabled"),
    settings=_on("EBS_MALWARE_PROTECTION"),
)
OBJECTS = _feature(
    "watches-objects",
    "GuardDuty watches who reads objects in S3",
    _watches("S3_DATA_EVENTS"),
    "guardduty-008",
    SecurityHub("GuardDuty.10"),
    Prowler("guardduty_s3_protection_enabled"),
    settings=_on("S3_DATA_EVENTS"),
)

MACIE_ON = Control(
    id="macie-on",
    title="Macie is on",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.THREAT_DETECTION,
    applies_to=MacieSession,
    evaluate=setting(lambda m: m.status, lambda value: value == "ENABLED", "Macie is on", "Macie is paused"),
    rationale="Macie finds personal data in buckets where nobody expects it, such as training sets.",
    remedy="Set its status to ENABLED.",
    settings={"status": "ENABLED"},
    citations=(AwsDoc("securityhub/latest/userguide/macie-controls.html", _READ),),
    same_as=(SecurityHub("Macie.1"), Prowler("macie_is_enabled")),
    rows=("macie-001",),
)

RECORDS_ALL = Control(
    id="config-records-all",
    title="AWS Config records every type of resource",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=ConfigRecorder,
    evaluate=setting(
        lambda r: r.all_supported, bool, "every supported type is recorded", "only some types are recorded"
    ),
    rationale="What a model endpoint looked like last month can be told only if it was recorded.",
    remedy="Record all supported types.",
    settings={"all_supported": True},
    citations=(AwsDoc("securityhub/latest/userguide/config-controls.html", _READ),),
    same_as=(
        SecurityHub("Config.1"),
        Checkov("CKV2_AWS_45"),
        Checkov("CKV2_AWS_48"),
        Prowler("config_recorder_all_regions_enabled"),
    ),
    rows=("config-001",),
)
