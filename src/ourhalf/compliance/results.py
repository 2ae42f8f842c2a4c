"""What an assessment says of a framework, requirement by requirement."""

from __future__ import annotations

from datetime import date

import msgspec

from ourhalf.compliance.framework import How
from ourhalf.model.responsibility import Party
from ourhalf.model.word import Word


class Outcome(Word):
    """What can be said of a requirement; none but `MET` and `INHERITED` is good news.

    `MET`: every part is decided by controls that hold. `NOT_MET`: one fails. `ACCEPTED`: what fails has
    exceptions. `UNKNOWN`: what was read does not decide. `PARTLY`: all that was judged holds, which does not
    suffice. `INHERITED`: the provider answers, and a dated source says that a program covers the service.
    `MANUAL`: only a person can show it. `NOT_APPLICABLE`: nothing here is subject to it.
    """

    MET = "met"
    NOT_MET = "not-met"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    PARTLY = "partly"
    INHERITED = "inherited"
    MANUAL = "manual"
    NOT_APPLICABLE = "not-applicable"


class Borne(msgspec.Struct, frozen=True):
    """A control that bears on a requirement, and what it found: counts, and the ids of its findings."""

    control: str
    how: How
    source: str
    read: date
    passed: int = 0
    failed: int = 0
    accepted: int = 0
    unknown: int = 0
    not_applicable: int = 0
    findings: tuple[str, ...] = ()


class Inherited(msgspec.Struct, frozen=True):
    """A layer of workloads that the provider answers for, and the program that covers the service.

    `status` is `in-scope`, `not-in-scope` or `unknown`; `as_of` and `source` are None where unknown.
    """

    layer: str
    workloads: tuple[str, ...]
    service: str
    program: str
    status: str
    as_of: date | None = None
    source: str | None = None


class RequirementResult(msgspec.Struct, frozen=True):
    """What is known of one requirement: the outcome, why in a sentence, whose it is, and what shows it."""

    id: str
    about: str
    outcome: Outcome
    why: str
    parties: tuple[Party, ...]
    controls: tuple[Borne, ...] = ()
    inherited: tuple[Inherited, ...] = ()
    attach: str = ""
    actions: tuple[str, ...] = ()


class ComplianceReport(msgspec.Struct, frozen=True, kw_only=True):
    """A framework held against one assessment.

    `counts` says how many requirements have each outcome; `covered` how many of the framework's `size`
    a control of ours bears on at all. Shares are rounded down, never up.
    """

    framework: str
    title: str
    version: str
    baseline: str | None
    as_of: date
    targets: tuple[str, ...]
    size: int
    covered: int
    counts: dict[str, int]
    results: tuple[RequirementResult, ...]
    notes: tuple[str, ...] = ()
