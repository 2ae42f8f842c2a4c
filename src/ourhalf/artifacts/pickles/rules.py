"""What a pickle may take and call, and exactly how: everything else is not proved.

Each entry says what the call does with such arguments. A rule gives what the call makes, or None where the
arguments are not those that it was made for. The list is short on purpose, and has no entry that imports,
opens, decodes or evaluates what a file says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NamedTuple

from ourhalf.artifacts.pickles.estimators import ESTIMATORS
from ourhalf.artifacts.pickles.values import (
    BOOL,
    NONE,
    OF_ARRAYS,
    Anything,
    ArrayType,
    Global,
    Holder,
    Made,
    Many,
    Mapping,
    Plain,
    Sequence,
    Value,
    Wrapper,
    number,
)

Arguments = tuple[Value, ...]
Rule = Callable[[Arguments], Value | None]

_TORCH_DTYPES = (  # noqa: SIM905 - a list of words reads better so
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 float32 float64 bfloat16 half float double "
    "complex32 complex64 complex128 cfloat cdouble chalf short int long quint8 qint8 qint32 quint4x2 quint2x4 "
    "float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2 "
    "bits8 bits16 bits1x8 bits2x4 bits4x2"
).split()
_TORCH_STORAGES = (  # noqa: SIM905
    "Half Float Double Char Short Int Long Byte Bool BFloat16 ComplexDouble ComplexFloat QUInt8 QInt8 QInt32 "
    "QUInt4x2 QUInt2x4"
).split()
_LAYOUTS = frozenset(
    {
        "torch.strided",
        "torch.sparse_coo",
        "torch.sparse_csr",
        "torch.sparse_csc",
        "torch.sparse_bsr",
        "torch.sparse_bsc",
    }
)
_OF_TENSORS = 6
_MOST_DIMENSIONS = 64
"""As many as NumPy and PyTorch know."""
_MOST_BYTES = 1 << 62
_NUMBERS = re.compile(r"[<>|=]?(?:([?bBhHiIlLqQpPefdgFDG])|([iufc])(\d{1,2})|(b)1|([mM])8?(?:\[\w{1,8}\])?)")
_FRACTION = re.compile(r"-?\d{1,400}(?:/\d{1,400})?")
_FLEXIBLE = re.compile(r"[<>|=]?([SaUV])(\d{0,9})")
_OBJECTS = re.compile(r"[<>|=]?O[48]?")
_WIDTHS = {
    "?": 1, "b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "l": 8, "L": 8, "q": 8, "Q": 8, "p": 8, "P": 8, "e": 2,
    "f": 4, "d": 8, "g": 16, "F": 8, "D": 16, "G": 32, "m": 8, "M": 8,
}  # fmt: skip
_MADE_OF_NUMBERS = frozenset("iufcbmM") | frozenset(_WIDTHS)
# Flags of a type without those that make its bytes pointers (1, 2 and 4): zeroed first, called with the
# interpreter held, laid out as C does.
_HARMLESS_FLAGS = frozenset(a + b + c for a in (0, 8) for b in (0, 16) for c in (0, 128))
_OF_OBJECTS = 63
_ENCODINGS = frozenset({"latin1", "latin-1", "ascii", "utf-8", "utf8"})


def is_data(value: Value) -> bool:
    """Whether a value is made of builtin types and of things that calls of this list made."""
    if isinstance(value, Many):
        return value.data
    return value in _INERT if isinstance(value, Global) else not isinstance(value, Anything)


def many(items: tuple[Value, ...]) -> Many:
    """A tuple of these; whether it is data at any depth is found here once, so that asking takes no time."""
    return Many(items, _ALWAYS_DATA.issuperset(map(type, items)) or all(map(is_data, items)))


_ALWAYS_DATA = frozenset({int, str, Plain, Holder, Sequence, Mapping, ArrayType, Wrapper, Made})


def _plain(value: Value, *kinds: str) -> bool:
    return _kind(value) in kinds


def _kind(value: Value) -> str:
    """The builtin type that a value is of, by its name; empty for any other."""
    if type(value) is int or type(value) is str:
        return type(value).__name__
    return value.kind if isinstance(value, Plain) else ""


def _sizes(value: Value) -> bool:
    """A tuple of whole numbers, or a `torch.Size`."""
    if not isinstance(value, Many):
        return value == Made("size")
    return len(value.items) <= _MOST_DIMENSIONS and all(_plain(item, "int", "bool") for item in value.items)


def _text(value: Value) -> str | None:
    return value if type(value) is str else None


# PyTorch


def _storage_type(value: Value) -> bool:
    return isinstance(value, Global) and value in _STORAGES


def _tensor_v2(given: Arguments) -> Value | None:
    match given:
        case (storage, offset, size, stride, gradient, hooks, *rest) if len(rest) <= 1:
            fits = storage == Made("storage") and _plain(offset, "int") and _sizes(size) and _sizes(stride)
            fits = fits and _plain(gradient, "bool", "int") and _hooks(hooks) and all(map(is_data, rest))
            return Made("tensor") if fits else None
    return None


def _tensor_v3(given: Arguments) -> Value | None:
    """As `_tensor_v2`, with the type of its elements: PyTorch writes those so that have no storage of their own."""
    match given:
        case (*tensor, Global() as dtype) | (*tensor, Global() as dtype, Mapping() | Plain("none")) if dtype in _DTYPES:
            return _tensor_v2(tuple(tensor)) if len(tensor) == _OF_TENSORS else None
    return None


def _tensor(given: Arguments) -> Value | None:
    match given:
        case (storage, offset, size, stride):
            fits = storage == Made("storage") and _plain(offset, "int") and _sizes(size) and _sizes(stride)
            return Made("tensor") if fits else None
    return None


def _hooks(value: Value) -> bool:
    return value == Made("ordered dict") or isinstance(value, Mapping) or _plain(value, "none")


def _parameter(given: Arguments) -> Value | None:
    match given:
        case (data, gradient, hooks) if data == Made("tensor") and _plain(gradient, "bool") and _hooks(hooks):
            return Made("tensor")
    return None


def _parameter_with_state(given: Arguments) -> Value | None:
    match given:
        case (data, gradient, hooks, state) if is_data(state):
            return _parameter((data, gradient, hooks))
    return None


def _meta_tensor(given: Arguments) -> Value | None:
    match given:
        case (dtype, size, stride, gradient) if _sizes(size) and _sizes(stride) and _plain(gradient, "bool"):
            return Made("tensor") if isinstance(dtype, Global) and dtype in _DTYPES else None
    return None


def _sparse(given: Arguments) -> Value | None:
    match given:
        case (Made("layout"), Many(data=True)):
            return Made("tensor")
    return None


def _quantized(given: Arguments) -> Value | None:
    match given:
        case (storage, offset, size, stride, Many(parameters), gradient, hooks) if len(parameters) <= _MOST_DIMENSIONS:
            fits = storage == Made("storage") and _plain(offset, "int") and _sizes(size) and _sizes(stride)
            known = all(is_data(p) or (isinstance(p, Global) and p in _SCHEMES) for p in parameters)
            return Made("tensor") if fits and known and _plain(gradient, "bool") and _hooks(hooks) else None
    return None


def _from_type(given: Arguments) -> Value | None:
    """It calls its first argument with its third: that call must be allowed itself."""
    match given:
        case (Global() as function, kind, Many(arguments), state) if (
            is_data(state) and isinstance(kind, Global) and kind in _TENSOR_TYPES
        ):
            rule = _CALLS.get(function)
            made = rule(arguments) if rule is not None and function.module == "torch._utils" else None
            return Made("tensor") if made == Made("tensor") else None
    return None


def _device(given: Arguments) -> Value | None:
    return Made("device") if 1 <= len(given) <= 2 and all(_plain(one, "str", "int") for one in given) else None


def _size(given: Arguments) -> Value | None:
    return Made("size") if len(given) == 1 and (_sizes(given[0]) or isinstance(given[0], Sequence)) else None


def _layout(given: Arguments) -> Value | None:
    return Made("layout") if len(given) == 1 and _text(given[0]) in _LAYOUTS else None


# NumPy


def _array(given: Arguments) -> Value | None:
    match given:
        case (Global("numpy", "ndarray"), shape, typecode) if _sizes(shape) and _plain(typecode, "bytes", "str"):
            return Made("array")
    return None


def _dtype(given: Arguments) -> Value | None:
    """A type by its code, which must be one: numpy reads lists of codes and more from a text."""
    text = _text(given[0]) if 1 <= len(given) <= 3 else None
    if text is None or not all(_plain(one, "bool", "int") for one in given[1:]):
        return None
    if _OBJECTS.fullmatch(text):
        return ArrayType("O", 8)
    flexible = _FLEXIBLE.fullmatch(text)
    if flexible is not None:
        code, count = flexible.groups()
        return ArrayType(code, int(count or 0) * (4 if code == "U" else 1))
    plain = _NUMBERS.fullmatch(text)
    if plain is None:
        return None
    letter, sized, size, boolean, time = plain.groups()
    return ArrayType(letter or sized or boolean or time, int(size) if size else _WIDTHS[letter or time or "?"])


def _type_state(kind: ArrayType, items: Arguments) -> bool:
    """The byte order, size, fields and unit of a type. numpy takes them as they come.

    The flags say whether its bytes are pointers to objects: a file must not say so of any type but the one of
    objects. Fields must lie within the size, for reading one goes where they say.
    """
    if kind.used:
        return False
    match items:
        case (version, order, base, names, fields, size, alignment, int() as flags, *more) if len(more) <= 1:
            plain = _plain(version, "int") and _plain(order, "str") and all(_metadata(kind, one) for one in more)
            bare = _plain(base, "none") and _plain(names, "none") and _plain(fields, "none")
            own = number(size) == number(alignment) == -1
            if not plain:
                return False
            if kind.code == "O":
                return bare and own and flags == _OF_OBJECTS
            if kind.code in _MADE_OF_NUMBERS:
                return bare and own and flags == 0
            return flags in _HARMLESS_FLAGS and _flexible_state(kind, base, names, fields, number(size))
    return False


def _flexible_state(kind: ArrayType, base: Value, names: Value, fields: Value, size: int | None) -> bool:
    if size is None or not 0 <= size < _MOST_BYTES or (kind.code == "U" and size % 4):
        return False
    kind.size = size
    match base, names, fields:
        case Plain("none"), Plain("none"), Plain("none"):
            return True
        case Many((ArrayType() as one, shape)), Plain("none"), Plain("none") if kind.code == "V":
            count = _count(shape)
            one.used = True
            return one.code != "O" and count is not None and one.size * count == size
        case Plain("none"), Many(said), Mapping(known=dict() as known) if kind.code == "V":
            return _fields(said, fields, known, size)
    return False


def _fields(names: Arguments, fields: Mapping, known: dict[str, Value], size: int) -> bool:
    """Whether names and fields say the same, and no field holds objects or lies outside of the `size` of all."""
    titles = set[str]()
    for field in known.values():
        match field:
            case Many((ArrayType() as kind, offset, *title)) if kind.code != "O" and len(title) <= 1:
                at = number(offset)
                if at is None or at < 0 or at + kind.size > size or not all(_text(one) for one in title):
                    return False
                titles.update(_text(one) or "" for one in title)
                kind.used = True
            case _:
                return False
    fields.frozen = True
    said = [_text(name) or "" for name in names]
    return len(set(said)) == len(said) and known.keys() == {*said, *titles}


def _metadata(kind: ArrayType, given: Value) -> bool:
    """What the state of a type of times says of its unit, and what people note of any type."""
    match given:
        case Many((Plain("none") | Mapping(), Many((unit, *numbers)))) if kind.code in "mM" and len(numbers) == 3:
            return _plain(unit, "bytes", "str") and all((number(one) or 0) > 0 for one in numbers)
    return isinstance(given, Mapping)


def _count(shape: Value) -> int | None:
    """How many elements an array of this shape has; None where that is not known or none has it."""
    if not isinstance(shape, Many) or len(shape.items) > _MOST_DIMENSIONS:
        return None
    sizes = [number(size) for size in shape.items]
    known = [size for size in sizes if size is not None and size >= 0]
    count = math.prod(known)
    return count if len(known) == len(sizes) and count < _MOST_BYTES else None


def _array_state(shape: Value, kind: ArrayType, content: Value) -> bool:
    """numpy compares the length of bytes with the shape; that of a list of objects it takes for long enough."""
    count = _count(shape)
    if count is None:
        return False
    kind.used = True
    if kind.code == "O":
        return isinstance(content, Sequence) and content.count >= count
    return _plain(content, "bytes", "str", "bytearray")


def _scalar(given: Arguments) -> Value | None:
    match given:
        case (ArrayType() as kind, value) if kind.code != "O" and _plain(value, "bytes", "str"):
            kind.used = True
            return Made("scalar")
    return None


def _from_buffer(given: Arguments) -> Value | None:
    match given:
        case (buffer, ArrayType() as kind, shape, order) if kind.code != "O" and _count(shape) is not None:
            kind.used = True
            fits = _plain(buffer, "bytes", "bytearray") and _plain(order, "str")
            return Made("array") if fits else None
    return None


# joblib


def _wrapper_state(wrapper: Wrapper, state: Mapping) -> bool:
    """What joblib keeps of an array whose bytes lie behind this: of NumPy's own class, so that it calls no other."""
    known = state.known
    if wrapper.built or not known or known.keys() - _WRAPPER_OPTIONS != _WRAPPER_NEEDS or not known.keys() <= OF_ARRAYS:
        return False
    kind, alignment = known["dtype"], known.get("numpy_array_alignment_bytes", NONE)
    fits = known["subclass"] == Global("numpy", "ndarray") and _count(known["shape"]) is not None
    fits = fits and _text(known["order"]) in ("C", "F") and (alignment == NONE or number(alignment) is not None)
    if not fits or not isinstance(kind, ArrayType) or not _plain(known.get("allow_mmap", BOOL), "bool", "int"):
        return False
    kind.used = state.frozen = wrapper.built = True
    return True


