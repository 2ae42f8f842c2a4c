"""Functions over known values, as Terraform's own documentation states them."""

from __future__ import annotations

import base64
import gzip

import pytest

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.terraform.values import Fault
from tests.readers.terraform.evaluation import node_of, parts_of, value_of

KNOWN: list[tuple[str, object]] = [
    ('chomp("a\\n\\n")', "a"),
    ('format("%s-%03d %v %q %% %5.1f|%-4s|", "a", 7, true, "x", 1.25, "b")', 'a-007 true "x" %   1.2|b   |'),
    ('format("%[2]s%[1]s", "a", "b")', "ba"),
    ('formatlist("%s/%s", "p", ["a", "b"])', ["p/a", "p/b"]),
    ('indent(2, "a\\nb")', "a\n  b"),
    ('join("-", ["a", 1, true])', "a-1-true"),
    ('lower("AbC")', "abc"),
    ('upper("AbC")', "ABC"),
    ('title("hello big world")', "Hello Big World"),
    ('replace("a-b-c", "-", "_")', "a_b_c"),
    ('replace("a1b22", "/[0-9]+/", "<$0>")', "a<1>b<22>"),
    ('replace("hello", "/(?P<a>l+)/", "[${a}]")'.replace("${a}", "$${a}"), "he[ll]o"),
    ('regex("([a-z]+)-([0-9]+)", "ab-12")', ["ab", "12"]),
    ('regex("(?P<name>[a-z]+)", "12ab")', {"name": "ab"}),
    ('regex("[a-z]+", "12ab")', "ab"),
    ('regexall("[0-9]", "a1b2")', ["1", "2"]),
    ('split(",", "a,b,")', ["a", "b", ""]),
    ('strrev("abc")', "cba"),
    ('substr("hello", 1, 3)', "ell"),
    ('substr("hello", -2, -1)', "lo"),
    ('startswith("hello", "he")', True),
    ('endswith("hello", "lo")', True),
    ('strcontains("hello", "ll")', True),
    ('trim("?!hi!", "?!")', "hi"),
    ('trimprefix("v1", "v")', "1"),
    ('trimsuffix("a.git", ".git")', "a"),
    ('trimspace("  a \\n")', "a"),
    ("abs(-3)", 3),
    ("ceil(1.2)", 2),
    ("floor(-1.2)", -2),
    ("max(1, 5, 3)", 5),
    ("min([4, 2]...)", 2),
    ("pow(2, 10)", 1024),
    ("log(8, 2)", 3),
    ('parseint("ff", 16)', 255),
    ("signum(-4)", -1),
    ("sum([1, 2.5])", 3.5),
    ('tonumber("12")', 12),
    ('tobool("true")', True),
    ("tostring(1.50)", "1.5"),
    ("tostring(null)", None),
    ("alltrue([true, true])", True),
    ("anytrue([false, true])", True),
    ("chunklist([1, 2, 3], 2)", [[1, 2], [3]]),
    ('coalesce(null, "", "a")', "a"),
    ('coalescelist([], ["a"])', ["a"]),
    ('compact(["a", "", null])', ["a"]),
    ('concat(["a"], [], ["b"])', ["a", "b"]),
    ('contains(["a", "b"], "b")', True),
    ('distinct(["a", "b", "a"])', ["a", "b"]),
    ('element(["a", "b"], 3)', "b"),
    ('flatten([["a"], [["b"], "c"]])', ["a", "b", "c"]),
    ('index(["a", "b"], "b")', 1),
    ("keys({b = 1, a = 2})", ["a", "b"]),
    ("values({b = 1, a = 2})", [2, 1]),
    ('length("abc")', 3),
    ("length({a = 1})", 1),
    ('lookup({a = 1}, "b", 2)', 2),
    ('matchkeys(["x", "y"], ["a", "b"], ["b"])', ["y"]),
    ("merge({a = 1, b = 1}, null, {b = 2})", {"a": 1, "b": 2}),
    ("one([])", None),
    ('one(["a"])', "a"),
    ("range(3)", [0, 1, 2]),
    ("range(1, 8, 3)", [1, 4, 7]),
    ("range(3, 0)", [3, 2, 1]),
    ("reverse([1, 2])", [2, 1]),
    ("setintersection([1, 2], [2, 3])", [2]),
    ("setsubtract([1, 2], [2])", [1]),
    ("setunion([1, 2], [2, 3])", [1, 2, 3]),
    ('setproduct(["a", "b"], [1])', [["a", 1], ["b", 1]]),
    ('slice(["a", "b", "c"], 1, 2)', ["b"]),
    ('sort(["b", "a"])', ["a", "b"]),
    ('toset(["b", "a", "b"])', ["a", "b"]),
    ('transpose({a = ["1", "2"], b = ["1"]})', {"1": ["a", "b"], "2": ["a"]}),
    ('zipmap(["a", "b"], [1, 2])', {"a": 1, "b": 2}),
    ('base64encode("hi")', "aGk="),
    ('base64decode("aGk=")', "hi"),
    ('csvdecode("a,b\\n1,2\\n")', [{"a": "1", "b": "2"}]),
    ('jsondecode("{\\"a\\": [1, null]}")', {"a": [1, None]}),
    ("jsondecode(jsonencode({a = [1]}))", {"a": [1]}),
    ('jsonencode("a\\"b")', '"a\\"b"'),
    ('jsonencode({a = [1, true, null], b = jsonencode({c = "d"})})', {"a": [1, True, None], "b": {"c": "d"}}),
    ('"x${jsonencode({a = jsonencode({b = 1})})}"', 'x{"a":"{\\"b\\":1}"}'),
    ('yamldecode("a:\\n  - 1\\n")', {"a": [1]}),
    ('"${yamlencode({a = ["x"], b = {}})}"', {"a": ["x"], "b": {}}),
    ('"#\\n${yamlencode({a = ["x"], b = {c = 1}})}"', '#\n"a":\n  - "x"\n"b":\n  "c": 1\n'),
    ('urlencode("a b&c")', "a+b%26c"),
    ('md5("a")', "0cc175b9c0f1b6a831c399e269772661"),
    ('sha256("")', "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ('uuidv5("dns", "example.com")', "cfbff0d1-9375-5685-968c-48ce8b15ae17"),
    ('formatdate("DD MMM YYYY hh:mm", "2026-01-02T23:12:01Z")', "02 Jan 2026 23:12"),
    ('timeadd("2026-01-02T23:00:00Z", "90m")', "2026-01-03T00:30:00Z"),
    ('cidrsubnet("10.0.0.0/16", 8, 2)', "10.0.2.0/24"),
    ('cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)', ["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"]),
    ('cidrhost("10.0.0.0/24", -2)', "10.0.0.254"),
    ('cidrnetmask("10.0.0.0/12")', "255.240.0.0"),
    ('cidrsubnet("fd00::/56", 8, 1)', "fd00:0:0:1::/64"),
    ('basename("a/b.txt")', "b.txt"),
    ('dirname("a/b.txt")', "a"),
    ("try({}.a, 1)", 1),
    ("try([][0], null)", None),
    ("can({}.a)", False),
    ('can(regex("^a", "abc"))', True),
    ("sensitive(1)", 1),
    ('core::upper("a")', "A"),
]

FAULTS = [
    'regex("b", "a")',
    'regex("(", "a")',
    "range(5000)",
    'format("%s")',
    "slice([1], 0, 2)",
    'cidrsubnet("10.0.0.0/30", 4, 0)',
    'base64decode("%")',
    'jsondecode("{")',
    "element([], 0)",
    "one([1, 2])",
    "tonumber(true)",
    'lookup({a = 1}, "b")',
    "upper()",
    "pow(10, 400)",
    'zipmap(["a"], [])',
    "coalesce(null)",
]

UNKNOWN = 'variable "u" {}\nresource "t" "r" {}'


@pytest.mark.parametrize(("expression", "expected"), KNOWN, ids=[e for e, _ in KNOWN])
def test_known(expression: str, expected: object) -> None:
    assert value_of(expression) == expected


@pytest.mark.parametrize("expression", FAULTS)
def test_faults(expression: str) -> None:
    found = value_of(expression)
    assert isinstance(found, tuple), found
    assert found[0] is Fault


def test_gzip() -> None:
    found = value_of('base64gzip("hello")')
    assert isinstance(found, str)
    assert gzip.decompress(base64.b64decode(found)) == b"hello"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('contains(["a", var.u], "a")', True),
        ("alltrue([var.u, false])", False),
        ("anytrue([var.u, true])", True),
        ("length([var.u, 1])", 2),
        ('lookup({a = 1, b = var.u}, "a", 2)', 1),
        ("merge(var.u, {a = 1}).a", 1),
        ("keys({a = var.u})", ["a"]),
        ("concat([1], var.u)[*]", [1]),
        ('coalesce("a", var.u)', "a"),
        ("try(1, var.u)", 1),
    ],
)
def test_decided_although_a_part_is_unknown(expression: str, expected: object) -> None:
    assert value_of(expression, UNKNOWN) == expected


