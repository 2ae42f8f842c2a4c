"""The order of Alpine and Wolfi (apk-package(5))."""

from __future__ import annotations

import re
from typing import Any

from ourhalf.advisories.versions.order import Order, UnorderableError

_VERSION = re.compile(
    r"(?P<numbers>\d*(?:\.\d*+(?:(?<=\d)|(?![a-z])))*)(?P<letter>[a-z]?)(?P<after>\d*)(?P<suffixes>(?:_[a-z]+\d*)*)(?:~[0-9a-f]+)?"
    r"(?:-r(?P<build>\d*))?",
    re.ASCII,
)
_REGULAR = re.compile(r"\d+(?:\.\d+)*[a-z]?\d*(?:_[a-z]+\d*)*(?:~[0-9a-f]+)?(?:-r\d+)?", re.ASCII)
_SUFFIX = re.compile(r"_([a-z]+)(\d*)", re.ASCII)
_SUFFIXES = {"alpha": -4, "beta": -3, "pre": -2, "rc": -1, "cvs": 1, "svn": 2, "git": 3, "hg": 4, "p": 5}
_UNKNOWN = -5


def rank(version: str) -> tuple[Any, ...]:
    """Numbers, letter, suffixes and build as one key; what goes on in ways that apk does not know sorts below."""
    found = _VERSION.match(version)
    if found is None:  # the pattern takes the empty text
        raise UnorderableError(f"{version!r} is no version of Alpine")
    first, *others = found["numbers"].split(".")
    suffixes = [(_SUFFIXES.get(n, _UNKNOWN), int(digits or 0)) for n, digits in _SUFFIX.findall(found["suffixes"])]
    rest = version[found.end() :]
    return (
        ((2, int(first), "") if first else (1, 0, ""), *map(_fraction, others), (0, 0, "")),
        (found["letter"], int(found["after"] or 0)),
        (*suffixes, (0, 0)),
        int(found["build"] or 0),
        not rest,
        rest if rest.startswith(".") else "",
    )


def _fraction(digits: str) -> tuple[int, int, str]:
    """A number after a dot; one with a zero in front is a fraction, and compared as a text."""
    return (1, 0, digits) if digits[:1] in {"", "0"} else (2, int(digits), "")


def regular(version: str) -> bool:
    """Whether it is written as apk asks."""
    return bool(_REGULAR.fullmatch(version)) and all(name in _SUFFIXES for name, _ in _SUFFIX.findall(version))


APK = Order(("alpine", "chainguard", "wolfi"), rank, regular=regular)
