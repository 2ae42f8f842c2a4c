"""Controls on users and on what looks for access from outside."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.identity.people import ANALYZED, NO_USER
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import three
from tests.support import Case, api, check, terraform


def user(status: Any) -> tuple[Resource, ...]:
    key = f'resource "aws_iam_access_key" "k" {{\n  user = aws_iam_user.u.name\n  status = {status}\n}}'
    return terraform(f'resource "aws_iam_user" "u" {{ name = "u" }}\nvariable "s" {{}}\n{key if status else ""}')


OUTSIDE = api("accessanalyzer:CreateAnalyzer", analyzerName="a", type="ACCOUNT")
UNUSED = api("accessanalyzer:CreateAnalyzer", analyzerName="b", type="ACCOUNT_UNUSED_ACCESS")
CASES = [
    Case(NO_USER, Status.PASS, user('"Inactive"')),
    Case(NO_USER, Status.FAIL, user('"Active"')),
    Case(NO_USER, Status.FAIL, user("null")),
    Case(NO_USER, Status.FAIL, user("")),
    Case(NO_USER, Status.UNKNOWN, user("var.s")),
    *three(
        ANALYZED,
        "accessanalyzer:CreateAnalyzer",
        {"type": "ORGANIZATION"},
        {"type": "ACCOUNT_UNUSED_ACCESS"},
        {"type": {}},
    ),
    Case(ANALYZED, Status.NOT_APPLICABLE, (OUTSIDE, UNUSED), subject="b"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
