"""Model files as resources: what their content is, and why they are not proved safe where they are not."""

from __future__ import annotations

from ourhalf.artifacts.format import Content, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.judging import judge, together
from ourhalf.model.field import Known, Place
from ourhalf.model.resource import Origin
from ourhalf.resources.model_files import ModelFile, ModelReason

MAX_TOLD = 20
_MOST_SEARCH_PATH = 1 << 20

ENDINGS = (
    ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".dill", ".bin", ".npy", ".npz", ".safetensors", ".h5",
    ".hdf5", ".keras", ".onnx", ".gguf", ".ggml", ".tflite", ".pb", ".pdparams", ".pdmodel", ".mlmodel", ".msgpack",
    ".engine", ".plan", ".trt", ".mar", ".nemo", ".skops", ".cbm", ".ubj", ".pt2", ".ptl", ".torchscript",
    ".llamafile", ".pdiparams", ".pdopt", ".bst", ".xgb", ".lgb", ".flax", "model.tar.gz",
)  # fmt: skip
"""How names of model files end: which files of a folder of configuration are looked into."""


def named_so(path: str) -> bool:
    """Whether a file is named as model files are."""
    return path.lower().endswith(ENDINGS)


def model_file(path: str, data: memoryview, wanted: bool) -> ModelFile | None:
    """The model file at `path`; None where its content is none and it was not `wanted` by its name.

    A file that is named as a model and is of no known format is unproved: what loads it is not known.
    """
    if not len(data):
        return None
    found = judge(Content(path, data))
    if not found:
        if not wanted or _is_search_path(path, data):
            return None
        found = (Found("unknown", (Reason(Judgement.UNPROVED, "its content is of no format that is known here"),)),)
    if not wanted and not any(one.model for one in found):
        return None
    judgement, reasons = together(found)
    place = Place(path)
    told = tuple(
        ModelReason(judgement=reason.judgement, what=reason.what, place=_place(path, reason))
        for reason in reasons[:MAX_TOLD]
    )
    facts = {f"{one.format} {key}": value for one in found for key, value in one.facts.items()}
    return ModelFile(
        name=path.rsplit("/", 1)[-1],
        origin=Origin(place, scope=path, address=path),
        formats=Known(tuple(dict.fromkeys(one.format for one in found)), place),
        judgement=Known(judgement.value, place),
        reasons=Known(told, place),
        facts=facts,
        licenses=Known(_licenses(found), place),
    )


def _licenses(found: tuple[Found, ...]) -> tuple[str, ...]:
    """The licences that a file states in its own metadata, each once."""
    stated = (text.strip() for one in found for key, text in one.facts.items() if f".{key}".endswith(".license"))
    return tuple(dict.fromkeys(filter(None, stated)))


def _is_search_path(path: str, data: memoryview) -> bool:
    """Whether it is a `.pth` file of Python itself: lines of text that say where modules are searched for."""
    if not path.lower().endswith(".pth") or len(data) > _MOST_SEARCH_PATH:
        return False
    text = bytes(data)
    return b"\x00" not in text and _is_text(text)


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _place(path: str, reason: Reason) -> Place:
    inside = reason.part.removeprefix(path).lstrip("/")
    at = f"byte {reason.offset:,}"
    return Place(path, 1, 1, f"{inside}: {at}" if inside else at)
