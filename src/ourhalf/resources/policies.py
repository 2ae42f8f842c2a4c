"""Policy documents, as identities, buckets, keys and repositories carry them."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

from ourhalf.model.field import ABSENT, Entries, Field, Known, Link, Many, Unresolved
from ourhalf.model.resource import At, Part, Resource


class PolicyStatement(Part, frozen=True):
    """One statement. A single text stands for a list of one; actions keep the place of their own."""

    alone = True

    sid: Annotated[Field[str], At("Sid")] = ABSENT
    effect: Annotated[Field[str], At("Effect")] = ABSENT
    actions: Annotated[Many[Known[str]], At("Action")] = ABSENT
    not_actions: Annotated[Many[Known[str]], At("NotAction")] = ABSENT
    resources: Annotated[Many[Link], At("Resource")] = ABSENT
    not_resources: Annotated[Many[Link], At("NotResource")] = ABSENT
    principal: Annotated[Field[Any], At("Principal")] = ABSENT
    aws: Annotated[Many[Link], At("Principal.AWS")] = ABSENT
    services: Annotated[Many[Link], At("Principal.Service")] = ABSENT
    federated: Annotated[Many[Link], At("Principal.Federated")] = ABSENT
    not_principal: Annotated[Field[Any], At("NotPrincipal")] = ABSENT
    conditions: Annotated[Field[Entries[Entries[tuple[Link | Unresolved, ...]]]], At("Condition")] = ABSENT


class PolicyDocument(Part, frozen=True):
    """A policy."""

    version: Annotated[Field[str], At("Version")] = ABSENT
    statements: Annotated[Many[PolicyStatement], At("Statement")] = ABSENT


def documents(holder: Resource | Part) -> Iterator[Field[PolicyDocument]]:
    """Every policy document that a resource holds, in its parts too; those that it leaves out are absent."""
    for name in _holding(type(holder)):
        match getattr(holder, name):
            case Known(tuple() as many):
                for part in many:
                    yield from (part,) if isinstance(part, Unresolved) else documents(part)
            case field:
                yield field


@cache
def _holding(kind: type[Resource | Part]) -> tuple[str, ...]:
    """The fields that are policy documents or lists of parts that hold some."""
    hints = {name: _types(hint) for name, hint in get_type_hints(kind).items()}
    return tuple(
        name
        for name, types in hints.items()
        if PolicyDocument in types or any(issubclass(t, Part) and t is not kind and _holding(t) for t in types)
    )


def _types(hint: Any) -> frozenset[type]:
    """The classes that a hint names, however deep."""
    inner = get_args(hint)
    if not inner:
        return frozenset({hint} if isinstance(hint, type) else ())
    return frozenset[type]().union(*map(_types, inner))
