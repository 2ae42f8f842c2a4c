"""The language: operators, templates, loops, and what stays unknown."""

from __future__ import annotations

import pytest

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.terraform import hcl
from ourhalf.readers.terraform.syntax import Bad
from tests.readers.terraform.evaluation import node_of, parts_of, value_of

AROUND = """
variable "u" {}
variable "on" { default = true }
variable "m" { default = { a = 1, b = 2 } }
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_s3_bucket" "b" { bucket = "data" }
resource "aws_subnet" "s" {
  count      = 2
  cidr_block = cidrsubnet(aws_vpc.v.cidr_block, 8, count.index)
}
resource "aws_subnet" "e" {
  for_each   = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
  cidr_block = each.value
}
resource "aws_subnet" "none" { count = 0 }
resource "aws_subnet" "maybe" { count = var.u }
resource "kubernetes_namespace" "n" {
  metadata { name = "ml" }
}
data "aws_region" "r" {}
data "aws_iam_role" "named" { name = "train" }
"""

CASES: list[tuple[str, object]] = [
    ("1 + 2 * 3 - 4 / 2", 5),
    ("7 % 3", 1),
    ("(1 + 2) * 3", 9),
    ("-(2) + 1", -1),
    ("10 / 4", 2.5),
    ('"5" + 1', 6),
    ("1 < 2 && !(3 >= 4) || false", True),
    ('1 == "1"', False),
    ("[1, {a = 2}] == [1, {a = 2}]", True),
    ("true ? 1 : false ? 2 : 3", 1),
    ("false ? 1 : false ? 2 : 3", 3),
    ("false ? 1 : true ? 2 : true ? 3 : 4", 2),
    ("(true ? false : true) ? 1 : 2", 2),
    ("var.m.a", 1),
    ('var.m["b"]', 2),
    ('[for k, v in var.m : "${k}${v}" if v > 1]', ["b2"]),
    ("{for k, v in var.m : upper(k) => v * 2}", {"A": 2, "B": 4}),
    ('{for v in ["a", "b", "ab"] : substr(v, 0, 1) => v...}', {"a": ["a", "ab"], "b": ["b"]}),
    ("[for i, v in [5, 6] : i + v]", [5, 7]),
    ("[{a = {b = 1}}, {a = {b = 2}}][*].a.b", [1, 2]),
    ("[{a = [1]}, {a = [2]}].*.a[0]", [1]),
    ("[[1], [2]][*][0]", [1, 2]),
    ("null[*]", []),
    ("5[*]", [5]),
    ('{"a.b" = 1, (upper("c")) = 2, d : 3}', {"a.b": 1, "C": 2, "d": 3}),
    ('"a$${b}%%{c}\\t\\u00e9\\"${1 + 1}"', 'a${b}%{c}\té"2'),
    ('"${var.m}"', {"a": 1, "b": 2}),
    ('"%{ if var.on }y%{ else }n%{ endif }"', "y"),
    ('"%{ for v in [1, 2] }<${v}>%{ endfor }"', "<1><2>"),
    ('"a ${~ "b" ~} c"', "abc"),
    ("var.on && true", True),
    ("var.u && false", False),
    ("true || var.u", True),
    ("var.u ? 1 : 1", 1),
    ("aws_vpc.v.cidr_block", "10.0.0.0/16"),
    ("aws_vpc.v.id", Reference("aws_vpc.v", "id")),
    ("aws_s3_bucket.b.bucket", Reference("aws_s3_bucket.b", "bucket")),
    ("aws_subnet.s[1].id", Reference("aws_subnet.s[1]", "id")),
    ("aws_subnet.s.1.cidr_block", "10.0.1.0/24"),
    ("aws_subnet.s[*].id", ["${aws_subnet.s[0].id}", "${aws_subnet.s[1].id}"]),
    ('aws_subnet.e["a"].id', Reference('aws_subnet.e["a"]', "id")),
    ("[for k, s in aws_subnet.e : s.cidr_block]", ["10.0.0.0/24", "10.0.1.0/24"]),
    ("values(aws_subnet.e)[*].id", ['${aws_subnet.e["a"].id}', '${aws_subnet.e["b"].id}']),
    ("length(aws_subnet.s)", 2),
    ("aws_subnet.none[*].id", []),
    ('try(aws_subnet.none[0].id, "")', ""),
    ("one(aws_subnet.none[*].id)", None),
    ("aws_subnet.maybe[0].id", Reference("aws_subnet.maybe", "id")),
    ("kubernetes_namespace.n.metadata[0].name", "ml"),
    ("kubernetes_namespace.n.metadata.0.name", "ml"),
    ("data.aws_iam_role.named.name", "train"),
    ("path.module", "."),
]


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[e for e, _ in CASES])
def test_values(expression: str, expected: object) -> None:
    assert value_of(expression, AROUND) == expected


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("var.u", "variable `u` has no value"),
        ("var.u.a[0]", "variable `u` has no value"),
        ("var.u + 1", "variable `u` has no value"),
        ("var.u ? 1 : 2", "variable `u` has no value"),
        ("[for v in var.u : v]", "variable `u` has no value"),
        ("data.aws_region.r.name", "data source `data.aws_region.r` is read at plan time"),
        ("data.aws_iam_role.named.arn", "data source `data.aws_iam_role.named` is read at plan time"),
        ("terraform.workspace", "terraform.workspace depends on the workspace in use"),
        ('aws_vpc.v.id == "vpc-1"', "${aws_vpc.v.id} is known only once it is deployed"),
        ("length(aws_subnet.maybe)", "${aws_subnet.maybe} is known only once it is deployed"),
    ],
)
def test_unknown(expression: str, reason: str) -> None:
    found = value_of(expression, AROUND)
    assert isinstance(found, Unresolved)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        ('"${aws_s3_bucket.b.arn}/*"', (Reference("aws_s3_bucket.b", "arn"), "/*")),
        ('"a%{ if var.u }b%{ endif }c"', ("a", None, "c")),
        ('"a%{ for v in var.u }b%{ endfor }c"', ("a", None, "c")),
        ('"arn:aws:s3:::x-${data.aws_region.r.name}"', ("arn:aws:s3:::x-", Reference("data.aws_region.r", "name"))),
        ("aws_subnet.maybe[*].id", None),
    ],
)
def test_known_in_part(expression: str, parts: tuple[object, ...] | None) -> None:
    if parts is not None:
        assert parts_of(expression, AROUND) == parts
        return
    found = node_of(expression, AROUND)
    assert [item.value.parts for item in found.list()] == [(Reference("aws_subnet.maybe", "id"),)]
    assert found.rest is not None


