"""Whether statements allow an action on a resource.

The order is AWS's: a Deny that applies wins, else an Allow that applies, else nothing is allowed; a
permissions boundary can only take away.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Sequence

from ourhalf.iam.conditions import holds
from ourhalf.iam.wildcards import covers, matches
from ourhalf.model.field import Unresolved
from ourhalf.model.identity import Access, Decision, Statement, Statements


def evaluate(policies: Statements, action: str, resource: str = "*") -> Access:
    """The decision for an identity that has these policies and this boundary."""
    found = _decide(policies.known, policies.doubts, action, resource)
    if found.decision in (Decision.DENIED, Decision.NOT_ALLOWED):
        return found
    if policies.boundary_doubt is not None:
        return Access(Decision.UNKNOWN, f"the permissions boundary: {policies.boundary_doubt.reason}", found.statements)
    if policies.boundary is None:
        return found
    cap = _decide(policies.boundary, (), action, resource)
    if cap.decision is Decision.ALLOWED:
        return found
    if cap.decision is Decision.NOT_ALLOWED:
        # A boundary that allows it on some resources leaves the identity's own limits standing.
        return Access(Decision.NOT_ALLOWED, f"the permissions boundary does not allow {action}", cap.statements)
    if found.decision is Decision.UNKNOWN or cap.decision in (Decision.DENIED, Decision.UNKNOWN):
        decision = cap.decision if cap.decision is Decision.DENIED else Decision.UNKNOWN
        return Access(decision, f"the permissions boundary: {cap.why}", cap.statements)
    return Access(Decision.CONDITIONAL, f"the permissions boundary: {cap.why}", (*found.statements, *cap.statements))


def _decide(known: Sequence[Statement], doubts: Sequence[Unresolved], action: str, resource: str) -> Access:
    action = action.lower()
    maybe_denied: list[Statement] = []
    found: dict[str, list[Statement]] = {"allowed": [], "conditional": [], "possible": []}
    for one in known:
        reach = applies(one, action, resource)
        met = holds(one.conditions)
        if reach is False or met is False:
            continue
        if one.allow is False:
            if reach and met:
                return Access(Decision.DENIED, f"{_name(one)} denies {action}", (one,), one.fields)
            maybe_denied.append(one)
        elif reach is None or one.allow is None:
            found["possible"].append(one)
        else:
            found["allowed" if met else "conditional"].append(one)
    granted = found["allowed"] or found["conditional"]
    if found["allowed"] and not maybe_denied:
        one = granted[0]
        return Access(Decision.ALLOWED, f"{_name(one)} allows {action}", (one,), one.fields)
    if granted:
        why = f"{_name(granted[0])} allows {action} under conditions"
        return Access(Decision.CONDITIONAL, why, (granted[0], *maybe_denied[:1]), granted[0].fields)
    return _unsure(action, found["possible"], doubts)


def _unsure(action: str, possible: list[Statement], doubts: Sequence[Unresolved]) -> Access:
    if possible:
        one = possible[0]
        reason = one.doubt.reason if one.doubt else "what it allows is known in part only"
        return Access(Decision.UNKNOWN, f"{_name(one)} may allow {action}: {reason}", (one,), one.fields)
    if doubts:
        return Access(Decision.UNKNOWN, f"one of its policies is not known: {doubts[0].reason}", (), (doubts[0],))
    return Access(Decision.NOT_ALLOWED, f"no statement allows {action}")


def applies(one: Statement, action: str, resource: str = "*") -> bool | None:
    """Whether a statement speaks of `action` (in lower case) on `resource`; None where that is not known."""
    on_action = acts(one, action)
    if on_action is False:
        return False
    on_resource = _on_resource(one, resource)
    if on_resource is False:
        return False
    return True if on_action and on_resource else None


def acts(one: Statement, action: str) -> bool | None:
    """Whether a statement speaks of `action`, in lower case; `*` asks for every action there is."""
    listed = any(matches(pattern, action) for pattern in one.actions)
    if one.not_actions:
        listed = listed or (action == "*" and bool(one.actions))
        return False if listed else (None if one.doubt else True)
    if listed:
        return True
    return None if one.doubt and not one.actions else (None if one.doubt else False)


def _on_resource(one: Statement, resource: str) -> bool | None:
    answers = [covers(pattern, resource) for pattern in one.resources]
    if one.not_resources and resource == "*":
        # All but a few is every resource as far as width goes.
        if any(isinstance(pattern, str) and not pattern.strip("*") for pattern in one.resources):
            return False
        return None if None in answers else True
    if one.not_resources:
        return False if True in answers else (None if None in answers else True)
    if True in answers:
        return True
    return None if None in answers else False


def _name(one: Statement) -> str:
    return f"statement {one.sid} of {one.policy}" if one.sid else one.policy or "a statement"
