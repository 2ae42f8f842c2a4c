"""Model files: what loading them can do."""

from __future__ import annotations

from datetime import date
from typing import Any

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import Repository, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.model_files import ModelFile

_READ = date(2026, 11, 27)
_TOLD = 3
# Formats that hold tensors and settings only, whatever a file says: nothing needs to be proved of each.
_DATA_ONLY = frozenset({"safetensors", "numpy", "numpy-archive", "gguf"})


def _reasons(file: ModelFile, judgement: str) -> tuple[str, tuple[Field[Any], ...]]:
    """The reasons of a judgement as text, and where they lie."""
    found = [reason for reason in elements(file.reasons) if reason.judgement == judgement]
    text = "; ".join(reason.what for reason in found[:_TOLD])
    more = f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    return text + more, tuple(Known(reason.what, reason.place) for reason in found[:_TOLD])


def _proved(file: ModelFile, _: Context) -> Verdict:
    match file.judgement:
        case Known("safe"):
            kinds = ", ".join(elements(file.formats))
            return Verdict.passed(f"{kinds}: loading it can only build data", file.judgement, file.formats)
        case Known("unsafe"):
            why, fields = _reasons(file, "unsafe")
            return Verdict.failed(why, *fields)
        case Known(str() as judgement):
            why, fields = _reasons(file, judgement)
            return Verdict.unknown(f"not proved safe: {why}", *fields)
        case Absent() | Unresolved() as field:
            return Verdict.unknown(field)
    return Verdict.unknown("its judgement is none that is known", file.judgement)


PROVED_SAFE = Control(
    id="model-file-only-data",
    title="Loading a model file can only build data",
    topic=Topic.MODELS,
    severity=Severity.CRITICAL,
    layer=Layer.MODELS_AND_DATA,
    applies_to=ModelFile,
    evaluate=_proved,
    rationale=(
        "A pickle, and much that is made of pickles, is a program: whoever wrote the file runs it with the "
        "credentials of the role that loads it."
    ),
    remedy=(
        "Keep weights as safetensors, from a publisher that you know, at a revision that you pin; load what must stay "
        "a pickle where nothing can be reached, and convert it."
    ),
    citations=(
        WebPage("docs.python.org/3/library/pickle.html", _READ),
        WebPage("pytorch.org/docs/stable/generated/torch.load.html", _READ),
        Repository("pytorch/pytorch/blob/main/SECURITY.md", _READ),
    ),
)


def _data_format(file: ModelFile, context: Context) -> Verdict:
    requirements = context.requirements
    if not requirements.sensitivity.at_least(Sensitivity.REGULATED):
        return Verdict.not_applicable(f"asked of regulated data; {requirements.why}", file.formats)
    match file.formats:
        case Known(tuple() as many) as field if many and all(one in _DATA_ONLY for one in many):
            return Verdict.passed("its format holds nothing but data", field)
        case Known() as field:
            return Verdict.failed(f"{', '.join(elements(field))}: a format that can hold code", field)
        case field:
            return Verdict.unknown(field)


DATA_FORMAT = Control(
    id="model-file-data-format",
    title="Models over regulated data are in formats that hold nothing but data",
    topic=Topic.MODELS,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=ModelFile,
    evaluate=_data_format,
    rationale="A proof is as good as who reads it; a format that cannot hold code needs none.",
    remedy="Convert the weights to safetensors once, where nothing can be reached, and load those.",
    citations=(WebPage("huggingface.co/docs/safetensors/index", _READ),),
)
