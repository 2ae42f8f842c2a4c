"""What the rules of Kubernetes roles grant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import msgspec

from ourhalf.model.context import Context
from ourhalf.model.field import Field, Known, Many, Unresolved, doubt, elements
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Verdict
from ourhalf.resources.kubernetes_access import KubernetesRole, RoleRule

CORE = ""


class Power(msgspec.Struct, frozen=True):
    """Something that a rule may let its holders do: any of `verbs` on any of `resources`.

    `group` is the API group of the resources. A rule that names its objects grants it only where
    `even_named` is set. `reason` and `severity`, where set, are told instead of the control's own.
    """

    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    group: str = CORE
    even_named: bool = False
    reason: str = ""
    severity: Severity | None = None


def grants(rule: RoleRule, power: Power) -> bool | Unresolved:
    """Whether `rule` grants any part of `power`; unresolved where it cannot be told."""
    if not power.even_named and elements(rule.names):
        return False
    unsure: Unresolved | None = None
    for listed, wanted in _asked(rule, power):
        answer = _names(listed, wanted)
        if answer is False:
            return False
        if isinstance(answer, Unresolved):
            unsure = unsure or answer
    return unsure or True


def _asked(rule: RoleRule, power: Power) -> tuple[tuple[Many[str], tuple[str, ...]], ...]:
    """The fields of a rule that must all cover a power, each with what covers it. The rarest comes first."""
    return (
        (rule.groups, (power.group,)),
        (rule.resources, _covering(power.resources)),
        (rule.verbs, power.verbs),
    )


@cache
def _covering(resources: tuple[str, ...]) -> tuple[str, ...]:
    """What covers any of the resources: they themselves, and all subresources of a name."""
    return (*resources, *(f"*/{name.partition('/')[2]}" for name in resources if "/" in name))


def _names(listed: Many[str], wanted: tuple[str, ...]) -> bool | Unresolved:
    for name in elements(listed):
        if name == "*" or name in wanted:
            return True
    return doubt(listed) or False


def granted(role: KubernetesRole, powers: Iterable[Power]) -> tuple[RoleRule, Power] | Unresolved | None:
    """The first of `powers` that a rule grants, with the rule; None where none is granted."""
    unsure: Unresolved | None = None
    for power in powers:
        for rule in elements(role.rules):
            match grants(rule, power):
                case True:
                    return rule, power
                case Unresolved() as unresolved:
                    unsure = unsure or unresolved
    if unsure is None and isinstance(role.aggregates, Known | Unresolved):
        return Unresolved("the cluster adds the rules of other roles to it", role.aggregates.place)
    return unsure or doubt(role.rules)


def without(*powers: Power, reason: str, namespaced: Severity) -> Callable[[KubernetesRole, Context], Verdict]:
    """A role must grant none of `powers`. `namespaced` is how bad it is in one namespace only."""

    def evaluate(role: KubernetesRole, _: Context) -> Verdict:
        match granted(role, powers):
            case None:
                return Verdict.passed("no rule grants it", *_deciding(role, powers))
            case (rule, power):
                what = " and ".join(sorted(set(elements(rule.resources)) or set(power.resources))[:3])
                severity = power.severity or (None if role.cluster else namespaced)
                return Verdict.failed(
                    f"{power.reason or reason}: {what}", rule.resources, rule.verbs, severity=severity
                )
            case unresolved:
                return Verdict.unknown(unresolved)

    return evaluate


def _deciding(role: KubernetesRole, powers: Iterable[Power]) -> tuple[Field[Any], ...]:
    """The fields that a pass rests on: the rules, and what alone keeps one of them from granting it."""
    found: dict[int, Field[Any]] = {}
    for rule in elements(role.rules):
        named = bool(elements(rule.names))
        for power in powers:
            if named and not power.even_named:
                continue
            missing = [listed for listed, wanted in _asked(rule, power) if _names(listed, wanted) is False]
            if len(missing) == 1:
                found[id(missing[0])] = missing[0]
    return (role.rules, *found.values())
