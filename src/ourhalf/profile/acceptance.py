"""Failures that somebody accepted: exceptions of the profile and suppressions written in files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import msgspec

from ourhalf.model.evidence import Suppression
from ourhalf.model.finding import AcceptedBy, Finding
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.model.workload import Workload
from ourhalf.profile.document import Exception_, Profile
from ourhalf.profile.scopes import matches


class Used(msgspec.Struct, frozen=True, array_like=True):
    """Which acceptances took effect: exceptions by number, suppressions with how many failures each."""

    exceptions: tuple[int, ...]
    suppressions: tuple[tuple[Suppression, int], ...]


class Acceptances:
    """Marks accepted failures, and tells afterwards which acceptances matched nothing or ran out."""

    def __init__(self, profile: Profile, suppressions: Iterable[Suppression], as_of: date) -> None:
        self._as_of = as_of
        self._exceptions = profile.exceptions
        self._used: set[int] = set()
        self._by_file: dict[str, list[Suppression]] = {}
        self._suppressed: dict[Suppression, int] = {}
        for suppression in suppressions:
            self._by_file.setdefault(suppression.path, []).append(suppression)
            self._suppressed[suppression] = 0

    def accepted(self, finding: Finding, resource: Resource, workload: Workload | None) -> Finding:
        """`finding`, marked where an exception or a suppression accepts its failure."""
        if finding.status is not Status.FAIL:
            return finding
        for number, exception in enumerate(self._exceptions):
            if _names(exception.control, finding.control) and matches(exception.scope, resource, workload):
                self._used.add(number)
                if exception.expires >= self._as_of:
                    return msgspec.structs.replace(finding, exception=_by_profile(exception))
        for suppression in self._by_file.get(finding.subject.path, ()):
            if _names(suppression.control, finding.control) and _beside(suppression, finding, resource):
                self._suppressed[suppression] += 1
                return msgspec.structs.replace(finding, exception=AcceptedBy("suppression", suppression.reason))
        return finding

    def used(self) -> Used:
        """What took effect so far."""
        return Used(tuple(sorted(self._used)), tuple((s, n) for s, n in self._suppressed.items() if n))

    def also(self, used: Used) -> None:
        """Count what took effect elsewhere."""
        self._used.update(used.exceptions)
        for suppression, count in used.suppressions:
            self._suppressed[suppression] += count

    def notes(self) -> tuple[str, ...]:
        """What people should know of the acceptances: expired, without effect, and how many are in files."""
        notes = []
        for number, exception in enumerate(self._exceptions):
            named = f"exception {exception.id or number + 1} for {exception.control} ({exception.owner})"
            if exception.expires < self._as_of:
                notes.append(f"{named} expired on {exception.expires}")
            if number not in self._used:
                notes.append(f"{named} matches no failure")
        used = {s: n for s, n in self._suppressed.items() if n}
        if used:
            failures, comments = sum(used.values()), len(used)
            are = "failures are" if failures != 1 else "failure is"
            notes.append(f"{failures} {are} suppressed by {comments} comment{'s' if comments != 1 else ''} in files")
        notes.extend(
            f"the suppression of {s.control} at {s.path}:{s.line} matches no failure"
            for s, n in self._suppressed.items()
            if not n
        )
        return tuple(notes)


def _by_profile(exception: Exception_) -> AcceptedBy:
    return AcceptedBy("exception", exception.reason, exception.owner, exception.expires, exception.id or None)


def _names(pattern: str, control: str) -> bool:
    return pattern == control or ("*" in pattern and _pattern(pattern).fullmatch(control) is not None)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*"))


def _beside(suppression: Suppression, finding: Finding, resource: Resource) -> bool:
    """Whether the comment stands at the subject, its resource or a deciding line, or the line above one."""
    lines = {finding.subject.line, resource.place.line}
    lines.update(e.line for e in finding.evidence if e.path == suppression.path)
    return suppression.line in lines or suppression.line + 1 in lines