def bytes_beside(wrapper: dict[str, Value]) -> int | None:
    """How many bytes of an array lie behind its wrapper; None where it holds objects, as a pickle."""
    kind, count = wrapper["dtype"], _count(wrapper["shape"])
    return kind.size * count if isinstance(kind, ArrayType) and kind.code != "O" and count is not None else None


_WRAPPER_OPTIONS = frozenset({"allow_mmap", "numpy_array_alignment_bytes"})
_WRAPPER_NEEDS = OF_ARRAYS - _WRAPPER_OPTIONS


# Builtin types and the standard library


def _of_data(kind: str, *kinds: str, most: int = 1) -> Rule:
    def rule(given: Arguments) -> Value | None:
        fits = len(given) <= most and all(
            (_kind(one) in kinds)
            or (isinstance(one, Holder | Sequence | Mapping) and one.kind in kinds)
            or (isinstance(one, Many) and "tuple" in kinds)
            for one in given
        )
        return Made(kind) if fits else None

    return rule


def _fraction(given: Arguments) -> Value | None:
    """As it pickles itself, by numbers or as a text; one with an exponent would be a number of so many digits."""
    if 1 <= len(given) <= 2 and all(_plain(one, "int") for one in given):
        return Made("fraction")
    text = _text(given[0]) if len(given) == 1 else None
    return Made("fraction") if text is not None and _FRACTION.fullmatch(text) else None


