"""What instances act as, and who gets into them."""

from __future__ import annotations

from ourhalf.controls.compute import READ
from ourhalf.controls.identity.roles import NO_ESCALATION, NO_WHOLE_SERVICE, NOT_ADMINISTRATOR
from ourhalf.controls.infrastructure import ec2_instances as network
from ourhalf.controls.sagemaker import worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler
from ourhalf.model.verdict import Status, Verdict
from ourhalf.resources.ec2_compute import Ec2Instance, InstanceSettings
from ourhalf.resources.iam import IamInstanceProfile, IamRole


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


def _role(instance: Ec2Instance, context: Context) -> IamRole | Unresolved:
    profile = context.graph.find(instance.profile, IamInstanceProfile, instance)
    return profile if isinstance(profile, Unresolved) else context.graph.find(profile.role, IamRole, profile)


def _exposed(instance: Ec2Instance, context: Context) -> Verdict | None:
    address = network.NO_PUBLIC_ADDRESS.evaluate(instance, context)
    if address is None or address.status in (Status.PASS, Status.NOT_APPLICABLE):
        return address
    if isinstance(instance.profile, Absent):
        return Verdict.not_applicable("the instance itself names no role", instance.profile)
    role = _role(instance, context)
    if isinstance(role, Unresolved):
        return Verdict.unknown(role)
    asked = (NOT_ADMINISTRATOR, NO_WHOLE_SERVICE, NO_ESCALATION)
    strong = worst(v for control in asked if (v := control.evaluate(role, context)) is not None)
    if strong.status is not Status.FAIL:
        return Verdict.passed("its role is limited", *strong.fields) if strong.status is Status.PASS else strong
    if address.status is not Status.FAIL:
        return address
    return Verdict.failed(f"{address.reason}, and its role is strong: {strong.reason}", *address.fields, *strong.fields)


NOT_EXPOSED_WITH_POWER = Control(
    id="ec2-public-instance-without-power",
    title="Instances with a public address hold no strong role",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=Ec2Instance,
    evaluate=_exposed,
    rationale="Whoever gets into a service that faces the internet gets the instance's role with it.",
    remedy="Take the public address away, or limit the role to what the instance does.",
    citations=(AwsDoc("IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html", READ),),
    same_as=(Prowler("ec2_instance_internet_facing_with_instance_profile"),),
    rows=("ec2-009",),
)
