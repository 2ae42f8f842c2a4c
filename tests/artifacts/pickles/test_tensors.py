"""Tensors as PyTorch 2.13 writes them: its functions are proved for the arguments that it gives them, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.artifacts.judgement import Judgement, worst
from ourhalf.artifacts.pickles.machine import run
from ourhalf.artifacts.pickles.state import Loader
from tests.artifacts.pickles.assembly import Call, Global, Op, Raw, op, pickled

UNTYPED, FLOAT8 = Global("torch.storage.UntypedStorage"), Global("torch.float8_e4m3fn")
HOOKS = Call(Global("collections.OrderedDict"))
STORAGE = Raw(op(("storage", UNTYPED, "0", "cpu", 4)) + b"Q")
PLAIN = (STORAGE, 0, (4,), (1,), False, HOOKS)


def v3(*given: Any) -> Op:
    return Call(Global("torch._utils._rebuild_tensor_v3"), *given)


TENSOR = v3(*PLAIN, FLOAT8)
GOOD: dict[str, Op] = {
    "by its type": TENSOR,
    "with facts": v3(*PLAIN, FLOAT8, {"conj": True}),
    "bits": v3(*PLAIN, Global("torch.bits2x4")),
    "with no facts": v3(*PLAIN, FLOAT8, None),
    "a parameter": Call(Global("torch._utils._rebuild_parameter"), TENSOR, True, HOOKS),
    "sparse in blocks": Call(
        Global("torch._utils._rebuild_sparse_tensor"),
        Call(Global("torch.serialization._get_layout"), "torch.sparse_bsr"),
        (TENSOR, TENSOR, TENSOR, Call(Global("torch.Size"), (4, 4))),
    ),
}
BAD: dict[str, Op] = {
    "no type": v3(*PLAIN),
    "a class as its type": v3(*PLAIN, Global("torch.Tensor")),
    "a text as its type": v3(*PLAIN, "float8_e4m3fn"),
    "a storage that is none": v3("storage", *PLAIN[1:], FLOAT8),
    "hooks that are a list": v3(*PLAIN[:-1], [1], FLOAT8),
    "facts that are none": v3(*PLAIN, FLOAT8, [1]),
    "one more": v3(*PLAIN, FLOAT8, {}, 1),
    "a size that is none": v3(STORAGE, 0, ("a",), (1,), False, HOOKS, FLOAT8),
    "a layout that is none": Call(Global("torch.serialization._get_layout"), "os.system"),
    "nested": Call(Global("torch._utils._rebuild_nested_tensor"), TENSOR, TENSOR, TENSOR, TENSOR),
}


def judged(value: Op) -> Judgement:
    return worst(run(pickled(value, 2), loader=Loader.TORCH).reasons)


@pytest.mark.parametrize("value", GOOD.values(), ids=GOOD)
def test_what_pytorch_writes_is_proved(value: Op) -> None:
    assert judged(value) is Judgement.SAFE


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_other_arguments_are_not(value: Op) -> None:
    assert judged(value) is Judgement.UNPROVED
