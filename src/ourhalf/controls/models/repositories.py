"""Where models come from: a hub's revision, and the repository that a server loads from."""

from __future__ import annotations

import re
from itertools import pairwise

from ourhalf.controls.commands import command_doubt, started_with
from ourhalf.controls.infrastructure.model_servers import TRITON
from ourhalf.controls.judgements import from_sensitivity
from ourhalf.controls.sagemaker import READ
from ourhalf.controls.servers import HIDDEN_WORD, Server, Unclear, command_words, flag_values, may_follow, server
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Field, Known, Text, Unresolved, doubt, effective, elements, entry
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import Cve, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container

_COMMIT = re.compile(r"[0-9a-f]{40}")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_MODEL_FLAGS = (
    "--model",
    "--model-id",
    "--model-path",
    "--model_id",
    "--model_path",
    "--pretrained_model_name_or_path",
)
_MODEL_NAMES = ("HF_MODEL_ID", "MODEL_ID", "OPTION_MODEL_ID", "SM_VLLM_MODEL", "SM_SGLANG_MODEL_PATH")
_REVISION_FLAGS = ("--revision", "--model-revision", "--model_revision")
_REVISION_NAMES = ("REVISION", "HF_MODEL_REVISION", "OPTION_REVISION", "SM_VLLM_REVISION", "SM_SGLANG_REVISION")


def pinned(words: tuple[str, ...], container: Container) -> bool | Unresolved:
    """Whether a commit of a hub is named by flag or variable; unresolved where that cannot be told."""
    for value in flag_values(words, _REVISION_FLAGS):
        if HIDDEN_WORD not in value:
            return _COMMIT.fullmatch(value) is not None
    hidden = command_doubt(container)
    if hidden is not None:  # a flag among what is filled in later would win over a variable
        return hidden
    for name in _REVISION_NAMES:
        match entry(container.environment, name):
            case Known(str() as value):
                return _COMMIT.fullmatch(value) is not None
            case Unresolved() as field:
                return field
    return False


def _hub_model(
    container: Container, words: tuple[str, ...]
) -> tuple[str, tuple[Field[Text] | Field[object], ...]] | None:
    """The hub id that the container is told to load, and the fields that say so."""
    written = started_with(container)
    after = [value for verb, value in pairwise(words) if verb == "serve"]
    for value in (*flag_values(words, _MODEL_FLAGS), *after):
        if _HUB_ID.fullmatch(value):
            return value, written
    for name in _MODEL_NAMES:
        match entry(container.environment, name):
            case Known(str() as value) as field if _HUB_ID.fullmatch(value):
                return value, (field,)
    return None


def _revision_pinned(container: Container, _: Context) -> Verdict | None:
    words = command_words(container)
    found = _hub_model(container, words)
    if found is None:
        return None
    model, fields = found
    match pinned(words, container):
        case True:
            return Verdict.passed(f"a commit of {model} is named", *fields)
        case Unresolved() as hidden:
            return Verdict.unknown(hidden, *fields)
    hidden_words = command_doubt(container)
    if hidden_words is not None:
        return Verdict.unknown(hidden_words)
    return Verdict.failed(f"whatever {model} holds today is loaded", *fields)


REVISION_PINNED = Control(
    id="model-revision-pinned",
    title="Models of a hub are loaded at a commit",
    topic=Topic.MODELS,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=Container,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _revision_pinned),
    rationale="Whoever may write to the model's repository changes what is served at the next start, unseen.",
    remedy="Name the commit (--revision with 40 digits), or load from a bucket or registry of yours.",
    citations=(WebPage("huggingface.co/docs/hub/models-downloading", READ),),
)


_MODE_FLAG = ("--model-control-mode",)


def _models_fixed(container: Container, _: Context) -> Verdict | None:
    match server(container, TRITON):
        case None:
            return None
        case Unclear(because):
            return Verdict.unknown(because)
        case Server(fields=fields):
            pass
    words = command_words(container)
    modes = tuple(flag_values(words, _MODE_FLAG))
    if modes:
        match modes[-1]:
            case "none" if not may_follow(words, _MODE_FLAG):
                return Verdict.passed("models are loaded when the server starts, and never again", *fields)
            case "explicit" | "poll" as mode:
                how = "requests" if mode == "explicit" else "files in the repository"
                return Verdict.failed(f"{how} load models while the server runs, and a model is code", *fields)
        return Verdict.unknown("the mode of model control is filled in later", *fields)
    hidden = command_doubt(container)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("models are loaded when the server starts, and never again", *fields)


MODELS_FIXED = Control(
    id="triton-models-fixed",
    title="Triton takes no models while it runs",
    topic=Topic.MODELS,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=Container,
    evaluate=_models_fixed,
    rationale="A model for Triton may be a Python program: who may load one runs it as the server.",
    remedy="Leave --model-control-mode at none; where models must change, close port 8000 to all but a gateway.",
    citations=(
        WebPage("github.com/triton-inference-server/server/blob/main/docs/user_guide/model_management.md", READ),
        Cve("CVE-2025-23319", READ),
    ),
)


def _read_only(container: Container, _: Context) -> Verdict | None:
    match server(container, TRITON):
        case None:
            return None
        case Unclear(because):
            return Verdict.unknown(because)
    words = command_words(container)
    named = tuple(flag_values(words, ("--model-repository", "--model-store")))
    folders = tuple(folder for folder in named if HIDDEN_WORD not in folder)
    remote = [folder for folder in folders if re.match(r"(s3|gs|as|https?)://", folder)]
    written = started_with(container)
    if folders and len(remote) == len(named):
        return Verdict.not_applicable("models come from a bucket", *written)
    all_told = folders and len(folders) == len(named)
    hidden = doubt(container.mounts) or (None if all_told else command_doubt(container))
    for mount in elements(container.mounts):
        path = effective(mount.path)
        if isinstance(mount.path, Unresolved):
            hidden = mount.path
        if path is None or not any(_below(folder, path) for folder in folders):
            continue
        match mount.read_only:
            case Known(True) as field:
                return Verdict.passed(f"{path} is mounted read-only", field)
            case Unresolved() as field:
                return Verdict.unknown(field)
            case field:
                return Verdict.failed(f"the server may write to {path}, from which it loads models", field)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.not_applicable("its models lie in no volume", container.mounts)


def _below(folder: str, mount: str) -> bool:
    return (folder.rstrip("/") + "/").startswith(mount.rstrip("/") + "/")


REPOSITORY_READ_ONLY = Control(
    id="triton-repository-read-only",
    title="Triton cannot write to the repository of its models",
    topic=Topic.MODELS,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=Container,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _read_only),
    rationale="Known flaws let a request write files; in the model repository they become code of the next start.",
    remedy="Mount the volume of the models read-only.",
    citations=(Cve("CVE-2025-23334", READ), Cve("CVE-2025-23319", READ)),
)
