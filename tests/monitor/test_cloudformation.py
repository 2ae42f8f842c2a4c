"""The plan as CloudFormation: cfn-lint, and what ourhalf says of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import ManualArgs
from cfnlint.api import lint as cfn_lint

from ourhalf.monitor.formats.format import Planned, all_formats
from tests.monitor.assessed import EXPLAINED, failures
from tests.monitor.deployments import HOSTILE, acme, everything, planned


def cloudformation(made: Planned) -> str:
    return all_formats()["cloudformation"].render(made)


def lint(text: str) -> list[str]:
    """What cfn-lint says where every service of a plan is offered, warnings included."""
    found = cfn_lint(text, config=ManualArgs(regions=["us-east-1", "eu-west-1"]))
    return [f"{match.rule.id} {match.linenumber}: {match.message}" for match in found]


@pytest.mark.parametrize("made", [everything, acme, lambda: planned(HOSTILE)], ids=["everything", "acme", "hostile"])
def test_cfn_lint_finds_nothing(made: Any) -> None:
    assert lint(cloudformation(made())) == []


def test_cfn_lint_would_find_what_is_wrong() -> None:
    text = cloudformation(everything()).replace("TrafficType", "TrafficKind")
    assert any("TrafficKind" in told for told in lint(text))


@pytest.mark.parametrize("made", [everything, acme], ids=["everything", "acme"])
def test_it_passes_our_own_assessment(made: Any) -> None:
    found, unread = failures({"template.yaml": cloudformation(made())})
    assert (found, unread) == ([], ())


def test_what_regulated_data_asks_for_besides_is_explained() -> None:
    found, _ = failures({"template.yaml": cloudformation(everything())}, regulated=True)
    assert {control for control, _ in found} == set(EXPLAINED)


def test_the_documentation_explains_what_is_left() -> None:
    page = (Path(__file__).parents[2] / "docs" / "monitoring.md").read_text("utf-8")
    assert re.findall(r"^\| `([\w-]+)` \| ", page, re.MULTILINE) == sorted(EXPLAINED, key=page.index)


def test_what_is_not_known_is_a_parameter() -> None:
    text = cloudformation(everything())
    assert "ResourceId: !Ref VpcMain" in text
    assert "arn:${AWS::Partition}:s3:::${S3BucketUnnamed}/" in text
    assert "arn:${AWS::Partition}:s3:::acme-scans/" in text
