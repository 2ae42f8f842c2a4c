"""What instances act as, and who gets into them."""

from __future__ import annotations

from ourhalf.controls.compute import READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler
from ourhalf.model.verdict import Verdict
from ourhalf.resources.ec2_compute import Ec2Instance, InstanceSettings


def _profile(instance: Ec2Instance, _: Context) -> Verdict:
    match instance.profile, instance.launch_template:
        case Known() as field, _:
            return Verdict.passed("the instance has a role", field)
        case Absent() as field, Absent():
            return Verdict.failed("without a role, keys must lie on the instance", field)
        case Absent() as field, _:
            return Verdict.not_applicable("the instance's launch template sets it", field)
        case field, _:
            return Verdict.unknown(field)


PROFILE = Control(
    id="ec2-instance-profile",
    title="Instances have an instance profile",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=Ec2Instance,
    evaluate=_profile,
    rationale="Credentials of a role change by themselves and are never written down.",
    remedy="Attach an instance profile whose role may do what the instance does.",
    settings={"profile": "INSTANCE_PROFILE"},
    citations=(AwsDoc("IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html", READ),),
    same_as=(
        Checkov("CKV2_AWS_41"),
        Prowler("ec2_instance_profile_attached"),
        ConfigRule("ec2-instance-profile-attached"),
    ),
    rows=("ec2-008",),
)


def _no_key(settings: InstanceSettings, _: Context) -> Verdict:
    match settings.key_name:
        case Known() as field:
            return Verdict.failed("whoever holds the key pair gets a shell", field)
        case Absent() as field:
            return Verdict.passed("no key pair lets anyone in", field)
        case field:
            return Verdict.unknown(field)


NO_KEY_PAIR = Control(
    id="ec2-no-key-pair",
    title="Instances are launched without an SSH key pair",
    topic=Topic.IDENTITY,
    severity=Severity.LOW,
    layer=Layer.HOST_HARDENING,
    applies_to=InstanceSettings,
    evaluate=_no_key,
    rationale="A key pair is shared, does not expire and leaves no name in a log; Session Manager does better.",
    remedy="Leave the key pair out and connect by Session Manager.",
    citations=(AwsDoc("systems-manager/latest/userguide/session-manager.html", READ),),
    same_as=(ConfigRule("ec2-no-amazon-key-pair"),),
    rows=("ec2-010",),
)
