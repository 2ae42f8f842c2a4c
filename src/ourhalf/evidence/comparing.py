"""Judges the evidence of a bundle again, and tells where the verdicts differ from those that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from ourhalf.assess import assess
from ourhalf.evidence import document, manifest
from ourhalf.evidence.document import Kept
from ourhalf.evidence.errors import EvidenceError
from ourhalf.evidence.manifest import Manifest, ProfileUsed
from ourhalf.model.finding import Assessment, Finding
from ourhalf.profile.document import Profile
from ourhalf.reports import json


class Difference(msgspec.Struct, frozen=True):
    """A verdict that came out otherwise; None where there was none, or is none now."""

    what: str
    bundled: str | None
    again: str | None

    def __str__(self) -> str:
        was, now = self.bundled or "not there", self.again or "not there"
        return f"{self.what}: {was} in the bundle, {now} when evaluated again"


class Again(msgspec.Struct, frozen=True):
    """What evaluating again gave.

    `same_words` says whether the whole assessment is the same byte by byte, `same_evidence` whether the evidence is
    when it is written again.
    """

    findings: int
    differences: tuple[Difference, ...]
    same_words: bool
    same_evidence: bool


def assessed(kept: Kept, as_of: date, profile: Profile, profile_path: str | None, name: str) -> Assessment:
    """The assessment of evidence from the file `name`. Raises EvidenceError where it cannot be judged."""
    try:
        return assess(kept.evidence, kept.targets, as_of, profile, profile_path)
    except Exception as error:  # noqa: BLE001 - evidence that no reader wrote may break whatever expects sound values
        why = f"{type(error).__name__}: {error}"
        raise EvidenceError(f"{name} cannot be judged: {why}; was it changed by hand?") from None


def judged_again(files: dict[str, bytes], listed: Manifest, bundled: Assessment) -> Again:
    """The verdicts of this program on the bundle's evidence.

    Raises EvidenceError where it cannot judge it, and where the assessment tells of other evidence.
    """
    kept = document.decode(files[manifest.EVIDENCE], manifest.EVIDENCE)
    profile = _profile(files[manifest.PROFILE])
    if kept.targets != listed.targets or kept.tool != listed.tool or bundled.tool != listed.tool:
        raise EvidenceError(f"{manifest.EVIDENCE} and the rest of the bundle tell of other targets or another program")
    made = assessed(kept, listed.as_of, profile.profile, profile.path, manifest.EVIDENCE)
    made = msgspec.structs.replace(made, tool=listed.tool)
    _check_facts(bundled, made)
    same_words = json.render(made).encode() == files[manifest.ASSESSMENT]
    same_evidence = document.encode(kept) == files[manifest.EVIDENCE]
    return Again(len(made.findings), tuple(_differences(bundled, made)), same_words, same_evidence)


def _profile(data: bytes) -> ProfileUsed:
    try:
        return msgspec.json.decode(data, type=ProfileUsed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EvidenceError(f"{manifest.PROFILE} cannot be read: {error}") from None


def _check_facts(bundled: Assessment, made: Assessment) -> None:
    """Raise EvidenceError where the assessment says what no version of the rules would make of this evidence."""
    for name in ("as_of", "targets", "unread", "files"):
        if getattr(bundled, name) != getattr(made, name):
            raise EvidenceError(f"{manifest.ASSESSMENT} tells other `{name}` than the rest of the bundle")
    if len({finding.id for finding in bundled.findings}) != len(bundled.findings):
        raise EvidenceError(f"{manifest.ASSESSMENT} tells a finding twice")


def _differences(bundled: Assessment, made: Assessment) -> Iterator[Difference]:
    yield from _compared(_verdicts(bundled), _verdicts(made))
    yield from _compared(_parties(bundled), _parties(made))


_Told = dict[str, tuple[str, str]]
"""By a key: what it is about, and what is said of it."""


def _compared(before: _Told, after: _Told) -> Iterator[Difference]:
    for key in dict.fromkeys((*before, *after)):
        was, now = before.get(key), after.get(key)
        if was is None or now is None or was[1] != now[1]:
            what = was[0] if was is not None else after[key][0]
            yield Difference(what, was and was[1], now and now[1])


def _verdicts(assessment: Assessment) -> _Told:
    return {finding.id: (_about(finding), _verdict(finding)) for finding in assessment.findings}


def _parties(assessment: Assessment) -> _Told:
    """Who answers for what, workload by workload."""
    return {
        f"{row.service}\0{row.layer}\0{workload}": (f"who answers for {row.layer} of {workload}", str(row.party))
        for row in assessment.responsibilities
        for workload in row.workloads
    }


def _about(finding: Finding) -> str:
    subject = finding.subject
    place = f" ({subject.path}:{subject.line})" if subject.path else ""
    return f"{finding.control} on {subject.name}{place}"


def _verdict(finding: Finding) -> str:
    """What a finding comes to: all that makes it count or not."""
    accepted = f", accepted by {finding.exception.kind}" if finding.exception is not None else ""
    return f"{finding.status} ({finding.severity}, {finding.party}{accepted})"
