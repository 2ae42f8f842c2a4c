"""AWS Backup Audit Manager: whether what should be backed up is."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.recommendation import Because, Cost, Recommendation, Sight
from ourhalf.monitor.states import by_kind, reason, undeclared

_READ = date(2026, 11, 27)
_GUIDE = "aws-backup/latest/devguide/"


def _stores(facts: Facts) -> tuple[Because, ...]:
    return (
        *reason("file systems", facts.kind("EfsFileSystem", "FsxFileSystem")),
        *reason("volumes", facts.kind("EbsVolume")),
        *reason("buckets that workloads use", [b.thing for b in facts.buckets if b.uses]),
        *reason("backup plans to be held to", facts.kind("BackupPlan")),
    )


AUDIT = Recommendation(
    id="backup-audit",
    title="Backup Audit Manager says what no backup plan covers",
    service="AWS Backup",
    weight=Severity.LOW,
    because=_stores,
    already=by_kind(undeclared("a framework of Backup Audit Manager"), "BackupFramework"),
    sees=(
        Sight(
            "File systems, volumes and buckets in no backup plan, recovery points that are not encrypted or can be "
            "deleted by hand.",
            AwsDoc(_GUIDE + "controls-and-remediation.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Whether a restore works, and kinds of storage that AWS Backup does not know. It needs AWS Config to "
            "record the resources.",
            AwsDoc(_GUIDE + "turning-on-resource-tracking.html", _READ),
        ),
    ),
    costs=(
        Cost(
            "evaluations of its controls, and the configuration items of Config behind them",
            AwsDoc(_GUIDE + "metering-and-billing.html", _READ),
        ),
    ),
    needs=("recorder",),
)