def _set(given: Arguments) -> Value | None:
    fits = len(given) <= 1 and all(
        isinstance(one, Sequence | Holder) or (isinstance(one, Many) and one.data) for one in given
    )
    return Holder("set") if fits else None


def _frozenset(given: Arguments) -> Value | None:
    return Holder("frozenset") if _set(given) is not None else None


def _bytearray(given: Arguments) -> Value | None:
    match given:
        case () | (Plain("bytes" | "bytearray"),):
            return Plain("bytearray")
        case (str() | Plain("str"), str() as encoding) if encoding.lower() in _ENCODINGS:
            return Plain("bytearray")
    return None


def _encode(given: Arguments) -> Value | None:
    """Bytes, as protocol 2 writes them: the codec must be one of the builtin ones, for a codec may be anything."""
    match given:
        case (str() | Plain("str"), str() as encoding) if encoding.lower() in _ENCODINGS:
            return Plain("bytes")
        case (str() | Plain("str"),):
            return Plain("bytes")
    return None


def _bytes(given: Arguments) -> Value | None:
    return Plain("bytes") if not given or (len(given) == 1 and isinstance(given[0], Sequence)) else None


def _reconstructor(given: Arguments) -> Value | None:
    """An object as protocol 1 writes it: only of a class that may be made anyway."""
    match given:
        case (Global() as kind, Global("builtins" | "__builtin__", "object"), Plain("none")):
            return _bare(kind)
    return None


