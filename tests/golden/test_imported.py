"""The findings of each sample of others' results, as files; OURHALF_GOLDEN=write makes them again."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from tests.evidence.imported.support import SAMPLES, joined, ours, sample
from tests.golden.test_reports import same

HERE = Path(__file__).parent / "imported"
# What is left of a secret ends in a digest that no two machines make alike.
_MARK = re.compile(r"(REDACTED-[a-z-]+)-[0-9a-f]{12}")
NAMES = sorted(path.name for path in SAMPLES.iterdir())
INFRASTRUCTURE = """
resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}
resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_bucket_public_access_block" "data" {
  bucket            = aws_s3_bucket.data.id
  block_public_acls = false
}
resource "aws_s3_bucket_logging" "data" {
  bucket        = aws_s3_bucket.data.id
  target_bucket = "logs"
  target_prefix = var.prefix
}
resource "aws_ecs_task_definition" "serve" {
  family                = "serve"
  container_definitions = jsonencode([{ name = "web", image = "a", privileged = var.privileged }])
}
"""


@pytest.mark.parametrize("name", NAMES)
def test_sample(name: str) -> None:
    found = joined(None, sample(name))
    lines = [_MARK.sub(r"\1", msgspec.json.encode(finding).decode()) for finding in found.findings]
    same(HERE / f"{name}.golden", "\n".join(lines) + "\n")


def test_all_joined_with_ours() -> None:
    """What is said of what both judged: ours first, then the others."""
    found = joined(ours({"main.tf": INFRASTRUCTURE}), *(sample(name) for name in NAMES))
    told = []
    for finding in found.findings:
        if any(said.tool == "ourhalf" for said in finding.said):
            told.append(f"{finding.control} on {finding.subject.name}: {finding.status}")
            told += [f"  {one.tool} {one.test}: {one.status} as of {one.as_of}" for one in finding.said]
            told.append(f"  so: {finding.reason}")
    same(HERE / "joined.golden", "\n".join(told) + "\n")


def test_every_sample_has_a_golden_file() -> None:
    assert sorted(path.name for path in HERE.iterdir()) == sorted(
        [*(f"{name}.golden" for name in NAMES), "joined.golden"]
    )
