"""What the rules of Kubernetes roles grant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ourhalf.model.context import Context
from ourhalf.model.field import Field, Known, Unresolved, doubt, elements
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
    answers = _answers(rule, power)
    if False in answers:
        return False
    return next((answer for answer in answers if isinstance(answer, Unresolved)), True)


def _answers(rule: RoleRule, power: Power) -> tuple[bool | Unresolved, ...]:
    """Whether groups, resources and verbs of the rule each cover the power."""
    return (
        _names(rule.groups, (power.group,)),
        _names(rule.resources, _covering(power.resources)),
        _names(rule.verbs, power.verbs),
    )


def _covering(resources: Iterable[str]) -> tuple[str, ...]:
    """What covers any of the resources: they themselves, and all subresources of a name."""
    found = list(resources)
    found.extend(f"*/{name.partition('/')[2]}" for name in resources if "/" in name)
    return tuple(found)


def _names(listed: Any, wanted: tuple[str, ...]) -> bool | Unresolved:
    known = elements(listed)
    if "*" in known or any(name in wanted for name in known):
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
            case Unresolved() as unresolved:
                return Verdict.unknown(unresolved)
            case (rule, power):
                what = " and ".join(sorted(set(elements(rule.resources)) or set(power.resources))[:3])
                severity = power.severity or (None if role.cluster else namespaced)
                return Verdict.failed(
                    f"{power.reason or reason}: {what}", rule.resources, rule.verbs, severity=severity
                )
        return Verdict.unknown(role.rules)

    return evaluate


def _deciding(role: KubernetesRole, powers: Iterable[Power]) -> tuple[Field[Any], ...]:
    """The fields that a pass rests on: the rules, and what alone keeps one of them from granting it."""
    found: dict[int, Field[Any]] = {}
    for rule in elements(role.rules):
        for power in powers:
            answers = _answers(rule, power)
            if answers.count(False) == 1 and (power.even_named or not elements(rule.names)):
                field = (rule.groups, rule.resources, rule.verbs)[answers.index(False)]
                found[id(field)] = field
    return (role.rules, *found.values())
