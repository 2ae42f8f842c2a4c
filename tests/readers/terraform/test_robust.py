"""Hostile and broken input: bounded, said, and never a crash."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Unresolved
from ourhalf.resources.s3 import S3Bucket
from tests.corpora import DEV, needs_corpora
from tests.support import calls_of, read

BUCKET = 'resource "aws_s3_bucket" "last" {\n  bucket = local.x\n}\n'


def sound(found: Evidence) -> None:
    """No reader failed, and every reason is said."""
    for unread in found.unread:
        assert unread.reason
        assert "the reader failed" not in unread.reason, unread


def doubling(name: str, first: str, rule: str, turns: int) -> str:
    lines = [f"  {name}0 = {first}"]
    lines += [f"  {name}{i + 1} = {rule.replace('@', f'local.{name}{i}')}" for i in range(turns)]
    return "locals {\n" + "\n".join(lines) + f"\n  x = local.{name}{turns}\n}}\n"


HOSTILE = {
    "nested-lists": "locals {\n  x = " + "[" * 10_000 + "]" * 10_000 + "\n}\n",
    "nested-parentheses": "locals {\n  x = " + "(" * 10_000 + "1" + ")" * 10_000 + "\n}\n",
    "nested-blocks": 'resource "aws_s3_bucket" "deep" {\n'
    + "a {\n" * 5_000
    + "}\n" * 5_000
    + "}\nlocals {\n  x = 1\n}\n",
    "nested-calls": "locals {\n  x = " + "upper(" * 5_000 + '"a"' + ")" * 5_000 + "\n}\n",
    "nested-templates": "locals {\n  x = " + '"${' * 2_000 + "1" + '}"' * 2_000 + "\n}\n",
    "long-sum": "locals {\n  x = " + " + ".join(["1"] * 5_000) + "\n}\n",
    "long-negation": "locals {\n  x = " + "!" * 5_000 + "true\n}\n",
    "long-conditional": "locals {\n  x = " + "false ? 1 : " * 3_000 + "2\n}\n",
    "long-traversal": "locals {\n  x = local" + ".a" * 20_000 + "\n}\n",
    "texts-that-double": doubling("t", '"ab"', '"${@}${@}"', 60),
    "lists-that-double": doubling("l", '["a"]', "concat(@, @)", 60),
    "trees-that-double": doubling("n", '{ a = "b" }', "{ a = @, b = @ }", 60),
    "json-that-doubles": doubling("j", '"ab"', "jsonencode([@, @])", 60),
    "products": "locals {\n  r = range(1000)\n  x = length(setproduct(local.r, local.r, local.r))\n}\n",
    "loops-in-loops": "locals {\n  r = range(1000)\n"
    "  x = length([for a in local.r : [for b in local.r : [for c in local.r : a]]])\n}\n",
    "a-loop-of-locals": "locals {\n  a = local.b\n  b = local.a\n  x = local.a\n}\n",
    "a-long-chain": "locals {\n" + "".join(f"  c{i} = local.c{i + 1}\n" for i in range(3_000)) + "  x = local.c0\n}\n",
    "replacing": 'locals {\n  a = format("%1000s", "")\n  b = replace(local.a, " ", local.a)\n'
    '  x = replace(local.b, " ", local.b)\n}\n',
    "wide-formats": 'locals {\n  x = format("%9999999999d", 1)\n}\n',
    "powers": "locals {\n  x = pow(10, pow(10, 10))\n}\n",
    "many-instances": 'resource "aws_s3_bucket" "many" {\n  count = 1000000000\n}\nlocals {\n  x = 1\n}\n',
    "negative-count": 'resource "aws_s3_bucket" "many" {\n  count = -1\n}\nlocals {\n  x = 1\n}\n',
    "many-blocks": 'resource "aws_security_group" "g" {\n  dynamic "ingress" {\n    for_each = range(1024)\n'
    "    content {\n      from_port = ingress.value\n    }\n  }\n}\nlocals {\n  x = 1\n}\n",
    "slow-pattern": f'locals {{\n  x = regex("(x+x+)+y", "{"x" * 60}")\n}}\n',
    "big-subnets": 'locals {\n  x = cidrsubnet("::/0", 128, 99999999999999999999999999999)\n}\n',
    "a-range-backwards": "locals {\n  x = range(0, 1000000000, -1)\n}\n",
    "a-huge-number": "locals {\n  x = " + "9" * 10_000 + "\n}\n",
    "a-header-without-brace": 'resource ""' + "a" * 10_000 + "\n" + "locals {\n  x = 1\n}\n",
    "no-end": 'locals {\n  x = "abc\n',
    "heredoc-without-end": "locals {\n  x = <<EOT\nabc\n",
    "nul": 'locals {\n  x = "a\\u0000"\n}\n\0',
    "surrogate": 'locals {\n  x = "\\uD800"\n}\n',
    "directives-that-do-not-match": 'locals {\n  x = "%{ endif }%{ for a in b }"\n}\n',
}

MOST_CALLS = 20_000_000


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    found, calls = calls_of(lambda: read({"main.tf": HOSTILE[name], "z.tf": BUCKET}))
    assert calls < MOST_CALLS
    sound(found)
    last = [r for r in found.resources if r.origin.address == "aws_s3_bucket.last"]
    assert len(last) == 1
    assert isinstance(last[0], S3Bucket)


@pytest.mark.parametrize("name", ["a-loop-of-locals", "nested-lists", "texts-that-double", "slow-pattern", "powers"])
def test_what_is_too_much_is_unresolved(name: str) -> None:
    found = read({"main.tf": HOSTILE[name], "z.tf": BUCKET})
    last = next(r for r in found.resources if r.origin.address == "aws_s3_bucket.last")
    assert isinstance(last, S3Bucket)
    assert isinstance(last.bucket_name, Unresolved)
    assert last.bucket_name.reason


def test_bytes_that_are_no_text() -> None:
    found = read({"main.tf": b'resource "aws_s3_bucket" "a" {\n  bucket = "\xff"\n}\n', "z.tf": BUCKET})
    assert [(u.path, u.line, u.reason) for u in found.unread] == [("main.tf", 2, "not UTF-8 text")]
    assert len(found.resources) == 2


def test_a_file_that_is_too_large() -> None:
    found = read({"main.tf": b"#" * (5 * 1024 * 1024), "z.tf": BUCKET})
    assert [u.reason for u in found.unread] == ["larger than the 4 MB bound of a configuration file"]
    assert len(found.resources) == 1


def test_modules_that_multiply() -> None:
    texts = {
        f"m{i}/main.tf": "".join(f'module "{c}" {{\n  source = "../m{i + 1}"\n}}\n' for c in "abcdefgh")
        for i in range(12)
    }
    texts["m12/main.tf"] = 'resource "aws_s3_bucket" "b" {}\n'
    found, calls = calls_of(lambda: read(texts))
    assert calls < MOST_CALLS
    sound(found)
    assert any("nested too deep or called too often" in u.reason for u in found.unread)


def test_json_syntax_that_is_broken() -> None:
    for text in (
        "{",
        "[]",
        '{"resource": 5}',
        '{"resource": {"aws_s3_bucket": {"a": [5, null, {"bucket": "${"}]}}}',
        "\xff",
    ):
        sound(read({"main.tf.json": text}))


TOKENS = st.sampled_from(
    [
        *'{}[]()=:,.?"\n*!-+/<>&|~$%#',
        " ",
        "${",
        "%{",
        "<<EOT\n",
        "\nEOT\n",
        "<<-X\n",
        "for ",
        " in ",
        " if ",
        "endfor",
        "...",
        "=>",
        "[*]",
        ".*",
        "null",
        "true",
        "1",
        "0.5e3",
        "x",
        "var.a",
        "local.x",
        "each.value",
        "aws_s3_bucket.b.arn",
        "count.index",
        "jsonencode(",
        "merge(",
        "try(",
        'resource "aws_s3_bucket" "b" {\n',
        'dynamic "tags" {\n',
        "content {",
        "for_each = ",
        "count = ",
        "bucket = ",
        "locals {\n",
        'module "m" {\n  source = "./m"\n',
        'variable "a" {}\n',
        "é",
        "\\u12",
    ]
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TOKENS, max_size=40).map("".join))
def test_any_tokens(text: str) -> None:
    sound(read({"main.tf": text, "m/x.tf": BUCKET}))


@settings(max_examples=100, deadline=None)
@given(st.lists(TOKENS, max_size=25).map("".join))
def test_any_template(text: str) -> None:
    files = {
        "main.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = templatefile("t.tpl", { x = 1 })\n}\n',
        "t.tpl": text,
    }
    found = read(files)
    sound(found)
    assert len(found.resources) == 1


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    sound(read({"main.tf": data}))


def test_digits_that_are_no_numbers() -> None:
    found = read({"main.tf": 'resource "aws_vpc" "v" {\n  count = "²"\n  cidr_block = "10.0.0.0/16"\n}\n'})
    sound(found)
    assert not found.unread
    assert [r.origin.address for r in found.resources] == ["aws_vpc.v"]


@needs_corpora
def test_the_corpus_is_read() -> None:
    from ourhalf.files import TargetFiles
    from ourhalf.readers.terraform.reader import READER

    files = TargetFiles(str(DEV))
    paths = tuple(path for path in files.paths() if READER.wants(path))
    found = [READER.read(unit, files) for unit in READER.plan(paths, files)]
    assert sum(e.files for e in found) >= len(paths) > 300
    resources = [r for e in found for r in e.resources]
    assert len(resources) > 200
    for evidence in found:
        sound(evidence)
        for unread in evidence.unread:
            known = (
                "is not here",
                "is not rendered",
                "holds no configuration",
                "syntax error",
                "was not read",
                "is not known",
                "which strict HCL parsers refuse",
            )
            assert any(reason in unread.reason for reason in known), unread
    addresses = [(r.origin.scope, r.origin.address, type(r)) for r in resources]
    assert len(set(addresses)) == len(addresses)
