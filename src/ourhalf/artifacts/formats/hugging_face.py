"""What lies beside weights in a repository of Hugging Face: configurations, templates, and code.

The files: huggingface.co/docs/transformers/custom_models (`auto_map`), huggingface.co/docs/peft, "PEFT checkpoint
format", sbert.net (`modules.json`), huggingface.co/docs/inference-endpoints (`handler.py`). A configuration is
settings; what it names as code is run by a loader that is told to trust it, and may be that of another repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.jsons import MAX_JSON, begins, named, value
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.dangers import dangerous
from ourhalf.artifacts.templates import template_reasons

MAX_CODE = 1 << 22
_SHOWN = 80
_MARKS = frozenset({
    "auto_map", "architectures", "model_type", "transformers_version", "tokenizer_class", "chat_template",
    "added_tokens_decoder", "peft_type", "custom_pipelines", "processor_class", "image_processor_type",
    "feature_extractor_type", "trust_remote_code",
})  # fmt: skip
_NAMES = ("config.json", "tokenizer_config.json", "adapter_config.json", "processor_config.json")
_CODE = re.compile(
    r"(^|/)((modeling|configuration|tokenization|processing|image_processing|feature_extraction|pipeline|modular)"
    r"_\w+|handler|pipeline)\.py$"
)
_INSTALLED = re.compile(r"(^|/)(site|dist)-packages/")
_USES = re.compile(
    rb"^\s*(from|import)\s+(transformers|diffusers|torch|tensorflow|flax|sentence_transformers)\b|EndpointHandler",
    re.MULTILINE,
)
_RUNS = "code of the repository that a loader with trust_remote_code imports"


def _settings(content: Content) -> dict[str, Any] | None:
    found = value(content)
    return found if isinstance(found, dict) and _MARKS & found.keys() else None


def _is_config(content: Content) -> bool:
    return _is_too_long(content) or _settings(content) is not None


def _is_too_long(content: Content) -> bool:
    """Whether loaders read it, by its name, and it is longer than is read here."""
    return len(content.data) > MAX_JSON and named(content, *_NAMES) and begins(content.data, b"{")


def _config(content: Content, _: Deeper) -> Found:
    if _is_too_long(content):
        what = "a configuration that is longer than is read"
        return Found("hugging-face-config", (Reason(Judgement.UNREAD, what, 0, content.name),))
    config = _settings(content) or {}
    reasons = [Reason(judgement, what, 0, content.name) for judgement, what in dict.fromkeys(_all(config))]
    reasons.extend(_templates(config.get("chat_template"), content.name))
    facts = {}
    for key in ("model_type", "tokenizer_class", "peft_type", "base_model_name_or_path"):
        if isinstance(config.get(key), str):
            facts[key.replace("_", " ")] = config[key][:_SHOWN]
    return Found("hugging-face-config", tuple(reasons), facts)


def _all(config: dict[str, Any]) -> Iterator[tuple[Judgement, str]]:
    """What it and the configurations in it ask for."""
    waiting: list[Any] = [config]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from _asked(one)
            waiting.extend(inner for key, inner in one.items() if key not in {"auto_map", "vocab", "merges"})
        elif isinstance(one, list) and len(one) < 10_000:
            waiting.extend(one)


def _asked(config: dict[str, Any]) -> Iterator[tuple[Judgement, str]]:
    mapped = config.get("auto_map")
    if mapped is not None:
        for name in _texts(mapped):
            where = name.partition("--")
            elsewhere = f", of the repository {where[0][:_SHOWN]}" if where[1] else ""
            yield Judgement.UNPROVED, f"auto_map names {where[2][:_SHOWN] or name[:_SHOWN]}{elsewhere}: {_RUNS}"
    if config.get("trust_remote_code"):
        yield Judgement.UNPROVED, "it asks for trust_remote_code: what it loads may bring code of its own"
    for pipeline in (config.get("custom_pipelines") or {}) if isinstance(config.get("custom_pipelines"), dict) else ():
        yield Judgement.UNPROVED, f"custom_pipelines names {str(pipeline)[:_SHOWN]}: {_RUNS}"
    for key in ("_attn_implementation", "attn_implementation", "_attn_implementation_internal"):
        if isinstance(config.get(key), str) and "/" in config[key]:
            yield Judgement.UNPROVED, f"its attention is {config[key][:_SHOWN]}: native code that is downloaded and run"
    mapping = config.get("auto_mapping")
    if isinstance(mapping, dict) and mapping.get("parent_library") is not None:
        library, name = str(mapping["parent_library"]), str(mapping.get("base_model_class", ""))
        if dangerous(library, name):
            yield Judgement.UNSAFE, f"its adapter takes {library[:_SHOWN]}.{name[:_SHOWN]}, {dangerous(library, name)}"
        elif not re.fullmatch(r"(transformers|peft)(\.\w+)*", library):
            yield Judgement.UNPROVED, f"its adapter imports {library[:_SHOWN]}, to take {name[:_SHOWN]} of it"


def _texts(given: Any) -> list[str]:
    """All texts in values within each other."""
    found: list[str] = []
    waiting = [given]
    while waiting and len(found) < 100:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, list | dict):
            waiting.extend(one.values() if isinstance(one, dict) else one)
        elif one is not None:
            found.append(str(one))
    return found


def _templates(given: Any, part: str) -> Iterator[Reason]:
    """A template, or a list of named ones, or a mapping of them."""
    for text in _texts(
        [one.get("template") for one in given if isinstance(one, dict)] if isinstance(given, list) else given
    ):
        yield from template_reasons(text, part)


def _is_modules(content: Content) -> bool:
    found = value(content, b"[") if named(content, "modules.json") or b'"type"' in bytes(content.data[:4096]) else None
    return (
        isinstance(found, list)
        and bool(found)
        and all(isinstance(one, dict) and {"type", "path", "idx"} <= one.keys() for one in found)
    )


def _modules(content: Content, _: Deeper) -> Found:
    """The modules of sentence-transformers: each is imported by its name."""
    reasons = []
    for one in value(content, b"["):
        kind = str(one["type"])
        module, __, name = kind.rpartition(".")
        danger = dangerous(module, name)
        if danger:
            reasons.append(Reason(Judgement.UNSAFE, f"it takes {kind[:120]}, {danger}", 0, content.name))
        elif not re.fullmatch(r"sentence_transformers(\.\w+)*\.[A-Z]\w*", kind):
            reasons.append(Reason(Judgement.UNPROVED, f"it imports {kind[:120]} and makes one", 0, content.name))
    return Found("sentence-transformers", tuple(reasons))


def _is_tokenizer(content: Content) -> bool:
    if b'"' not in bytes(content.data[:64]) or b"added_tokens" not in bytes(content.data[:4096]):
        return False
    found = value(content)
    return isinstance(found, dict) and isinstance(found.get("model"), dict) and "added_tokens" in found


def _tokenizer(content: Content, _: Deeper) -> Found:
    """A tokenizer of the library tokenizers, which knows only parts of its own."""
    return Found("tokenizer")


def _is_template(content: Content) -> bool:
    head = bytes(content.data[: 1 << 16])
    if named(content, "chat_template.jinja"):
        return True
    return content.name.endswith((".jinja", ".jinja2")) and b"{" in head and b"messages" in head


def _template(content: Content, _: Deeper) -> Found:
    text = bytes(content.data[: 1 << 21]).decode("utf-8", "replace")
    return Found("chat-template", template_reasons(text, content.name))


def _is_code(content: Content) -> bool:
    if not _CODE.search(content.name) or _INSTALLED.search(content.name):
        return False
    return _USES.search(bytes(content.data[:MAX_CODE])) is not None


def _code(content: Content, _: Deeper) -> Found:
    return Found("hugging-face-code", (Reason(Judgement.UNPROVED, f"{_RUNS} and runs", 0, content.name),))


CONFIG = Format("hugging-face-config", "a configuration of Hugging Face", _is_config, _config)
MODULES = Format("sentence-transformers", "the modules of sentence-transformers", _is_modules, _modules)
TOKENIZER = Format("tokenizer", "a tokenizer", _is_tokenizer, _tokenizer)
TEMPLATE = Format("chat-template", "a chat template", _is_template, _template)
CODE = Format("hugging-face-code", "code of a repository of Hugging Face", _is_code, _code)
