"""FSx file systems: zones, backups and the tags that go with them."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.controls.resilience.backups import covered
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, holds
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Status, Verdict
from ourhalf.resources.fsx import FsxFileSystem

_READ = date(2026, 10, 2)
_HUB = AwsDoc("securityhub/latest/userguide/fsx-controls.html", _READ)


def _flavor(system: FsxFileSystem) -> str:
    """LUSTRE, OPENZFS, ONTAP or WINDOWS; Terraform says it by the resource's type. Empty where not known."""
    if isinstance(system.flavor, Known):
        return system.flavor.value
    _, found, rest = system.origin.address.rpartition("aws_fsx_")
    return rest.split("_")[0].upper() if found else ""


def _tagged(system: FsxFileSystem, context: Context) -> Verdict | None:
    flavor = _flavor(system)
    if not context.requirements.parameters.required_tags or flavor == "ONTAP":
        return None
    asked: list[Field[bool]] = [system.tags_to_backups]
    if flavor == "OPENZFS":
        asked.append(system.tags_to_volumes)
    for field in asked:
        if holds(field, bool) is False:
            return Verdict.failed("copies of the file system lose its tags", field)
    for field in asked:
        if holds(field, bool) is None:
            return Verdict.unknown(field)
    return Verdict.passed("copies of the file system keep its tags", *asked)


TAGS_COPIED = Control(
    id="fsx-copies-tagged",
    title="Backups and volumes of FSx file systems keep its tags",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.BACKUP,
    applies_to=FsxFileSystem,
    evaluate=_tagged,
    rationale="A backup without an owner is deleted by the first who cleans up, or kept for ever.",
    remedy="Copy tags to backups, and on OpenZFS to volumes.",
    settings={"tags_to_backups": True},
    citations=(_HUB,),
    same_as=(
        SecurityHub("FSx.1"),
        SecurityHub("FSx.2"),
        Prowler("fsx_file_system_copy_tags_to_backups_enabled"),
        Prowler("fsx_file_system_copy_tags_to_volumes_enabled"),
        ConfigRule("fsx-lustre-copy-tags-to-backups"),
        ConfigRule("fsx-openzfs-copy-tags-enabled"),
    ),
    rows=("fsx-003", "fsx-004"),
)


def _several_zones(system: FsxFileSystem, _: Context) -> Verdict | None:
    if _flavor(system) not in ("OPENZFS", "ONTAP"):
        return Verdict.unknown(system.flavor) if isinstance(system.flavor, Unresolved) else None
    match system.deployment:
        case Known(value) as field if value.startswith("MULTI_AZ"):
            return Verdict.passed("it lies in two zones", field)
        case Known(value) as field:
            return Verdict.failed(f"{value} lies in one zone", field)
        case field:
            return Verdict.unknown(field)


SEVERAL_ZONES = Control(
    id="fsx-several-zones",
    title="OpenZFS and ONTAP file systems lie in two zones",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=FsxFileSystem,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _several_zones),
    rationale="With its zone go the data, and every job that waits for them.",
    remedy="Choose a deployment type that begins with MULTI_AZ when the file system is made.",
    settings={"deployment": "MULTI_AZ_1"},
    citations=(_HUB,),
    same_as=(SecurityHub("FSx.3"), SecurityHub("FSx.4"), ConfigRule("fsx-openzfs-deployment-type-check")),
    rows=("fsx-005",),
)


def _backed_up(system: FsxFileSystem, context: Context) -> Verdict | None:
    match system.deployment:
        case Known(value) as field if value.startswith("SCRATCH"):
            return Verdict.not_applicable("a scratch file system takes no backups", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
    match system.backup_days:
        case Known(days) as field if days > 0:
            return Verdict.passed(f"a backup is made every day and kept {days} days", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
    plan = covered(system, system.backup_days, context)
    if plan.status is Status.FAIL and isinstance(system.backup_days, Absent) and _flavor(system) != "LUSTRE":
        return Verdict.unknown(system.backup_days)
    return plan


BACKED_UP = Control(
    id="fsx-backed-up",
    title="FSx file systems are backed up",
    topic=Topic.RESILIENCE,
    severity=Severity.MEDIUM,
    layer=Layer.BACKUP,
    applies_to=FsxFileSystem,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _backed_up),
    rationale="Checkpoints that weeks of training made are gone with one wrong command.",
    remedy="Keep automatic backups for some days, or select the file system for a backup plan.",
    settings={"backup_days": 7},
    citations=(AwsDoc("fsx/latest/LustreGuide/using-backups-fsx.html", _READ),),
    same_as=(ConfigRule("fsx-resources-protected-by-backup-plan"),),
    rows=("fsx-006",),
)
