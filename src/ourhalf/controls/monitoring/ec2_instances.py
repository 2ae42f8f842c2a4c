"""Metrics of instances."""

from __future__ import annotations

from ourhalf.controls.compute import READ
from ourhalf.controls.judgements import from_sensitivity, setting
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler
from ourhalf.resources.ec2_compute import InstanceSettings

DETAILED = Control(
    id="ec2-detailed-monitoring",
    title="Instances are monitored by the minute",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.THREAT_DETECTION,
    applies_to=InstanceSettings,
    evaluate=from_sensitivity(
        Sensitivity.REGULATED,
        setting(
            lambda settings: settings.monitoring,
            lambda on: on,
            "detailed monitoring is on",
            "metrics come every five minutes",
        ),
    ),
    rationale="Scaling and alarms see trouble of a GPU host four minutes earlier.",
    remedy="Enable detailed monitoring where minutes matter.",
    settings={"monitoring": True},
    citations=(AwsDoc("AWSEC2/latest/UserGuide/manage-detailed-monitoring.html", READ),),
    same_as=(
        Checkov("CKV_AWS_126"),
        Prowler("ec2_instance_detailed_monitoring_enabled"),
        ConfigRule("ec2-instance-detailed-monitoring-enabled"),
    ),
    rows=("ec2-016",),
)
