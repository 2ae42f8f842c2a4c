"""Models of Keras 3: an archive with `config.json`, and weights as HDF5 or NumPy.

The layout: keras.io/api/models/model_saving_apis/model_saving_and_loading and keras/src/saving/saving_lib.py.
A configuration by itself, as `model.to_json()` gives it, is judged the same.
"""

from __future__ import annotations

import json
from typing import Any

from ourhalf.artifacts.archives import unknown
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.jsons import begins
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.keras_config import config_reasons
from ourhalf.artifacts.zips import ZipError, content, is_zip, members, mentions

MAX_CONFIG = 1 << 28
MAX_WEIGHTS = 1 << 33
_SHOWN = 40


def _is_archive(file: Content) -> bool:
    if not is_zip(file.data) or not mentions(file.data, b"config.json"):
        return False
    return any(mentions(file.data, name) for name in (b"metadata.json", b"model.weights.h5", b"model.weights.npz"))


def _archive(file: Content, deeper: Deeper) -> Found:
    """The configuration, and every other file by what it is."""
    reasons: list[Reason] = []
    facts: dict[str, str] = {}
    try:
        every = members(file.data)
    except ZipError as error:
        return Found("keras", (Reason(Judgement.UNREAD, str(error), 0, file.name),))
    if not any(member.name == "config.json" for member in every):
        reasons.append(Reason(Judgement.UNREAD, "it has no configuration", 0, file.name))
    for member in every:
        part = f"{file.name}/{member.name}"
        try:
            data = content(file.data, member, MAX_WEIGHTS)
        except ZipError as error:
            reasons.append(Reason(Judgement.UNREAD, str(error), 0, part))
            continue
        if member.name == "config.json":
            reasons.extend(_config(data, part))
        elif member.name == "metadata.json":
            facts |= _metadata(data)
        elif not member.name.endswith("/"):
            reasons.extend(_beside(Content(part, data), deeper))
    return Found("keras", tuple(reasons), facts)


def _beside(file: Content, deeper: Deeper) -> tuple[Reason, ...]:
    found = deeper(file)
    if found:
        return tuple(reason for one in found for reason in one.reasons)
    judged = unknown(file.name, file.data)
    return (Reason(*judged, 0, file.name),) if judged else ()


def _config(data: memoryview, part: str) -> tuple[Reason, ...]:
    if len(data) > MAX_CONFIG:
        return (Reason(Judgement.UNREAD, "its configuration is longer than is read", 0, part),)
    try:
        config = json.loads(bytes(data))
    except (ValueError, RecursionError):
        return (Reason(Judgement.UNREAD, "its configuration is no JSON", 0, part),)
    if not isinstance(config, dict) or "class_name" not in config:
        return (Reason(Judgement.UNREAD, "its configuration names no class", 0, part),)
    return config_reasons(config, part)


def _metadata(data: memoryview) -> dict[str, str]:
    if len(data) > 10_000:
        return {}
    try:
        metadata = json.loads(bytes(data))
    except (ValueError, RecursionError):
        return {}
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    return {"version": str(version)[:_SHOWN]} if version else {}


def _json(file: Content) -> dict[str, Any] | None:
    """The object that a text of JSON is, where it is the configuration of a model."""
    data = file.data
    if len(data) > MAX_CONFIG or not begins(data, b"{"):
        return None
    raw = bytes(data)
    if b"class_name" not in raw and b"\\u" not in raw:
        return None
    try:
        config = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if isinstance(config, dict) and "class_name" in config and isinstance(config.get("config"), dict | list):
        return config
    return None


def _is_text(file: Content) -> bool:
    return _json(file) is not None


def _text(file: Content, _: Deeper) -> Found:
    return Found("keras-config", config_reasons(_json(file), file.name))


ARCHIVE = Format("keras", "a model of Keras", _is_archive, _archive, container="zip")
CONFIG = Format("keras-config", "the configuration of a model of Keras", _is_text, _text)
