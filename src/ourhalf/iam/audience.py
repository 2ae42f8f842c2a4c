"""Whom a resource's policy or a trust policy lets in."""

from __future__ import annotations

import re

from ourhalf.iam.conditions import holds, identifies
from ourhalf.model.field import Reference, Unresolved
from ourhalf.model.identity import Access, Decision, Pattern, Principals, Statement, Statements

_ANY_ACCOUNT = re.compile(r"\*|arn:[^:]*:(iam|sts)::\*(:.*)?")


def open_to_anyone(policy: Statements) -> Access:
    """Whether any statement lets in whoever asks; see `Identity.open_to_anyone`."""
    answers = [_opens(one) for one in policy.known if one.allow is not False]
    for decision in (Decision.ALLOWED, Decision.CONDITIONAL, Decision.UNKNOWN):
        for answer in answers:
            if answer.decision is decision:
                return _but_for_denials(answer, policy)
    if policy.doubts:
        return Access(Decision.UNKNOWN, policy.doubts[0].reason, (), policy.doubts)
    return Access(Decision.NOT_ALLOWED, "each principal is named", tuple(policy.known))


def _opens(one: Statement) -> Access:
    who = one.principals
    if who is None or holds(one.conditions) is False:
        return Access(Decision.NOT_ALLOWED, "it speaks of no principal", (one,))
    anyone = _anyone(who)
    if anyone is False:
        return Access(Decision.NOT_ALLOWED, "each principal is named", (one,))
    named = identifies(one.conditions)
    if named:
        return Access(Decision.NOT_ALLOWED, "a condition names who may come", (one,), one.fields)
    if anyone is None or named is None or one.allow is None:
        return Access(Decision.UNKNOWN, "who is let in is not known", (one,), one.fields)
    if holds(one.conditions):
        return Access(Decision.ALLOWED, f"{one.policy} lets in anyone", (one,), one.fields)
    return Access(Decision.CONDITIONAL, f"{one.policy} lets in anyone who meets its conditions", (one,), one.fields)


def _anyone(who: Principals) -> bool | None:
    if who.anyone or who.inverted:
        return True
    answers = [_any_account(pattern) for pattern in who.aws]
    if True in answers:
        return True
    return None if who.doubt is not None or None in answers else False


def _any_account(pattern: Pattern) -> bool | None:
    match pattern:
        case str():
            return _ANY_ACCOUNT.fullmatch(pattern) is not None
        case Reference():
            return False
        case Unresolved(parts=parts):
            fixed = "".join(p if isinstance(p, str) else "\0" for p in parts)
            named = any(isinstance(p, Reference) for p in parts) or re.match(r"arn:.*:iam::", fixed, re.DOTALL)
            return False if named else None


def _but_for_denials(answer: Access, policy: Statements) -> Access:
    """An open statement is narrowed where a Deny turns away all whom a condition does not name."""
    if answer.decision is not Decision.ALLOWED:
        return answer
    for one in policy.known:
        if one.allow is False and one.conditions and any("Not" in c.operator for c in one.conditions):
            why = f"{answer.why}, but for those whom another statement denies"
            return Access(Decision.CONDITIONAL, why, (*answer.statements, one), answer.fields)
    return answer
