"""Files of skops: a tree of nodes and arrays."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.format import Content
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.judging import judge, together
from tests.artifacts.advisories.constructions import SYSTEM, array_file
from tests.artifacts.pickles.assembly import pickled

HEADER = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
NUMBERS = b"\x93NUMPY\x01\x00\x76\x00" + HEADER + b"x" * 8


def node(dotted: str, loader: str, **more: Any) -> dict[str, Any]:
    module, _, name = dotted.rpartition(".")
    return {"__class__": name, "__module__": module, "__loader__": loader, "__id__": 1} | more


def model(content: dict[str, Any] | None = None, dotted: str = "sklearn.linear_model._base.LinearRegression") -> Any:
    values = {
        "copy_X": node("builtins.str", "JsonNode", content="true", is_json=True),
        "coef_": node("numpy.ndarray", "NdArrayNode", type="numpy", file="1.npy"),
    }
    keys = node("builtins.list", "ListNode", content=[node("builtins.str", "TypeNode")])
    state = node("builtins.dict", "DictNode", content=values | (content or {}), key_types=keys)
    return node(dotted, "ObjectNode", content=state)


def file(tree: Any, beside: bytes = NUMBERS, schema: bytes | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("1.npy", beside)
        archive.writestr("schema.json", json.dumps(tree) if schema is None else schema)
    return made.getvalue()


def judged(data: bytes) -> tuple[tuple[str, ...], Judgement]:
    found = judge(Content("m.skops", memoryview(data)))
    return tuple(one.format for one in found), together(found)[0]


def test_an_estimator_that_only_stores_is_proved() -> None:
    assert judged(file(model())) == (("skops",), Judgement.SAFE)


@pytest.mark.parametrize(
    ("data", "judgement"),
    [
        (file(model({"x": node("os.system", "FunctionNode")})), Judgement.UNSAFE),
        (file(model({"x": node("os.system", "TypeNode")})), Judgement.UNSAFE),
        (file(model({"x": {"__class__": "system", "__module__": "os"}})), Judgement.UNSAFE),
        # CVE-2025-54412 and CVE-2025-54413: what was shown to be trusted was not what was called.
        (file(model({"x": node("builtins.int", "OperatorFuncNode", attrs={})})), Judgement.UNPROVED),
        (file(model({"x": node("builtins.str", "MethodNode", content={"func": "format"})})), Judgement.UNPROVED),
        (file(model(dotted="sklearn.tree._classes.DecisionTreeClassifier")), Judgement.UNPROVED),
        (file(model({"x": node("numpy.ndarray", "ObjectNode")})), Judgement.UNPROVED),
        (file(model({"x": {"__class__": 1, "__loader__": []}})), Judgement.UNREAD),
        (file(model(), array_file(pickled(SYSTEM))), Judgement.UNSAFE),
        (file(model(), pickled(SYSTEM)), Judgement.UNSAFE),
        (file(None, schema=b'{"__loader__": '), Judgement.UNREAD),
        (file(None, schema=b'["__loader__", ' + b"[" * 100_000), Judgement.UNREAD),
    ],
)
def test_anything_else_is_not(data: bytes, judgement: Judgement) -> None:
    assert judged(data)[1] is judgement


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2000), st.binary(max_size=3))
def test_changes_never_raise(at: int, piece: bytes) -> None:
    changed = bytearray(file(model()))
    changed[at % len(changed) : at % len(changed) + 2] = piece
    for one in judge(Content("m.skops", memoryview(bytes(changed)))):
        assert not any("failed" in reason.what for reason in one.reasons)
