"""What identities may do: policy statements and the answers to whether they allow something."""

from typing import Any

import msgspec

from ourhalf.model.field import Field, Place, Reference, Unresolved
from ourhalf.model.word import Word

Pattern = str | Reference | Unresolved
"""A text with `*` and `?`, a reference to a resource, or a text that is known in part or not at all."""


class Decision(Word):
    """What policies say of a request.

    `denied` is by a Deny statement, `not-allowed` by the absence of an Allow. `conditional` is
    allowed only when conditions hold that the request decides.
    """

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    NOT_ALLOWED = "not-allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


class Condition(msgspec.Struct, frozen=True):
    """One condition of a statement: operator (`StringEquals`), key in lower case, and values.

    `values` is None where they are not known.
    """

    operator: str
    key: str
    values: tuple[Pattern, ...] | None


class Principals(msgspec.Struct, frozen=True):
    """Who a statement of a resource's or a trust policy speaks of.

    `anyone` is a principal of `*`. `inverted` is NotPrincipal: everyone but these.
    """

    anyone: bool = False
    aws: tuple[Pattern, ...] = ()
    services: tuple[Pattern, ...] = ()
    federated: tuple[Pattern, ...] = ()
    inverted: bool = False
    doubt: Unresolved | None = None


class Statement(msgspec.Struct, frozen=True):
    """One statement of a policy, in one shape whatever its file wrote.

    `allow` is None where the effect is not known. `actions` are in lower case; `not_actions` and
    `not_resources` say that the lists are exclusions. `doubt` is set where a list may hold more
    than it does here. `policy` names the policy for reasons shown to people.
    """

    allow: bool | None
    actions: tuple[str, ...] = ()
    not_actions: bool = False
    resources: tuple[Pattern, ...] = ()
    not_resources: bool = False
    principals: Principals | None = None
    conditions: tuple[Condition, ...] = ()
    doubt: Unresolved | None = None
    place: Place = Place("")
    sid: str = ""
    policy: str = ""
    fields: tuple[Field[Any], ...] = ()


class Access(msgspec.Struct, frozen=True):
    """The answer to one question, in words why, and the statements and fields that decide it."""

    decision: Decision
    why: str
    statements: tuple[Statement, ...] = ()
    fields: tuple[Field[Any], ...] = ()


class Statements(msgspec.Struct, frozen=True):
    """Every statement that is known of an identity.

    `doubts` say which of its policies are not known. `boundary` is None where it has no permissions
    boundary. `managed` are the names of the AWS managed policies among them.
    """

    known: tuple[Statement, ...] = ()
    doubts: tuple[Unresolved, ...] = ()
    boundary: tuple[Statement, ...] | None = None
    boundary_doubt: Unresolved | None = None
    managed: tuple[str, ...] = ()
