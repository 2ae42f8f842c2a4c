"""AWS Secrets Manager and Systems Manager parameters."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Text
from ourhalf.model.resource import At, Names, Resource
from ourhalf.resources.policies import PolicyDocument

_API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/"


class Secret(Resource, frozen=True):
    """A secret, with its rotation and policy folded in. Its value is never read."""

    names = Names(
        api="secretsmanager:CreateSecret",
        cloudformation="AWS::SecretsManager::Secret",
        terraform="aws_secretsmanager_secret",
        kubernetes="secretsmanager.services.k8s.aws/Secret",
    )

    secret_name: Annotated[Field[str], At("Name", kubernetes="spec.name", identifies=True)] = ABSENT
    kms_key: Annotated[Field[Link], At("KmsKeyId", kubernetes="spec.kmsKeyID")] = ABSENT
    rotated: Annotated[
        Field[bool], At("", cloudformation="", terraform="", default=False, source=_API + "API_RotateSecret.html")
    ] = ABSENT
    rotation_days: Annotated[Field[int], At("", cloudformation="", terraform="")] = ABSENT
    rotation_schedule: Annotated[Field[str], At("", cloudformation="", terraform="")] = ABSENT
    policy: Annotated[Field[PolicyDocument], At("", cloudformation="", terraform="policy")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags", kubernetes="spec.tags")] = ABSENT


class SecretRotation(Resource, frozen=True):
    """When a secret is rotated."""

    names = Names(
        api="secretsmanager:RotateSecret",
        cloudformation="AWS::SecretsManager::RotationSchedule",
        terraform="aws_secretsmanager_secret_rotation",
    )

    secret: Annotated[Field[Link], At("SecretId")] = ABSENT
    days: Annotated[Field[int], At("RotationRules.AutomaticallyAfterDays")] = ABSENT
    schedule: Annotated[Field[str], At("RotationRules.ScheduleExpression")] = ABSENT


class SecretPolicy(Resource, frozen=True):
    """A secret's policy, set on its own."""

    names = Names(
        api="secretsmanager:PutResourcePolicy",
        cloudformation="AWS::SecretsManager::ResourcePolicy",
        terraform="aws_secretsmanager_secret_policy",
    )

    secret: Annotated[Field[Link], At("SecretId", terraform="secret_arn")] = ABSENT
    document: Annotated[Field[PolicyDocument], At("ResourcePolicy", terraform="policy")] = ABSENT


class SsmParameter(Resource, frozen=True):
    """A parameter of Systems Manager."""

    names = Names(api="ssm:PutParameter", cloudformation="AWS::SSM::Parameter", terraform="aws_ssm_parameter")

    parameter: Annotated[Field[str], At("Name", identifies=True)] = ABSENT
    parameter_type: Annotated[Field[str], At("Type")] = ABSENT
    value: Annotated[Field[Text], At("Value")] = ABSENT
    kms_key: Annotated[Field[Link], At("KeyId", cloudformation="", terraform="key_id")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags")] = ABSENT
