"""The outcome of one requirement, as a function of what is known of it and nothing else."""

from __future__ import annotations

import msgspec

from ourhalf.compliance.framework import How
from ourhalf.compliance.results import Outcome
from ourhalf.model.responsibility import Party
from ourhalf.model.word import Word


class Provided(Word):
    """How the part stands that the provider answers for.

    `NONE`: there is no such part. `COVERED`: for all of it a dated source says that a program covers the
    service. `OPEN`: for some of it none does. `OUT`: for some of it a source says that none does.
    """

    NONE = "none"
    COVERED = "covered"
    OPEN = "open"
    OUT = "out"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a requirement: verdicts by their status, and what stands beside them.

    `disabled` counts verdicts that the profile disables. `holding` is how the controls bear that pass
    somewhere, `silent` how those do that found nothing to judge where we answer. `parties` are those of the
    requirement's layers and verdicts. `attach` is whether a person must attach something too.
    """

    passed: int = 0
    failed: int = 0
    accepted: int = 0
    unknown: int = 0
    disabled: int = 0
    not_applicable: int = 0
    holding: frozenset[How] = frozenset()
    silent: frozenset[How] = frozenset()
    provided: Provided = Provided.NONE
    parties: frozenset[Party] = frozenset()
    attach: bool = False


_NEEDED = frozenset({How.IMPLEMENTS, How.SUPPORTS})
_NOBODY = frozenset({Party.NOT_APPLICABLE})


def outcome(told: Told) -> Outcome:
    """What can be said of a requirement; bad news and what is not known come before anything good."""
    if told.failed:
        return Outcome.NOT_MET
    if told.unknown or told.disabled or told.provided in (Provided.OPEN, Provided.OUT):
        return Outcome.UNKNOWN
    if told.accepted:
        return Outcome.ACCEPTED
    if told.passed:
        whole = How.IMPLEMENTS in told.holding and not told.silent & _NEEDED and not told.attach
        return Outcome.MET if whole else Outcome.PARTLY
    if told.provided is Provided.COVERED:
        return _inherited(told)
    if told.not_applicable:
        return Outcome.MANUAL if told.attach else Outcome.NOT_APPLICABLE
    if told.silent:
        return Outcome.UNKNOWN
    if told.attach:
        return Outcome.MANUAL
    return Outcome.NOT_APPLICABLE if told.parties == _NOBODY else Outcome.UNKNOWN


def _inherited(told: Told) -> Outcome:
    """Where all that is known is that the provider is covered for its part."""
    if told.silent & _NEEDED and not told.not_applicable:
        return Outcome.UNKNOWN
    ours = told.parties - {Party.PROVIDER} - _NOBODY
    return Outcome.PARTLY if told.silent or told.attach or ours else Outcome.INHERITED
