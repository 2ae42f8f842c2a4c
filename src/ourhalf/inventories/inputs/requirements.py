"""Requirements of pip (pip.pypa.io/en/stable/reference/requirements-file-format)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ourhalf.inventories.input import InventoryInput
from ourhalf.inventories.listing import inventory, package, text_of
from ourhalf.model.evidence import Unread
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Ecosystem, Package

_FORM = "requirements of pip"
_NAME = re.compile(r".*(requirements|constraints).*\.(txt|in)", re.IGNORECASE)
_LINE = re.compile(rb"(?m)^[A-Za-z0-9][\w.-]*(\[[^\]\n]*\])?\s*(===?|~=|>=|@)")
_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTION = re.compile(r"\s--?[a-z][a-z-]*(=|\s|$).*$")
_INCLUDES = re.compile(r"(-r|--requirement|-c|--constraint)[ =]?")
_LONGEST = 8192


def _recognises(name: str, head: bytes) -> bool:
    if _NAME.fullmatch(name):
        return True
    return name.endswith((".txt", ".in")) and _LINE.search(head) is not None


def _read(path: str, data: bytes) -> Inventory:
    text = text_of(path, data)
    return inventory(path, Ecosystem.PYPI, _FORM, _found(path, text), "" if _hashed(text) else _LISTED)


_LISTED = "requirements may name fewer packages than are installed: with hashes they name all"


def _hashed(text: str) -> bool:
    """Whether each line has hashes: pip then installs nothing that is not named."""
    lines = [line for _, line in _logical(text) if not line.startswith("-")]
    return bool(lines) and all("--hash=" in line for line in lines)


def _found(path: str, text: str) -> Iterator[Package | Unread]:
    for number, line in _logical(text):
        if line.startswith("-"):
            if (option := _INCLUDES.match(line)) is not None:
                other = line[option.end() :].strip()[:200]
                yield Unread(path, number, _FORM, f"{other} is read only where it is given too")
            elif line.startswith(("-e", "--editable")):
                yield Unread(path, number, _FORM, f"an editable project, whose packages are not told: {line[:200]}")
            continue
        yield _one(path, number, line)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, those that end in a backslash joined, each with the number of its first."""
    begun, first = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub("", raw).rstrip()
        first = first or number
        if line.endswith("\\"):
            begun += line[:-1] + " "
            continue
        whole = (begun + line).strip()
        if whole:
            yield first, whole
        begun, first = "", 0
    if begun.strip():
        yield first, begun.strip()


def _one(path: str, number: int, line: str) -> Package | Unread:
    plain = _OPTION.sub("", line).strip()
    if len(plain) > _LONGEST:
        return Unread(path, number, _FORM, "a line that is too long to be a requirement")
    try:
        wanted = Requirement(plain)
    except (InvalidRequirement, RecursionError, ValueError):
        return Unread(path, number, _FORM, f"no requirement that can be told: {plain[:100]}")
    pins = [one.version for one in wanted.specifier if one.operator in {"==", "==="} and "*" not in one.version]
    facts = {"marker": str(wanted.marker)} if wanted.marker is not None else {}
    name = canonicalize_name(wanted.name)
    version = pins[0] if len(set(pins)) == 1 and wanted.url is None else None
    return package(Ecosystem.PYPI, name, version, _FORM, line=number, facts=facts)


REQUIREMENTS = InventoryInput("requirements", "requirements of pip", _recognises, _read, precedence=80)
