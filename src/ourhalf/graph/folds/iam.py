"""Identities: policies that are written or attached outside of the roles, users and groups that have them."""

from collections.abc import Callable
from typing import Any

from ourhalf.graph.fold import adding
from ourhalf.model.field import Absent, Field, Known, Many, Reference, Unresolved
from ourhalf.model.resource import Resource
from ourhalf.resources.iam import (
    GroupPolicyAttachment,
    IamGroup,
    IamPolicy,
    IamRole,
    IamUser,
    InlinePolicy,
    InlinePolicyAttachment,
    ManagedPolicyAttachment,
    UserPolicyAttachment,
)


def _each(one: Field[Any], many: Many[Any]) -> tuple[Field[Any], ...]:
    """Every link in a field for one and a field for several."""
    found: list[Field[Any]] = [] if isinstance(one, Absent) else [one]
    match many:
        case Known(value, place):
            found.extend(e if isinstance(e, Unresolved) else Known(e, place) for e in value)
        case Unresolved():
            found.append(many)
    return tuple(found)


def _holders(one: str, many: str) -> Callable[[Any], tuple[Field[Any], ...]]:
    return lambda satellite: _each(getattr(satellite, one, Absent()), getattr(satellite, many, Absent()))


def _inline(satellite: Any) -> tuple[InlinePolicy, ...]:
    return (InlinePolicy(policy_name=satellite.policy_name, document=satellite.document),)


def _attached(satellite: ManagedPolicyAttachment) -> tuple[Any, ...]:
    match satellite.policy:
        case Known(value):
            return (value,)
        case Unresolved() as unresolved:
            return (unresolved,)
    return ()


def _itself(policy: Resource) -> tuple[Reference]:
    return (Reference(policy.origin.address),)


ROLE_INLINE = adding(InlinePolicyAttachment, IamRole, _holders("role", "roles"), "policies", _inline)
USER_INLINE = adding(InlinePolicyAttachment, IamUser, _holders("-", "users"), "policies", _inline)
GROUP_INLINE = adding(InlinePolicyAttachment, IamGroup, _holders("-", "groups"), "policies", _inline)
USER_POLICY = adding(UserPolicyAttachment, IamUser, lambda s: s.user, "policies", _inline)
GROUP_POLICY = adding(GroupPolicyAttachment, IamGroup, lambda s: s.group, "policies", _inline)
ROLE_ATTACHED = adding(ManagedPolicyAttachment, IamRole, _holders("role", "roles"), "managed_policies", _attached)
USER_ATTACHED = adding(ManagedPolicyAttachment, IamUser, _holders("user", "users"), "managed_policies", _attached)
GROUP_ATTACHED = adding(ManagedPolicyAttachment, IamGroup, _holders("group", "groups"), "managed_policies", _attached)
ROLE_MANAGED = adding(IamPolicy, IamRole, _holders("-", "roles"), "managed_policies", _itself)
USER_MANAGED = adding(IamPolicy, IamUser, _holders("-", "users"), "managed_policies", _itself)
GROUP_MANAGED = adding(IamPolicy, IamGroup, _holders("-", "groups"), "managed_policies", _itself)
