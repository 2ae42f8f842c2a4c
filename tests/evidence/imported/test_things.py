"""Which resource is meant: one spelling of types and names, and no join on doubt."""

from __future__ import annotations

from itertools import permutations

import pytest

from ourhalf.evidence.imported.format import Thing
from ourhalf.evidence.imported.things import (
    Known,
    arn_of,
    joined,
    kind_of,
    kinds_of_subject,
    known,
    subject_type,
    type_of,
)
from ourhalf.resources import resource_types


@pytest.mark.parametrize(
    ("arn", "type_", "name", "exact"),
    [
        ("arn:aws:s3:::acme-data", "", "acme-data", ""),
        ("arn:aws:s3:::acme-data/models/x", "", "acme-data", ""),
        ("arn:aws:eks:us-east-1:111122223333:cluster/training", "cluster", "training", ""),
        ("arn:aws:eks:us-east-1:111122223333:nodegroup/training/gpu/0a1b", "nodegroup", "gpu", "training/gpu/0a1b"),
        ("arn:aws:ecs:us-east-1:111122223333:service/main/serve", "service", "serve", "main/serve"),
        ("arn:aws:ecs:us-east-1:111122223333:task-definition/serve:7", "task-definition", "serve", "serve:7"),
        ("arn:aws:ecr:us-east-1:111122223333:repository/team/serve", "repository", "team/serve", ""),
        ("arn:aws:iam::111122223333:role/service-role/train", "role", "train", "service-role/train"),
        ("arn:aws:logs:us-east-1:111122223333:log-group:/ecs/serve:*", "log-group", "/ecs/serve", "/ecs/serve:*"),
        ("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/0a1b", "loadbalancer", "web", "app/web/0a1b"),
        ("arn:aws:rds:us-east-1:111122223333:db:features", "db", "features", ""),
        ("arn:aws-cn:kms:cn-north-1:111122223333:key/0a1b-2c3d", "key", "0a1b-2c3d", ""),
        ("arn:aws:sns:us-east-1:111122223333:alerts", "", "alerts", ""),
    ],
)
def test_names_in_arns(arn: str, type_: str, name: str, exact: str) -> None:
    found = arn_of(arn)
    assert found is not None
    assert (found.type, found.name, found.exact) == (type_, name, exact)


@pytest.mark.parametrize("text", ["", "acme-data", "arn:aws:s3", "arn:::::", "arn:aws:iam::x:role/y"])
def test_what_is_no_arn(text: str) -> None:
    assert arn_of(text) is None


@pytest.mark.parametrize(
    ("word", "type_"),
    [
        ("AwsS3Bucket", "S3Bucket"),
        ("AWS::S3::Bucket", "S3Bucket"),
        ("AwsElbv2LoadBalancer", "LoadBalancer"),
        ("AwsElbLoadBalancer", "ClassicLoadBalancer"),
        ("AwsIamPolicy", "IamPolicy"),
        ("AwsSageMakerNotebookInstance", "SageMakerNotebookInstance"),
        ("AwsRdsDbInstance", None),
        ("Other", None),
    ],
)
def test_types_in_one_spelling(word: str, type_: str | None) -> None:
    assert subject_type(kind_of(word)) == type_


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("aws_s3_bucket.data", "awss3bucket"),
        ("module.a.aws_s3_bucket.data", "awss3bucket"),
        ("aws_s3_bucket.data[0]", "awss3bucket"),
        ("aws_db_instance.x", "terraform"),
        ("data", "terraform"),
        ("", "terraform"),
    ],
)
def test_types_by_an_address_in_terraform(address: str, expected: str) -> None:
    assert type_of(Thing(kind="terraform", name="x", address=address)) == expected


def test_no_two_of_our_types_are_spelled_alike() -> None:
    seen: dict[str, str] = {}
    for kind in resource_types():
        for spelled in kinds_of_subject(kind.__name__):
            assert seen.setdefault(spelled, kind.__name__) == kind.__name__


def test_two_tools_name_one_resource() -> None:
    hub = Thing(kind="AwsS3Bucket", name="x", arn="arn:aws:s3:::acme-data", account="1", region="us-east-1")
    prowler = Thing(kind="Other", name="x", arn="arn:aws:s3:::acme-data", account="1", region="us-east-1")
    config = Thing(kind="AWS::S3::Bucket", name="acme-data", names=("acme-data",))
    assert known(hub) == known(prowler)
    stands = joined([known(hub), known(config)])
    assert stands[known(config)] == known(hub)


def cluster(account: str = "", region: str = "", exact: str = "") -> Known:
    return Known("awsekscluster", "main", account, region, exact)


@pytest.mark.parametrize(
    ("things", "groups"),
    [
        ([cluster("1", "eu"), cluster("1", "eu")], 1),
        ([cluster("1", "eu"), cluster()], 1),
        ([cluster("1", "eu"), cluster("1")], 1),
        ([cluster("1", "eu"), cluster("2", "eu")], 2),
        ([cluster("1", "eu"), cluster("1", "us")], 2),
        ([cluster("1", "eu"), cluster("2", "eu"), cluster()], 3),
        ([cluster("1", "eu"), cluster("2", "eu"), cluster("2")], 2),
        ([cluster("1", "eu", "a/main"), cluster("1", "eu", "b/main")], 2),
        ([cluster("1"), cluster("", "eu")], 1),
    ],
)
def test_what_is_told_in_part_joins_only_the_one_that_it_may_be(things: list[Known], groups: int) -> None:
    for order in permutations(things):
        stands = joined(order)
        assert len(set(stands.values())) == groups
        assert all(whole.may_be(part) for part, whole in stands.items())


def test_names_of_another_type_are_not_joined() -> None:
    role = Thing(kind="AwsIamRole", name="x", arn="arn:aws:iam::1:role/main")
    user = Thing(kind="AwsIamUser", name="x", arn="arn:aws:iam::1:user/main")
    assert len(set(joined([known(role), known(user)]).values())) == 2


def test_services_of_two_clusters_are_two() -> None:
    one = Thing(kind="AwsEcsService", name="x", arn="arn:aws:ecs:eu-west-1:1:service/a/web")
    two = Thing(kind="AwsEcsService", name="x", arn="arn:aws:ecs:eu-west-1:1:service/b/web")
    assert len(set(joined([known(one), known(two)]).values())) == 2


def test_very_many_of_one_name_are_not_compared_with_each_other() -> None:
    things = [cluster(str(n), "eu") for n in range(20_000)]
    assert set(joined([*things, cluster("7")]).values()) == {*things, cluster("7")}