def _bare(kind: Global) -> Value | None:
    if kind == WRAPPER:
        return Wrapper()
    return _MADE_BARE.get(kind)


_ORDERED = Global("collections", "OrderedDict")
WRAPPER = Global("joblib.numpy_pickle", "NumpyArrayWrapper")
"""What joblib writes in place of an array, before its bytes."""
_NAMESPACES = frozenset({Global("argparse", "Namespace"), Global("types", "SimpleNamespace")})
_STORAGES = frozenset(
    [Global("torch", f"{name}Storage") for name in _TORCH_STORAGES]
    + [Global("torch.storage", "UntypedStorage"), Global("torch.storage", "TypedStorage")]
    + [Global("torch", "UntypedStorage"), Global("torch", "TypedStorage")]
)
_DTYPES = frozenset(Global("torch", name) for name in _TORCH_DTYPES)
_SCHEMES = frozenset(Global("torch", name) for name in ("per_tensor_affine", "per_channel_affine"))
_TENSOR_TYPES = frozenset(
    {Global("torch", "Tensor"), Global("torch._tensor", "Tensor"), Global("torch.nn.parameter", "Parameter")}
)
# Types and constants that hold nothing and run nothing when they are taken.
_NUMPY_NAMES = (  # noqa: SIM905
    "ndarray bool bool_ str_ bytes_ float16 float32 float64 longdouble complex64 complex128 int8 int16 int32 int64 "
    "uint8 uint16 uint32 uint64 datetime64 timedelta64"
).split()
_NUMPY_TYPES = frozenset(Global("numpy", name) for name in _NUMPY_NAMES)
_INERT = _STORAGES | _DTYPES | _SCHEMES | _TENSOR_TYPES | _NUMPY_TYPES
_MADE_BARE: dict[Global, Value] = dict.fromkeys(_NAMESPACES, Made("namespace"))
_MADE_BARE |= dict.fromkeys(ESTIMATORS, Made("estimator"))

