"""Modules: calls, variables, instances, and what is read alone."""

from __future__ import annotations

import json

import pytest

from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known, Reference, Unresolved, entry
from ourhalf.model.resource import Resource
from ourhalf.resources.s3 import S3Bucket
from tests.support import read

BUCKET = """
variable "name" {}
resource "aws_s3_bucket" "b" { bucket = var.name }
output "id" { value = aws_s3_bucket.b.id }
"""


def addresses(found: Evidence) -> list[str]:
    return [r.origin.address for r in found.resources]


def buckets(found: Evidence) -> dict[str, object]:
    """What each bucket is called, by its address."""
    return {
        r.origin.address: r.bucket_name.value if isinstance(r.bucket_name, Known) else r.bucket_name
        for r in found.resources
        if isinstance(r, S3Bucket)
    }


def test_a_local_module_is_read_within_each_call() -> None:
    found = read(
        {
            "app/main.tf": 'module "a" {\n  source = "../bucket"\n  name = "one"\n}\n'
            'module "b" {\n  source = "../bucket"\n  name = "two"\n}\n',
            "bucket/main.tf": BUCKET,
        }
    )
    assert buckets(found) == {"module.a.aws_s3_bucket.b": "one", "module.b.aws_s3_bucket.b": "two"}
    assert {r.origin.scope for r in found.resources} == {"app"}
    assert found.files == 2


def test_outputs_reach_other_modules() -> None:
    found = read(
        {
            "main.tf": 'module "a" {\n  source = "./bucket"\n  name = "one"\n}\n'
            'resource "aws_s3_bucket_policy" "p" {\n  bucket = module.a.id\n  policy = "{}"\n}\n',
            "bucket/main.tf": BUCKET,
        }
    )
    policy = next(r for r in found.resources if r.origin.address == "aws_s3_bucket_policy.p")
    assert policy.bucket.value == Reference("module.a.aws_s3_bucket.b", "id")  # type: ignore[attr-defined]


def test_modules_with_count_and_for_each() -> None:
    found = read(
        {
            "main.tf": 'module "m" {\n  source = "./bucket"\n  for_each = toset(["x", "y"])\n  name = each.key\n}\n'
            'module "n" {\n  source = "./bucket"\n  count = 2\n  name = "n${count.index}"\n}\n'
            'module "off" {\n  source = "./bucket"\n  count = 0\n  name = "off"\n}\n',
            "bucket/main.tf": BUCKET,
        }
    )
    assert buckets(found) == {
        'module.m["x"].aws_s3_bucket.b': "x",
        'module.m["y"].aws_s3_bucket.b': "y",
        "module.n[0].aws_s3_bucket.b": "n0",
        "module.n[1].aws_s3_bucket.b": "n1",
    }


def test_below_a_module_that_is_called_no_times_nothing_is_declared() -> None:
    found = read(
        {
            "main.tf": 'module "off" {\n  source = "./outer"\n  count = 0\n}\n',
            "outer/main.tf": 'module "inner" {\n  source = "../bucket"\n  name = "x"\n}\n',
            "bucket/main.tf": BUCKET,
        }
    )
    assert found.resources == ()
    assert found.files == 3


def test_a_folder_whose_caller_says_nothing_is_read_alone() -> None:
    found = read(
        {
            "main.tf": 'resource "aws_s3_object" "o" {\n  source = "./bucket"\n}\n',
            "bucket/main.tf": BUCKET,
        }
    )
    own = [r for r in found.resources if isinstance(r, S3Bucket)]
    assert [r.origin.scope for r in own] == ["bucket"]
    assert isinstance(own[0].bucket_name, Unresolved)
    assert own[0].bucket_name.reason == "variable `name` has no value"


def test_remote_modules_are_unread_once_each() -> None:
    found = read(
        {
            "main.tf": 'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n'
            'resource "aws_security_group" "g" {\n  vpc_id = module.vpc.vpc_id\n}\n'
        }
    )
    assert [(u.line, u.reason) for u in found.unread] == [
        (1, "module from terraform-aws-modules/vpc/aws is not here: run terraform init or give a plan")
    ]
    group = found.resources[0]
    assert group.vpc.reason == "module `vpc` from terraform-aws-modules/vpc/aws is not here"  # type: ignore[attr-defined]


