"""Notebooks: their code, at its lines of the file."""

from __future__ import annotations

import json

import pytest

from ourhalf.model.evidence import Evidence
from tests.readers.python.source import notebook, resources, value
from tests.support import read

CLIENT = "import boto3\nsm = boto3.client('sagemaker')"


def cells(*texts: str) -> Evidence:
    return read({"n.ipynb": notebook(*texts)})


def test_cells_share_their_names_and_stand_at_their_lines() -> None:
    text = notebook(CLIENT, "name = 'm'", 'sm.create_model(\n    ModelName=name,\n    ExecutionRoleArn="r",\n)')
    (model,) = read({"n.ipynb": text}).resources
    assert model.name == "m"
    lines = text.split("\n")
    assert "sm.create_model(" in lines[model.place.line - 1]
    role = model.role.place  # type: ignore[attr-defined]
    assert lines[role.line - 1][role.column - 1 :].startswith("ExecutionRoleArn=")


def test_columns_count_what_json_escapes() -> None:
    text = notebook(CLIENT, 'x = "a\\t\\"é"; sm.create_model(ModelName="m")')
    (model,) = read({"n.ipynb": text}).resources
    line = text.split("\n")[model.place.line - 1]
    assert line[model.place.column - 1 :].startswith("sm.create_model(")


@pytest.mark.parametrize(
    "magic",
    [
        "%pip install boto3",
        "!pip install \\\n  boto3",
        "%%time\nx = 1",
        "files = !ls",
        "x = %env HOME",
        "sm?",
        "?sm",
        "%%bash\nif then fi (",
        "%%writefile x.py\nsm.create_model(ModelName='other')",
        "if True:\n    !ls",
        "await sm.x()",
        "x = (7\n  % 3)",
        "",
    ],
)
def test_magic_lines_lose_nothing_else(magic: str) -> None:
    evidence = cells(CLIENT, magic, "sm.create_model(ModelName='m')")
    assert (resources(evidence), evidence.unread) == ([("Model", "m")], ())


def test_a_cell_that_is_no_python_is_lost_alone_and_so_are_the_names_that_it_sets() -> None:
    text = notebook(
        CLIENT + "\nrole = 'a'", "role = 'b'\nprint 'old'", "sm.create_model(ModelName='m', ExecutionRoleArn=role)"
    )
    evidence = read({"n.ipynb": text})
    (model,) = evidence.resources
    assert value(model.role) == "<set where it could not be read>"  # type: ignore[attr-defined]
    (unread,) = evidence.unread
    assert "print" in text.split("\n")[unread.line - 1]
    assert unread.reason.startswith("not Python 3")


def test_cells_of_text_are_not_code() -> None:
    assert read({"n.ipynb": notebook("sm.create_model(ModelName='m')", kind="markdown")}).resources == ()


def test_cells_as_one_text_and_the_older_format() -> None:
    code = {"cell_type": "code", "source": f"{CLIENT}\nsm.create_model(ModelName='m')"}
    old = {"cell_type": "code", "input": [f"{CLIENT}\n", "sm.create_model(ModelName='m')"]}
    for document in ({"cells": [code]}, {"worksheets": [{"cells": [old]}]}):
        assert resources(read({"n.ipynb": json.dumps(document)})) == [("Model", "m")]


def test_characters_outside_of_the_basic_plane() -> None:
    text = json.dumps(
        {"cells": [{"cell_type": "code", "source": [f"{CLIENT}\n", "sm.create_model(ModelName='\U0001f600')"]}]}
    )
    assert "\\ud83d" in text
    assert resources(read({"n.ipynb": text})) == [("Model", "\U0001f600")]
    assert resources(read({"n.ipynb": text.replace("\\ude00", "")})) == [("Model", "?")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sagemaker {", "not a notebook: no mapping at the top"),
        ("{sagemaker}}", "not JSON"),
        ('["sagemaker"]', "not a notebook: no mapping at the top"),
        ("[" * 100_000 + '"sagemaker"', "not JSON: exceeded maximum nesting depth"),
        ('{"cells": [{"cell_type": "code", "source": ["sagemaker\\n"', "not JSON"),
    ],
)
def test_what_is_no_notebook_is_unread(text: str, reason: str) -> None:
    evidence = read({"n.ipynb": text, "m.py": f"{CLIENT}\nsm.create_model(ModelName='m')"})
    assert [u.reason.startswith(reason) for u in evidence.unread] == [True], evidence.unread
    assert resources(evidence) == [("Model", "m")]


@pytest.mark.parametrize(
    "document",
    [
        {"cells": {"a": "sagemaker"}},
        {"cells": [1, None, {"cell_type": "code"}, {"cell_type": "code", "source": {"sagemaker": 1}}]},
        {"cells": [{"cell_type": ["code"], "source": ["sagemaker"]}]},
        {"metadata": "sagemaker"},
    ],
)
def test_notebooks_of_another_shape_hold_no_code(document: object) -> None:
    evidence = read({"n.ipynb": json.dumps(document)})
    assert (evidence.resources, evidence.unread) == ((), ())


def test_a_suppression_in_a_cell_has_its_own_reason() -> None:
    evidence = cells(CLIENT, "# ourhalf:ignore some-control we know\nsm.create_model(ModelName='m')")
    assert [(s.control, s.reason) for s in evidence.suppressions] == [("some-control", "we know")]
