"""Looks into one ELF file for the libraries of `native_rules`: which it is, and which were built into it.

Texts are sought in the parts that hold constants, up to a bound, a literal before any regular expression: a library
of a gigabyte is mostly code for graphics cards, in which no version stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import msgspec

from ourhalf.model.packages import Certainty
from ourhalf.packages.native_elf import Library
from ourhalf.packages.native_rules import IN_LARGE, RULES, Rule, Text
from ourhalf.packages.sections import Elf, elf

MOST_LIBRARY = 128 << 20
"""Bytes of a library that is looked into whole; of a larger one its beginning is, and where constants lie."""
HEAD = 8 << 20
MOST_CONSTANTS = 16 << 20
_MOST_SEARCHED = 16 << 20
_MOST_HITS = 64
_AROUND = 128
_CONSTANTS = (b".rodata", b".rdata", b".lrodata")
_STEM = re.compile(
    r"(?P<stem>[A-Za-z0-9_.+-]+?)(?:-[0-9a-f]{8})*(?:-(?P<before>\d[\d.]*))?"
    r"(?:\.(?:abi3|cpython-[^.]+))?\.so(?:\.(?P<behind>.+))?"
)
_VERSION = re.compile(r"\d+\.\d+[A-Za-z0-9.+~-]{0,40}")
_PROGRAM = re.compile(r"(?:python3\.\d+|node)")
_BEGINS = re.compile(r"[a-z-](\d+\.\d+)m?$")
_COMPILER = re.compile(rb"GCC: \([^)]{0,80}\) (\d+\.\d+\.\d+)")


class Found(msgspec.Struct, frozen=True, array_like=True):
    """A library by the name of its rule, else of its file. `inside` is whether it was built into the file."""

    name: str
    version: str | None
    how: str
    certainty: Certainty
    inside: bool = False


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of one file."""

    soname: str
    build_id: str
    found: list[Found]


class _Named(NamedTuple):
    stem: str
    version: str


def named(path: str) -> _Named | None:
    """What a file is called without hash and version, and the version in its name; None where it is no library."""
    name = path.rpartition("/")[2]
    found = _STEM.fullmatch(name)
    if found is not None:
        return _Named(found["stem"], found["behind"] or found["before"] or "")
    return _Named(name, "") if _PROGRAM.fullmatch(name) else None


@cache
def rule_of(stem: str) -> Rule | None:
    """Whose files are called so: names in full come before beginnings, and longer ones before shorter."""
    best, length = None, 0
    for rule in RULES:
        for name in rule.files:
            if name == stem:
                return rule
            if name.endswith("*") and stem.startswith(name[:-1]) and len(name) > length:
                best, length = rule, len(name)
    return best


def constants_of_large(head: memoryview) -> tuple[int, int] | None:
    """Where the constants of a large file lie, by its first `HEAD` bytes; None where it is no ELF file."""
    file = elf(head)
    return file.constants(MOST_CONSTANTS) if file is not None else None


def reduced(path: str, data: memoryview) -> bytes | None:
    """What an ELF file is and holds, as `Kept` in MessagePack; None where that is nothing of a library.

    Of a large file `data` are its first `HEAD` bytes and, behind them, what `constants_of_large` tells.
    """
    file = elf(data)
    if file is None:
        return None
    kept = _looked(path, file)
    return msgspec.msgpack.encode(kept) if kept.found else None


def _looked(path: str, file: Elf) -> Kept:
    library = Library(file)
    soname = library.soname
    said = named(path)
    rule = (rule_of(said.stem) if said else None) or (_by_soname(soname) if soname else None)
    theirs = rule is not None and bool(rule.wheel)
    # The libraries of NVIDIA are large, and its own: of most no text tells anything.
    constants = b"\0" if theirs and rule and not rule.texts else _constants(library)
    found = [_itself(rule, library, constants, said)] if rule else []
    if not rule and said and (".libs/" in path or ".dylibs/" in path):
        found.append(Found(said.stem, None, "the name of its file", Certainty.GUESSED))
    found += _told(rule, constants) if rule else []
    if not theirs:
        known = {one.name for one in found}
        sought = _INSIDE if library.sections else _INSIDE_LARGE
        found += [one for one in _inside(sought, rule, constants) if one.name not in known]
    return Kept(soname, file.build_id(), found)