def test_installed_modules_are_read() -> None:
    listed = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "b", "Source": "x/y/z", "Dir": ".terraform/modules/b"}]}
    found = read(
        {
            "main.tf": 'module "b" {\n  source = "x/y/z"\n  name = "n"\n}\n',
            ".terraform/modules/modules.json": json.dumps(listed),
            ".terraform/modules/b/main.tf": BUCKET,
        }
    )
    assert buckets(found) == {"module.b.aws_s3_bucket.b": "n"}
    assert found.unread == ()


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"main.tf": 'module "m" {\n  source = "./"\n}\n'}, "module `m` calls itself"),
        (
            {"a/main.tf": 'module "b" {\n source = "../b"\n}\n', "b/main.tf": 'module "a" {\n source = "../a"\n}\n'},
            "module `a` calls itself",
        ),
        ({"main.tf": 'module "m" {\n  source = "../../x"\n}\n'}, "module `m` lies outside of what was read"),
        ({"main.tf": 'module "m" {\n  source = "./x"\n}\n'}, "module `m`: the folder x holds no configuration"),
        (
            {"main.tf": 'variable "s" {}\nmodule "m" {\n  source = var.s\n}\n'},
            "module `m` has a source that is not known",
        ),
    ],
)
def test_calls_that_lead_nowhere(files: dict[str, str], reason: str) -> None:
    assert reason in [u.reason for u in read(files).unread]


def test_values_of_variables() -> None:
    found = read(
        {
            "main.tf": "".join(
                f'variable "{v}" {{ default = "default" }}\nresource "aws_s3_bucket" "{v}" {{ bucket = var.{v} }}\n'
                for v in "abcd"
            ),
            "terraform.tfvars": 'b = "values"\nc = "values"\n',
            "x.auto.tfvars": 'c = "automatic"\n',
            "prod.tfvars": 'd = "not applied"\n',
        }
    )
    assert buckets(found) == {
        "aws_s3_bucket.a": "default",
        "aws_s3_bucket.b": "values",
        "aws_s3_bucket.c": "automatic",
        "aws_s3_bucket.d": "default",
    }


def test_types_of_variables() -> None:
    found = read(
        {
            "main.tf": 'variable "o" {\n'
            '  type = object({ name = string, tags = optional(map(string), { a = "b" }), size = optional(number) })\n'
            "  default = { name = 5, extra = true }\n}\n"
            'resource "aws_s3_bucket" "b" {\n  bucket = var.o.name\n  tags = var.o.tags\n'
            "  force_destroy = var.o.size == null\n}\n"
        }
    )
    bucket = found.resources[0]
    assert isinstance(bucket, S3Bucket)
    assert bucket.bucket_name.value == "5"  # type: ignore[union-attr]
    assert entry(bucket.tags, "a").value == "b"  # type: ignore[union-attr]


def test_instances_of_unknown_number_are_kept_once() -> None:
    found = read(
        {
            "main.tf": 'variable "n" {}\nresource "aws_s3_bucket" "b" {\n  count = var.n\n'
            '  bucket = "b-${count.index}"\n  force_destroy = true\n}\n'
            'resource "aws_s3_bucket_policy" "p" {\n  bucket = aws_s3_bucket.b[0].id\n  policy = "{}"\n}\n'
        }
    )
    bucket = found.resources[0]
    assert bucket.origin.address == "aws_s3_bucket.b"
    assert bucket.bucket_name.parts == ("b-", None)  # type: ignore[attr-defined]
    assert "the count of `aws_s3_bucket.b` is not known" in bucket.bucket_name.reason  # type: ignore[attr-defined]
    assert found.resources[1].bucket.value == Reference("aws_s3_bucket.b", "id")  # type: ignore[attr-defined]


def test_unknown_keys_leave_the_known_ones() -> None:
    found = read(
        {
            "main.tf": 'variable "more" {}\nresource "aws_s3_bucket" "b" {\n'
            '  for_each = merge(var.more, { a = "x" })\n  bucket = each.value\n}\n'
        }
    )
    assert addresses(found) == ['aws_s3_bucket.b["a"]', "aws_s3_bucket.b"]


def test_dynamic_blocks() -> None:
    text = (
        'variable "ports" { default = [80, 443] }\nvariable "u" {}\n'
        'resource "aws_security_group" "g" {\n'
        '  dynamic "ingress" {\n    for_each = %s\n    content {\n'
        '      from_port = ingress.value\n      to_port = ingress.value\n      protocol = "tcp"\n'
        '      cidr_blocks = ["0.0.0.0/0"]\n    }\n  }\n%s}\n'
    )
    known = read({"main.tf": text % ("var.ports", "")}).resources[0]
    assert [rule.from_port.value for rule in known.ingress.value] == [80, 443]  # type: ignore[attr-defined]
    unknown = read({"main.tf": text % ("var.u", "")}).resources[0]
    assert isinstance(unknown.ingress, Unresolved)  # type: ignore[attr-defined]
    mixed = read({"main.tf": text % ("var.u", "  ingress {\n    from_port = 22\n  }\n")}).resources[0]
    first, rest = mixed.ingress.value  # type: ignore[attr-defined]
    assert first.from_port.value == 22
    assert isinstance(rest, Unresolved)


