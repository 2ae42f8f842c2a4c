"""What calls of PyTorch, NumPy and joblib give, as far as they make tensors; all others give nothing to look into.

The layouts are those of torch/_utils.py, numpy/core/multiarray and joblib/numpy_pickle.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from ourhalf.artifacts.conversion.machine import Other, Taken, Text
from ourhalf.artifacts.conversion.tensors import (
    MOST_TENSORS,
    ConversionError,
    Dtype,
    Storage,
    Tensor,
    in_a_row,
)
from ourhalf.artifacts.pickles.stack import RefusedError, Stream

Load = Callable[[Any], Storage]

_NAMES = {
    "float16": ("F16", 2), "float32": ("F32", 4), "float64": ("F64", 8), "bfloat16": ("BF16", 2), "bool": ("BOOL", 1),
    "uint8": ("U8", 1), "uint16": ("U16", 2), "uint32": ("U32", 4), "uint64": ("U64", 8), "int8": ("I8", 1),
    "int16": ("I16", 2), "int32": ("I32", 4), "int64": ("I64", 8), "complex64": ("C64", 8),
    "float8_e4m3fn": ("F8_E4M3", 1), "float8_e5m2": ("F8_E5M2", 1), "float8_e8m0fnu": ("F8_E8M0", 1),
}  # fmt: skip
_SAME = {
    "half": "float16", "float": "float32", "double": "float64", "short": "int16", "int": "int32", "long": "int64",
    "cfloat": "complex64",
}  # fmt: skip
_STORAGES = {
    "HalfStorage": "float16", "FloatStorage": "float32", "DoubleStorage": "float64", "CharStorage": "int8",
    "ShortStorage": "int16", "IntStorage": "int32", "LongStorage": "int64", "ByteStorage": "uint8",
    "BoolStorage": "bool", "BFloat16Storage": "bfloat16", "ComplexFloatStorage": "complex64",
}  # fmt: skip
_CODES = {
    "f2": "float16", "f4": "float32", "f8": "float64", "b1": "bool", "?": "bool", "u1": "uint8", "u2": "uint16",
    "u4": "uint32", "u8": "uint64", "i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64", "c8": "complex64",
}  # fmt: skip
_MOST_DIMENSIONS = 64
_LONGEST_TEXT = 1 << 28


class ArrayKind:
    """A type of NumPy: its code and the order of its bytes, which is set later."""

    __slots__ = ("code", "order")

    def __init__(self, code: str, order: str) -> None:
        self.code, self.order = code, order


class Array:
    """An array of NumPy, known once its state is set."""

    __slots__ = ("tensor",)

    def __init__(self) -> None:
        self.tensor: Tensor | None = None


class Ordered(dict[Any, Any]):
    """A dict that a call made, so that what is set in it by its state is told from what is in it."""


def no_storage(_: Any) -> Storage:
    """Where there are none: a pickle by itself."""
    raise ConversionError("it names storages, and there are none")


class Libraries:
    """The calls of one file, and every tensor that they made."""

    def __init__(self, load: Load = no_storage) -> None:
        self._load = load
        self.made: list[Tensor | Array] = []

    def load(self, name: Any) -> Storage:
        """See `Calls.load`."""
        return self._load(name)

    def call(self, called: Taken, arguments: tuple[Any, ...]) -> Any:
        """See `Calls.call`."""
        rule = _CALLS.get(called.dotted)
        if rule is None:
            return Other(called.dotted)
        made = rule(self, arguments)
        if isinstance(made, Tensor | Array) and not (self.made and self.made[-1] is made):
            if len(self.made) >= MOST_TENSORS:
                raise ConversionError(f"more than {MOST_TENSORS:,} tensors")
            self.made.append(made)
        return made

    def build(self, built: Any, state: Any, stream: Stream) -> Any:
        """See `Calls.build`."""
        match built, state:
            case Array(), (_, shape, ArrayKind() as kind, bool() | int() as first_fastest, content):
                built.tensor = array(_raw(content), kind, _sizes(shape), bool(first_fastest))
            case Array(), {"shape": shape, "order": str() as order, "dtype": ArrayKind() as kind}:
                alignment = state.get("numpy_array_alignment_bytes")
                if alignment is not None:
                    stream.skip(stream.take(1)[0])
                sizes, width = _sizes(shape), _dtype_of(kind).width
                content = stream.take(math.prod(sizes) * width)
                built.tensor = array(content, kind, sizes, order == "F")
            case ArrayKind(), (_, str() as order, None, None, None, *_):
                built.order = order
            case ArrayKind(), _:
                raise ConversionError("an array of records has no type that safetensors has")
        return built

    def call_inner(self, function: Any, arguments: Any) -> Any:
        """What a call gives that another makes."""
        if not isinstance(function, Taken) or not isinstance(arguments, tuple):
            raise RefusedError("it calls what is no name")
        return self.call(function, arguments)


def array(content: memoryview, kind: ArrayKind, shape: tuple[int, ...], first_fastest: bool) -> Tensor:
    """An array of NumPy as a tensor. Raises ConversionError."""
    dtype = _dtype_of(kind)
    if math.prod(shape) * dtype.width != len(content):
        raise ConversionError("an array is not as long as its shape says")
    return Tensor(content, dtype, shape, in_a_row(shape, first_fastest))


def described(text: Any) -> ArrayKind:
    """The type that a text such as `<f4` describes. Raises ConversionError."""
    found = re.fullmatch(r"([<>|=]?)(.{1,16})", text) if isinstance(text, str) else None
    if found is None:
        raise ConversionError("an array of records has no type that safetensors has")
    return ArrayKind(found[2], found[1] or "=")


def _dtype_of(kind: ArrayKind) -> Dtype:
    name = _CODES.get(kind.code)
    if name is None:
        raise ConversionError(f"an array of type {kind.code[:16]} has none that safetensors has")
    dtype = Dtype(*_NAMES[name])
    if kind.order == ">" and dtype.width > 1:
        raise ConversionError("an array has its bytes in the other order")
    return dtype


def _torch_type(value: Any) -> Dtype:
    name = value.dotted.removeprefix("torch.") if isinstance(value, Taken) else "?"
    found = _NAMES.get(_SAME.get(name, name))
    if found is None:
        raise ConversionError(f"a tensor of type {name[:40]} has none that safetensors has")
    return Dtype(*found)


def storage_type(value: Any) -> Dtype | None:
    """The type of a class of storages; None where it holds bytes. Raises ConversionError."""
    name = value.dotted.rpartition(".")[2] if isinstance(value, Taken) else "?"
    if name == "UntypedStorage":
        return None
    if name not in _STORAGES:
        raise ConversionError(f"a tensor in {name[:40]} has no type that safetensors has")
    return Dtype(*_NAMES[_STORAGES[name]])


def _sizes(value: Any) -> tuple[int, ...]:
    if isinstance(value, Size):
        return value.sizes
    if not isinstance(value, tuple) or len(value) > _MOST_DIMENSIONS or not all(type(one) is int for one in value):
        raise ConversionError("a shape is none")
    return value


class Size:
    """A `torch.Size`."""

    __slots__ = ("sizes",)

    def __init__(self, sizes: tuple[int, ...]) -> None:
        self.sizes = sizes


def _raw(content: Any) -> memoryview:
    """Bytes, also where protocol 2 wrote them as a text with a character for each."""
    if isinstance(content, memoryview):
        return content
    if isinstance(content, str) and content.isascii():
        return memoryview(content.encode())
    raise ConversionError("an array holds objects, not numbers")


_BYTES = Dtype(*_NAMES["uint8"])


def _tensor(storage: Any, offset: Any, size: Any, stride: Any, dtype: Dtype | None = None) -> Tensor:
    if not isinstance(storage, Storage) or type(offset) is not int:
        raise ConversionError("a tensor has no storage")
    return Tensor(storage.data, dtype or storage.typed or _BYTES, _sizes(size), _sizes(stride), offset)


def _tensor_v2(_: Libraries, given: tuple[Any, ...]) -> Tensor:
    storage, offset, size, stride, _gradient, _hooks, *metadata = given
    _no_metadata(metadata)
    return _tensor(storage, offset, size, stride)


def _tensor_v3(_: Libraries, given: tuple[Any, ...]) -> Tensor:
    storage, offset, size, stride, _gradient, _hooks, dtype, *metadata = given
    _no_metadata(metadata)
    return _tensor(storage, offset, size, stride, _torch_type(dtype))


def _no_metadata(metadata: list[Any]) -> None:
    """A tensor may be said to be the conjugate or the negative of what its bytes are."""
    if metadata and metadata[0] not in (None, {}):
        raise ConversionError("a tensor is a view that changes its values: conjugate or negative")


def _from_type(libraries: Libraries, given: tuple[Any, ...]) -> Any:
    function, _kind, arguments, _state = given
    return libraries.call_inner(function, arguments)


def _refuse(what: str) -> Callable[[Libraries, tuple[Any, ...]], Any]:
    def rule(_: Libraries, __: tuple[Any, ...]) -> Any:
        raise ConversionError(what)

    return rule


def _ordered(_: Libraries, given: tuple[Any, ...]) -> Ordered:
    if given and not isinstance(given[0], dict):
        pairs = given[0] if isinstance(given[0], list | tuple) else ()
        if not all(isinstance(one, list | tuple) and len(one) == 2 for one in pairs):
            raise RefusedError("a dict is made of what is no pairs")
        return Ordered({key if isinstance(key, str | int) else Other("a key"): value for key, value in pairs})
    return Ordered(*given)


def _reconstruct(_: Libraries, __: tuple[Any, ...]) -> Array:
    return Array()


def _from_buffer(_: Libraries, given: tuple[Any, ...]) -> Tensor:
    content, kind, shape, order = given
    if not isinstance(kind, ArrayKind):
        raise ConversionError("an array has no type")
    return array(_raw(content), kind, _sizes(shape), order == "F")


def _kind(_: Libraries, given: tuple[Any, ...]) -> ArrayKind:
    return described(given[0])


def _encoded(_: Libraries, given: tuple[Any, ...]) -> Any:
    """The bytes that a text stands for, in the way of protocol 2; of any other codec nothing is needed."""
    text = given[0]
    if isinstance(text, Text) and len(text.data) > _LONGEST_TEXT:
        raise ConversionError("an array is written as a text, as protocol 2 does, and too long for that here")
    said = str(text.data, "utf-8", "surrogatepass") if isinstance(text, Text) else text
    if not isinstance(said, str) or given[1:] not in (("latin1",), ("latin-1",), ("ascii",)):
        return Other("bytes")
    try:
        return memoryview(said.encode("latin-1"))
    except UnicodeEncodeError:
        return Other("bytes")


def _byte_array(libraries: Libraries, given: tuple[Any, ...]) -> Any:
    if len(given) == 1 and isinstance(given[0], memoryview):
        return given[0]
    return _encoded(libraries, given) if len(given) == 2 else Other("bytes")


def _made(_: Libraries, given: tuple[Any, ...]) -> Any:
    return Array() if given[0] == Taken("joblib.numpy_pickle.NumpyArrayWrapper") else Other("an object")


_CALLS: dict[str, Callable[[Libraries, tuple[Any, ...]], Any]] = {
    "torch._utils._rebuild_tensor_v2": _tensor_v2,
    "torch._utils._rebuild_tensor_v3": _tensor_v3,
    "torch._utils._rebuild_tensor": lambda _, given: _tensor(*given),
    "torch._utils._rebuild_parameter": lambda _, given: given[0],
    "torch._utils._rebuild_parameter_with_state": lambda _, given: given[0],
    "torch._tensor._rebuild_from_type_v2": _from_type,
    "torch._utils._rebuild_sparse_tensor": _refuse("a sparse tensor is none of a format that holds elements in a row"),
    "torch._utils._rebuild_qtensor": _refuse("a quantized tensor has no type that safetensors has"),
    "torch._utils._rebuild_meta_tensor_no_storage": _refuse("a tensor on the meta device has no elements"),
    "torch.Size": lambda _, given: Size(_sizes(tuple(given[0]) if isinstance(given[0], list) else given[0])),
    "collections.OrderedDict": _ordered,
    "joblib.numpy_pickle.NumpyArrayWrapper": _reconstruct,
    "numpy.dtype": _kind,
    "_codecs.encode": _encoded,
}
for _module in ("numpy.core", "numpy._core"):
    _CALLS[f"{_module}.multiarray._reconstruct"] = _reconstruct
    _CALLS[f"{_module}.numeric._frombuffer"] = _from_buffer
for _module in ("builtins", "__builtin__"):
    _CALLS[f"{_module}.bytearray"] = _byte_array
for _module in ("copyreg", "copy_reg"):
    _CALLS[f"{_module}._reconstructor"] = _made
