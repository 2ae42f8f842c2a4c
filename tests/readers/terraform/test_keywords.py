"""Attributes named like a keyword are read, and told."""

from __future__ import annotations

from tests.support import read


def test_an_attribute_named_for_is_told_and_the_rest_is_read() -> None:
    text = 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n  rule {\n    for = "5m"\n  }\n}\n'
    evidence = read({"main.tf": text})
    assert [r.kind for r in evidence.resources] == ["S3Bucket"]
    assert [(u.line, "`for`" in u.reason) for u in evidence.unread] == [(4, True)]


def test_a_for_expression_is_no_such_attribute() -> None:
    text = "locals {\n  a = { for k, v in {} : k => v }\n}\n"
    assert not read({"main.tf": text}).unread
