"""Encryption of instances' volumes, and secrets in their user data."""

from __future__ import annotations

from ourhalf.controls.compute import EC2_CONTROLS, READ
from ourhalf.controls.sagemaker import worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Entries, Field, Known, Redacted, Text, Unresolved, doubt, effective, elements
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.compose import UserData
from ourhalf.resources.ebs import EbsEncryptionByDefault
from ourhalf.resources.ec2_compute import BlockDevice, InstanceSettings


def _encrypted(settings: InstanceSettings, context: Context) -> Verdict:
    defaults = context.graph.all(EbsEncryptionByDefault, settings)
    for default in defaults:
        if effective(default.enabled):
            return Verdict.passed("the account encrypts every new volume", default.enabled)
    verdicts = [_device(device) for device in elements(settings.block_devices)]
    match settings.root_device:
        case Known(device):
            verdicts.append(_device(device))
        case Unresolved() as field:
            verdicts.append(Verdict.unknown(field))
    hidden = doubt(settings.block_devices)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    if not verdicts:
        reason = "no volume is set: the machine image and the account decide"
        return Verdict.unknown(reason, settings.block_devices)
    return worst(verdicts)


def _device(device: BlockDevice) -> Verdict:
    if not isinstance(device.virtual_name, Absent) or not isinstance(device.no_device, Absent):
        return Verdict.not_applicable("no volume of EBS")
    match device.encrypted:
        case Known(True) as field:
            return Verdict.passed("the volume is encrypted", field)
        case Known(False) as field:
            return Verdict.failed("the volume is not encrypted", field)
        case Absent() as field if not isinstance(device.snapshot, Absent):
            return Verdict.unknown("the volume is encrypted where its snapshot is", field, device.snapshot)
        case Absent() as field:
            return Verdict.unknown("not set: the account's default for new volumes decides", field)
        case field:
            return Verdict.unknown(field)


VOLUMES_ENCRYPTED = Control(
    id="ec2-volumes-encrypted",
    title="Volumes of instances are encrypted",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=InstanceSettings,
    evaluate=_encrypted,
    rationale="Images, models and data that a container caches lie on the instance's volumes and in their snapshots.",
    remedy="Set Encrypted on every volume, the root volume among them, or turn on encryption by default.",
    citations=(AwsDoc(EC2_CONTROLS, READ), AwsDoc("ebs/latest/userguide/encryption-by-default.html", READ)),
    same_as=(
        SecurityHub("EC2.181"),
        Checkov("CKV_AWS_8"),
        Trivy("AWS-0131"),
        ConfigRule("ec2-launch-templates-ebs-volume-encrypted"),
    ),
    rows=("ec2-019", "ec2-020"),
)


def _no_secret(settings: InstanceSettings, _: Context) -> Verdict:
    match settings.user_data:
        case Known(UserData() as data):
            return _clean(settings, (data.variables, data.agent, *(c.environment for c in elements(data.containers))))
        case Absent() as field:
            return Verdict.passed("there is no user data", field)
        case field:
            return Verdict.unknown(field)


def _clean(settings: InstanceSettings, groups: tuple[Field[Entries[Text]], ...]) -> Verdict:
    hidden: Unresolved | None = None
    for group in groups:
        if not isinstance(group, Known):
            hidden = hidden or (group if isinstance(group, Unresolved) else None)
            continue
        hidden = hidden or group.value.rest
        for name, field in group.value.items.items():
            if isinstance(field, Known) and isinstance(field.value, Redacted):
                return Verdict.failed(f"{name} holds a secret", field)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("no setting in it is a secret", settings.user_data)


NO_SECRET_IN_USER_DATA = Control(
    id="ec2-no-secret-in-user-data",
    title="User data holds no secret",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.CRITICAL,
    layer=Layer.CUSTOMER_CODE,
    applies_to=InstanceSettings,
    evaluate=_no_secret,
    rationale="Everyone who may describe the instance, and every process on it, reads the user data.",
    remedy="Withdraw the secret, and let the script fetch the new one from Secrets Manager.",
    citations=(AwsDoc("AWSEC2/latest/UserGuide/user-data.html", READ),),
    same_as=(
        Checkov("CKV_AWS_46"),
        Trivy("AWS-0029"),
        Trivy("AWS-0129"),
        Prowler("ec2_instance_secrets_user_data"),
        Prowler("ec2_launch_template_no_secrets"),
    ),
    rows=("ec2-006", "ec2-007"),
)
