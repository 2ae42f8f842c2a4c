"""What a pickle may take and call, and exactly how: everything else is not proved.

Each entry says what the call does with such arguments. A rule gives what the call makes, or None where the
arguments are not those that it was made for. The list is short on purpose, and has no entry that imports,
opens, decodes or evaluates what a file says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ourhalf.artifacts.pickles.values import Global, Holder, Made, Many, Plain, Value

Arguments = tuple[Value, ...]
Rule = Callable[[Arguments], Value | None]

_TORCH_DTYPES = (  # noqa: SIM905 - a list of words reads better so
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 float32 float64 bfloat16 half float double "
    "complex32 complex64 complex128 cfloat cdouble chalf short int long quint8 qint8 qint32 quint4x2 quint2x4 "
    "float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2"
).split()
_TORCH_STORAGES = (  # noqa: SIM905
    "Half Float Double Char Short Int Long Byte Bool BFloat16 ComplexDouble ComplexFloat QUInt8 QInt8 QInt32 "
    "QUInt4x2 QUInt2x4"
).split()
_LAYOUTS = frozenset({"torch.strided", "torch.sparse_coo", "torch.sparse_csr", "torch.sparse_csc"})
_NUMPY_PLAIN = frozenset("?bBhHiIlLqQpPefdgFDGmM")
_ENCODINGS = frozenset({"latin1", "latin-1", "ascii", "utf-8", "utf8"})


def is_data(value: Value) -> bool:
    """Whether a value is made of builtin types and of things that calls of this list made."""
    match value:
        case Plain() | Holder() | Made():
            return True
        case Many(items):
            return all(is_data(item) for item in items)
        case Global():
            return value in _INERT
    return False


def _plain(value: Value, *kinds: str) -> bool:
    return isinstance(value, Plain) and value.kind in kinds


def _sizes(value: Value) -> bool:
    """A tuple of whole numbers, or a `torch.Size`."""
    return (isinstance(value, Many) and all(_plain(i, "int", "bool") for i in value.items)) or value == Made("size")


def _text(value: Value) -> str | None:
    return value.text if isinstance(value, Plain) and value.kind == "str" else None


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


def _tensor(given: Arguments) -> Value | None:
    match given:
        case (storage, offset, size, stride):
            fits = storage == Made("storage") and _plain(offset, "int") and _sizes(size) and _sizes(stride)
            return Made("tensor") if fits else None
    return None


def _hooks(value: Value) -> bool:
    return value == Made("ordered dict") or value == Holder("dict") or _plain(value, "none")


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
        case (Made("layout"), Many(items)) if all(map(is_data, items)):
            return Made("tensor")
    return None


def _quantized(given: Arguments) -> Value | None:
    match given:
        case (storage, offset, size, stride, Many(parameters), gradient, hooks):
            fits = storage == Made("storage") and _plain(offset, "int") and _sizes(size) and _sizes(stride)
            known = all(is_data(p) or (isinstance(p, Global) and p in _SCHEMES) for p in parameters)
            return Made("tensor") if fits and known and _plain(gradient, "bool") and _hooks(hooks) else None
    return None


def _from_type(given: Arguments) -> Value | None:
    """It calls its first argument with its third: that call must be allowed itself."""
    match given:
        case (Global() as function, kind, Many(arguments), state) if is_data(state) and kind in _TENSOR_TYPES:
            rule = _CALLS.get(function)
            made = rule(arguments) if rule is not None and function.module == "torch._utils" else None
            return Made("tensor") if made == Made("tensor") else None
    return None


def _device(given: Arguments) -> Value | None:
    return Made("device") if given and all(_plain(one, "str", "int") for one in given) and len(given) <= 2 else None


def _size(given: Arguments) -> Value | None:
    return Made("size") if len(given) == 1 and (_sizes(given[0]) or given[0] == Holder("list")) else None


def _layout(given: Arguments) -> Value | None:
    return Made("layout") if len(given) == 1 and _text(given[0]) in _LAYOUTS else None


# NumPy


def _array(given: Arguments) -> Value | None:
    match given:
        case (Global("numpy", "ndarray"), shape, typecode) if _sizes(shape) and _plain(typecode, "bytes", "str"):
            return Made("array")
    return None


def _dtype(given: Arguments) -> Value | None:
    """A type by its code. `O` holds objects: they are values of the pickle, judged as such, but no raw bytes may be."""
    text = _text(given[0]) if given and len(given) <= 3 else None
    if text is None or not all(_plain(one, "bool", "int") for one in given[1:]):
        return None
    code = text.lstrip("<>|=")[:1]
    if code == "O":
        return Made("object type")
    if code in ("S", "U", "V"):
        return Made("flexible type")
    return Made("type") if code in _NUMPY_PLAIN else None


def _type_state(kind: str, items: Arguments) -> bool:
    """The byte order and size of a type, no fields.

    The last item are flags that say whether its bytes are pointers to objects: a file must not say so of
    any type but the one of objects.
    """
    match items:
        case (version, order, Plain("none"), Plain("none"), Plain("none"), size, alignment, Plain("int", flags)):
            plain = _plain(version, "int") and _plain(order, "str") and _plain(size, "int") and _plain(alignment, "int")
            if kind == "type":
                return plain and flags == "0" and size == alignment == Plain("int", "-1")
            return plain and flags in (("0", "8") if kind == "flexible type" else ("63",))
    return False


def _scalar(given: Arguments) -> Value | None:
    match given:
        case (Made("type" | "flexible type"), value) if _plain(value, "bytes", "str"):
            return Made("scalar")
    return None


def _from_buffer(given: Arguments) -> Value | None:
    match given:
        case (buffer, Made("type" | "flexible type"), shape, order) if _plain(buffer, "bytes", "bytearray") and _sizes(
            shape
        ):
            return Made("array") if _plain(order, "str") else None
    return None


# Builtin types and the standard library


def _of_data(kind: str, *kinds: str, most: int = 1) -> Rule:
    def rule(given: Arguments) -> Value | None:
        fits = len(given) <= most and all(
            (isinstance(one, Plain | Holder) and one.kind in kinds) or (isinstance(one, Many) and "tuple" in kinds)
            for one in given
        )
        return Made(kind) if fits else None

    return rule


def _set(given: Arguments) -> Value | None:
    holders = {Holder("list"), Holder("set"), Holder("frozenset")}
    fits = len(given) <= 1 and all(one in holders or (isinstance(one, Many) and is_data(one)) for one in given)
    return Holder("set") if fits else None


def _frozenset(given: Arguments) -> Value | None:
    return Holder("frozenset") if _set(given) is not None else None


def _bytearray(given: Arguments) -> Value | None:
    match given:
        case () | (Plain("bytes" | "bytearray"),):
            return Plain("bytearray")
        case (Plain("str"), Plain("str", str() as encoding)) if encoding.lower() in _ENCODINGS:
            return Plain("bytearray")
    return None


def _encode(given: Arguments) -> Value | None:
    """Bytes, as protocol 2 writes them: the codec must be one of the builtin ones, for a codec may be anything."""
    match given:
        case (Plain("str"), Plain("str", str() as encoding)) if encoding.lower() in _ENCODINGS:
            return Plain("bytes")
        case (Plain("str"),):
            return Plain("bytes")
    return None


def _bytes(given: Arguments) -> Value | None:
    return Plain("bytes") if not given or given == (Holder("list"),) else None


def _reconstructor(given: Arguments) -> Value | None:
    """An object as protocol 1 writes it: only of a class that may be made anyway."""
    match given:
        case (Global() as kind, Global("builtins" | "__builtin__", "object"), Plain("none")):
            return _MADE_BARE.get(kind)
    return None


_ORDERED = Global("collections", "OrderedDict")
_NAMESPACE = Global("argparse", "Namespace")
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
_INERT = _STORAGES | _DTYPES | _SCHEMES | _TENSOR_TYPES | {Global("numpy", "ndarray")}
_MADE_BARE: dict[Global, Value] = {_NAMESPACE: Made("namespace")}

_CALLS: dict[Global, Rule] = {
    Global("torch._utils", "_rebuild_tensor_v2"): _tensor_v2,
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
    Global("decimal", "Decimal"): _of_data("decimal", "str"),
    Global("fractions", "Fraction"): _of_data("fraction", "str", "int", most=2),
}
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
_NAMED = {Global("builtins", "object"), Global("__builtin__", "object"), _NAMESPACE}


class _Rules(NamedTuple):
    globals: frozenset[Global]
    mappings: frozenset[str]
    lists: frozenset[str]

    def call(self, called: Value, given: Arguments, storages: bool) -> Value | None:
        """What a call gives; None where no rule allows it."""
        if not isinstance(called, Global):
            return None
        rule = _CALLS.get(called)
        if rule is not None:
            return rule(given)
        if called == _NAMESPACE and not given:
            return Made("namespace")
        return None

    def construct(self, kind: Value, given: Arguments) -> Value | None:
        """What `kind.__new__` gives; None where no rule allows it."""
        if not isinstance(kind, Global) or given:
            return None
        return Made("ordered dict") if kind == _ORDERED else _MADE_BARE.get(kind)

    def build(self, built: Value, state: Value) -> bool:
        """Whether setting the state of an object only stores data in it."""
        match built, state:
            case Made("ordered dict" | "namespace"), Holder("dict"):
                return True
            case Made("array"), Many((version, shape, Made("type" | "flexible type"), order, content)):
                raw = _plain(content, "bytes", "str", "bytearray")
                return _plain(version, "int") and _sizes(shape) and _plain(order, "bool", "int") and raw
            case Made("array"), Many((version, shape, Made("object type"), order, Holder("list"))):
                return _plain(version, "int") and _sizes(shape) and _plain(order, "bool", "int")
            case Made("type" | "flexible type" | "object type" as kind), Many(items):
                return _type_state(kind, items)
        return False

    def storage(self, name: Value | None) -> Value | None:
        """The storage that a persistent id of PyTorch names."""
        match name:
            case Many((word, kind, key, place, count, *rest)) if _text(word) == "storage" and len(rest) <= 1:
                fits = _storage_type(kind) and _plain(key, "str") and _plain(place, "str") and _plain(count, "int")
                return Made("storage") if fits and all(map(is_data, rest)) else None
        return None


RULES = _Rules(frozenset(_CALLS) | _INERT | _NAMED, frozenset({"ordered dict"}), frozenset({"deque"}))

_DANGERS: dict[str, str] = {
    "os": "which runs commands or changes files", "posix": "which runs commands or changes files",
    "nt": "which runs commands or changes files", "subprocess": "which runs commands", "pty": "which runs commands",
    "sys": "which changes the interpreter", "importlib": "which imports any module", "runpy": "which runs any file",
    "socket": "which opens connections", "urllib": "which opens connections", "http": "which opens connections",
    "requests": "which opens connections", "ftplib": "which opens connections", "smtplib": "which sends mail",
    "shutil": "which changes files", "ctypes": "which calls any native code", "code": "which runs code",
    "codeop": "which compiles code", "webbrowser": "which opens pages", "pip": "which installs packages",
    "pickle": "which unpickles again", "_pickle": "which unpickles again", "dill": "which unpickles again",
    "cloudpickle": "which makes functions of code", "marshal": "which makes code of bytes",
    "types": "which makes functions of code", "asyncio": "which runs commands or opens connections",
    "timeit": "which runs code", "profile": "which runs code", "cProfile": "which runs code", "pdb": "which runs code",
    "bdb": "which runs code", "doctest": "which runs code", "trace": "which runs code", "venv": "which runs commands",
    "multiprocessing": "which starts processes", "threading": "which starts threads", "signal": "which sends signals",
    "builtins.eval": "which runs code", "builtins.exec": "which runs code", "builtins.compile": "which compiles code",
    "builtins.__import__": "which imports any module", "builtins.open": "which opens files",
    "builtins.getattr": "by which any function can be reached", "builtins.setattr": "by which anything is changed",
    "builtins.globals": "by which any function can be reached", "builtins.breakpoint": "which stops in a debugger",
    "operator.attrgetter": "by which any function can be reached", "operator.methodcaller": "which calls any method",
    "functools.partial": "which binds a function to what it is called with",
    "functools.reduce": "which calls a function again and again",
    "torch.load": "which unpickles again", "torch.hub": "which downloads and runs code",
    "torch.jit": "which loads compiled code", "numpy.load": "which may unpickle again",
    "joblib.load": "which unpickles again", "pandas.read_pickle": "which unpickles again",
}  # fmt: skip


def dangerous(module: str, name: str) -> str:
    """What a global is known to do, as the end of a sentence; empty where it is not known to be dangerous."""
    module = {"__builtin__": "builtins"}.get(module, module)
    dotted = f"{module}.{name}"
    parts = dotted.split(".")
    return next((_DANGERS[head] for end in range(len(parts), 0, -1) if (head := ".".join(parts[:end])) in _DANGERS), "")
