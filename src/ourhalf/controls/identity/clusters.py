"""Who gets into clusters, nodes and file systems."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity, is_set, setting
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.efs import EfsAccessPoint
from ourhalf.resources.eks import EksAccessEntry, EksCluster, EksNodeGroup
from ourhalf.resources.fsx import FsxFileSystem
from ourhalf.resources.iam import IamUser

_READ = date(2026, 10, 2)

ACCESS_ENTRIES = Control(
    id="eks-access-entries",
    title="EKS clusters take their users from access entries alone",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=EksCluster,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(
            lambda c: c.authentication_mode,
            lambda value: value == "API",
            "access entries alone say who signs in",
            "whoever writes the aws-auth ConfigMap says who signs in",
        ),
    ),
    rationale="A ConfigMap that grants administrator rights shows in no IAM tool and in no trail.",
    remedy="Set the authentication mode to API.",
    settings={"authentication_mode": "API"},
    citations=(AwsDoc("eks/latest/userguide/access-entries.html", _READ),),
    rows=("eks-011",),
)

CREATOR = Control(
    id="eks-creator-no-administrator",
    title="Who makes an EKS cluster does not stay its administrator",
    topic=Topic.IDENTITY,
    severity=Severity.LOW,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=EksCluster,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(
            lambda c: c.creator_is_admin,
            lambda value: not value,
            "the creator gets no rights in the cluster",
            "the creator is its administrator for good",
        ),
    ),
    rationale="The pipeline's role that made the cluster keeps every right in it, and no list shows it.",
    remedy="Set bootstrapClusterCreatorAdminPermissions to false and add an access entry instead.",
    settings={"creator_is_admin": False},
    citations=(AwsDoc("eks/latest/userguide/access-entries.html", _READ),),
    rows=("eks-012",),
)


def _no_administrator(entry: EksAccessEntry, _: Context) -> Verdict:
    for one in elements(entry.policies):
        if isinstance(one.policy, Known) and one.policy.value.endswith("/AmazonEKSClusterAdminPolicy"):
            return Verdict.failed("the principal is an administrator of the cluster", one.policy)
    for group in elements(entry.groups):
        if group == "system:masters":
            return Verdict.failed("the principal is in system:masters", entry.groups)
    hidden = doubt(entry.policies) or doubt(entry.groups)
    hidden = hidden or next((p.policy for p in elements(entry.policies) if isinstance(p.policy, Unresolved)), None)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("no policy makes the principal an administrator", entry.policies, entry.groups)


NO_ADMINISTRATOR = Control(
    id="eks-access-entry-no-administrator",
    title="Access entries make nobody an administrator of the cluster",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=EksAccessEntry,
    evaluate=_no_administrator,
    rationale="An administrator of the cluster reads every secret and runs as every workload's role.",
    remedy="Give AmazonEKSEditPolicy in the namespaces that are needed; except break-glass roles.",
    citations=(AwsDoc("eks/latest/userguide/access-policy-permissions.html", _READ),),
    rows=("eks-013",),
)


def _ssh_closed(group: EksNodeGroup, _: Context) -> Verdict:
    match group.ssh_key, group.ssh_groups:
        case (Absent() as field, _):
            return Verdict.passed("no SSH key is installed", field)
        case (Known() as key, Absent() as field):
            return Verdict.failed("port 22 of the nodes is open to the internet", key, field)
        case (Known() as key, Known(value) as field):
            if not value:
                return Verdict.failed("port 22 of the nodes is open to the internet", key, field)
            if not any(True for _ in elements(field)):
                return Verdict.unknown(doubt(field) or field)
            return Verdict.passed("SSH is open to the security groups that are named", field)
        case (Unresolved() as field, _) | (_, field):
            return Verdict.unknown(field)


SSH_CLOSED = Control(
    id="eks-node-group-ssh-closed",
    title="EKS nodes take SSH from named security groups at most",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.HOST_HARDENING,
    applies_to=EksNodeGroup,
    evaluate=_ssh_closed,
    rationale="A key without source groups opens port 22 of every node to 0.0.0.0/0.",
    remedy="Leave the key out and use Session Manager, or name source security groups.",
    settings={"ssh_groups": ["SECURITY_GROUP_ID"]},
    citations=(AwsDoc("eks/latest/APIReference/API_RemoteAccessConfig.html", _READ),),
    same_as=(Checkov("CKV_AWS_100"),),
    rows=("eks-008",),
)

EFS_ROOT = Control(
    id="efs-access-point-root",
    title="EFS access points start below the root of the file system",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=EfsAccessPoint,
    evaluate=setting(
        lambda p: p.root,
        lambda value: value.strip("/") != "",
        "its clients see one folder",
        "its clients see the whole file system",
    ),
    rationale="A job that mounts the root reads and deletes every other job's data.",
    remedy="Set a root directory for each access point.",
    settings={"root": "/train"},
    citations=(AwsDoc("securityhub/latest/userguide/efs-controls.html", _READ),),
    same_as=(
        SecurityHub("EFS.3"),
        Checkov("CKV_AWS_329"),
        Prowler("efs_access_point_enforce_root_directory"),
        ConfigRule("efs-access-point-enforce-root-directory"),
    ),
    rows=("efs-006",),
)


def _as_user(point: EfsAccessPoint, _: Context) -> Verdict:
    for field in (point.user, point.group):
        match field:
            case Known(0):
                return Verdict.failed("its clients act as root", field)
            case Absent():
                return Verdict.failed("its clients act as whom they say they are", field)
    return Verdict.passed("its clients act as one user", point.user, point.group)


EFS_USER = Control(
    id="efs-access-point-user",
    title="EFS access points give their clients a user that is not root",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=EfsAccessPoint,
    evaluate=_as_user,
    rationale="Most deep learning containers run as root, which is root on the file system too unless this forbids it.",
    remedy="Set the POSIX user and group of the access point.",
    settings={"user": 1000, "group": 1000},
    citations=(AwsDoc("efs/latest/ug/enforce-identity-access-points.html", _READ),),
    same_as=(
        SecurityHub("EFS.4"),
        Checkov("CKV_AWS_330"),
        Prowler("efs_access_point_enforce_user_identity"),
        ConfigRule("efs-access-point-enforce-user-identity"),
    ),
    rows=("efs-007",),
)


def _squash(file_system: FsxFileSystem) -> Field[str]:
    return file_system.root_squash


_LUSTRE = is_set(_squash, "root of a client is not root here", "root of a client is root here")


def _squashed(file_system: FsxFileSystem, context: Context) -> Verdict:
    match file_system.flavor:
        case Known("LUSTRE"):
            return _LUSTRE(file_system, context)
        case Known(value) as field:
            return Verdict.not_applicable(f"{value} file systems have no root squash of this kind", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
        case field:
            match file_system.root_squash:
                case Known() as squash:
                    return Verdict.passed("root of a client is not root here", squash)
                case squash:
                    return Verdict.unknown("whether it is a Lustre file system is not stated", field, squash)


FSX_SQUASH = Control(
    id="fsx-lustre-root-squash",
    title="Lustre file systems take root of a client for nobody",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=FsxFileSystem,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _squashed),
    rationale="Root in one training container otherwise reads and deletes what every other job wrote.",
    remedy="Set the root squash, such as 65534:65534.",
    settings={"root_squash": "65534:65534"},
    citations=(AwsDoc("fsx/latest/LustreGuide/root-squash.html", _READ),),
    rows=("fsx-007",),
)


def _no_policies(user: IamUser, _: Context) -> Verdict:
    for field in (user.policies, user.managed_policies):
        if elements(field):
            return Verdict.failed("policies are attached to the user itself", field)
        hidden = doubt(field)
        if hidden is not None:
            return Verdict.unknown(hidden)
    return Verdict.passed("no policy is attached to the user itself", user.policies, user.managed_policies)


USER_BARE = Control(
    id="iam-user-no-policies",
    title="Users get their rights from groups alone",
    topic=Topic.IDENTITY,
    severity=Severity.LOW,
    layer=Layer.IDENTITY,
    applies_to=IamUser,
    evaluate=_no_policies,
    rationale="Rights that hang on one person are forgotten when the person changes work.",
    remedy="Attach policies to groups, or better to roles.",
    citations=(AwsDoc("securityhub/latest/userguide/iam-controls.html", _READ),),
    same_as=(
        SecurityHub("IAM.2"),
        Checkov("CKV_AWS_40"),
        Trivy("AWS-0143"),
        Prowler("iam_policy_attached_only_to_group_or_roles"),
        ConfigRule("iam-user-no-policies-check"),
    ),
    rows=("iam-011",),
)
