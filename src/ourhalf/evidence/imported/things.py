"""Which resource others mean: the same from two tools, and the same as ours. Nothing is joined on doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import msgspec

from ourhalf.evidence.imported.format import Thing
from ourhalf.model.resource import Dialect
from ourhalf.resources import by_name, resource_types

_MOST_NAMESAKES = 500

FILE = "file"
KUBERNETES = "kubernetes"

# What Security Hub and Prowler call types otherwise than CloudFormation does.
_ALSO = {
    "awselbv2loadbalancer": "awselasticloadbalancingv2loadbalancer",
    "awselbloadbalancer": "awselasticloadbalancingloadbalancer",
    "awsiampolicy": "awsiammanagedpolicy",
    "awscloudwatchloggroup": "awslogsloggroup",
}
# What the resource part of an ARN begins with, by service, where the type is not told.
_BY_ARN = {
    ("s3", ""): "awss3bucket",
    ("eks", "cluster"): "awsekscluster",
    ("eks", "nodegroup"): "awseksnodegroup",
    ("ecs", "cluster"): "awsecscluster",
    ("ecs", "service"): "awsecsservice",
    ("ecs", "task-definition"): "awsecstaskdefinition",
    ("ecr", "repository"): "awsecrrepository",
    ("iam", "role"): "awsiamrole",
    ("iam", "user"): "awsiamuser",
    ("iam", "policy"): "awsiammanagedpolicy",
    ("kms", "key"): "awskmskey",
    ("logs", "log-group"): "awslogsloggroup",
    ("sagemaker", "notebook-instance"): "awssagemakernotebookinstance",
    ("sagemaker", "model"): "awssagemakermodel",
    ("sagemaker", "endpoint"): "awssagemakerendpoint",
    ("sagemaker", "endpoint-config"): "awssagemakerendpointconfig",
    ("secretsmanager", "secret"): "awssecretsmanagersecret",
}
_ARN = re.compile(r"arn:[\w-]+:(?P<service>[\w-]+):(?P<region>[\w-]*):(?P<account>\d*):(?P<rest>.+)", re.DOTALL)


class Arn(msgspec.Struct, frozen=True):
    """The parts of an ARN; `type` is what its resource part begins with, `name` what somebody called the resource.

    `exact` is the name as the ARN has it, with what AWS puts around it; empty where that is nothing.
    """

    service: str
    region: str
    account: str
    type: str
    name: str
    exact: str = ""


@cache
def arn_of(text: str) -> Arn | None:
    """The ARN in a text; None where it is none."""
    found = _ARN.fullmatch(text)
    if found is None:
        return None
    service, rest = found["service"], found["rest"]
    if service == "s3":
        return Arn(service, found["region"], found["account"], "", rest.partition("/")[0])
    type_, _, name = rest.partition("/" if "/" in rest and ":" not in rest.partition("/")[0] else ":")
    if not name:
        type_, name = "", rest
    own = _own_name(service, type_, name)
    return Arn(service, found["region"], found["account"], type_, own, name if own != name else "")


def _own_name(service: str, type_: str, name: str) -> str:
    """The name that somebody gave, without what AWS puts around it."""
    match service, type_:
        case "iam", _:
            return name.rpartition("/")[2]  # before it stands a path
        case "ecs", "service":
            return name.rpartition("/")[2]  # before it stands the cluster
        case "ecs", "task-definition":
            return name.partition(":")[0]  # after it stands the revision
        case "eks", "nodegroup":
            return "/".join(name.split("/")[:2]).partition("/")[2]  # cluster, name, an id
        case "elasticloadbalancing", "loadbalancer":
            parts = name.split("/")
            return parts[1] if len(parts) == 3 else name  # kind, name, an id
        case "autoscaling", _:
            return name.rpartition("/")[2]
        case "logs", "log-group":
            return name.removesuffix(":*")
        case _:
            return name


@cache
def kind_of(word: str) -> str:
    """A type of resource in one spelling: `AwsS3Bucket` and `AWS::S3::Bucket` are the same."""
    return _ALSO.get(_plain(word), _plain(word))


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


@cache
def kinds_of_subject(type_: str) -> frozenset[str]:
    """The spellings of a type of ours."""
    for kind in resource_types():
        if kind.__name__ == type_:
            return frozenset(_plain(name) for name in kind.names.cloudformation.split("|") if name)
    return frozenset()


@cache
def subject_type(kind: str) -> str | None:
    """Our name of a type, where we have it."""
    for one in resource_types():
        if kind in kinds_of_subject(one.__name__):
            return one.__name__
    return None


def type_of(thing: Thing) -> str:
    """The type of a thing in one spelling; by its address in Terraform where it has one."""
    parts = thing.address.split(".")
    if len(parts) > 1:
        found = by_name(Dialect.TERRAFORM).get(parts[-2])
        if found is not None:
            return next(iter(sorted(kinds_of_subject(found.__name__))), kind_of(thing.kind))
    return kind_of(thing.kind)


class Known(msgspec.Struct, frozen=True):
    """A resource by what identifies it: two tools that give the same mean the same.

    `name` is its own, `part` that of a container in it, `exact` what else its ARN tells of it, such as a
    cluster or a revision. `account`, `region` and `exact` are empty where a tool does not tell them or the
    name is unique without.
    """

    kind: str
    name: str
    account: str = ""
    region: str = ""
    exact: str = ""
    part: str = ""

    @property
    def whole(self) -> Known:
        """What it is a part of."""
        return msgspec.structs.replace(self, part="") if self.part else self

    def may_be(self, other: Known) -> bool:
        """Whether nothing that is told of the two differs."""
        pairs = ((self.account, other.account), (self.region, other.region), (self.exact, other.exact))
        return (self.kind, self.name, self.part) == (other.kind, other.name, other.part) and all(
            mine == theirs or not mine or not theirs for mine, theirs in pairs
        )

    @property
    def told(self) -> int:
        """How much is told of it."""
        return bool(self.account) + bool(self.region) + bool(self.exact)


def known(thing: Thing) -> Known:
    """What identifies a thing."""
    if thing.path:
        return Known(FILE, f"{thing.path} {thing.address} {thing.lines}", part=thing.part)
    if kind_of(thing.kind) == KUBERNETES:
        return Known(KUBERNETES, thing.name, thing.account, part=thing.part)
    kind, arn = kind_of(thing.kind), arn_of(thing.arn)
    if arn is None:
        name = thing.names[0] if thing.names else thing.name
        return Known(kind, as_compared(kind, name), thing.account, thing.region)
    if subject_type(kind) is None:
        kind = _BY_ARN.get((arn.service, arn.type), f"{arn.service} {arn.type}")
    account = "" if arn.service == "s3" else arn.account or thing.account
    return Known(kind, as_compared(kind, arn.name), account, arn.region, arn.exact)


def as_compared(kind: str, name: str) -> str:
    """A name as it is compared: SageMaker writes the names in its ARNs in small letters."""
    return name.lower() if kind.startswith("awssagemaker") else name


def joined(things: Iterable[Known]) -> dict[Known, Known]:
    """For each the one that stands for it: what is told in part joins the one whole that it may be.

    Where it may be several it stays alone, and so does each of very many of one name.
    """
    distinct = sorted(set(things), key=lambda one: (-one.told, msgspec.structs.astuple(one)))
    found: dict[tuple[str, str], list[Known]] = {}
    stands: dict[Known, Known] = {}
    for one in distinct:
        near = found.setdefault((one.kind, one.name), [])
        fitting = [other for other in near if one.may_be(other)] if len(near) < _MOST_NAMESAKES else []
        if len(fitting) == 1:
            stands[one] = fitting[0]
        else:
            near.append(one)
            stands[one] = one
    return stands