_CALLS: dict[Global, Rule] = {
    Global("torch._utils", "_rebuild_tensor_v2"): _tensor_v2,
    Global("torch._utils", "_rebuild_tensor_v3"): _tensor_v3,
    Global("torch._utils", "_rebuild_tensor"): _tensor,
    Global("torch._utils", "_rebuild_parameter"): _parameter,
    Global("torch._utils", "_rebuild_parameter_with_state"): _parameter_with_state,
    Global("torch._utils", "_rebuild_meta_tensor_no_storage"): _meta_tensor,
    Global("torch._utils", "_rebuild_sparse_tensor"): _sparse,
    Global("torch._utils", "_rebuild_qtensor"): _quantized,
    Global("torch._tensor", "_rebuild_from_type_v2"): _from_type,
    Global("torch.serialization", "_get_layout"): _layout,
    Global("torch", "device"): _device,
    Global("torch", "Size"): _size,
    _ORDERED: _of_data("ordered dict", "list", "dict", "tuple"),
    Global("collections", "deque"): _of_data("deque", "list", "tuple", "int", "none", most=2),
    Global("_codecs", "encode"): _encode,
    Global("copyreg", "_reconstructor"): _reconstructor,
    Global("copy_reg", "_reconstructor"): _reconstructor,
    Global("datetime", "datetime"): _of_data("datetime", "bytes", "int", "str", most=8),
    Global("datetime", "date"): _of_data("date", "bytes", "int", "str", most=3),
    Global("datetime", "timedelta"): _of_data("timedelta", "int", most=3),
    Global("uuid", "UUID"): _of_data("uuid", "str"),
    Global("decimal", "Decimal"): _of_data("decimal", "str"),
    Global("fractions", "Fraction"): _fraction,
}
for _module in ("pathlib", "pathlib._local"):
    for _name in ("PosixPath", "WindowsPath", "Path", "PurePath", "PurePosixPath", "PureWindowsPath"):
        _CALLS[Global(_module, _name)] = _of_data("path", "str", most=256)
