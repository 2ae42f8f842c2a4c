"""NumPy's own files: an array with a header (`.npy`), and an archive of them (`.npz`).

The format: numpy.org/doc/stable/reference/generated/numpy.lib.format.html. An array of objects is a pickle.
"""

from __future__ import annotations

import ast
import math
from typing import Any

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.machine import run
from ourhalf.artifacts.zips import ZipError, content, is_zip, members

MAX_HEADER = 10_000
"""The bound that NumPy itself has for headers that it takes from strangers, in characters."""
MAX_ARRAY = 1 << 31
_LOOKED_AT = 1 << 20
_MAGIC = b"\x93NUMPY"


def _is_array(file: Content) -> bool:
    return bytes(file.data[:6]) == _MAGIC


def _array(file: Content, _: Deeper) -> Found:
    """The header, and of objects the pickle; the bytes of other arrays are data."""
    data = file.data
    if len(data) < 12 or data[6] not in (1, 2, 3):
        return _refused(file, "its version is not known")
    wide = data[6] > 1
    size = int.from_bytes(data[8 : 12 if wide else 10], "little")
    start = (12 if wide else 10) + size
    if size > MAX_HEADER or start > len(data):
        return _refused(file, "its header is longer than the file or than NumPy takes")
    try:
        header = ast.literal_eval(bytes(data[start - size : start]).decode("utf-8" if data[6] == 3 else "latin-1"))
        kinds, shape = _kinds(header["descr"]), header["shape"]
        count = math.prod(shape) if isinstance(shape, tuple) and all(type(one) is int for one in shape) else -1
    except (ValueError, SyntaxError, KeyError, TypeError, RecursionError, MemoryError):
        return _refused(file, "its header is no description of an array")
    if count < 0 or kinds is None:
        return _refused(file, "its header is no description of an array")
    if "O" in kinds:
        outcome = run(data, start, file.name)
        reasons = outcome.reasons
        if not reasons and outcome.end != len(data):
            reasons = (Reason(Judgement.UNPROVED, "bytes follow its pickle", outcome.end, file.name),)
        return Found("numpy", reasons, {"objects": "a pickle"})
    return Found("numpy")


def _kinds(described: Any) -> frozenset[str] | None:
    """The letters of all types in a description: `<f8`, or a list of named fields; None where it is none."""
    if isinstance(described, str):
        letters = described.lstrip("<>|=")[:1]
        return frozenset(letters) if letters and letters in "?bBiufcmMOSUVaehlqQLHI" else None
    if isinstance(described, tuple) and len(described) == 2:
        return _kinds(described[0])
    if isinstance(described, list):
        found: frozenset[str] = frozenset()
        for one in described:
            inner = _kinds(one[1]) if isinstance(one, tuple) and len(one) in (2, 3) else None
            if inner is None:
                return None
            found |= inner
        return found
    return None


def _is_archive(file: Content) -> bool:
    """An archive whose first file is an array."""
    if not is_zip(file.data) or b".npy" not in bytes(file.data[:512]):
        return False
    return b"schema.json" not in bytes(file.data[-_LOOKED_AT:])  # files of skops hold arrays too


def _archive(file: Content, deeper: Deeper) -> Found:
    """Its arrays; any other file is not what NumPy writes."""
    reasons: list[Reason] = []
    try:
        inside = members(file.data)
    except ZipError as error:
        return Found("numpy-archive", (Reason(Judgement.UNREAD, str(error), 0, file.name),))
    for member in inside:
        part = f"{file.name}/{member.name}"
        try:
            found = deeper(Content(part, content(file.data, member, MAX_ARRAY)))
        except ZipError as error:
            reasons.append(Reason(Judgement.UNREAD, str(error), 0, part))
            continue
        if not any(one.format == "numpy" for one in found):
            reasons.append(Reason(Judgement.UNPROVED, "it is no array", 0, part))
        reasons.extend(reason for one in found for reason in one.reasons)
    return Found("numpy-archive", tuple(reasons), {"arrays": str(len(inside))})


def _refused(file: Content, what: str) -> Found:
    return Found("numpy", (Reason(Judgement.UNREAD, what, 0, file.name),))


ARRAY = Format("numpy", "an array of NumPy", _is_array, _array)
ARCHIVE = Format("numpy-archive", "an archive of NumPy", _is_archive, _archive, container="zip")
