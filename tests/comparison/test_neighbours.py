from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ourhalf.comparison.neighbours import read_as_one
from ourhalf.run import Request, run

TASK = """\
resource "aws_ecs_task_definition" "train" {
  family                = "train"
  container_definitions = jsonencode([{name = "main", image = "registry.example.com/train:1.2"}])
}
"""
SERVICE = """\
resource "aws_ecs_service" "train" {
  name            = "train"
  task_definition = aws_ecs_task_definition.train.arn
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "task.tf").write_text(TASK)
    (tmp_path / "service.tf").write_text(SERVICE)
    (tmp_path / "pod.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: []}\n")
    return str(tmp_path)


def test_files_of_one_root_module_are_read_as_one(folder: str) -> None:
    assert [set(group) for group in read_as_one((folder,))] == [{"service.tf", "task.tf"}]


def test_workloads_name_the_files_of_what_they_are_joined_with(folder: str) -> None:
    assessment = run(Request((folder,), date(2026, 11, 1)), use_cache=False)
    assert {w.path: w.files for w in assessment.workloads} == {"task.tf": ("service.tf",), "pod.yaml": ()}
