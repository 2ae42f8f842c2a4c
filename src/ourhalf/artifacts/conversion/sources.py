"""The tensors of a file by name: what it holds, with the names of nested dicts and lists joined by dots."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, NamedTuple

from ourhalf.artifacts.conversion.libraries import Array, Libraries, array, described, storage_type
from ourhalf.artifacts.conversion.machine import Other, Taken, Text, run
from ourhalf.artifacts.conversion.tensors import MOST_TENSORS, ConversionError, Storage, Tensor
from ourhalf.artifacts.pickles.stack import Stream
from ourhalf.artifacts.zips import Member, ZipError, content, members

MAX_UNPACKED = 1 << 30
"""How much of what is packed in an archive is held unpacked at once."""
ALONE = "tensor"
"""The name of a tensor that a file holds without one."""
_MAX_DEPTH = 100
_MOST_VISITED = 5_000_000
_LEGACY_BEFORE = 3


class Tensors(NamedTuple):
    """Tensors by name, and the names and kinds of all else that the file holds."""

    tensors: dict[str, Tensor]
    others: tuple[str, ...]


def of_archive(data: memoryview) -> Tensors:
    """Those of a file of `torch.save`."""
    inside = {member.name: member for member in _members(data)}
    pickles = [name for name in inside if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise ConversionError("it has no one data.pkl")
    root = pickles[0].removesuffix("data.pkl")
    unpack = _Unpacker(data)
    order = inside.get(f"{root}byteorder")
    if order is not None and bytes(unpack(order)[:8]) != b"little":
        raise ConversionError("it was written by a machine whose bytes are in the other order")
    known: dict[str, Storage] = {}

    def load(name: Any) -> Storage:
        dtype, key, count = _named(name)
        if key not in known:
            member = inside.get(f"{root}data/{key}")
            if member is None:
                raise ConversionError(f"storage {key[:40]} is not in it")
            known[key] = _storage(unpack(member), dtype, count)
        return known[key]

    extras = tuple(f"{name.removeprefix(root)} (a file)" for name in inside if name.startswith(f"{root}extra/"))
    libraries = Libraries(load)
    value, _ = run(unpack(inside[pickles[0]]), 0, libraries)
    found = _walked(value, libraries)
    return Tensors(found.tensors, found.others + extras)


def of_legacy(data: memoryview) -> Tensors:
    """Those of a file of `torch.save` before 1.6: pickles in a row, then the storages with their lengths."""
    at = 0
    header = []
    for _ in range(_LEGACY_BEFORE):
        value, at = run(data, at, Libraries())
        header.append(value)
    if not isinstance(header[2], dict) or header[2].get("little_endian") is not True:
        raise ConversionError("it was written by a machine whose bytes are in the other order")
    asked = _Asked()
    _, end = run(data, at, asked)
    keys, end = run(data, end, Libraries())
    if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(asked.kinds):
        raise ConversionError("it names storages that it does not hold, or holds others")
    storages: dict[str, Storage] = {}
    for key in keys:
        dtype, count = asked.kinds[key]
        size = count * (dtype.width if dtype is not None else 1)
        if int.from_bytes(data[end : end + 8], "little") != count or end + 8 + size > len(data):
            raise ConversionError(f"storage {key[:40]} is not as long as it says")
        storages[key] = Storage(data[end + 8 : end + 8 + size], dtype)
        end += 8 + size
    libraries = Libraries(lambda name: storages[_named(name)[1]])
    value, _ = run(data, at, libraries)
    return _walked(value, libraries)


class _Asked:
    """Calls that give nothing, and note the storages that are asked for."""

    def __init__(self) -> None:
        self.kinds: dict[str, tuple[Any, int]] = {}

    def call(self, called: Taken, _: tuple[Any, ...]) -> Any:
        return Other(called.dotted)

    def build(self, built: Any, _: Any, __: Stream) -> Any:
        return built

    def load(self, name: Any) -> Any:
        dtype, key, count = _named(name)
        if self.kinds.setdefault(key, (dtype, count)) != (dtype, count):
            raise ConversionError(f"storage {key[:40]} is said to be of two types or lengths")
        return Other("storage")


def of_pickle(data: memoryview) -> Tensors:
    """Those of a pickle by itself, also as joblib writes it."""
    libraries = Libraries()
    value, end = run(data, 0, libraries)
    if any(data[end : end + 4096]):
        raise ConversionError("more than one pickle is in it")
    return _walked(value, libraries)


def of_array(data: memoryview) -> Tensors:
    """The one of a `.npy`."""
    return Tensors({ALONE: _numpy(data)}, ())


def of_arrays(data: memoryview) -> Tensors:
    """Those of a `.npz`."""
    unpack = _Unpacker(data)
    return Tensors({one.name.removesuffix(".npy"): _numpy(unpack(one)) for one in _members(data)}, ())


FORMATS: dict[str, tuple[Callable[[memoryview], Tensors], str]] = {
    "torch": (of_archive, "pt"),
    "torch-legacy": (of_legacy, "pt"),
    "pickle": (of_pickle, "np"),
    "joblib": (of_pickle, "np"),
    "numpy": (of_array, "np"),
    "numpy-archive": (of_arrays, "np"),
}
"""What is converted, and which library safetensors' own readers are told that it came from."""


