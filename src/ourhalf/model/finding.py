"""Findings and the assessment that holds them: the JSON document is these types, encoded."""

from datetime import date
from typing import Any

import msgspec

from ourhalf.model.control import Topic
from ourhalf.model.evidence import Unread
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status

SCHEMA_VERSION = "1.0"


class Subject(msgspec.Struct, frozen=True):
    """What was judged. `path` is relative to the target; `name` ends with the name in the file."""

    type: str
    name: str
    service: str | None
    path: str
    line: int


class EvidenceItem(msgspec.Struct, frozen=True):
    """A field that decided a verdict; `value` as text, redacted where it was secret."""

    path: str
    line: int
    field: str
    value: str


class AcceptedBy(msgspec.Struct, frozen=True):
    """Why a finding does not count: an exception, an inline suppression or a baseline."""

    kind: str
    reason: str
    owner: str | None = None
    expires: date | None = None
    id: str | None = None


class Finding(msgspec.Struct, frozen=True):
    """One control's verdict on one subject under one profile."""

    id: str
    control: str
    title: str
    topic: Topic
    severity: Severity
    party: Party
    action: str | None
    status: Status
    reason: str
    remedy: str
    subject: Subject
    evidence: tuple[EvidenceItem, ...]
    frameworks: dict[str, tuple[str, ...]] = {}
    exception: AcceptedBy | None = None
    details: dict[str, Any] | None = None

    @property
    def counts(self) -> bool:
        """Whether it is a failure of ours that nobody accepted."""
        return self.status is Status.FAIL and self.exception is None


class WorkloadSummary(msgspec.Struct, frozen=True):
    """A workload as reports name it."""

    name: str
    kind: str
    service: str | None
    platforms: tuple[str, ...]
    why: str
    sensitivity: str
    images: tuple[str, ...]
    path: str
    line: int


class ResponsibilityRow(msgspec.Struct, frozen=True):
    """Who answers for one layer of one workload, and why here."""

    workload: str
    service: str | None
    layer: str
    party: Party
    action: str | None
    why: str
    candidates: tuple[Party, ...] = ()
    sources: tuple[str, ...] = ()


class ImageSummary(msgspec.Struct, frozen=True):
    """An image that workloads name, with what is known of it."""

    reference: str
    digest: str | None
    platform: str | None
    base: str | None
    workloads: tuple[str, ...]
    packages: tuple[dict[str, Any], ...] | None = None
    models: tuple[dict[str, Any], ...] | None = None


class ToolInfo(msgspec.Struct, frozen=True):
    """Who made the assessment."""

    name: str
    version: str


class ProfileSummary(msgspec.Struct, frozen=True):
    """The profile in force, and what in it matched nothing or ran out."""

    path: str | None
    sensitivity: str
    regulations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Assessment(msgspec.Struct, frozen=True):
    """Everything that one run found: every report is made from it."""

    tool: ToolInfo
    as_of: date
    targets: tuple[str, ...]
    profile: ProfileSummary
    workloads: tuple[WorkloadSummary, ...]
    findings: tuple[Finding, ...]
    responsibilities: tuple[ResponsibilityRow, ...]
    images: tuple[ImageSummary, ...]
    unread: tuple[Unread, ...]
    schema_version: str = SCHEMA_VERSION
    files: int = 0
