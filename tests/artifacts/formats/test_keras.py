"""Models of Keras: layers of its own are data; code, paths and classes of others are told."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.keras_names import CLASSES, FUNCTIONS
from tests.artifacts.formats.test_hdf5 import WEIGHTS
from tests.artifacts.shapes import cut_nowhere_safe, found, judged, never_fails, why

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD


def thing(name: str, config: Any = None, module: Any = "keras.layers", **more: Any) -> dict[str, Any]:
    return {"module": module, "class_name": name, "config": config or {}, "registered_name": None, **more}


DENSE = thing(
    "Dense",
    {
        "units": 2,
        "activation": "relu",
        "dtype": thing("DTypePolicy", {"name": "float32"}, "keras"),
        "kernel_initializer": thing("GlorotUniform", {"seed": None}, "keras.initializers"),
    },
)
ADAM = thing("Adam", {"learning_rate": 0.1}, "keras.src.backend.torch.optimizers.torch_adam", registered_name="Adam")


def model(*layers: Any, **more: Any) -> dict[str, Any]:
    inner = thing("InputLayer", {"batch_shape": [None, 4]}), *layers
    return thing("Functional", {"layers": list(inner)}, "keras.src.models.functional", **more)


def archive(config: Any, **files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as writer:
        writer.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        writer.writestr("config.json", config if isinstance(config, str | bytes) else json.dumps(config))
        writer.writestr("model.weights.h5", files.pop("weights", WEIGHTS))
        for name, data in files.items():
            writer.writestr(name, data)
    return out.getvalue()


GOOD = archive(model(DENSE, compile_config={"optimizer": ADAM, "loss": "mse", "metrics": ["mae"]}))


def test_a_model_of_its_own_layers_is_safe() -> None:
    (one,) = found(GOOD)
    assert (one.format, one.judgement, one.facts) == ("keras", SAFE, {"version": "3.15.1"})


def test_a_part_of_it_is_never_safe() -> None:
    cut_nowhere_safe(GOOD, 7)


LAMBDA = {"function": {"class_name": "__lambda__", "config": {"code": "4wE=", "defaults": None, "closure": None}}}
BAD = [
    (thing("Lambda", LAMBDA), UNSAFE, "code of Python"),
    (thing("Lambda", {"function": ["4wE=", None, None], "function_type": "lambda"}, None), UNSAFE, "code of Python"),
    (thing("Lambda", {"function": "mine", "function_type": "function"}), UNPROVED, "by its name"),
    (thing("Dense", {"activation": LAMBDA["function"]}), UNSAFE, "code of Python"),
    (thing("system", {}, "os"), UNSAFE, "runs commands"),
    (thing("function", "system", "os"), UNSAFE, "runs commands"),
    (thing("function", "eval", "builtins"), UNSAFE, "runs code"),
    (thing("Popen", {}, "subprocess"), UNSAFE, "runs commands"),
    (thing("function", "get_file", "keras.utils"), UNSAFE, "downloads"),
    (thing("enable_unsafe_deserialization", {}, "keras.config"), UNSAFE, "run code"),
    (thing("TorchModuleWrapper", {"module": "x"}), UNSAFE, "unpickles"),
    (thing("TFSMLayer", {"filepath": "x"}), UNPROVED, "SavedModel"),
    (thing("StringLookup", {"vocabulary": "/etc/passwd"}), UNSAFE, "/etc/passwd"),
    (thing("TextVectorization", {"vocabulary": None, "standardize": LAMBDA}), UNSAFE, "code of Python"),
    (thing("TextVectorization", {"standardize": {"class_name": "Dense"}}), UNPROVED, "as standardize"),
    (thing("Own", {}, None, registered_name="my>Own"), UNPROVED, "registers"),
    (thing("Dense", {}, None, registered_name="my>Dense"), UNPROVED, "registers"),
    (thing("Dense", {}, "keras.layers", registered_name="keras_evil>Dense"), UNPROVED, "keras_evil>Dense"),
    (thing("Own", {}, "keras.layers"), UNPROVED, "none of Keras"),
    (thing("Dense", {}, "keras_evil.layers"), UNPROVED, "none of Keras"),
    (thing("Dense", {}, ["os"]), UNREAD, "no text"),
    ({"class_name": ["Dense"], "config": {}}, UNREAD, "no text"),
    (thing("TFOpLambda", {"function": "io.write_file"}), UNPROVED, "io.write_file"),
    (thing("TensorFlowOpLayer", {"node_def": "{}"}), UNPROVED, "any operator"),
    ({"class_name": "__typespec__", "spec_name": "x", "module": "mine", "config": {}}, UNPROVED, "none of Keras"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "judgement", "told"), BAD, ids=[told for _, _, told in BAD])
def test_everything_else_is_told(layer: Any, judgement: Judgement, told: str) -> None:
    for data in (
        archive(model(DENSE, layer)),
        json.dumps(model(DENSE, thing("Bidirectional", {"layer": layer}))).encode(),
    ):
        assert judged(data) is judgement
        assert told in why(data)


@pytest.mark.parametrize(
    "layer",
    [
        thing("StringLookup", {"vocabulary": ["a", "b"]}),
        thing("TextVectorization", {"vocabulary": None, "standardize": "lower", "split": None}),
        thing("TFOpLambda", {"function": "math.add"}),
        thing("TFOpLambda", {"function": "cast"}),
        thing("function", "relu", "builtins"),
        thing("Add", {}, "keras.src.ops.numpy"),
        {"class_name": "Conv2D", "config": {"kernel_initializer": {"class_name": "HeNormal", "config": {}}}},
    ],
)
def test_what_only_calculates_is_safe(layer: Any) -> None:
    assert judged(archive(model(layer))) is SAFE


def test_other_files_of_it_are_judged() -> None:
    assert judged(archive(model(DENSE), **{"evil.pkl": b"cposix\nsystem\n(S'id'\ntR."})) is UNSAFE
    assert judged(archive(model(DENSE), **{"evil.py": b"import os"})) is UNPROVED
    assert judged(archive(model(DENSE), **{"assets/vocabulary.txt": b"a\nb\n"})) is SAFE
    assert judged(archive(model(DENSE), weights=b"other")) is UNPROVED
    assert judged(archive(model(DENSE), weights=WEIGHTS[:-30])) is UNREAD


@pytest.mark.parametrize("config", ["", "[]", "{", "{}", "[" * 100_000, b"\xff\xfe"])
def test_a_configuration_that_is_none_is_unread(config: str | bytes) -> None:
    assert judged(archive(config)) is UNREAD


def test_the_last_of_two_values_is_not_the_only_one_that_counts() -> None:
    twice = json.dumps(model(DENSE)).replace('"Dense"', '"Dense", "class_name": "Lambda"', 1)
    assert judged(archive(twice)) is not SAFE


def test_names_of_what_takes_code_are_not_on_the_list() -> None:
    for name in ("Lambda", "TorchModuleWrapper", "TFSMLayer", "get_file", "load_model", "Map", "StringLookup"):
        assert name not in CLASSES | FUNCTIONS


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(GOOD)
    for _ in range(draw.draw(st.integers(1, 3))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data))
