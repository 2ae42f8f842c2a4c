"""Calls that load models: which library's, what they load, and whether code that comes with it is run.

By the documentation of each, which stands beside its default.
"""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from ourhalf.model.field import Absent, Field, Known, Place, Reference, Unresolved
from ourhalf.model.resource import Dialect, Language, Origin
from ourhalf.readers.python.domain import Slot
from ourhalf.readers.python.state import Arguments, State
from ourhalf.resources.model_loads import ModelLoad

MENTIONED = re.compile(
    rb"\b(?:torch|joblib|c?[pP]ickle|cloudpickle|dill|np|numpy|pd|pandas|load_model|from_pretrained|trust_remote_code"
    rb"|allow_pickle|weights_only|safe_mode)\b"
)
"""What a file that loads a model has in it."""


class _Loader(NamedTuple):
    """How a function is told: `setting` by name, or at a place among the positional arguments; `on` is the value of
    it with which code is run, and `default` whether it is where nothing is said, by `source`. `path` names the first
    argument.
    """

    setting: str = ""
    on: bool = True
    default: bool | None = True
    at: int | None = None
    path: str = ""
    source: str = ""


_PICKLES = (
    "pickle.load", "pickle.loads", "pickle.Unpickler", "_pickle.load", "_pickle.loads", "cPickle.load", "cPickle.loads",
    "cloudpickle.load", "cloudpickle.loads", "dill.load", "dill.loads", "joblib.load", "pandas.read_pickle",
)  # fmt: skip
_KERAS = _Loader(
    "safe_mode", False, False, 3, "filepath", "keras.io/api/models/model_saving_apis/model_saving_and_loading/"
)
_REMOTE = _Loader(
    "trust_remote_code",
    True,
    False,
    path="pretrained_model_name_or_path",
    source="huggingface.co/docs/transformers/main/en/model_doc/auto",
)
_LOADERS = {
    **dict.fromkeys(_PICKLES, _Loader()),
    "torch.load": _Loader(
        "weights_only", False, None, path="f", source="docs.pytorch.org/docs/stable/generated/torch.load.html"
    ),
    "numpy.load": _Loader(
        "allow_pickle", True, False, 2, "file", "numpy.org/doc/stable/reference/generated/numpy.load.html"
    ),
    **{
        f"{keras}.{module}.load_model": _KERAS
        for keras in ("keras", "tensorflow.keras", "tf_keras")
        for module in ("models", "saving")
    },
    "transformers.pipeline": _REMOTE._replace(path=""),
    "sentence_transformers.SentenceTransformer": _REMOTE._replace(path="model_name_or_path"),
    "datasets.load_dataset": _REMOTE._replace(path="path"),
    "vllm.LLM": _REMOTE._replace(path="model"),
}
_PRETRAINED = re.compile(r"(?:transformers|diffusers|sentence_transformers|peft|optimum)\.[\w.]+\.from_pretrained")
_OPENED = re.compile(r"\bopen\(\s*(['\"])([^'\"]{1,300})\1")


def loaded(name: str, arguments: Arguments, node: ast.Call, state: State) -> None:
    """Note the load that a call of a function is, by its full name; nothing where it is none."""
    loader = _LOADERS.get(name) or (_REMOTE if _PRETRAINED.fullmatch(name) else None)
    place = state.place(node)
    if loader is None or state.quiet or any(isinstance(r, ModelLoad) and r.place == place for r in state.resources):
        return
    title = f"{name} in {state.scope.title}"
    count = sum(isinstance(r, ModelLoad) and r.name.partition(" (")[0] == title for r in state.resources)
    called = title if not count else f"{title} ({count + 1})"
    state.resources.append(
        ModelLoad(
            name=called,
            origin=Origin(place, Language.PYTHON, Dialect.API, place.path, f"{place.path}/{called}"),
            loader=Known(name, place),
            setting=loader.setting,
            runs_code=_runs_code(loader, arguments, place),
            path=_path(loader, arguments, node, place),
            revision=_text(_argument("revision", None, arguments), place),
        )
    )


def _argument(name: str, at: int | None, arguments: Arguments) -> Slot | Unresolved | None:
    """What is given under a name or at a place; unresolved where it may be among what is not known."""
    given = arguments.named.items.get(name) if name else None
    if given is None and at is not None and at < len(arguments.positional):
        given = arguments.positional[at]
    hidden = arguments.named.rest if name else None
    return given or hidden or (arguments.rest if at is not None else None)


def _runs_code(loader: _Loader, arguments: Arguments, place: Place) -> Field[bool]:
    if not loader.setting:
        return Known(True, place)
    match _argument(loader.setting, loader.at, arguments):
        case None | Slot(None):
            return Absent(loader.default, place, loader.source)
        case Slot(bool() | int() as value, where):
            return Known(bool(value) is loader.on, where)
        case Slot(Unresolved() as value, where):
            return Unresolved(value.reason, where)
        case Unresolved(reason):
            return Unresolved(f"{loader.setting}: {reason}", place)
    return Unresolved(f"{loader.setting} is known only when the code runs", place)


def _path(loader: _Loader, arguments: Arguments, node: ast.Call, place: Place) -> Field[str]:
    found = _text(_argument(loader.path, 0, arguments), place)
    if isinstance(found, Unresolved) and node.args:
        opened = _OPENED.match(ast.unparse(node.args[0])) if isinstance(node.args[0], ast.Call) else None
        return Known(opened[2], place) if opened else found
    return found


def _text(given: Slot | Unresolved | None, place: Place) -> Field[str]:
    match given:
        case None | Slot(None):
            return Absent(None, place)
        case Slot(str() as text, where):
            return Known(text, where)
        case Slot(Unresolved(reason, _, parts), where) | Unresolved(reason, where, parts):
            return Unresolved(reason, where, parts)
        case Slot(Reference() as reference, where):
            return Unresolved(f"{reference} is known only once it is deployed", where)
    return Unresolved("known only when the code runs", place)
