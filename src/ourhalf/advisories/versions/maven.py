"""The order of Maven's ComparableVersion (maven.apache.org/pom.html, "Version Order Specification")."""

from __future__ import annotations

import re
from typing import Any

from ourhalf.advisories.versions.order import Order

_TOKEN = re.compile(r"(?P<separator>[.-]?)(?P<text>\d+|[^\d.-]+|)", re.ASCII)
_WORDS = {"alpha": 1, "beta": 2, "milestone": 3, "rc": 4, "cr": 4, "snapshot": 5, "": 6, "ga": 6, "final": 6}
_WORDS |= {"release": 6, "sp": 7}
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}
_UNKNOWN = 8

_Token = tuple[str, str]


def rank(version: str) -> tuple[Any, ...]:
    """Each token as (kind of token, what it is), with an end that sorts as padding does."""
    return (*[_place(separator, text) for separator, text in _trimmed(_tokens(version.lower()))], _PADDING)


_PADDING = (6, 0, "")


def _place(separator: str, text: str) -> tuple[int, int, str]:
    """Words before the release, the release, words after it; then `-1`, then `.1`."""
    if text.isdigit():
        if int(text) == 0:
            return _PADDING
        return (10 if separator == "." else 9, int(text), "")
    known = _WORDS.get(text)
    return (known, 0, "") if known is not None else (_UNKNOWN, 0, text)


def _tokens(version: str) -> list[_Token]:
    """Split at dots and hyphens, and, as by a hyphen, between digits and words."""
    found: list[_Token] = []
    separator = "."
    for part in re.split(r"([.-])", version):
        if part in {".", "-"}:
            separator = part
            continue
        pieces = re.findall(r"\d+|\D+", part) or [""]
        for index, piece in enumerate(pieces):
            text = piece
            if index + 1 < len(pieces) and pieces[index + 1].isdigit():
                text = _SHORT.get(piece, piece)
            if text == "":
                text = "0"
            found.append((separator if index == 0 else "-", text))
    return found


def _trimmed(tokens: list[_Token]) -> list[_Token]:
    """Without the empty values before each hyphen and at the end: `1.0.0-x` is `1-x`."""
    kept: list[_Token] = []
    for token in tokens:
        if token[0] == "-":
            _drop_empty(kept)
        kept.append(token)
    _drop_empty(kept)
    return kept


def _drop_empty(tokens: list[_Token]) -> None:
    while tokens and (_WORDS.get(tokens[-1][1]) == 6 or (tokens[-1][1].isdigit() and int(tokens[-1][1]) == 0)):
        tokens.pop()


MAVEN = Order(("maven",), rank)
