"""AWS Identity and Access Management."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.resources.policies import PolicyDocument

_API = "https://docs.aws.amazon.com/IAM/latest/APIReference/"


class InlinePolicy(Part, frozen=True):
    """A policy that is part of the identity it belongs to."""

    policy_name: Annotated[Field[str], At("PolicyName", terraform="name")] = ABSENT
    document: Annotated[Field[PolicyDocument], At("PolicyDocument", terraform="policy")] = ABSENT


class IamRole(Resource, frozen=True):
    """A role: who may assume it, and what it may do."""

    names = Names(
        api="iam:CreateRole",
        cloudformation="AWS::IAM::Role",
        terraform="aws_iam_role",
        kubernetes="iam.services.k8s.aws/Role",
    )

    role_name: Annotated[Field[str], At("RoleName", terraform="name", kubernetes="spec.name", identifies=True)] = ABSENT
    name_prefix: Annotated[Field[str], At("", cloudformation="", terraform="name_prefix")] = ABSENT
    path: Annotated[Field[str], At("Path", kubernetes="spec.path")] = ABSENT
    trust: Annotated[
        Field[PolicyDocument],
        At(
            "AssumeRolePolicyDocument",
            terraform="assume_role_policy",
            kubernetes="spec.assumeRolePolicyDocument",
        ),
    ] = ABSENT
    policies: Annotated[
        Many[InlinePolicy],
        At("", cloudformation="Policies", terraform="inline_policy"),
    ] = ABSENT
    managed_policies: Annotated[
        Many[Link],
        At("", cloudformation="ManagedPolicyArns", terraform="managed_policy_arns", kubernetes="spec.policies"),
    ] = ABSENT
    boundary: Annotated[Field[Link], At("PermissionsBoundary", kubernetes="spec.permissionsBoundary")] = ABSENT
    max_session: Annotated[
        Field[int],
        At(
            "MaxSessionDuration",
            kubernetes="spec.maxSessionDuration",
            default=3600,
            source=_API + "API_CreateRole.html",
        ),
    ] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags", kubernetes="spec.tags")] = ABSENT


class IamPolicy(Resource, frozen=True):
    """A managed policy of ours; CloudFormation also writes here whom it is attached to."""

    names = Names(
        api="iam:CreatePolicy",
        cloudformation="AWS::IAM::ManagedPolicy",
        terraform="aws_iam_policy",
        kubernetes="iam.services.k8s.aws/Policy",
    )

    policy_name: Annotated[
        Field[str],
        At(
            "PolicyName",
            cloudformation="ManagedPolicyName",
            terraform="name",
            kubernetes="spec.name",
            identifies=True,
        ),
    ] = ABSENT
    document: Annotated[
        Field[PolicyDocument], At("PolicyDocument", terraform="policy", kubernetes="spec.policyDocument")
    ] = ABSENT
    roles: Annotated[Many[Link], At("", cloudformation="Roles", terraform="")] = ABSENT
    users: Annotated[Many[Link], At("", cloudformation="Users", terraform="")] = ABSENT
    groups: Annotated[Many[Link], At("", cloudformation="Groups", terraform="")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags", cloudformation="", kubernetes="spec.tags")] = ABSENT


class IamUser(Resource, frozen=True):
    """A user with credentials of long life."""

    names = Names(api="iam:CreateUser", cloudformation="AWS::IAM::User", terraform="aws_iam_user")

    user_name: Annotated[Field[str], At("UserName", terraform="name", identifies=True)] = ABSENT
    policies: Annotated[Many[InlinePolicy], At("", cloudformation="Policies", terraform="")] = ABSENT
    managed_policies: Annotated[Many[Link], At("", cloudformation="ManagedPolicyArns", terraform="")] = ABSENT
    groups: Annotated[Many[Link], At("", cloudformation="Groups", terraform="")] = ABSENT
    boundary: Annotated[Field[Link], At("PermissionsBoundary")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags")] = ABSENT


class IamGroup(Resource, frozen=True):
    """A group of users."""

    names = Names(api="iam:CreateGroup", cloudformation="AWS::IAM::Group", terraform="aws_iam_group")

    group_name: Annotated[Field[str], At("GroupName", terraform="name", identifies=True)] = ABSENT
    policies: Annotated[Many[InlinePolicy], At("", cloudformation="Policies", terraform="")] = ABSENT
    managed_policies: Annotated[Many[Link], At("", cloudformation="ManagedPolicyArns", terraform="")] = ABSENT


class IamInstanceProfile(Resource, frozen=True):
    """What gives a role to an EC2 instance."""

    names = Names(
        api="iam:CreateInstanceProfile",
        cloudformation="AWS::IAM::InstanceProfile",
        terraform="aws_iam_instance_profile",
    )

    profile_name: Annotated[Field[str], At("InstanceProfileName", terraform="name", identifies=True)] = ABSENT
    role: Annotated[Field[Link], At("", cloudformation="Roles", terraform="role")] = ABSENT


class IamPolicyDocument(Resource, frozen=True):
    """A policy that stands in a file of its own, attached to nothing that was read."""

    document: Field[PolicyDocument] = ABSENT


class InlinePolicyAttachment(Resource, frozen=True):
    """An inline policy that is written outside of the identities it belongs to."""

    names = Names(
        api="iam:PutRolePolicy",
        cloudformation="AWS::IAM::Policy|AWS::IAM::RolePolicy",
        terraform="aws_iam_role_policy",
    )

    role: Annotated[Field[Link], At("RoleName", terraform="role")] = ABSENT
    roles: Annotated[Many[Link], At("", cloudformation="Roles", terraform="")] = ABSENT
    users: Annotated[Many[Link], At("", cloudformation="Users", terraform="")] = ABSENT
    groups: Annotated[Many[Link], At("", cloudformation="Groups", terraform="")] = ABSENT
    policy_name: Annotated[Field[str], At("PolicyName", terraform="name")] = ABSENT
    document: Annotated[Field[PolicyDocument], At("PolicyDocument", terraform="policy")] = ABSENT


class UserPolicyAttachment(Resource, frozen=True):
    """An inline policy of a user or group, written outside of it."""

    names = Names(
        api="iam:PutUserPolicy",
        cloudformation="AWS::IAM::UserPolicy",
        terraform="aws_iam_user_policy",
    )

    user: Annotated[Field[Link], At("UserName", terraform="user")] = ABSENT
    policy_name: Annotated[Field[str], At("PolicyName", terraform="name")] = ABSENT
    document: Annotated[Field[PolicyDocument], At("PolicyDocument", terraform="policy")] = ABSENT


class GroupPolicyAttachment(Resource, frozen=True):
    """An inline policy of a group, written outside of it."""

    names = Names(
        api="iam:PutGroupPolicy",
        cloudformation="AWS::IAM::GroupPolicy",
        terraform="aws_iam_group_policy",
    )

    group: Annotated[Field[Link], At("GroupName", terraform="group")] = ABSENT
    policy_name: Annotated[Field[str], At("PolicyName", terraform="name")] = ABSENT
    document: Annotated[Field[PolicyDocument], At("PolicyDocument", terraform="policy")] = ABSENT


class ManagedPolicyAttachment(Resource, frozen=True):
    """Attaches a managed policy to a role, a user or a group, or to several."""

    names = Names(
        api="iam:AttachRolePolicy|iam:AttachUserPolicy|iam:AttachGroupPolicy",
        terraform="aws_iam_role_policy_attachment|aws_iam_user_policy_attachment|aws_iam_group_policy_attachment"
        "|aws_iam_policy_attachment",
    )

    policy: Annotated[Field[Link], At("PolicyArn")] = ABSENT
    role: Annotated[Field[Link], At("RoleName", terraform="role")] = ABSENT
    user: Annotated[Field[Link], At("UserName", terraform="user")] = ABSENT
    group: Annotated[Field[Link], At("GroupName", terraform="group")] = ABSENT
    roles: Annotated[Many[Link], At("", terraform="roles")] = ABSENT
    users: Annotated[Many[Link], At("", terraform="users")] = ABSENT
    groups: Annotated[Many[Link], At("", terraform="groups")] = ABSENT


class IamAccessKey(Resource, frozen=True):
    """A long-lived access key of a user."""

    names = Names(api="iam:CreateAccessKey", cloudformation="AWS::IAM::AccessKey", terraform="aws_iam_access_key")

    user: Annotated[Field[Link], At("UserName", terraform="user")] = ABSENT
    status: Annotated[Field[str], At("", cloudformation="Status", terraform="status", default="Active")] = ABSENT


class AccessAnalyzer(Resource, frozen=True):
    """An IAM Access Analyzer."""

    names = Names(
        api="accessanalyzer:CreateAnalyzer",
        cloudformation="AWS::AccessAnalyzer::Analyzer",
        terraform="aws_accessanalyzer_analyzer",
    )

    analyzer_type: Annotated[Field[str], At("type", terraform="type")] = ABSENT


class OidcProvider(Resource, frozen=True):
    """An OpenID Connect provider whose tokens roles may trust."""

    names = Names(
        api="iam:CreateOpenIDConnectProvider",
        cloudformation="AWS::IAM::OIDCProvider",
        terraform="aws_iam_openid_connect_provider",
    )

    issuer: Annotated[Field[str], At("Url")] = ABSENT
    audiences: Annotated[Many[str], At("ClientIDList", cloudformation="ClientIdList", terraform="client_id_list")] = (
        ABSENT
    )
