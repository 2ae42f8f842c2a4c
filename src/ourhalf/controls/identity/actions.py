"""Policies whose actions do not exist: what they were to allow, or worse to forbid, they do not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from msgspec.structs import replace

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved
from ourhalf.model.references import AwsDoc
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Verdict
from ourhalf.resources.ecr import EcrRepository, EcrRepositoryPolicy
from ourhalf.resources.efs import EfsFileSystem, EfsFileSystemPolicy
from ourhalf.resources.iam import (
    GroupPolicyAttachment,
    IamGroup,
    IamRole,
    IamUser,
    InlinePolicyAttachment,
    UserPolicyAttachment,
)
from ourhalf.resources.kms import KmsKey, KmsKeyPolicy
from ourhalf.resources.policies import PolicyDocument, PolicyStatement, documents
from ourhalf.resources.s3 import S3Bucket
from ourhalf.resources.s3_settings import S3BucketPolicy
from ourhalf.resources.secretsmanager import Secret, SecretPolicy

_READ = date(2026, 11, 27)
_MOST_TOLD = 3
_MOST_SHOWN = 20
_LONGEST = 128

WRITTEN_BESIDE: dict[type[Resource], tuple[type[Resource], ...]] = {
    EcrRepository: (EcrRepositoryPolicy,),
    EfsFileSystem: (EfsFileSystemPolicy,),
    IamGroup: (InlinePolicyAttachment, GroupPolicyAttachment),
    IamRole: (InlinePolicyAttachment,),
    IamUser: (InlinePolicyAttachment, UserPolicyAttachment),
    KmsKey: (KmsKeyPolicy,),
    S3Bucket: (S3BucketPolicy,),
    Secret: (SecretPolicy,),
}
"""Resources whose policies may be written in resources of their own, where they are then told."""


class _Slip(NamedTuple):
    """An action that does not exist, what that comes to, and whether more is allowed than was meant."""

    action: Known[str]
    reason: str
    grave: bool


_MEANT = {
    ("Allow", False): ("it allows {}", "that allows nothing", False),
    ("Deny", False): ("it denies {}", "that denies nothing", True),
    ("Allow", True): ("it allows all but {}", "that holds nothing back", True),
    ("Deny", True): ("it denies all but {}", "that spares nothing", False),
}


def _slips(policy: Field[PolicyDocument], context: Context) -> Iterator[_Slip | Field[Any]]:
    """The actions that do not exist, and every field that leaves open which actions there are."""
    match policy:
        case Known(PolicyDocument(statements=Known(many))):
            for one in many:
                if isinstance(one, Unresolved):
                    yield one
                else:
                    yield from _in_statement(one, context)
        case Known(PolicyDocument(statements=field)) | field:
            yield field


def _in_statement(one: PolicyStatement, context: Context) -> Iterator[_Slip | Field[Any]]:
    inverted = isinstance(one.actions, Absent)
    listed = one.not_actions if inverted else one.actions
    if not isinstance(listed, Known):
        yield listed
        return
    for action in listed.value:
        if isinstance(action, Unresolved):
            yield action
            continue
        match context.identity.misnamed(action.value):
            case Unresolved(reason):
                yield Unresolved(reason, action.place)
            case str() as what:
                place = replace(action.place, field=listed.place.field)
                yield _slip(Known(action.value, place), what, one.effect, inverted)


def _slip(action: Known[str], what: str, effect: Field[str], inverted: bool) -> _Slip:
    shown = action.value if len(action.value) <= _LONGEST else f"{action.value[:_LONGEST]}…"
    meant = _MEANT.get((effect.value, inverted)) if isinstance(effect, Known) else None
    if meant is None:
        return _Slip(action, f"it names {shown}, which {what}", False)
    does, comes_to, grave = meant
    return _Slip(action, f"{does.format(shown)}, which {what}: {comes_to}", grave)


def _exist(holder: Resource, context: Context) -> Verdict | None:
    policies = [policy for policy in documents(holder) if not isinstance(policy, Absent)]
    if policies:
        beside = _beside(holder, context)
        policies = [policy for policy in policies if id(policy) not in beside]
    if not policies:
        return None
    found = [one for policy in policies for one in _slips(policy, context)]
    slips = sorted((one for one in found if isinstance(one, _Slip)), key=lambda slip: not slip.grave)
    if slips:
        told = [slip.reason for slip in slips[:_MOST_TOLD]]
        if len(slips) > _MOST_TOLD:
            told.append(f"and {len(slips) - _MOST_TOLD} more")
        severity = Severity.MEDIUM if slips[0].grave else None
        return Verdict.failed("; ".join(told), *(slip.action for slip in slips[:_MOST_SHOWN]), severity=severity)
    doubt = next((one for one in found if not isinstance(one, _Slip)), None)
    if doubt is not None:
        return Verdict.unknown(doubt)
    return Verdict.passed("each action that it names exists", *policies)


def _beside(holder: Resource, context: Context) -> set[int]:
    """The policies of a resource that resources of their own write."""
    writers = (w for kind in WRITTEN_BESIDE.get(type(holder), ()) for w in context.graph.referrers(holder, kind))
    return {id(policy) for writer in writers for policy in documents(writer)}


ACTIONS_EXIST = Control(
    id="policy-actions-exist",
    title="Policies name actions that exist",
    topic=Topic.IDENTITY,
    severity=Severity.LOW,
    layer=Layer.IDENTITY,
    applies_to=Resource,
    evaluate=_exist,
    rationale="A Deny of an action that does not exist denies nothing, and looks as if it did; an Allow of one makes "
    "somebody allow `*` in the end.",
    remedy="Write the action as its service's page in the Service Authorization Reference has it, or take it out; "
    "except one that AWS added after the day of the list.",
    citations=(
        AwsDoc("IAM/latest/UserGuide/reference_policies_elements_action.html", _READ),
        AwsDoc("IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html", _READ),
    ),
)
