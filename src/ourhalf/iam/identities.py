"""`Identity` over the policies of one assessment."""

from __future__ import annotations

from typing import Any

from ourhalf.iam.audience import open_to_anyone
from ourhalf.iam.evaluate import evaluate
from ourhalf.iam.managed import managed, managed_name
from ourhalf.iam.policy import statements
from ourhalf.iam.reference import misnamed
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Many, Reference, Unresolved
from ourhalf.model.identity import Access, Statement, Statements
from ourhalf.model.resource import Resource
from ourhalf.resources.iam import (
    GroupPolicyAttachment,
    IamGroup,
    IamPolicy,
    IamPolicyDocument,
    IamRole,
    IamUser,
    InlinePolicy,
    InlinePolicyAttachment,
    UserPolicyAttachment,
)

_MOST_POLICIES = 200


class PolicyIdentity:
    """Judges by the policies in a graph, each identity's gathered once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._gathered: dict[int, tuple[Resource, Statements]] = {}

    def statements(self, holder: Resource) -> Statements:
        """See `Identity.statements`."""
        found = self._gathered.get(id(holder))
        if found is None:
            # The holder is kept with its statements so that its id stays its own.
            found = self._gathered[id(holder)] = (holder, self._gather(holder))
        return found[1]

    def document(self, document: Field[Any], policy: str) -> Statements:
        """See `Identity.document`."""
        return statements(document, policy)

    def allows(self, holder: Resource, action: str, resource: str = "*") -> Access:
        """See `Identity.allows`."""
        return evaluate(self.statements(holder), action, resource)

    def open_to_anyone(self, document: Field[Any], policy: str) -> Access:
        """See `Identity.open_to_anyone`."""
        return open_to_anyone(statements(document, policy))

    def misnamed(self, action: str) -> str | Unresolved | None:
        """See `Identity.misnamed`."""
        return misnamed(action)

    def _gather(self, holder: Resource) -> Statements:
        match holder:
            case IamRole() | IamUser():
                parts = [*self._inline(holder.policies), *self._managed(holder.managed_policies, holder)]
                if isinstance(holder, IamUser):
                    parts.extend(self._of_groups(holder))
                return self._bounded(_joined(parts), holder)
            case IamGroup():
                return _joined([*self._inline(holder.policies), *self._managed(holder.managed_policies, holder)])
            case IamPolicy() | IamPolicyDocument():
                return statements(holder.document, f"policy {holder.name}")
            case InlinePolicyAttachment() | UserPolicyAttachment() | GroupPolicyAttachment():
                return statements(holder.document, f"policy {holder.name}")
        return Statements(doubts=(Unresolved(f"a {holder.kind} has no policies", holder.place),))

    def _inline(self, policies: Many[InlinePolicy]) -> list[Statements]:
        match policies:
            case Known(many):
                return [
                    Statements(doubts=(p,)) if isinstance(p, Unresolved) else statements(p.document, _named(p))
                    for p in many[:_MOST_POLICIES]
                ]
            case Unresolved():
                return [Statements(doubts=(policies,))]
        return []

    def _managed(self, policies: Many[Any], holder: Resource) -> list[Statements]:
        match policies:
            case Known(many, place):
                return [
                    self._attached(p if isinstance(p, Unresolved) else Known(p, place), holder)
                    for p in many[:_MOST_POLICIES]
                ]
            case Unresolved():
                return [self._attached(policies, holder)]
        return []

    def _attached(self, link: Known[Any] | Unresolved, holder: Resource) -> Statements:
        name = managed_name(link if isinstance(link, Unresolved) else link.value)
        if name is not None:
            named: Field[Any] = Known(f"arn:aws:iam::aws:policy/{name}", link.place)
            known = managed(name, named)
            doubt = Unresolved(f"what AWS managed policy {name} allows is not known here", link.place)
            return Statements(known or (), () if known is not None else (doubt,), managed=(name,))
        policy = self._graph.find(link, IamPolicy, holder)
        if isinstance(policy, Unresolved):
            return Statements(doubts=(policy,))
        return statements(policy.document, f"policy {policy.name}")

    def _of_groups(self, user: IamUser) -> list[Statements]:
        found: list[Statements] = []
        match user.groups:
            case Known(many, place):
                for link in many[:_MOST_POLICIES]:
                    named = link if isinstance(link, Unresolved) else Known(link, place)
                    group = self._graph.find(named, IamGroup, user)
                    found.append(Statements(doubts=(group,)) if isinstance(group, Unresolved) else self._gather(group))
            case Unresolved():
                found.append(Statements(doubts=(user.groups,)))
        return found

    def _bounded(self, found: Statements, holder: IamRole | IamUser) -> Statements:
        match holder.boundary:
            case Absent():
                return found
            case Known(str() | Reference()) | Unresolved() as link:
                cap = self._attached(link, holder)
        doubt = cap.doubts[0] if cap.doubts else None
        return Statements(found.known, found.doubts, cap.known, doubt, found.managed)


def _named(policy: InlinePolicy) -> str:
    return f"policy {policy.policy_name.value}" if isinstance(policy.policy_name, Known) else "an inline policy"


def _joined(parts: list[Statements]) -> Statements:
    known: list[Statement] = []
    doubts: list[Unresolved] = []
    names: list[str] = []
    for part in parts:
        known.extend(part.known)
        doubts.extend(part.doubts)
        names.extend(part.managed)
    return Statements(tuple(known), tuple(doubts), managed=tuple(dict.fromkeys(names)))