def _by_soname(soname: str) -> Rule | None:
    said = named(soname)
    return rule_of(said.stem) if said else None


def _constants(library: Library) -> bytes:
    """The bytes in which texts are sought, behind a zero."""
    sections = [library.sections[name] for name in _CONSTANTS if name in library.sections]
    if sections:
        return b"\0".join((b"", *(bytes(one[:_MOST_SEARCHED]) for one in sections)))
    return b"\0" + bytes(library.file.data[: HEAD + MOST_CONSTANTS])


def _itself(rule: Rule, library: Library, constants: bytes, said: _Named | None) -> Found:
    version, how = _by_symbols(rule, library)
    begins = _BEGINS.search(said.stem) if said else None
    if version is None:
        begin = begins[1] if begins else ""
        version, how = _stated(rule, constants, begin) or _stated(rule, library.data, begin), "a text in it"
    compiler = _COMPILER.search(library.compiler) if rule.compiled else None
    if version is None and compiler is not None:
        version, how = compiler[1].decode(), "the compiler that it was built with"
    if version is not None:
        return Found(rule.name, version, how, Certainty.DERIVED)
    by_name = re.fullmatch(rule.named, said.version.encode()) if rule.named and said else None
    version = by_name[by_name.re.groups].decode() if by_name else None
    return Found(rule.name, version, "the name of its file", Certainty.GUESSED)


def _by_symbols(rule: Rule, library: Library) -> tuple[str | None, str]:
    """The version that its functions and variables tell, and which."""
    for function in rule.says:
        said = (library.text(function) or "").removeprefix("n")
        if _VERSION.fullmatch(said):
            return said, f"what its function {function} returns"
    for function, written in rule.counts:
        number = library.number(function)
        if number:
            return written(number), f"what its function {function} returns"
    for variable, written in rule.holds:
        number = library.value(variable)
        if number:
            return written(number), f"what its variable {variable} holds"
    return None, ""


def _stated(rule: Rule, constants: bytes, begins: str = "") -> str | None:
    """The version that its texts tell, where they tell one that begins as the name of its file has it."""
    for text in rule.texts:
        found = _near(text, constants)
        if found is not None:
            return found
    return _alone(rule, constants, begins) if rule.alone else None


def _near(text: Text, constants: bytes) -> str | None:
    at = constants.find(text.anchor)
    for _ in range(_MOST_HITS):
        if at < 0:
            return None
        found = _compiled(text.pattern).search(constants, max(at - _AROUND, 0), at + len(text.anchor) + _AROUND)
        if found is not None:
            return found[1].decode()
        at = constants.find(text.anchor, at + 1)
    return None


def _alone(rule: Rule, constants: bytes, begins: str) -> str | None:
    """The version that stands between two zeros, where one does and no other that could be it."""
    hits = list(_compiled(rule.alone + rb"(?=\0)").finditer(constants))
    # A text is behind the zero of another, or else behind numbers.
    behind = [one for one in hits if constants[one.start() - 1] == 0]
    behind = behind or [one for one in hits if not 32 <= constants[one.start() - 1] < 127]
    found = {said for one in behind if (said := one[1].decode()).startswith(begins)}
    if len(found) != 1:
        return None
    (version,) = found
    return rule.written(version) if rule.written else version


@cache
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern)


_INSIDE = tuple(rule for rule in RULES if rule.inside)
_INSIDE_LARGE = tuple(rule for rule in _INSIDE if rule.name in IN_LARGE)


def _inside(sought: tuple[Rule, ...], host: Rule | None, constants: bytes) -> Iterator[Found]:
    """Copies of others that were built into the file."""
    for rule in sought:
        if rule.only_in and (host is None or host.name not in rule.only_in):
            continue
        if any(one in constants for one in rule.inside):
            version = _stated(rule, constants)
            if version is not None or rule.sure:
                yield Found(rule.name, version, "texts of it in this file", Certainty.DERIVED, inside=True)


def _told(rule: Rule, constants: bytes) -> Iterator[Found]:
    """Copies that it says it was built with."""
    for name, text in rule.tells:
        version = _near(text, constants)
        if version is not None:
            yield Found(name, version, "what this file says it was built with", Certainty.DERIVED, inside=True)