@pytest.mark.parametrize("repeated", [False, True])
def test_a_block_once_or_many_times(repeated: bool) -> None:
    block = (
        '  primary_container {\n    image = "i"\n  }\n' if not repeated else '  primary_container = { image = "i" }\n'
    )
    model = read({"main.tf": f'resource "aws_sagemaker_model" "m" {{\n{block}}}\n'}).resources[0]
    assert model.primary_container.value.image.value == "i"  # type: ignore[attr-defined]


def tags_of(resource: Resource) -> dict[str, object]:
    assert isinstance(resource.tags, Known), resource.tags
    return {key: getattr(value, "value", value) for key, value in resource.tags.value.items.items()}


def test_default_tags() -> None:
    found = read(
        {
            "main.tf": 'provider "aws" {\n  default_tags {\n    tags = { team = "ml", env = "dev" }\n  }\n}\n'
            'provider "aws" {\n  alias = "west"\n  default_tags {\n    tags = { at = "west" }\n  }\n}\n'
            'resource "aws_s3_bucket" "a" {\n  tags = { env = "prod" }\n}\n'
            'resource "aws_s3_bucket" "b" {\n  provider = aws.west\n}\n'
            'module "m" {\n  source = "./m"\n}\nmodule "w" {\n  source = "./m"\n  providers = { aws = aws.west }\n}\n',
            "m/main.tf": 'resource "aws_s3_bucket" "c" {}\n',
        }
    )
    assert {r.origin.address: tags_of(r) for r in found.resources} == {
        "aws_s3_bucket.a": {"team": "ml", "env": "prod"},
        "aws_s3_bucket.b": {"at": "west"},
        "module.m.aws_s3_bucket.c": {"team": "ml", "env": "dev"},
        "module.w.aws_s3_bucket.c": {"at": "west"},
    }


def test_unknown_default_tags() -> None:
    found = read(
        {
            "main.tf": 'variable "t" {}\nprovider "aws" {\n  default_tags {\n    tags = var.t\n  }\n}\n'
            'resource "aws_s3_bucket" "a" {\n  tags = { env = "prod" }\n}\n'
        }
    )
    tags = found.resources[0].tags
    assert isinstance(tags, Known)
    assert tags.value.get("env").value == "prod"  # type: ignore[union-attr]
    assert isinstance(tags.value.get("team"), Unresolved)


def test_overrides_and_tofu() -> None:
    found = read(
        {
            "main.tf": 'resource "aws_s3_bucket" "a" {\n  bucket = "main"\n  force_destroy = true\n}\n',
            "main_override.tf": 'resource "aws_s3_bucket" "a" {\n  bucket = "override"\n}\n',
            "b.tf": 'resource "aws_s3_bucket" "b" { bucket = "terraform" }\n',
            "b.tofu": 'resource "aws_s3_bucket" "b" { bucket = "tofu" }\n',
        }
    )
    assert sorted(buckets(found).values()) == ["override", "tofu"]  # type: ignore[type-var]


def test_json_syntax() -> None:
    document = {
        "variable": {"n": {"type": "string", "default": "x"}},
        "locals": {"full": "b-${var.n}"},
        "resource": {
            "aws_s3_bucket": {"a": {"bucket": "${local.full}", "tags": {"k": "v"}}},
            "aws_security_group": {"g": [{"ingress": [{"from_port": 22}, {"from_port": 80}]}]},
        },
    }
    found = read({"main.tf.json": json.dumps(document, indent=1)})
    assert buckets(found) == {"aws_s3_bucket.a": "b-x"}
    group = next(r for r in found.resources if r.origin.address == "aws_security_group.g")
    assert len(group.ingress.value) == 2  # type: ignore[attr-defined]


def test_suppressions() -> None:
    found = read(
        {
            "main.tf": "# ourhalf:ignore s3-x public on purpose\n"
            'resource "aws_s3_bucket" "a" {} // ourhalf:ignore s3-y : demo\n# ourhalf:ignore s3-z\n'
        }
    )
    assert [(s.line, s.control, s.reason) for s in found.suppressions] == [
        (1, "s3-x", "public on purpose"),
        (2, "s3-y", "demo"),
    ]
    assert [(u.line, u.reason) for u in found.unread] == [(3, "a suppression without a reason is not obeyed")]


def test_places() -> None:
    found = read(
        {
            "main.tf": 'resource "aws_s3_bucket" "a" {\n  bucket = local.n\n}\n',
            "locals.tf": '\n\nlocals {\n  n = "x"\n}\n',
        }
    )
    bucket = found.resources[0]
    assert isinstance(bucket, S3Bucket)
    assert (bucket.place.path, bucket.place.line) == ("main.tf", 1)
    assert (bucket.bucket_name.place.path, bucket.bucket_name.place.line) == ("main.tf", 2)
