"""Model files: what loading them can do."""

from __future__ import annotations

from datetime import date
from typing import Any

from ourhalf.controls.models.uses import Where, use_of
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, effective, elements, known_part, unknown_part
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import Repository, WebPage
from ourhalf.model.verdict import Status, Verdict
from ourhalf.resources.model_files import ModelFile, key_name

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


def _proved(file: ModelFile, context: Context) -> Verdict:
    match file.judgement:
        case Known("safe"):
            kinds = ", ".join(elements(file.formats))
            return Verdict.passed(f"{kinds}: loading it can only build data", file.judgement, file.formats)
        case Known("unsafe"):
            why, fields = _reasons(file, "unsafe")
            use = use_of(file, context)
            severity = Severity.HIGH if use.where is Where.NOWHERE else None
            return Verdict.failed(f"{why}{use.said}", *fields, *use.fields, severity=severity)
        case Known(str() as judgement):
            why, fields = _reasons(file, judgement)
            use = use_of(file, context)
            reason = f"not proved safe: {why}{use.said}"
            if context.requirements.parameters.require_proved_models and not _trusted(file, context):
                asked = f"{reason}; the profile asks for a proof"
                return Verdict.failed(asked, *fields, *use.fields, severity=_UNPROVED[use.where])
            return Verdict(Status.UNKNOWN, reason, (*fields, *use.fields), _UNPROVED[use.where])
        case Absent() | Unresolved() as field:
            return Verdict.unknown(field)
    return Verdict.unknown("its judgement is none that is known", file.judgement)


# What is not proved may be harmless: it is as bad as what it could do where it is loaded.
_UNPROVED = {
    Where.UNTOLD: Severity.HIGH,
    Where.NOWHERE: Severity.MEDIUM,
    Where.LOADED: Severity.HIGH,
    Where.POWERFUL: Severity.CRITICAL,
}


def _trusted(file: ModelFile, context: Context) -> bool:
    return effective(file.digest) in _digests(context) or bool(_keys(context) & set(elements(file.signers)))


def _keys(context: Context) -> frozenset[str]:
    return frozenset(map(key_name, context.requirements.parameters.trusted_model_keys))


def _digests(context: Context) -> frozenset[str]:
    return frozenset(one.lower().removeprefix("sha256:") for one in context.requirements.parameters.trusted_models)


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
    rows=("image-013",),
)


def _data_format(file: ModelFile, context: Context) -> Verdict:
    requirements = context.requirements
    least = requirements.parameters.data_formats_from or Sensitivity.REGULATED
    if not requirements.sensitivity.at_least(least):
        return Verdict.not_applicable(f"asked from {least} data on; {requirements.why}", file.formats)
    match file.formats:
        case Known(tuple() as many) as field if many and all(one in _DATA_ONLY for one in many):
            return Verdict.passed("its format holds nothing but data", field)
        case Known() as field:
            return Verdict.failed(f"{', '.join(elements(field))}: a format that can hold code", field)
        case field:
            return Verdict.unknown(field)


DATA_FORMAT = Control(
    id="model-file-data-format",
    title="Models over sensitive data are in formats that hold nothing but data",
    topic=Topic.MODELS,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=ModelFile,
    evaluate=_data_format,
    rationale="A proof is as good as who reads it; a format that cannot hold code needs none.",
    remedy="Convert the weights to safetensors once, where nothing can be reached, and load those.",
    citations=(WebPage("huggingface.co/docs/safetensors/index", _READ),),
)


def _known_to_us(file: ModelFile, context: Context) -> Verdict:
    trusted, keys = _digests(context), _keys(context)
    if not trusted and not keys:
        return Verdict.not_applicable("the profile names no model files or publishers that it trusts", file.judgement)
    if effective(file.digest) in trusted:
        return Verdict.passed("its digest is one that the profile trusts", file.digest)
    if keys & set(elements(file.signers)):
        signers = known_part(file.signers)
        return Verdict.passed("it is signed by the owner of a key that the profile trusts", signers)
    ways: tuple[tuple[bool, Field[Any], str, str], ...] = (
        (bool(trusted), file.digest, "its digest was not taken", "its digest is none"),
        (bool(keys), file.signers, "nobody looked for signatures of it", "no signature that covers it is by a key"),
    )
    asked = [way for way in ways if way[0]]
    for _, field, untold, _ in asked:
        hidden = unknown_part(field)
        if hidden is not None or isinstance(field, Absent):
            return Verdict.unknown(hidden or untold, *(() if hidden else (field,)))
    told = " and ".join(none for *_, none in asked)
    return Verdict.failed(f"{told} that the profile trusts", *(field for _, field, *_ in asked))


TRUSTED = Control(
    id="model-file-trusted",
    title="Model files are those that the company trusts",
    topic=Topic.MODELS,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=ModelFile,
    evaluate=_known_to_us,
    rationale="A name can be given to any file; a digest names one content, which somebody looked at.",
    remedy=(
        "Look at the file and where it comes from, then take its SHA-256 into `trusted_models` of the profile; or have "
        "its publisher sign it with model-signing, and take their key into `trusted_model_keys`."
    ),
    citations=(
        WebPage("csrc.nist.gov/pubs/fips/180-4/upd1/final", _READ),
        Repository("sigstore/model-transparency/blob/main/README.md", _READ),
    ),
)


def _licensed(file: ModelFile, context: Context) -> Verdict:
    accepted = {one.lower() for one in context.requirements.parameters.accepted_model_licenses}
    if not accepted:
        return Verdict.not_applicable("the profile names no licences that it accepts", file.judgement)
    stated = elements(file.licenses)
    others = [one for one in stated if one.lower() not in accepted]
    if others:
        return Verdict.failed(f"it states {', '.join(others)}, which the profile does not accept", file.licenses)
    if stated:
        return Verdict.passed(f"it states {', '.join(stated)}", file.licenses)
    if isinstance(file.licenses, Unresolved):
        return Verdict.unknown(file.licenses)
    return Verdict.unknown("the file states no licence", file.formats)


LICENSED = Control(
    id="model-file-license",
    title="Model files state a licence that the company accepts",
    topic=Topic.MODELS,
    severity=Severity.LOW,
    layer=Layer.MODELS_AND_DATA,
    applies_to=ModelFile,
    evaluate=_licensed,
    rationale="Licences of models differ in what may be done with them, commercial use included.",
    remedy="Take the licence from the model's card, and use a model whose licence the company accepts.",
    citations=(
        WebPage("huggingface.co/docs/hub/repositories-licenses", _READ),
        Repository("ggml-org/ggml/blob/master/docs/gguf.md", _READ),
    ),
)