def _members(data: memoryview) -> tuple[Member, ...]:
    try:
        return members(data)
    except ZipError as error:
        raise ConversionError(str(error)) from None


class _Unpacker:
    """What members hold; together not more than is held in memory."""

    def __init__(self, data: memoryview) -> None:
        self._data, self._left = data, MAX_UNPACKED

    def __call__(self, member: Member) -> memoryview:
        try:
            found = content(self._data, member, self._left)
        except ZipError as error:
            raise ConversionError(str(error)) from None
        if found.obj is not self._data.obj:
            self._left -= len(found)
        return found


def _named(name: Any) -> tuple[Any, str, int]:
    """The type, key and length of the storage that a persistent id names."""
    match name:
        case ("storage", kind, str() as key, _, int() as count, *view) if view in ([], [None]):
            return storage_type(kind), key, count
    raise ConversionError("it asks for a view of a storage, or for none")


def _storage(data: memoryview, dtype: Any, count: int) -> Storage:
    if len(data) != count * (dtype.width if dtype is not None else 1):
        raise ConversionError("a storage is not as long as it says")
    return Storage(data, dtype)


def _numpy(data: memoryview) -> Tensor:
    wide = data[6] > 1
    start = 12 if wide else 10
    size = int.from_bytes(data[8:start], "little")
    text = str(data[start : start + size], "utf-8" if data[6] == 3 else "latin-1")
    try:
        header = ast.literal_eval(text)
        kind, shape, first_fastest = described(header["descr"]), header["shape"], header["fortran_order"]
    except (ValueError, SyntaxError, KeyError, TypeError) as error:
        if isinstance(error, ConversionError):
            raise
        raise ConversionError("its header is no description of an array") from None
    if not isinstance(shape, tuple) or not all(type(one) is int for one in shape):
        raise ConversionError("its header is no description of an array")
    return array(data[start + size :], kind, shape, first_fastest is True)


def _walked(value: Any, libraries: Libraries) -> Tensors:
    """Every tensor in a value by its name. Raises ConversionError where one would be lost."""
    tensors: dict[str, Tensor] = {}
    others: dict[str, None] = {}
    reached: set[int] = set()
    # Last in, first out: what is put in reversed comes out in the order of the file.
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    visited = 0
    while waiting:
        path, one = waiting.pop()
        visited += 1
        if visited > _MOST_VISITED or len(path) > _MAX_DEPTH:
            raise ConversionError("it holds itself, or is nested too deeply")
        match one:
            case Tensor() | Array():
                reached.add(id(one))
                _add(tensors, ".".join(path) or ALONE, one)
            case dict():
                waiting.extend(((*path, _key(key)), inner) for key, inner in reversed(one.items()))
            case list() | tuple() if not isinstance(one, Storage | Text | Taken):
                waiting.extend(((*path, str(n)), inner) for n, inner in reversed(list(enumerate(one))))
            case Storage():
                raise ConversionError(f"{'.'.join(path) or 'it'} is a storage without a shape")
            case _:
                others[f"{'.'.join(path) or 'the value'} ({_kind(one)})"] = None
    lost = sum(id(one) not in reached for one in libraries.made)
    if lost:
        raise ConversionError(f"{lost} of its tensors lie where they would get no name, such as in a set or an object")
    return Tensors(tensors, tuple(others))


def _add(tensors: dict[str, Tensor], name: str, one: Tensor | Array) -> None:
    tensor = one.tensor if isinstance(one, Array) else one
    if tensor is None:
        raise ConversionError(f"{name[:80]} is an array of which nothing is known")
    if name in tensors:
        raise ConversionError(f"two tensors would be named {name[:80]}")
    if len(tensors) >= MOST_TENSORS:
        raise ConversionError(f"more than {MOST_TENSORS:,} tensors")
    tensors[name] = tensor


def _key(key: Any) -> str:
    return key if isinstance(key, str) else "?" if isinstance(key, Other) else str(key)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "None"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str() | Text():
            return "a text"
        case memoryview():
            return "bytes"
        case Taken():
            return value.dotted
    return value.kind if isinstance(value, Other) else "an object"
