"""The instructions of a Dockerfile: lines joined, comments out, heredocs attached."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec

from ourhalf.readers.text import well_formed

MAX_INSTRUCTIONS = 20_000

_DIRECTIVE = re.compile(r"#\s*([A-Za-z]+)\s*=\s*(.*?)\s*$")
_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+|$)")
_FLAG = re.compile(r"--([a-z][a-z-]*)(?:=(\S*))?(?:\s+|$)")
_HEREDOC = re.compile(r"(?<![<\w])\d*<<(-?)\s?([\"']?)([A-Za-z_][\w.-]*)\2(?=\s|$|[;&|)>])")
_WITH_FLAGS = frozenset({"ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"})
_WITH_HEREDOC = frozenset({"RUN", "COPY", "ADD"})


class Line(msgspec.Struct, frozen=True):
    """A piece of an instruction: where it begins in the joined text, and its line and column in the file."""

    start: int
    line: int
    column: int


class Heredoc(msgspec.Struct, frozen=True):
    """A text that follows an instruction line by line; `plain` ones are not expanded."""

    name: str
    text: str
    line: int
    plain: bool


class Instruction(msgspec.Struct, frozen=True):
    """One instruction: its name in capitals, its flags, and the rest of its text with its lines."""

    name: str
    flags: tuple[tuple[str, str], ...]
    text: str
    line: int
    column: int
    pieces: tuple[Line, ...]
    heredocs: tuple[Heredoc, ...] = ()
    offset: int = 0

    def flag(self, name: str) -> str | None:
        """The last value of a flag; None without it."""
        return next((value for key, value in reversed(self.flags) if key == name), None)

    def at(self, position: int) -> tuple[int, int]:
        """Line and column in the file of a position in `text`."""
        position += self.offset
        piece = self.pieces[0]
        for candidate in self.pieces:
            if candidate.start > position:
                break
            piece = candidate
        return piece.line, piece.column + position - piece.start


class File(msgspec.Struct, frozen=True):
    """The instructions of a file, its escape character, and the lines that are none with the reason."""

    instructions: tuple[Instruction, ...]
    escape: str
    unread: tuple[tuple[int, str], ...] = ()


def parse(text: str) -> File:
    """Split a Dockerfile into instructions. It never fails: what is no instruction is listed."""
    lines = text.replace("\r\n", "\n").split("\n")
    escape = _escape(lines)
    found: list[Instruction] = []
    unread: list[tuple[int, str]] = []
    for logical in _logical_lines(lines, escape, unread):
        if len(found) >= MAX_INSTRUCTIONS:
            unread.append((logical.line, f"more than {MAX_INSTRUCTIONS:,} instructions: the rest was not read"))
            break
        found.append(logical)
    return File(tuple(found), escape, tuple(unread))


def _escape(lines: list[str]) -> str:
    """The escape character by the directives, which stand before anything else."""
    for line in lines:
        found = _DIRECTIVE.match(line)
        if found is None:
            break
        if found[1].lower() == "escape" and found[2] in ("\\", "`"):
            return found[2]
    return "\\"


def _logical_lines(lines: list[str], escape: str, unread: list[tuple[int, str]]) -> Iterator[Instruction]:
    number = 0
    continued = re.compile(re.escape(escape) + r"[ \t]*$")
    while number < len(lines):
        line = lines[number]
        if not line.strip() or line.lstrip().startswith("#"):
            number += 1
            continue
        parts: list[str] = []
        pieces: list[Line] = []
        first, length = number, 0
        while number < len(lines):
            line = lines[number]
            number += 1
            if parts and (not line.strip() or line.lstrip().startswith("#")):
                continue  # comments and blank lines inside an instruction are dropped
            more = continued.search(line)
            part = line[: more.start()] if more else line
            pieces.append(Line(length, number, 1))
            parts.append(part)
            length += len(part)
            if not more:
                break
        made = _instruction("".join(parts), tuple(pieces), first + 1)
        if made is None:
            unread.append((first + 1, "not an instruction"))
            continue
        heredocs, number = _heredocs(made, lines, number, unread)
        yield msgspec.structs.replace(made, heredocs=heredocs)


def _instruction(text: str, pieces: tuple[Line, ...], line: int) -> Instruction | None:
    found = _INSTRUCTION.match(text)
    if found is None:
        return None
    position = found.end()
    flags: list[tuple[str, str]] = []
    while found[1].upper() in _WITH_FLAGS and (flag := _FLAG.match(text, position)) is not None:
        flags.append((flag[1], flag[2] or ""))
        position = flag.end()
    return Instruction(
        found[1].upper(), tuple(flags), text[position:].rstrip(), line, found.start(1) + 1, pieces, (), position
    )


def _heredocs(
    made: Instruction, lines: list[str], number: int, unread: list[tuple[int, str]]
) -> tuple[tuple[Heredoc, ...], int]:
    """The heredocs that an instruction announces, and the number of the line after them."""
    base = made.text if made.name != "ONBUILD" else made.text.partition(" ")[2]
    name = made.name if made.name != "ONBUILD" else made.text.partition(" ")[0].upper()
    if name not in _WITH_HEREDOC or "<<" not in base:
        return (), number
    found: list[Heredoc] = []
    for mark in _HEREDOC.finditer(_unquoted(base)):
        strip, quote, delimiter = mark[1], mark[2], mark[3]
        first = number
        body: list[str] = []
        while number < len(lines):
            line = lines[number].lstrip("\t") if strip else lines[number]
            number += 1
            if line == delimiter:
                break
            body.append(line)
        else:
            unread.append((made.line, f"the text until {delimiter} has no end"))
        found.append(Heredoc(delimiter, "\n".join(body), first + 1, bool(quote)))
    return tuple(found), number


def _unquoted(text: str) -> str:
    """The text with what is quoted blanked, delimiters of heredocs excepted."""
    return re.sub(r"(?<!<)(?<!<-)(?<!< )([\"'])(?:(?!\1).)*\1", lambda found: " " * len(found[0]), text)


def json_list(text: str) -> list[str] | None:
    """The texts of an instruction in JSON form; None where it is in shell form."""
    if not text.lstrip().startswith("["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    return [well_formed(item) for item in value]
