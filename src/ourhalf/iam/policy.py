"""Policy documents as statements of one shape."""

from __future__ import annotations

from typing import Any

from ourhalf.model.field import Absent, Entries, Field, Known, Many, Unresolved, changed
from ourhalf.model.identity import Condition, Pattern, Principals, Statement, Statements
from ourhalf.resources.policies import PolicyDocument, PolicyStatement

MOST_STATEMENTS = 2_000
"""More than fit in the largest policy that AWS accepts (20,480 characters, for a bucket)."""


_ANY = Condition("", "", None)


def statements(document: Field[Any], policy: str) -> Statements:
    """The statements of a document, with what of it is not known."""
    match document:
        case Known(PolicyDocument() as found):
            return _of(found, policy)
        case Known():
            return Statements(doubts=(Unresolved(f"{policy} is no policy document", document.place),))
        case Absent():
            return Statements()
        case _:
            return Statements(doubts=(document,))


def _of(document: PolicyDocument, policy: str) -> Statements:
    match document.statements:
        case Known(many, place):
            doubts = [s for s in many if isinstance(s, Unresolved)]
            if len(many) > MOST_STATEMENTS:
                reason = f"{policy} has {len(many)} statements, more than any policy may: the rest was not judged"
                doubts.append(Unresolved(reason, place))
            known = (s for s in many[:MOST_STATEMENTS] if isinstance(s, PolicyStatement))
            return Statements(tuple(statement(s, policy) for s in known), tuple(doubts))
        case Absent(place=place):
            return Statements(doubts=(Unresolved(f"{policy} has no statements", place),))
        case unresolved:
            return Statements(doubts=(unresolved,))


def statement(part: PolicyStatement, policy: str) -> Statement:
    """One statement in one shape."""
    excluded = isinstance(part.actions, Absent) and not isinstance(part.not_actions, Absent)
    listed = changed(part.not_actions if excluded else part.actions, lambda action: action.value)
    actions, doubt = _listed(listed, "actions")
    unlisted = isinstance(part.resources, Absent)
    spared = unlisted and not isinstance(part.not_resources, Absent)
    resources = _patterns(part.not_resources if spared else part.resources)
    allow: bool | None = None
    match part.effect:
        case Known("Allow"):
            allow = True
        case Known("Deny"):
            allow = False
        case Unresolved():
            doubt = doubt or part.effect
        case _:
            doubt = doubt or Unresolved("the effect is neither Allow nor Deny", part.effect.place)
    named = part.not_resources if spared else part.resources
    fields: tuple[Field[Any], ...] = (part.effect, listed, named)
    return Statement(
        allow,
        tuple(a.lower() for a in actions),
        excluded,
        ("*",) if unlisted and not spared else resources,
        spared,
        _principals(part),
        _conditions(part.conditions),
        doubt,
        part.effect.place,
        part.sid.value if isinstance(part.sid, Known) else "",
        policy,
        tuple(f for f in fields if not isinstance(f, Absent)),
    )


def _listed(field: Many[str], what: str) -> tuple[tuple[str, ...], Unresolved | None]:
    match field:
        case Known(value):
            doubt = next((v for v in value if isinstance(v, Unresolved)), None)
            return tuple(v for v in value if not isinstance(v, Unresolved)), doubt
        case Absent(place=place):
            return (), Unresolved(f"the statement names no {what}", place)
        case unresolved:
            return (), unresolved


def _patterns(field: Many[Any]) -> tuple[Pattern, ...]:
    match field:
        case Known(value):
            return value
        case Unresolved():
            return (field,)
    return ()


def _principals(part: PolicyStatement) -> Principals | None:
    if not isinstance(part.not_principal, Absent):
        doubt = part.not_principal if isinstance(part.not_principal, Unresolved) else None
        return Principals(inverted=True, doubt=doubt)
    match part.principal:
        case Absent():
            return None
        case Unresolved() as unresolved:
            return Principals(doubt=unresolved)
        case Known("*"):
            return Principals(anyone=True)
    aws = _patterns(part.aws)
    return Principals("*" in aws, aws, _patterns(part.services), _patterns(part.federated))


def _conditions(field: Field[Any]) -> tuple[Condition, ...]:
    """The conditions; one without an operator stands for any that are not known."""
    match field:
        case Known(Entries(items, rest)):
            found = [] if rest is None else [_ANY]
            for operator, tests in items.items():
                if not isinstance(tests, Known):
                    found.append(_ANY)
                    continue
                found.extend([_ANY] if tests.value.rest else [])
                for key, values in tests.value.items.items():
                    found.append(Condition(operator, key.lower(), values.value if isinstance(values, Known) else None))
            return tuple(found)
        case Unresolved():
            return (_ANY,)
    return ()
