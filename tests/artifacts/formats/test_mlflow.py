"""Models of MLflow: what loading one imports, runs and unpickles is told."""

from __future__ import annotations

import pytest

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import formats, found, judged, why

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD


def model(loader: str, more: str = "") -> bytes:
    lines = f"artifact_path: model\nflavors:\n  python_function:\n    data: m\n    loader_module: {loader}\n{more}"
    return (lines + "mlflow_version: 3.1.0\n").encode()


def test_loaders_of_formats_without_code_are_safe() -> None:
    (one,) = found(model("mlflow.xgboost"), "MLmodel")
    assert (one.format, one.judgement, one.facts) == ("mlflow", SAFE, {"loader": "mlflow.xgboost"})
    assert judged(model("mlflow.onnx", "    code: null\n")) is SAFE


@pytest.mark.parametrize(
    ("data", "judgement", "told"),
    [
        (model("mlflow.sklearn"), UNPROVED, "unpickles"),
        (model("mlflow.pyfunc.model", "    python_model: python_model.pkl\n"), UNPROVED, "python_model.pkl"),
        (model("mine.loader"), UNPROVED, "mine.loader"),
        (model("os"), UNSAFE, "runs commands"),
        (model("mlflow.onnx", "    code: code\n"), UNPROVED, "modules of its own"),
        (model("mlflow.onnx", "    model_code_path: model.py\n"), UNPROVED, "runs the script model.py"),
        (model("mlflow.onnx", "x: !!python/object/apply:os.system [id]\n"), UNSAFE, "unsafe loader of YAML"),
        (model("mlflow.onnx", "x: [\n"), UNREAD, "no sound YAML"),
        (model("*a", "    x: y\n"), UNPROVED, "no loader"),
    ],
)
def test_what_runs_is_told(data: bytes, judgement: Judgement, told: str) -> None:
    assert judged(data) is judgement
    assert told in why(data)


def test_a_long_comment_hides_nothing() -> None:
    assert judged(b"# " + b"x" * 100_000 + b"\n" + model("os"), "a/MLmodel") is UNSAFE


def test_other_yaml_is_none() -> None:
    assert formats(b"flavors: [vanilla]\n") == set()
    assert formats(b"a: b\n") == set()