for _module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    _CALLS[Global(_module, "_reconstruct")] = _array
    _CALLS[Global(_module, "scalar")] = _scalar
for _module in ("numpy.core.numeric", "numpy._core.numeric"):
    _CALLS[Global(_module, "_frombuffer")] = _from_buffer
_CALLS[Global("numpy", "dtype")] = _dtype
for _module in ("builtins", "__builtin__"):
    _CALLS[Global(_module, "set")] = _set
    _CALLS[Global(_module, "frozenset")] = _frozenset
    _CALLS[Global(_module, "bytearray")] = _bytearray
    _CALLS[Global(_module, "bytes")] = _bytes
    _CALLS[Global(_module, "complex")] = _of_data("complex", "float", "int", most=2)
    _CALLS[Global(_module, "slice")] = _of_data("slice", "int", "none", most=3)
    _CALLS[Global(_module, "range")] = _CALLS[Global(_module, "xrange")] = _of_data("range", "int", most=3)

# Classes that are only named, as what an object is to be made of.
_NAMED = {Global("builtins", "object"), Global("__builtin__", "object"), WRAPPER, *_MADE_BARE}


class _Rules(NamedTuple):
    globals: frozenset[Global]
    mappings: frozenset[str]
    lists: frozenset[str]

    def call(self, called: Value, given: Arguments) -> Value | None:
        """What a call gives; None where no rule allows it."""
        if not isinstance(called, Global):
            return None
        rule = _CALLS.get(called)
        if rule is not None:
            return rule(given)
        if called in _NAMESPACES and not given:
            return Made("namespace")
        return None

    def construct(self, kind: Value, given: Arguments) -> Value | None:
        """What `kind.__new__` gives; None where no rule allows it."""
        if not isinstance(kind, Global) or given:
            return None
        return Made("ordered dict") if kind == _ORDERED else _bare(kind)

    def build(self, built: Value, state: Value) -> bool:
        """Whether setting the state of an object only stores data in it."""
        match built, state:
            case Made("ordered dict" | "namespace"), Mapping():
                return True
            case Made("estimator"), Mapping(frozen=False):
                state.known = None  # it takes its version out of the dict
                return True
            case Wrapper(), Mapping():
                return _wrapper_state(built, state)
            case Made("array"), Many((version, shape, ArrayType() as kind, order, content)):
                return _plain(version, "int") and _plain(order, "bool", "int") and _array_state(shape, kind, content)
            case ArrayType(), Many(items):
                return _type_state(built, items)
        return False

    def storage(self, name: Value | None) -> Value | None:
        """The storage that a persistent id of PyTorch names."""
        match name:
            case Many((word, kind, key, place, count, *rest)) if _text(word) == "storage" and len(rest) <= 1:
                fits = _storage_type(kind) and _plain(key, "str") and _plain(place, "str") and _plain(count, "int")
                return Made("storage") if fits and all(map(is_data, rest)) else None
        return None


RULES = _Rules(frozenset(_CALLS) | _INERT | _NAMED, frozenset({"ordered dict"}), frozenset({"deque"}))
