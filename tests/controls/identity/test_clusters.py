"""Controls on who gets into clusters, nodes and file systems."""

from __future__ import annotations

import pytest

from ourhalf.controls.identity.clusters import (
    ACCESS_ENTRIES,
    CREATOR,
    EFS_ROOT,
    EFS_USER,
    FSX_SQUASH,
    NO_ADMINISTRATOR,
    SSH_CLOSED,
    USER_BARE,
)
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, three
from tests.support import Case, api, check, cloudformation

CONFIG = "accessConfig"
MODE = "authenticationMode"
ADMIN = "bootstrapClusterCreatorAdminPermissions"
POLICY = "arn:aws:eks::aws:cluster-access-policy/"


def entry(policy: str, groups: str = "[]") -> tuple[Resource, ...]:
    return cloudformation(
        "Resources:\n  E:\n    Type: AWS::EKS::AccessEntry\n    Properties:\n      ClusterName: c\n"
        f"      KubernetesGroups: {groups}\n"
        f"      AccessPolicies: [{{PolicyArn: {policy}, AccessScope: {{Type: cluster}}}}]\n"
    )


def user(properties: str) -> tuple[Resource, ...]:
    return cloudformation(f"Resources: {{U: {{Type: AWS::IAM::User, Properties: {{{properties}}}}}}}")


LUSTRE = {"FileSystemType": "LUSTRE"}


def squash(value: object) -> dict[str, object]:
    return {**LUSTRE, "LustreConfiguration": {"RootSquashConfiguration": {"RootSquash": value}}}


def files(fields: dict[str, object], **changes: object) -> tuple[Resource, ...]:
    given = {name: value for name, value in {**fields, **changes}.items() if value is not None}
    return (api("fsx:CreateFileSystem", **given),)


def nodes(access: dict[str, object]) -> tuple[Resource, ...]:
    return (api("eks:CreateNodegroup", nodegroupName="n", remoteAccess=access),)


NODES = "Resources:\n  N:\n    Type: AWS::EKS::Nodegroup\n    Properties:\n      RemoteAccess: "
CASES = [
    *three(
        ACCESS_ENTRIES,
        "eks:CreateCluster",
        {CONFIG: {MODE: "API"}},
        {CONFIG: {MODE: "API_AND_CONFIG_MAP"}},
        {CONFIG: {MODE: {}}},
        CONFIDENTIAL,
    ),
    *three(CREATOR, "eks:CreateCluster", {CONFIG: {ADMIN: False}}, {"name": "c"}, {CONFIG: {ADMIN: {}}}, CONFIDENTIAL),
    Case(NO_ADMINISTRATOR, Status.PASS, entry(POLICY + "AmazonEKSEditPolicy")),
    Case(NO_ADMINISTRATOR, Status.FAIL, entry(POLICY + "AmazonEKSClusterAdminPolicy")),
    Case(NO_ADMINISTRATOR, Status.FAIL, entry(POLICY + "AmazonEKSEditPolicy", "[system:masters]")),
    Case(NO_ADMINISTRATOR, Status.UNKNOWN, entry("!Ref Nothing")),
    *three(
        SSH_CLOSED,
        "eks:CreateNodegroup",
        {"remoteAccess": {"ec2SshKey": "k", "sourceSecurityGroups": ["sg-1"]}},
        {"remoteAccess": {"ec2SshKey": "k"}},
        {"remoteAccess": {"ec2SshKey": {}}},
    ),
    Case(SSH_CLOSED, Status.PASS, (api("eks:CreateNodegroup", nodegroupName="n"),)),
    Case(SSH_CLOSED, Status.FAIL, nodes({"ec2SshKey": "k", "sourceSecurityGroups": []})),
    Case(SSH_CLOSED, Status.UNKNOWN, nodes({"ec2SshKey": "k", "sourceSecurityGroups": {}})),
    *three(
        EFS_ROOT,
        "efs:CreateAccessPoint",
        {"RootDirectory": {"Path": "/train"}},
        {"RootDirectory": {"Path": "/"}},
        {"RootDirectory": {"Path": {}}},
    ),
    Case(EFS_ROOT, Status.FAIL, (api("efs:CreateAccessPoint", FileSystemId="fs-1"),)),
    *three(
        EFS_USER,
        "efs:CreateAccessPoint",
        {"PosixUser": {"Uid": 1000, "Gid": 1000}},
        {"PosixUser": {"Uid": 0, "Gid": 1000}},
        {"PosixUser": {"Uid": {}, "Gid": 1000}},
    ),
    Case(EFS_USER, Status.FAIL, (api("efs:CreateAccessPoint", FileSystemId="fs-1"),)),
    Case(FSX_SQUASH, Status.NOT_APPLICABLE, files({"FileSystemType": "ONTAP"}), requirements=CONFIDENTIAL),
    Case(FSX_SQUASH, Status.UNKNOWN, files({"FileSystemType": {}}), requirements=CONFIDENTIAL),
    Case(FSX_SQUASH, Status.UNKNOWN, files({"StorageCapacity": 1200}), requirements=CONFIDENTIAL),
    Case(FSX_SQUASH, Status.PASS, files(squash("1:1"), FileSystemType=None), requirements=CONFIDENTIAL),
    *three(FSX_SQUASH, "fsx:CreateFileSystem", squash("65534:65534"), LUSTRE, squash({}), CONFIDENTIAL),
    Case(USER_BARE, Status.PASS, user("UserName: u")),
    Case(USER_BARE, Status.FAIL, user("ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']")),
    Case(USER_BARE, Status.UNKNOWN, user("ManagedPolicyArns: !Ref Nothing")),
    Case(NO_ADMINISTRATOR, Status.UNKNOWN, entry(POLICY + "AmazonEKSEditPolicy", "[!Ref Nothing]")),
    Case(SSH_CLOSED, Status.UNKNOWN, cloudformation(NODES + "{Ec2SshKey: k, SourceSecurityGroups: !Ref Nothing}\n")),
    Case(EFS_USER, Status.FAIL, (api("efs:CreateAccessPoint", PosixUser={"Uid": {}, "Gid": 0}),)),
    Case(FSX_SQUASH, Status.UNKNOWN, files(squash("1:1"), FileSystemType={}), requirements=CONFIDENTIAL),
    Case(USER_BARE, Status.UNKNOWN, user("ManagedPolicyArns: [!Ref Nothing]")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
