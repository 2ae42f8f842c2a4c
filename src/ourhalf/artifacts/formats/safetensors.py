"""safetensors: a JSON header that says where each tensor lies, and their bytes.

The format's own description: huggingface.co/docs/safetensors. A file is data by construction, so what is proved
is that it is one: that the header is sound and the bytes are covered once, without gaps.
"""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason

MAX_HEADER = 100_000_000
"""The bound of the reference implementation, in bytes."""

_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16,
    "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "F64": 64, "I64": 64, "U64": 64, "C64": 64, "F4": 4,
    "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip


class _TwiceError(Exception):
    """A name comes twice in one JSON object."""


class _Tensor(msgspec.Struct, forbid_unknown_fields=True):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def recognises(content: Content) -> bool:
    """Whether an object of JSON follows a length that fits the file; what is named so and does not fit is judged too.

    A text whose ninth character is a brace states a length of terabytes.
    """
    data = content.data
    if len(data) < 10 or data[8] != 0x7B:
        return False
    return 8 + int.from_bytes(data[:8], "little") <= len(data) or content.name.lower().endswith(".safetensors")


def judge(content: Content, _: Deeper) -> Found:
    """Whether the header is sound, no name comes twice, and the tensors cover the rest, each byte once."""
    data = content.data
    size = int.from_bytes(data[:8], "little")
    if size > MAX_HEADER or 8 + size > len(data):
        return _refused(content, "its header is longer than the file or than the format allows")
    raw = bytes(data[8 : 8 + size])
    try:
        header = json.loads(raw, object_pairs_hook=_once)
    except _TwiceError:
        return _refused(content, "a name comes twice in its header")
    except (ValueError, RecursionError):
        return _refused(content, "its header is no JSON")
    if not isinstance(header, dict):
        return _refused(content, "its header is no JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        return _refused(content, "its metadata are no texts")
    try:
        tensors = msgspec.convert(header, dict[str, _Tensor])
    except msgspec.ValidationError as error:
        return _refused(content, f"its header is wrong: {str(error)[:120]}")
    wrong = _gap(tensors, len(data) - 8 - size)
    if wrong:
        return _refused(content, wrong)
    facts = {"tensors": str(len(tensors))}
    facts |= {key: str(metadata[key])[:80] for key in ("format", "license", "modelspec.license") if key in metadata}
    return Found("safetensors", (), facts)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


def _gap(tensors: dict[str, _Tensor], length: int) -> str:
    """What is wrong with where the tensors lie; empty where they cover all of it once."""
    end = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: item[1].data_offsets):
        bits = _BITS.get(tensor.dtype)
        if bits is None:
            return f"tensor {name[:80]} is of type {tensor.dtype[:20]}, which is not known"
        if any(one < 0 for one in tensor.shape) or math.prod(tensor.shape) * bits >= 1 << 66:
            return f"tensor {name[:80]} has a shape that nothing has"
        start, stop = tensor.data_offsets
        if start != end:
            return f"tensor {name[:80]} {'overlaps another' if start < end else 'leaves a gap before it'}"
        if (stop - start) * 8 != math.prod(tensor.shape) * bits:
            return f"tensor {name[:80]} is not as long as its shape says"
        end = stop
    return "" if end == length else "the file is longer or shorter than its tensors"


def _refused(content: Content, what: str) -> Found:
    return Found("safetensors", (Reason(Judgement.UNREAD, what, 0, content.name),))


SAFETENSORS = Format("safetensors", "safetensors", recognises, judge)
