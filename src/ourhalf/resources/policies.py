"""Policy documents, as identities, buckets, keys and repositories carry them."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many, Unresolved
from ourhalf.model.resource import At, Part


class PolicyStatement(Part, frozen=True):
    """One statement. A single text stands for a list of one."""

    sid: Annotated[Field[str], At("Sid")] = ABSENT
    effect: Annotated[Field[str], At("Effect")] = ABSENT
    actions: Annotated[Many[str], At("Action")] = ABSENT
    not_actions: Annotated[Many[str], At("NotAction")] = ABSENT
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
