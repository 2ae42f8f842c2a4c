"""Ways of judging that many controls share: settings that must hold or be set, conditions on the profile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ourhalf.model.context import Context
from ourhalf.model.field import Absent, Field, Known, doubt, elements, holds, known_part
from ourhalf.model.profile import Sensitivity
from ourhalf.model.verdict import Status, Verdict

S = TypeVar("S")
T = TypeVar("T")
Evaluate = Callable[[S, Context], Verdict]
Maybe = Callable[[S, Context], Verdict | None]
"""Gives None where the control is not about the subject."""


def setting(get: Callable[[S], Field[T]], good: Callable[[T], bool], passed: str, failed: str) -> Evaluate[S]:
    """The value in force, written or by a documented default, must meet `good`.

    Of a list that may hold more, only that it holds anything is known by the elements that are.
    """

    def evaluate(subject: S, _: Context) -> Verdict:
        field: Field[Any] = get(subject)
        if isinstance(field, Known) and isinstance(field.value, tuple) and (more := doubt(field)) is not None:
            if good is not bool or not elements(field):
                return Verdict.unknown(more)
            field = known_part(field)
        match holds(field, good):
            case True:
                return Verdict.passed(passed, field)
            case False:
                return Verdict.failed(failed, field)
        return Verdict.unknown(field)

    return evaluate


def is_set(get: Callable[[S], Field[Any]], passed: str, failed: str) -> Evaluate[S]:
    """The field must be written, whatever its value."""

    def evaluate(subject: S, _: Context) -> Verdict:
        match get(subject):
            case Known() as field:
                return Verdict.passed(passed, field)
            case Absent() as field:
                return Verdict.failed(failed, field)
            case field:
                return Verdict.unknown(field)

    return evaluate


def own_key(get: Callable[[S], Field[Any]], what: str) -> Evaluate[S]:
    """A customer managed key must be named, where the profile asks for keys of ours."""

    def evaluate(subject: S, _: Context) -> Verdict:
        match get(subject):
            case Known(str() as key) as field if "alias/aws/" in key:
                return Verdict.failed(f"{what} is encrypted with a key that AWS manages", field)
            case Known() as field:
                return Verdict.passed(f"{what} is encrypted with a key of ours", field)
            case Absent() as field:
                return Verdict.failed(f"no key of ours is named for {what}", field)
            case field:
                return Verdict.unknown(field)

    return where_keys_are_ours(evaluate)


def where_keys_are_ours(evaluate: Evaluate[S]) -> Evaluate[S]:
    """Fails only where the profile asks for customer managed keys, or data is confidential."""

    def conditioned(subject: S, context: Context) -> Verdict:
        asked = context.requirements.parameters.require_customer_keys
        if asked is None:
            asked = context.requirements.sensitivity.at_least(Sensitivity.CONFIDENTIAL)
        return _unless(asked, evaluate(subject, context), context, "asked where keys must be ours")

    return conditioned


def from_sensitivity(least: Sensitivity, evaluate: Maybe[S]) -> Maybe[S]:
    """Fails only where data is at least as sensitive as `least`."""

    def conditioned(subject: S, context: Context) -> Verdict | None:
        verdict = evaluate(subject, context)
        asked = context.requirements.sensitivity.at_least(least)
        return None if verdict is None else _unless(asked, verdict, context, f"asked of {least} data and above")

    return conditioned


def _unless(asked: bool, verdict: Verdict, context: Context, when: str) -> Verdict:
    if asked or verdict.status is Status.PASS:
        return verdict
    return Verdict.not_applicable(f"{when}; {context.requirements.why}", *verdict.fields)
