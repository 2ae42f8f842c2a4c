"""Findings and the assessment that holds them: the JSON document is these types, encoded."""

from datetime import date
from typing import Any

import msgspec

from ourhalf.model.control import Control, Topic
from ourhalf.model.evidence import Unread
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Layer, Party
from ourhalf.model.verdict import Status

SCHEMA_VERSION = "1.0"


class Subject(msgspec.Struct, frozen=True):
    """What was judged. `path` is relative to the target; `name` ends with the name in the file.

    `workload` is the name of the workload that it is or belongs to. `identities` are names, ids and
    ARNs that configuration states, by which others name the same resource.
    """

    type: str
    name: str
    service: str | None
    path: str
    line: int
    workload: str | None = None
    identities: tuple[str, ...] = ()


class EvidenceItem(msgspec.Struct, frozen=True):
    """A field that decided a verdict; `value` as text, redacted where it was secret."""

    path: str
    line: int
    field: str
    value: str


class AcceptedBy(msgspec.Struct, frozen=True):
    """Why a finding does not count: an exception, an inline suppression, a baseline, or another tool's word."""

    kind: str
    reason: str
    owner: str | None = None
    expires: date | None = None
    id: str | None = None


class Said(msgspec.Struct, frozen=True):
    """What one tool says of the condition that a finding is about, by a test of its own.

    `tool` is `ourhalf` for the verdict of our own control. `as_of` is the day of the verdict, None
    where the tool does not tell it; `live` says that it looked at what runs, not at configuration.
    `path` and `line` are the place in the file of its results.
    """

    tool: str
    test: str
    status: Status
    reason: str
    as_of: date | None = None
    live: bool = False
    path: str = ""
    line: int = 1
    accepted: AcceptedBy | None = None


OURS = "ourhalf"
"""The tool of what our own control says."""


def contradict(own: Status, other: Status) -> bool:
    """Whether our verdict and another's cannot both hold: what we do not ask may not fail either."""
    if own is Status.NOT_APPLICABLE:
        return other is Status.FAIL
    return {own, other} == {Status.PASS, Status.FAIL}


class Finding(msgspec.Struct, frozen=True):
    """One control's verdict on one subject under one profile.

    `said` holds what each tool says, where results of others were imported.
    """

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
    said: tuple[Said, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it is a failure of ours that nobody accepted."""
        return self.status is Status.FAIL and self.exception is None

    @property
    def disputed(self) -> tuple[Said, ...]:
        """What others say of it that cannot hold together with what our own control says."""
        own = next((one.status for one in self.said if one.tool == OURS), None)
        return tuple(one for one in self.said if own is not None and contradict(own, one.status))


class CitedPage(msgspec.Struct, frozen=True):
    """A page that a control cites, and the day it was read."""

    url: str
    read: date


class PeerId(msgspec.Struct, frozen=True):
    """The id that another tool or benchmark gives to the same test."""

    tool: str
    id: str


class ControlSummary(msgspec.Struct, frozen=True):
    """What reports say of a control: all of it but its function."""

    id: str
    title: str
    topic: Topic
    severity: Severity
    layer: Layer
    rationale: str
    remedy: str
    citations: tuple[CitedPage, ...] = ()
    same_as: tuple[PeerId, ...] = ()
    nist_800_53: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    @classmethod
    def of(cls, control: Control[Any]) -> "ControlSummary":
        """The summary of `control`."""
        return cls(
            control.id,
            control.title,
            control.topic,
            control.severity,
            control.layer,
            control.rationale,
            control.remedy,
            tuple(CitedPage(citation.url, citation.read) for citation in control.citations),
            tuple(PeerId(peer.tool, peer.id) for peer in control.same_as),
            control.nist_800_53,
            control.rows,
        )


class WorkloadSummary(msgspec.Struct, frozen=True):
    """A workload as reports name it.

    `files` are those of the resources that it is joined with.
    """

    name: str
    kind: str
    service: str | None
    platforms: tuple[str, ...]
    why: str
    sensitivity: str
    images: tuple[str, ...]
    path: str
    line: int
    files: tuple[str, ...] = ()


class ResponsibilityRow(msgspec.Struct, frozen=True):
    """Who answers for one layer of these workloads, and why here; `sources` are addresses of pages."""

    workloads: tuple[str, ...]
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


class BaselineSummary(msgspec.Struct, frozen=True):
    """How the failures compare with those of an earlier assessment, made as of `as_of`.

    `new` are not in it, `known` are. Of its failures `gone` no longer fail; whether `untold` still
    do is not known: the verdict is unknown now, or the file could not be read.
    """

    as_of: date
    new: int
    known: int
    gone: int
    untold: int = 0


class ChangesSummary(msgspec.Struct, frozen=True):
    """What an assessment was narrowed to: what the `files` that changed since a revision touch.

    `left_out` counts the findings about everything else.
    """

    since: str
    files: int
    left_out: int


class ImportSummary(msgspec.Struct, frozen=True):
    """What a file with the results of others brought.

    Of its `results`, `joined` are about what a control of ours judged too, and `disagree` with it;
    `stale` are too old to speak of today. `left_out` could not be read.
    """

    path: str
    tools: tuple[str, ...]
    results: int
    joined: int = 0
    disagree: int = 0
    stale: int = 0
    left_out: int = 0


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one run found: every report is made from it.

    `controls` tells about each control that a finding names. `files` counts what was read.
    `baseline` and `changes` are set where it was compared or narrowed, `imported` where results of
    others were taken in.
    """

    schema_version: str = SCHEMA_VERSION
    tool: ToolInfo
    as_of: date
    targets: tuple[str, ...]
    profile: ProfileSummary
    workloads: tuple[WorkloadSummary, ...]
    findings: tuple[Finding, ...]
    responsibilities: tuple[ResponsibilityRow, ...]
    images: tuple[ImageSummary, ...]
    unread: tuple[Unread, ...]
    controls: tuple[ControlSummary, ...] = ()
    files: int = 0
    baseline: BaselineSummary | None = None
    changes: ChangesSummary | None = None
    imported: tuple[ImportSummary, ...] = ()
