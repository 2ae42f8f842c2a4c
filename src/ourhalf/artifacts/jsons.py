"""JSON beside models, read as Python's own parser reads it, for that is what loaders use."""

from __future__ import annotations

import json
from typing import Any

from ourhalf.artifacts.format import Content

MAX_JSON = 1 << 26
_BLANK = b"\xef\xbb\xbf \t\r\n"


def value(content: Content, begins: bytes = b"{") -> Any:
    """What a text of JSON says that begins so; None where it is none, or longer than is read."""
    data = content.data
    if len(data) > MAX_JSON or not len(data) or bytes(data[:4096]).lstrip(_BLANK)[:1] != begins:
        return None
    if bytes(data[-4096:]).rstrip(b" \t\r\n\0")[-1:] != (b"}" if begins == b"{" else b"]"):
        return None
    try:
        return json.loads(bytes(data))
    except (ValueError, RecursionError):
        return None


def named(content: Content, *names: str) -> bool:
    """Whether the last part of its path is one of these: loaders find such files by their names."""
    return content.name.rsplit("/", 1)[-1] in names
