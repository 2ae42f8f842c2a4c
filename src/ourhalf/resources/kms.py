"""AWS Key Management Service."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link
from ourhalf.model.resource import At, Names, Resource
from ourhalf.resources.policies import PolicyDocument

_API = "https://docs.aws.amazon.com/kms/latest/APIReference/"


class KmsKey(Resource, frozen=True):
    """A key of ours."""

    names = Names(
        api="kms:CreateKey",
        cloudformation="AWS::KMS::Key",
        terraform="aws_kms_key",
        kubernetes="kms.services.k8s.aws/Key",
    )

    description: Annotated[Field[str], At("Description", kubernetes="spec.description")] = ABSENT
    policy: Annotated[Field[PolicyDocument], At("Policy", cloudformation="KeyPolicy", kubernetes="spec.policy")] = (
        ABSENT
    )
    rotation: Annotated[
        Field[bool],
        At(
            "",
            cloudformation="EnableKeyRotation",
            terraform="enable_key_rotation",
            kubernetes="spec.enableKeyRotation",
            default=False,
            source="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
        ),
    ] = ABSENT
    spec: Annotated[
        Field[str],
        At(
            "KeySpec|CustomerMasterKeySpec",
            cloudformation="KeySpec",
            terraform="customer_master_key_spec",
            kubernetes="spec.keySpec",
            default="SYMMETRIC_DEFAULT",
            source=_API + "API_CreateKey.html",
        ),
    ] = ABSENT
    key_origin: Annotated[
        Field[str],
        At("Origin", terraform="", kubernetes="spec.origin", default="AWS_KMS", source=_API + "API_CreateKey.html"),
    ] = ABSENT
    enabled: Annotated[
        Field[bool],
        At("", cloudformation="Enabled", terraform="is_enabled", default=True, source=_API + "API_CreateKey.html"),
    ] = ABSENT
    multi_region: Annotated[Field[bool], At("MultiRegion", default=False, source=_API + "API_CreateKey.html")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags", kubernetes="spec.tags")] = ABSENT


class KmsAlias(Resource, frozen=True):
    """A name for a key."""

    names = Names(api="kms:CreateAlias", cloudformation="AWS::KMS::Alias", terraform="aws_kms_alias")

    alias: Annotated[Field[str], At("AliasName", terraform="name", identifies=True)] = ABSENT
    key: Annotated[Field[Link], At("TargetKeyId")] = ABSENT


class KmsKeyPolicy(Resource, frozen=True):
    """A key's policy, set on its own."""

    names = Names(api="kms:PutKeyPolicy", terraform="aws_kms_key_policy")

    key: Annotated[Field[Link], At("KeyId")] = ABSENT
    document: Annotated[Field[PolicyDocument], At("Policy")] = ABSENT


class KmsKeyRotation(Resource, frozen=True):
    """Rotation of a key, turned on by a request of its own."""

    names = Names(api="kms:EnableKeyRotation")

    key: Annotated[Field[Link], At("KeyId")] = ABSENT