@pytest.mark.parametrize(
    "expression",
    [
        'contains(["b", var.u], "a")',
        "length(var.u)",
        "length(concat([1], var.u))",
        "merge({a = 1}, var.u).a",
        "merge({a = 1}, var.u).b",
        "coalesce(var.u, 1)",
        "concat(var.u, [1])[0]",
        "can(var.u.a)",
        "try(var.u.a, 1)",
        'regex("a", var.u)',
        "toset([var.u])[0] == 1",
        "jsondecode(var.u)",
        "nosuchfunction(1)",
        "timestamp()",
        'file("../../etc/passwd")',
        'file("/etc/passwd")',
        'file("missing.txt")',
        'fileset(".", "**/*.yaml")',
        'abspath(".")',
        "sort([var.u, 1])[0] == 1",
        "setsubtract([1], [var.u])",
    ],
)
def test_not_decided(expression: str) -> None:
    found = value_of(expression, UNKNOWN)
    assert isinstance(found, Unresolved), found
    assert found.reason


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"a${var.u}b"', ("a", None, "b")),
        ('upper("a${var.u}b")', ("A", None, "B")),
        ('format("%s/%s", t.r.arn, var.u)', (Reference("t.r", "arn"), "/", None)),
        ('join(",", ["a", t.r.id])', ("a,", Reference("t.r", "id"))),
        ('trimspace(" a${t.r.id} ")', ("a", Reference("t.r", "id"))),
        ('indent(1, "a\\n${t.r.id}")', ("a\n ", Reference("t.r", "id"))),
        ('base64encode("a${t.r.id}")', ("a", Reference("t.r", "id"))),
        ('"s${jsonencode({a = t.r.id})}"', ('s{"a":"', Reference("t.r", "id"), '"}')),
    ],
)
def test_parts(expression: str, expected: tuple[object, ...]) -> None:
    assert parts_of(expression, UNKNOWN) == expected


