"""Calls that load models, wherever in a file they stand."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.model.field import Absent
from ourhalf.resources.model_loads import ModelLoad
from tests.readers.python.source import source, value


def loads(text: str) -> list[ModelLoad]:
    return [one for one in source(text).resources if isinstance(one, ModelLoad)]


def told(line: str, before: str = "") -> tuple[Any, ...]:
    """Loader, whether it runs code, and path of the only load."""
    (one,) = loads(f"{before}\n{line}")
    code = one.runs_code
    return value(one.loader), code.default if isinstance(code, Absent) else value(code), value(one.path)


TORCH, NUMPY, HUB = "import torch", "import numpy as np", "from transformers import AutoModel as M"


@pytest.mark.parametrize(
    ("before", "line", "expected"),
    [
        (TORCH, 'torch.load("m.pt", weights_only=False)', ("torch.load", True, "m.pt")),
        (TORCH, 'torch.load("m.pt", weights_only=True)', ("torch.load", False, "m.pt")),
        (TORCH, 'torch.load(f="m.pt")', ("torch.load", None, "m.pt")),
        (TORCH, 'torch.load("m.pt", weights_only=None)', ("torch.load", None, "m.pt")),
        (TORCH, 'ON = not True\ntorch.load("m.pt", weights_only=ON)', ("torch.load", True, "m.pt")),
        (TORCH, 'KW = {"weights_only": False}\ntorch.load("m.pt", **KW)', ("torch.load", True, "m.pt")),
        (TORCH, 'NAME = "m"\ntorch.load(f"{NAME}.pt", weights_only=0)', ("torch.load", True, "m.pt")),
        ("from torch import load as l", 'l(open("m.pt", "rb"), weights_only=False)', ("torch.load", True, "m.pt")),
        ("import pickle as p", 'p.load(open("m.pkl", "rb"))', ("pickle.load", True, "m.pkl")),
        ("from joblib import load", 'load("m.joblib")', ("joblib.load", True, "m.joblib")),
        ("import pandas as pd", 'pd.read_pickle("m.pkl")', ("pandas.read_pickle", True, "m.pkl")),
        (NUMPY, 'np.load("a.npy")', ("numpy.load", False, "a.npy")),
        (NUMPY, 'np.load("a.npy", allow_pickle=True)', ("numpy.load", True, "a.npy")),
        (NUMPY, 'np.load("a.npy", None, True)', ("numpy.load", True, "a.npy")),
        ("import keras", 'keras.models.load_model("m.keras")', ("keras.models.load_model", False, "m.keras")),
        (
            "import tensorflow as tf",
            'tf.keras.models.load_model("m.keras", safe_mode=False)',
            ("tensorflow.keras.models.load_model", True, "m.keras"),
        ),
        (HUB, 'M.from_pretrained("org/m")', ("transformers.AutoModel.from_pretrained", False, "org/m")),
        (
            HUB,
            'M.from_pretrained("org/m", trust_remote_code=True)',
            ("transformers.AutoModel.from_pretrained", True, "org/m"),
        ),
        ("from vllm import LLM", 'LLM(model="org/m", trust_remote_code=True)', ("vllm.LLM", True, "org/m")),
    ],
)
def test_what_is_told(before: str, line: str, expected: tuple[Any, ...]) -> None:
    assert told(line, before) == expected


@pytest.mark.parametrize(
    ("line", "runs_code", "path"),
    [
        ('torch.load("m.pt", weights_only=args.safe)', "<", "m.pt"),
        ('torch.load("m.pt", **options())', "<", "m.pt"),
        ("torch.load(args.path, weights_only=True)", False, "<"),
        ("torch.load(*args)", None, "<"),
    ],
)
def test_what_is_known_only_at_run_time_is_unresolved(line: str, runs_code: object, path: object) -> None:
    _, code, named = told(line, f"{TORCH}\nimport argparse\nargs = argparse.ArgumentParser().parse_args()")
    for found, expected in ((code, runs_code), (named, path)):
        assert str(found).startswith("<") if expected == "<" else found == expected


def test_each_call_is_told_once_by_the_function_that_it_stands_in() -> None:
    text = """
        import torch
        def read(path, safe=False):
            return torch.load(path, weights_only=safe), torch.load("b.pt")
        class Server:
            def start(self):
                self.model = torch.load("a.pt", weights_only=False)
        read("x.pt")
        read("y.pt")
    """
    names = [one.name for one in loads(text)]
    assert sorted(names) == ["torch.load in read", "torch.load in read (2)", "torch.load in start"]


def test_what_only_has_the_name_of_a_loader_is_none() -> None:
    assert not loads("import json\nimport mine\njson.load(f)\nmine.torch.load('x')\nload('y')")
    assert not loads("import torch\ntorch.save({}, 'm.pt')")


def test_a_place_is_that_of_the_argument() -> None:
    (one,) = loads('import torch\ntorch.load("m.pt",\n    weights_only=False)')
    assert (one.place.line, one.runs_code.place.line, one.path.place.line) == (2, 3, 2)
