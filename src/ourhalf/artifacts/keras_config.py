"""The configuration of a Keras model: which classes and functions loading it has imported and called.

The form: keras.io/api/models/model_saving_apis. A class of Keras' own is made of settings; any other
is imported by the path or name that the file gives, by versions that check it and by versions that do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.keras_names import CLASSES, FUNCTIONS, TENSORFLOW, TENSORFLOW_FUNCTIONS
from ourhalf.artifacts.pickles.dangers import dangerous

MAX_VALUES = 5_000_000
MAX_REASONS = 30
_PACKAGES = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")
# What stands for data of Python that JSON has no form for.
_DATA = frozenset({
    "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__", "__keras_tensor__", "__tuple__", "TensorShape",
    "__typespec__", "CategoricalDistribution",
})  # fmt: skip
_TAKES_CODE = {
    "TorchModuleWrapper": (Judgement.UNSAFE, "unpickles a module of PyTorch"),
    "TFSMLayer": (Judgement.UNPROVED, "loads a SavedModel from a path and runs its graph"),
    "JaxLayer": (Judgement.UNPROVED, "calls functions that it names"),
    "FlaxLayer": (Judgement.UNPROVED, "calls a module that it names"),
    "TensorFlowOpLayer": (Judgement.UNPROVED, "runs any operator of TensorFlow, by its name"),
}
_VOCABULARIES = frozenset({"StringLookup", "IntegerLookup", "TextVectorization", "IndexLookup"})
# Functions of Keras that do more than calculate.
_ACTS = {
    "get_file": "downloads a file", "enable_unsafe_deserialization": "lets the rest of the file run code",
    "load_model": "loads another model", "load_weights": "reads a file", "load_img": "reads a file",
    "pip_install": "installs packages", "model_from_json": "loads another model",
}  # fmt: skip


def config_reasons(config: Any, part: str, offset: int = 0) -> tuple[Reason, ...]:
    """Why loading a model of this configuration is not proved to make only layers of Keras."""
    told: dict[tuple[Judgement, str], Reason] = {}
    waiting, count = [config], 0
    while waiting:
        one = waiting.pop()
        count += 1
        if count > MAX_VALUES:
            what = f"more than {MAX_VALUES:,} values in its configuration"
            return (*told.values(), Reason(Judgement.UNREAD, what, offset, part))
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one.values())
            for judgement, what in _object(one):
                same = sum(reason.judgement is judgement for reason in told.values())
                if same < MAX_REASONS:
                    told.setdefault((judgement, what), Reason(judgement, what, offset, part))
    return tuple(told.values())


def _object(config: dict[str, Any]) -> Iterator[tuple[Judgement, str]]:
    """What one object that is to be made does."""
    name = config.get("class_name")
    if "class_name" not in config:
        return
    if not isinstance(name, str):
        yield Judgement.UNREAD, "the name of a class in its configuration is no text"
        return
    inner = config.get("config")
    if name == "__lambda__":
        yield Judgement.UNSAFE, "it holds code of Python, which Keras runs outside of its safe mode"
    elif name == "Lambda":
        yield _lambda(inner if isinstance(inner, dict) else {})
    elif name in _TAKES_CODE:
        judgement, what = _TAKES_CODE[name]
        yield judgement, f"its layer {name} {what}"
    elif name in {"TFOpLambda", "SlicingOpLambda"}:
        yield from _tensorflow(inner if isinstance(inner, dict) else {})
    elif name == "function":
        yield from _named(config.get("module"), str(inner), FUNCTIONS | CLASSES)
    else:
        if name in _VOCABULARIES:
            yield from _vocabulary(inner if isinstance(inner, dict) else {})
        yield from _named(config.get("module"), name, CLASSES | _VOCABULARIES | _DATA | FUNCTIONS)
        yield from _registered(config.get("registered_name"), name)


def _lambda(config: dict[str, Any]) -> tuple[Judgement, str]:
    function = config.get("function")
    code = isinstance(function, list) or config.get("function_type") == "lambda"
    if isinstance(function, dict):
        code = function.get("class_name") == "__lambda__"
    if code:
        return Judgement.UNSAFE, "its Lambda layer holds code of Python, which Keras runs outside of its safe mode"
    return Judgement.UNPROVED, f"its Lambda layer calls a function by its name: {str(function)[:80]}"


def _tensorflow(config: dict[str, Any]) -> Iterator[tuple[Judgement, str]]:
    function = str(config.get("function", ""))
    if not function.startswith(TENSORFLOW) and function not in TENSORFLOW_FUNCTIONS:
        yield Judgement.UNPROVED, f"it calls {function[:80] or 'a function'} of TensorFlow, by its name"


def _vocabulary(config: dict[str, Any]) -> Iterator[tuple[Judgement, str]]:
    for key in ("vocabulary", "idf_weights"):
        if isinstance(config.get(key), str):
            yield Judgement.UNSAFE, f"it reads the file {config[key][:120]} as a vocabulary"
    for key in ("standardize", "split"):
        given = config.get(key)
        if isinstance(given, dict) and given.get("class_name") != "function":
            yield Judgement.UNPROVED, f"it calls what it is given as {key}"


def _named(module: Any, name: str, known: frozenset[str]) -> Iterator[tuple[Judgement, str]]:
    """A class or function by its module and name."""
    dotted = f"{module}.{name}" if isinstance(module, str) else name
    if name in _ACTS:
        yield Judgement.UNSAFE, f"it calls {dotted[:120]}, which {_ACTS[name]}"
        return
    if module is not None and not isinstance(module, str):
        yield Judgement.UNREAD, "the name of a module in its configuration is no text"
        return
    own = module is None or module == "builtins" or any(module == p or module.startswith(f"{p}.") for p in _PACKAGES)
    if own and name in known:
        return
    danger = dangerous(module or "", name)
    if danger:
        yield Judgement.UNSAFE, f"it takes {dotted[:120]}, {danger}"
    else:
        yield Judgement.UNPROVED, f"it makes {dotted[:120]}, which is none of Keras: code that has it must be imported"


def _registered(registered: Any, name: str) -> Iterator[tuple[Judgement, str]]:
    """The name under which somebody's class was registered, which counts before the class."""
    if isinstance(registered, str) and ">" in registered and registered.partition(">")[0].lower() not in _PACKAGES:
        yield (
            Judgement.UNPROVED,
            f"it makes {registered[:120]} for {name[:60]}: code that registers it must be imported",
        )