def test_heredocs() -> None:
    text = "<<-EOT\n      a\n        b ${1}\n\n      c\n    EOT"
    assert value_of(text) == "a\n  b 1\n\nc\n"
    assert value_of("<<EOT\n  a\\n$${b}\nEOT") == "  a\\n${b}\n"
    assert value_of("<<EOT\nEOT") == ""
    loop = "<<-EOT\n    x:\n    %{ for v in [1, 2] ~}\n    - ${v}\n    %{ endfor ~}\n    EOT"
    assert value_of(loop) == "x:\n- 1\n- 2\n"


def test_a_local_that_needs_itself() -> None:
    found = value_of("local.y", "locals {\n  y = local.z\n  z = [local.y]\n}\n")
    assert found == ["<local.y refers to itself>"]


def test_resources_that_need_each_other() -> None:
    around = 'resource "t" "a" { k = t.b.k }\nresource "t" "b" { k = t.a.k }'
    found = value_of("t.a.k", around)
    assert isinstance(found, Unresolved)
    assert "refers to itself" in found.reason


def test_places() -> None:
    found = node_of("{\n  a = 1\n  b = [\n    2\n  ]\n}")
    assert (found.value["a"].line, found.value["a"].column) == (3, 3)
    assert found.value["b"].value[0].line == 5


def test_an_error_stays_in_its_block() -> None:
    text = b'resource "a" "b" {\n  x = 1\n  y = [1,\n}\nresource "c" "d" {\n  x = 2\n}\nlocals {\n  l = }\n}\n'
    found = hcl.parse(text, "f.tf")
    assert [(b.type, b.labels) for b in found.body.blocks][:2] == [("resource", ("a", "b")), ("resource", ("c", "d"))]
    assert found.body.blocks[0].body.rest is not None
    assert found.body.blocks[1].body.rest is None
    assert "x" in found.body.blocks[1].body.attributes
    assert {3, 9} <= {fault.line for fault in found.faults}


def test_what_follows_an_error_is_not_trusted() -> None:
    text = b'resource "a" "b" {\n  before = 1\n  inner {\n    c = = 2\n  }\n  after = 2\n}\n'
    body = hcl.parse(text, "f.tf").body.blocks[0].body
    assert "after" not in body.attributes
    assert body.rest is not None


def test_deep_nesting_is_bounded() -> None:
    deep = "[" * 10_000 + "]" * 10_000
    body = hcl.parse(f"x = {deep}\n".encode(), "f.tf").body
    expr = body.attributes["x"].expr
    for _ in range(100):
        if isinstance(expr, Bad):
            break
        expr = expr.items[0]  # type: ignore[attr-defined]
    assert isinstance(expr, Bad)
