"""What a server asks for with a 401: the header WWW-Authenticate (RFC 9110, section 11.6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SCHEME = re.compile(rf"[,\s]*({_TOKEN})(?:[ \t]+|\Z|(?=,))")
_PARAMETER = re.compile(rf'[,\s]*({_TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))')
_LONGEST = 8192


class Challenge(msgspec.Struct, frozen=True):
    """One way to be let in; the scheme and the names of parameters are in small letters."""

    scheme: str
    parameters: dict[str, str]


def challenges(header: str) -> tuple[Challenge, ...]:
    """Every challenge of a header, up to the first thing that is none."""
    return tuple(_challenges(header[:_LONGEST]))


def _challenges(text: str) -> Iterator[Challenge]:
    at = 0
    while found := _SCHEME.match(text, at):
        at = found.end()
        parameters: dict[str, str] = {}
        while pair := _PARAMETER.match(text, at):
            quoted, plain = pair[2], pair[3]
            value = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            parameters.setdefault(pair[1].lower(), value)
            at = pair.end()
        yield Challenge(found[1].lower(), parameters)
