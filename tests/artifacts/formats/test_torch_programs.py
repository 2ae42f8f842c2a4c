"""Programs of PyTorch in archives, and the bytes behind the pickles of its old files."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.format import Content
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.judging import judge, together
from tests.artifacts.advisories.constructions import LEGACY_MAGIC, SYSTEM, torch_archive
from tests.artifacts.pickles.assembly import Call, Global, New, Raw, op, pickled

CODE = "class M(Module):\n  def forward(self: __torch__.M, x: Tensor) -> Tensor:\n    return torch.relu(x)\n"
CLASS = pickled(New(Global("__torch__.M")), 2)
ATTACK = pickled(SYSTEM, 2)


Files = dict[str, str | bytes]


def archive(files: Files) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        for name, data in files.items():
            written.writestr(f"m/{name}", data)
    return made.getvalue()


def judged(data: bytes, name: str = "m.pt") -> tuple[tuple[str, ...], Judgement, str]:
    found = judge(Content(name, memoryview(data)))
    judgement, reasons = together(found)
    return tuple(one.format for one in found), judgement, "; ".join(reason.what for reason in reasons)


SCRIPT: Files = {
    "data.pkl": CLASS,
    "constants.pkl": pickled((), 2),
    "code/__torch__.py": CODE,
    "code/__torch__.py.debug_pkl": pickled(Call(Global("torch.jit._pickle.build_intlist"), [1]), 2),
    "version": "3",
}


def test_a_program_of_torchscript_is_one_and_no_more() -> None:
    formats, judgement, why = judged(archive(SCRIPT))
    assert (formats, judgement, why) == (
        ("torchscript",),
        Judgement.UNPROVED,
        "it holds TorchScript, which is a program",
    )


@pytest.mark.parametrize(
    ("name", "data", "judgement"),
    [
        ("code/__torch__.py", CODE.replace("torch.relu", "torch.save"), Judgement.UNSAFE),
        ("code/__torch__.py", CODE.replace("torch.relu(x)", "ops.aten.from_file('/x', True, 1)"), Judgement.UNSAFE),
        ("code/__torch__.py", CODE.replace("torch.relu(x)", "ops.mine.run(x)"), Judgement.UNPROVED),
        ("data.pkl", ATTACK, Judgement.UNSAFE),
        ("constants.pkl", ATTACK, Judgement.UNSAFE),
        ("code/__torch__.py.debug_pkl", ATTACK, Judgement.UNSAFE),
        ("extra/config.pkl", ATTACK, Judgement.UNSAFE),
        ("data.pkl", CLASS[:-1], Judgement.UNREAD),
    ],
)
def test_what_is_more_is_told(name: str, data: str | bytes, judgement: Judgement) -> None:
    assert judged(archive({**SCRIPT, name: data}))[1] is judgement


def exported(
    target: str = "torch.ops.aten.relu.default", expression: str = "2*s0 + Max(1, s1)", more: Files | None = None
) -> bytes:
    node = {"target": target, "inputs": [{"arg": {"as_sym_int": {"as_expr": {"expr_str": expression}}}}]}
    files: Files = {
        "archive_format": "pt2",
        "models/model.json": json.dumps({"graph_module": {"graph": {"nodes": [node]}}}),
        "data/weights/weight_0": b"\x00" * 8,
        "data/sample_inputs/model.pt": torch_archive(pickled({"a": 1}, 2)),
    }
    return archive(files | (more or {}))


def test_a_program_of_torch_export_is_one_and_no_more() -> None:
    formats, judgement, why = judged(exported(), "m.pt2")
    assert (formats, judgement, why) == (("torch-export",), Judgement.UNPROVED, "it holds a program of torch.export")


@pytest.mark.parametrize(
    ("data", "judgement", "why"),
    [
        (exported("torch.hub.load"), Judgement.UNSAFE, "torch.hub.load, which is no operator"),
        (exported("torch.serialization.os.system"), Judgement.UNSAFE, "no operator"),
        (exported("torch.ops.aten.save.default"), Judgement.UNSAFE, "writes a file"),
        (exported("_operator.add.__globals__"), Judgement.UNSAFE, "no operator"),
        (exported("torch.ops.mine.run"), Judgement.UNPROVED, "torch.ops.mine.run, which is no operator"),
        (exported(expression="__import__('os').system('x')"), Judgement.UNSAFE, "evaluates"),
        (exported(expression="eval(s0)"), Judgement.UNSAFE, "evaluates"),
        (exported(expression="s0.x"), Judgement.UNSAFE, "evaluates"),
        (exported(more={"data/aotinductor/m.so": b"\x7fELF"}), Judgement.UNSAFE, "native code"),
        (exported(more={"data/sample_inputs/model.pt": torch_archive(ATTACK)}), Judgement.UNSAFE, "os.system"),
        (exported(more={"models/model.json": "{"}), Judgement.UNREAD, "no JSON"),
        (exported(more={"models/model.json": "[" * 100_000}), Judgement.UNREAD, "no JSON"),
    ],
)
def test_what_an_exported_program_reaches_is_told(data: bytes, judgement: Judgement, why: str) -> None:
    _, is_, told = judged(data, "m.pt2")
    assert is_ is judgement
    assert why in told


def test_a_package_brings_modules() -> None:
    files: Files = {
        ".data/extern_modules": "os\n",
        "mod.py": "x = 1",
        "model/model.pkl": pickled(1, 2),
    }
    formats, judgement, why = judged(archive(files))
    assert (formats, judgement) == (("torch-package",), Judgement.UNPROVED)
    assert "from its 1 modules" in why
    assert judged(archive({**files, "model/model.pkl": ATTACK}))[1] is Judgement.UNSAFE


def test_every_pickle_of_the_name_is_judged() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        written.writestr("a/data.pkl", pickled(1, 2))
        written.writestr("b/data.pkl", ATTACK)
    assert judged(made.getvalue())[1] is Judgement.UNSAFE


def legacy(value: Any, storages: bytes) -> bytes:
    """A file as torch.save wrote it before 1.6."""
    return (
        LEGACY_MAGIC + b"\x80\x02M\xe9\x03." + pickled({"x": 1}, 2) + pickled(value, 2) + pickled(["0"], 2) + storages
    )


STORAGE = Raw(op(("storage", Global("torch.FloatStorage"), "0", "cpu", 2, None)) + b"Q")
TENSOR = Call(
    Global("torch._utils._rebuild_tensor_v2"), STORAGE, 0, (2,), (1,), False, Call(Global("collections.OrderedDict"))
)
BYTES = struct.pack("<q", 2) + b"\x00" * 8


@pytest.mark.parametrize(
    ("data", "judgement"),
    [
        (legacy({"w": TENSOR}, BYTES), Judgement.SAFE),
        (legacy({"w": TENSOR}, BYTES + b"\x00"), Judgement.UNPROVED),
        (legacy({"w": TENSOR}, BYTES[:-1]), Judgement.UNPROVED),
        (legacy({"w": TENSOR}, BYTES + ATTACK), Judgement.UNPROVED),
        (legacy({"w": TENSOR}, b"cm\nn\n(tR" + b"0" * 8), Judgement.UNPROVED),
        (legacy({"w": SYSTEM}, b""), Judgement.UNSAFE),
        (legacy({"w": TENSOR}, BYTES)[:60], Judgement.UNREAD),
        (LEGACY_MAGIC, Judgement.UNREAD),
    ],
)
def test_storages_of_old_files_are_as_long_as_they_say(data: bytes, judgement: Judgement) -> None:
    formats, is_, _ = judged(data)
    assert (formats, is_) == (("torch-legacy",), judgement)


SOUND = [archive(SCRIPT), exported(), legacy({"w": TENSOR}, BYTES)]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([archive(SCRIPT), exported(), legacy({"w": TENSOR}, BYTES)]),
    st.integers(0, 4000),
    st.binary(max_size=3),
)
def test_changes_never_raise(data: bytes, at: int, piece: bytes) -> None:
    changed = bytearray(data)
    changed[at % len(data) : at % len(data) + 2] = piece
    for one in judge(Content("m.pt", memoryview(bytes(changed)))):
        assert not any("failed" in reason.what for reason in one.reasons)
