"""Python source as statements, each line of which knows where it stands in its file."""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from typing import NamedTuple

from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.text import well_formed

READER_NAME = "python"

_FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_ASSIGNED = re.compile(r"^[ \t]*([A-Za-z_]\w*+)[ \t]*(?:\[[^\]\n]*\][ \t]*)?(?::[^=\n]*)?=(?!=)", re.MULTILINE)


class Line(NamedTuple):
    """Where a line of source stands in its file, and its text; `inside` a JSON text or not."""

    line: int
    column: int
    text: str
    inside: bool = False


class Source:
    """The statements of a file, and the place of each of its nodes.

    `unread` says which parts could not be parsed.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.statements: list[ast.stmt] = []
        self.lines: list[Line] = []
        self.unread: list[Unread] = []

    def add(self, text: str, lines: list[Line], fallback: str | None = None) -> None:
        """Parse `text`, whose lines stand at `lines`; `fallback` is tried where it is malformed.

        Raises UnreadableError with the line in the file where neither can be parsed.
        """
        try:
            tree = _parse(text)
        except UnreadableError as error:
            line = lines[min(error.line, len(lines)) - 1].line if lines else 1
            if fallback is None or fallback == text:
                raise UnreadableError(error.reason, line) from None
            self.add(fallback, lines)
            return
        if self.lines:
            ast.increment_lineno(tree, len(self.lines))
        self.lines.extend(lines)
        self.statements.extend(tree.body)

    def lose(self, text: str, error: UnreadableError) -> None:
        """Note a part that could not be parsed; the names that it may assign become unknown."""
        self.unread.append(Unread(self.path, error.line, READER_NAME, error.reason))
        for name in dict.fromkeys(_ASSIGNED.findall(text)):
            if keyword.iskeyword(name):
                continue
            lost = ast.parse(f"{name} = __lost__").body[0]
            ast.increment_lineno(lost, len(self.lines))
            self.statements.append(lost)
        self.lines.append(Line(error.line, 1, ""))

    def place(self, node: ast.expr | ast.keyword | ast.stmt) -> Place:
        """Where `node` stands in the file."""
        number = node.lineno - 1
        if number >= len(self.lines):
            return Place(self.path, node.lineno, node.col_offset + 1)
        line, column, text, inside = self.lines[number]
        before = node.col_offset
        if inside or not text.isascii():
            head = text.encode()[:before].decode(errors="replace")
            before = len(_escaped(head)) if inside else len(head)
        return Place(self.path, line, column + before)


def _escaped(text: str) -> str:
    """A text as a notebook writes it inside a JSON text."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")


# Escapes that may write half a character.
_HALVES = re.compile(r"\\(u|U0000)[dD]")


def _parse(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = compile(text, "<source>", "exec", _FLAGS, dont_inherit=True)
    except SyntaxError as error:
        raise UnreadableError(f"not Python 3: {error.msg}", error.lineno or 1) from None
    except (RecursionError, MemoryError):
        raise UnreadableError("nested too deep to read") from None
    except ValueError as error:
        raise UnreadableError(f"not Python: {error}") from None
    assert isinstance(tree, ast.Module)  # noqa: S101 - for the type checker
    if _HALVES.search(text):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                node.value = well_formed(node.value)
    return tree


def decode(data: bytes) -> str:
    """The text of a Python file by its coding line. Raises UnreadableError where it is not in that coding."""
    found = re.match(rb"(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]{1,40})", data[:400])
    coding = found[1].decode() if found else "utf-8"
    try:
        text = data.decode("utf-8-sig" if coding.lower().replace("_", "-") in ("utf-8", "utf8") else coding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"not {coding} text", line) from None
    except (LookupError, ValueError):
        raise UnreadableError(f"written in the coding {coding}, which is not known") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def python_source(data: bytes, path: str) -> Source:
    """The statements of a Python file. Raises UnreadableError where it cannot be parsed."""
    text = decode(data)
    source = Source(path)
    source.add(text, [Line(number, 1, line) for number, line in enumerate(text.split("\n"), 1)])
    return source
