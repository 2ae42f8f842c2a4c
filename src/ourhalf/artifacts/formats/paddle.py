"""PaddlePaddle: programs (`.pdmodel`), their parameters (`.pdiparams`), and programs of Paddle 3 as JSON.

The format: paddle/fluid/framework/framework.proto and paddle/fluid/framework/lod_tensor.cc of
github.com/PaddlePaddle/Paddle. State dicts (`.pdparams`) are pickles and are judged as such. Operators are judged by
the list below; programs as JSON are not followed.
"""

from __future__ import annotations

import math

from ourhalf.artifacts.cursor import BoundsError, Cursor
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.jsons import value
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.protobuf import Field, ProtoError, bodies, fields, outline

_WORDS = """
abs acos add arg_max arg_min argsort asin assign assign_value atan batch_norm bicubic_interp_v2 bilinear_interp
bilinear_interp_v2 bmm box_coder cast ceil clip concat conv2d conv2d_transpose conv3d cos crop_tensor cumsum
deformable_conv depthwise_conv2d depthwise_conv2d_transpose dropout einsum elementwise_add elementwise_div
elementwise_floordiv elementwise_max elementwise_min elementwise_mod elementwise_mul elementwise_pow elementwise_sub
elu equal erf exp expand_as_v2 expand_v2 eye feed fetch fill_any_like fill_constant fill_constant_batch_size_like
flatten flatten_contiguous_range flip floor gather gather_nd gelu greater_equal greater_than group_norm gru
hard_sigmoid hard_swish index_select instance_norm isnan layer_norm leaky_relu less_equal less_than linspace log
log_softmax logical_and logical_not logical_or logical_xor lookup_table lookup_table_v2 lstm masked_select matmul
matmul_v2 matrix_nms mean meshgrid mish mul multiclass_nms3 nearest_interp nearest_interp_v2 norm not_equal one_hot_v2
p_norm pad pad2d pad3d pixel_shuffle pool2d pool3d pow prelu prior_box range reciprocal reduce_all reduce_any
reduce_max reduce_mean reduce_min reduce_prod reduce_sum relu relu6 reshape reshape2 rnn roi_align roll round rsqrt
scale scatter scatter_nd_add select_input set_value shape share_data sigmoid sign silu sin slice softmax softplus split
sqrt square squeeze squeeze2 stack strided_slice sum swish tan tanh tile top_k top_k_v2 transpose transpose2
tril_triu unfold unique unsqueeze unsqueeze2 unstack where where_index while conditional_block yolo_box
"""
_CALCULATE = frozenset(_WORDS.split())
_ACTS = {
    "py_func": "calls a function of Python", "py_layer": "calls a function of Python", "save": "writes a file",
    "save_combine": "writes a file", "load": "reads a file", "load_combine": "reads a file",
    "listen_and_serv": "opens a port", "send": "opens connections", "recv": "opens connections",
    "read_file": "reads any file", "create_py_reader": "calls a function of Python",
}  # fmt: skip
_BYTES = {0: 1, 1: 2, 2: 4, 3: 8, 4: 2, 5: 4, 6: 8, 19: 8, 20: 1, 21: 1, 22: 2, 23: 8, 24: 16}
_MAX_DESCRIPTION = 4096


def _is_program(content: Content) -> bool:
    """Whether it is blocks, each with its number, that of the one it is in, and variables or operators."""
    data = content.data
    program = outline(data, 1000) if len(data) > 8 and data[0] in {0x0A, 0x22, 0x2A} else None
    if program is None or not set(program) <= {1, 2, 3, 4, 5}:
        return False
    blocks = [outline(body, 1000) for body in bodies(program, 1)[:4]]
    return any(block is not None and _is_block(block) for block in blocks)


def _is_block(block: dict[int, list[Field]]) -> bool:
    return (
        {1, 2} <= block.keys()
        and not bodies(block, 1)
        and not bodies(block, 2)
        and bool(bodies(block, 3) or bodies(block, 4))
    )


def _program(content: Content, _: Deeper) -> Found:
    told: dict[str, Judgement] = {}
    count = 0
    try:
        for block in fields(content.data):
            if block.number != 1 or block.body is None:
                continue
            for operator in fields(block.body):
                if operator.number == 4 and operator.body is not None:
                    count += 1
                    for field in fields(operator.body):
                        if field.number == 3:
                            _operator(field.text(), told)
    except ProtoError as error:
        told[str(error)] = Judgement.UNREAD
    reasons = tuple(Reason(judgement, what, 0, content.name) for what, judgement in told.items())
    return Found("paddle", reasons, {"operators": str(count)})


def _operator(name: str, told: dict[str, Judgement]) -> None:
    plain = name.removesuffix("_grad")
    if name in _ACTS:
        told[f"its operator {name} {_ACTS[name]}"] = Judgement.UNSAFE
    elif plain not in _CALCULATE and len(told) < 50:
        told[f"its operator {name[:80]} is not known only to calculate, or needs a library of its own"] = (
            Judgement.UNPROVED
        )


def _is_parameters(content: Content) -> bool:
    """Whether a tensor begins that is of no sequences: its versions, its levels, and a description that fits."""
    data = content.data
    if len(data) < 22 or any(data[:16]):
        return False
    size = int.from_bytes(data[16:20], "little")
    description = outline(data[20 : 20 + size]) if 0 < size < _MAX_DESCRIPTION else None
    return description is not None and set(description) <= {1, 2} and 1 in description


def _parameters(content: Content, _: Deeper) -> Found:
    cursor, count = Cursor(content.data), 0
    try:
        while cursor.left:
            _tensor(cursor)
            count += 1
    except (BoundsError, ProtoError) as error:
        return Found("paddle-parameters", (Reason(Judgement.UNREAD, str(error), cursor.at, content.name),))
    return Found("paddle-parameters", (), {"tensors": str(count)})


def _tensor(cursor: Cursor) -> None:
    if cursor.number("I"):
        raise BoundsError("a tensor is of a version that is not known")
    for _ in range(min(cursor.number("Q"), 64)):
        cursor.skip(cursor.number("Q"))
    if cursor.number("I"):
        raise BoundsError("a tensor is of a version that is not known")
    size = cursor.number("i")
    if not 0 < size < _MAX_DESCRIPTION:
        raise BoundsError("the description of a tensor is longer than any")
    kind, shape = -1, []
    for field in fields(cursor.view(size)):
        if field.number == 1 and field.body is None:
            kind = field.value
        elif field.number == 2 and field.body is None:
            shape.append(field.value)
    if kind not in _BYTES or any(one >= 1 << 48 for one in shape):
        raise BoundsError("a tensor has a type or shape that nothing has")
    cursor.skip(math.prod(shape) * _BYTES[kind])


def _is_json(content: Content) -> bool:
    if b'"base_code"' not in bytes(content.data[:4096]):
        return False
    found = value(content)
    return isinstance(found, dict) and isinstance(found.get("base_code"), dict) and "program" in found


def _json(content: Content, _: Deeper) -> Found:
    what = "a program of Paddle 3, whose operators are not followed here"
    return Found("paddle-json", (Reason(Judgement.UNPROVED, what, 0, content.name),))


PROGRAM = Format("paddle", "a program of PaddlePaddle", _is_program, _program)
PARAMETERS = Format("paddle-parameters", "parameters of PaddlePaddle", _is_parameters, _parameters)
JSON = Format("paddle-json", "a program of PaddlePaddle 3", _is_json, _json)
