"""MLflow models: the file `MLmodel`, in YAML, which says what loads what lies beside it.

The form: mlflow.org/docs/latest/ml/model, "MLflow Models". The flavor `python_function` names a module that is
imported, and may name folders of code that are put where modules are found, a script that is run, or a pickle of an
object.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.jsons import named
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.dangers import dangerous
from ourhalf.artifacts.yamls import YamlError, pairs

_LOOKED_AT = 1 << 16
_FLAVORS = re.compile(rb"^['\"]?flavors['\"]?\s*:", re.MULTILINE)
_LOADERS = re.compile(rb"loader_module|mlflow_version|artifact_path|model_uuid|python_function")
# Loaders of MLflow that read a format that is judged by itself where it lies beside.
_BY_FORMAT = frozenset({
    "mlflow.xgboost", "mlflow.lightgbm", "mlflow.catboost", "mlflow.onnx", "mlflow.keras", "mlflow.tensorflow",
    "mlflow.transformers", "mlflow.sentence_transformers", "mlflow.paddle", "mlflow.sklearn", "mlflow.pytorch",
    "mlflow.pyfunc.model", "mlflow.statsmodels", "mlflow.spacy", "mlflow.prophet", "mlflow.pmdarima", "mlflow.h2o",
})  # fmt: skip
_UNPICKLES = frozenset({
    "mlflow.sklearn", "mlflow.pytorch", "mlflow.pyfunc.model", "mlflow.statsmodels", "mlflow.prophet",
    "mlflow.pmdarima",
})  # fmt: skip


def _recognises(content: Content) -> bool:
    if named(content, "MLmodel"):
        return True
    head = bytes(content.data[:_LOOKED_AT])
    return b"flavors" in head and _FLAVORS.search(head) is not None and _LOADERS.search(head) is not None


def _judge(content: Content, _: Deeper) -> Found:
    """What loading it imports and runs."""
    reasons: dict[str, Reason] = {}

    def tell(judgement: Judgement, what: str) -> None:
        reasons.setdefault(what, Reason(judgement, what, 0, content.name))

    facts = {}
    try:
        for key, said in pairs(content.data):
            if key == "loader_module":
                facts["loader"] = said[:80]
                _loader(said, tell)
            elif key in {"code", "code_paths"} and said not in {"null", "~", ""}:
                tell(Judgement.UNPROVED, f"it has modules of its own in {said[:80]}, which are found before others")
            elif key == "model_code_path" and said not in {"null", "~", ""}:
                tell(Judgement.UNPROVED, f"loading it runs the script {said[:80]}")
            elif key == "python_model":
                tell(Judgement.UNPROVED, f"loading it unpickles {said[:80]}, an object with code")
            elif key == "!":
                tell(Judgement.UNSAFE, f"an unsafe loader of YAML makes what its tag {said[:80]} says")
    except YamlError as error:
        tell(Judgement.UNREAD, str(error))
    return Found("mlflow", tuple(reasons.values()), facts)


def _loader(module: str, tell: Callable[[Judgement, str], None]) -> None:
    if dangerous(module, ""):
        tell(Judgement.UNSAFE, f"its loader is {module[:80]}, {dangerous(module, '')}")
    elif module not in _BY_FORMAT:
        tell(Judgement.UNPROVED, f"it imports {module[:80]}, which is no loader of MLflow, and calls it")
    elif module in _UNPICKLES:
        tell(Judgement.UNPROVED, f"{module} unpickles what lies beside it, unless that is of a format without code")


MLFLOW = Format("mlflow", "a model of MLflow", _recognises, _judge)
