"""JSON beside models, read as Python's own parser reads it, for that is what loaders use."""

from __future__ import annotations

import json
import re
from typing import Any

from ourhalf.artifacts.format import Content
from ourhalf.artifacts.holes import ahead

MAX_JSON = 1 << 26
_LEADING = re.compile(rb"(\xef\xbb\xbf)?[ \t\r\n]*")
_BLANKS = re.compile(rb"[ \t\r\n]*")
_LOOKED_AT = 4096


def begins(data: memoryview, mark: bytes) -> bool:
    """Whether a text begins so, whatever blanks stand before."""
    at = 0
    while True:
        piece = ahead(data, at, _LOOKED_AT)
        start = _LEADING.match(piece) if at == 0 else _BLANKS.match(piece)
        end = start.end() if start is not None else 0
        if end < len(piece) or not piece:
            return piece[end : end + 1] == mark if piece or at >= len(data) else data[at] == mark[0]
        at += end


def value(content: Content, mark: bytes = b"{") -> Any:
    """What a text of JSON says that begins so; None where it is none, or longer than is read."""
    data = content.data
    if len(data) > MAX_JSON or not begins(data, mark):
        return None
    try:
        return json.loads(bytes(data))
    except (ValueError, RecursionError):
        return None


def named(content: Content, *names: str) -> bool:
    """Whether the last part of its path is one of these: loaders find such files by their names."""
    return content.name.rsplit("/", 1)[-1] in names
