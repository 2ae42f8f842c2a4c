"""Keys, repositories, file systems, log groups, secrets and trails: what is set by requests of their own."""

from typing import Any

from msgspec.structs import replace

from ourhalf.graph.fold import Fold, adding, setting
from ourhalf.model.field import Field, Known
from ourhalf.resources.cloudtrail import CloudTrail, EventSelectorsRequest
from ourhalf.resources.detection import DetectorFeature, GuardDutyDetector, GuardDutyFeature
from ourhalf.resources.ecr import EcrLifecyclePolicy, EcrRepository, EcrRepositoryPolicy
from ourhalf.resources.efs import EfsBackupPolicy, EfsFileSystem, EfsFileSystemPolicy
from ourhalf.resources.elb import Target, TargetAttachment, TargetGroup
from ourhalf.resources.kms import KmsKey, KmsKeyPolicy, KmsKeyRotation
from ourhalf.resources.logs import LogDataProtection, LogGroup, LogRetention
from ourhalf.resources.secretsmanager import Secret, SecretPolicy, SecretRotation


def _file_system(satellite: Any) -> Any:
    return satellite.file_system


def _rotates(satellite: Any) -> Field[bool]:
    return Known(True, satellite.place)


def _target(satellite: TargetAttachment) -> tuple[Target, ...]:
    return (Target(target=satellite.target, port=satellite.port),)


def _feature(satellite: GuardDutyFeature) -> tuple[DetectorFeature, ...]:
    return (DetectorFeature(feature=satellite.feature, status=satellite.status, add_ons=satellite.add_ons),)


KEY_POLICY = setting(KmsKeyPolicy, KmsKey, lambda s: s.key, policy="document")
KEY_ROTATION = setting(KmsKeyRotation, KmsKey, lambda s: s.key, rotation=_rotates)
REPOSITORY_POLICY = setting(EcrRepositoryPolicy, EcrRepository, lambda s: s.repository, policy="document")
REPOSITORY_LIFECYCLE = setting(EcrLifecyclePolicy, EcrRepository, lambda s: s.repository, lifecycle="rules")
EFS_POLICY = setting(EfsFileSystemPolicy, EfsFileSystem, _file_system, policy="document")
EFS_BACKUP = setting(EfsBackupPolicy, EfsFileSystem, _file_system, backup="status")
LOG_MASKING = setting(LogDataProtection, LogGroup, lambda s: s.group, data_protection="document")
LOG_RETENTION = setting(LogRetention, LogGroup, lambda s: s.group, retention="retention")
SECRET_ROTATION = setting(
    SecretRotation,
    Secret,
    lambda s: s.secret,
    rotated=_rotates,
    rotation_days="days",
    rotation_schedule="schedule",
)
SECRET_POLICY = setting(SecretPolicy, Secret, lambda s: s.secret, policy="document")
TARGETS = adding(TargetAttachment, TargetGroup, lambda s: s.group, "targets", _target)
FEATURES = adding(GuardDutyFeature, GuardDutyDetector, lambda s: s.detector, "features", _feature)
SELECTORS = Fold(
    EventSelectorsRequest,
    CloudTrail,
    lambda s: s.trail,
    lambda trail, s: replace(trail, selectors=s.selectors, advanced=s.advanced),
    lambda trail, reason: replace(trail, selectors=reason, advanced=reason),
)