def test_json_stays_a_tree() -> None:
    found = node_of('jsonencode({a = "b${var.u}"})', UNKNOWN)
    assert found.tag == "!json"
    assert found.value["a"].value.parts == ("b", None)


def test_partial_json_is_decoded() -> None:
    found = node_of('jsondecode("{\\"a\\": \\"${t.r.arn}\\", \\"b\\": 1}")', UNKNOWN)
    assert found.value["a"].value == Reference("t.r", "arn")
    assert found.value["b"].value == 1


def test_files() -> None:
    files = {"a__txt": "hi ${x}\n", "t__tpl": "%{ for n in names ~}\n- ${n}\n%{ endfor ~}\n$${y}"}
    assert value_of('file("${path.module}/a.txt")', **files) == "hi ${x}\n"
    assert value_of('fileexists("a.txt")', **files) is True
    assert value_of('fileset(path.module, "*.txt")', **files) == ["a.txt"]
    assert value_of('templatefile("a.txt", {x = 1})', **files) == "hi 1\n"
    assert value_of('templatefile("t.tpl", {names = ["p", "q"]})', **files) == "- p\n- q\n${y}"
    assert value_of('templatestring("hi ${x}", {x = "a"})'.replace("${x}", "$${x}")) == "hi a"


def test_a_template_has_nothing_but_its_names() -> None:
    found = value_of('templatefile("a.txt", {})', a__txt="${var.secret}")
    assert isinstance(found, tuple)
    assert "var" in str(found[1])


def test_patterns_that_could_take_long_are_refused() -> None:
    for pattern in ("(a+)+$", "(a|a)*(b*)*", "a*a*a*a*a*a*a*a*b"):
        found = value_of(f'regex("{pattern}", "{"a" * 40}!")')
        assert isinstance(found, Unresolved), pattern
