"""Quoted texts, heredocs and template files: literal pieces, interpolations and directives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from ourhalf.readers.terraform.syntax import Bad, Expr, Literal, Segment, Template, TemplateFor, TemplateIf

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

    from ourhalf.readers.terraform.expressions import Source

_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|\$(\$\{)|%(%\{)')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_DEEPEST = 40


def unescape(text: str) -> str:
    """The value of a quoted literal."""
    if "\\" not in text and "{" not in text:
        return text
    return _ESCAPE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    if found[1]:
        return _PLAIN[found[1]]
    if digits := found[2] or found[3]:
        return chr(code) if (code := int(digits, 16)) < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return found[4] or found[5]


class _Piece(msgspec.Struct):
    """One token of a template: a literal line, an interpolation, or one end of a directive."""

    kind: str
    text: str = ""
    expr: Expr | None = None
    names: tuple[str, ...] = ()
    before: bool = False
    after: bool = False


def quoted(source: Source, node: Tree, depth: int) -> tuple[Segment, ...] | None:
    """The segments of a quoted template."""
    children = node.children
    if not children or children[-1].type != "quoted_template_end":
        return None
    pieces = _pieces(source, children[1:-1], children[0].end_byte, children[-1].start_byte, depth)
    _strip(pieces)
    for piece in pieces:
        piece.text = unescape(piece.text)
    return _nested(pieces)


def heredoc(source: Source, node: Tree, depth: int) -> tuple[Segment, ...] | None:
    """The segments of a heredoc, indentation taken off where it begins with `<<-`."""
    children = node.children
    if len(children) < 3 or children[-1].type != "heredoc_identifier":
        return None
    start = source.data.find(b"\n", children[1].end_byte) + 1
    end = source.data.rfind(b"\n", 0, children[-1].start_byte) + 1
    pieces = _pieces(source, children[2:-1], start, max(start, end), depth)
    if source.text(children[0]).endswith("-"):
        _dedent(pieces)
    _strip(pieces)
    for piece in pieces:
        piece.text = _unescape_markers(piece.text)
    return _nested(pieces)


def template_file(data: bytes, path: str, first_line: int = 1) -> Expr:
    """The template that a file, or a text of its own, holds."""
    from ourhalf.readers.terraform import hcl
    from ourhalf.readers.terraform.expressions import Source

    data = data.replace(b"\r\n", b"\n")
    if b"${" not in data and b"%{" not in data:
        return Literal(path, first_line, 1, data.decode("utf-8", "replace"))
    mark = b"TEMPLATE"
    while mark in data:
        mark += b"_"
    head = b"x = <<" + mark + b"\n"
    source = Source(head + data + b"\n" + mark + b"\n", path, first_line - 1)
    root = hcl.tree(source.data)
    if root.has_error:
        return Bad(path, first_line, 1, "a template with a syntax error")
    node = root.children[0].children[0].named_children[1].children[0].children[0]
    pieces = _pieces(source, node.children[2:-1], len(head), len(head) + len(data), 0)
    _strip(pieces)
    for piece in pieces:
        piece.text = _unescape_markers(piece.text)
    parts = _nested(pieces)
    return Template(path, first_line, 1, parts) if parts is not None else Bad(path, first_line, 1, "a syntax error")


def _unescape_markers(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{") if "{" in text else text


def _pieces(source: Source, children: list[Tree], start: int, end: int, depth: int) -> list[_Piece]:
    """The tokens between two offsets; the grammar drops blanks, so literals are what is between them."""
    found: list[_Piece] = []
    position = start
    stack = list(reversed(children))
    while stack:
        child = stack.pop()
        kind = child.type
        if kind in {"template_directive", "template_for", "template_if"}:
            stack.extend(reversed(child.children))
            continue
        if kind not in _TOKENS:
            continue
        _literal(source, position, child.start_byte, found)
        found.append(_token(source, child, depth))
        position = child.end_byte
    _literal(source, position, end, found)
    return found


_TOKENS = {
    "template_interpolation": "expr",
    "template_if_intro": "if",
    "template_else_intro": "else",
    "template_if_end": "endif",
    "template_for_start": "for",
    "template_for_end": "endfor",
}


def _literal(source: Source, start: int, end: int, found: list[_Piece]) -> None:
    """Adds the literal text between two offsets, a piece a line."""
    if end > start:
        text = source.data[start:end].decode("utf-8", "replace")
        found.extend(_Piece("text", line) for line in text.splitlines(keepends=True))


def _token(source: Source, node: Tree, depth: int) -> _Piece:
    children = node.children
    inside = [c for c in children if c.type == "expression"]
    markers = [c.start_byte for c in children if c.type == "strip_marker"]
    first, last = children[0].end_byte, children[-1].start_byte
    expr = source.expression(inside[0], depth + 1) if inside else Bad(*source.at(node), "a syntax error")
    names = tuple(source.text(c) for c in children if c.type == "identifier")
    return _Piece(
        _TOKENS[node.type], "", expr, names, any(m == first for m in markers), any(m == last - 1 for m in markers)
    )


def _strip(pieces: list[_Piece]) -> None:
    """Takes the blanks away that a `~` asks for, within the line beside it."""
    for i, piece in enumerate(pieces):
        if piece.before and i and pieces[i - 1].kind == "text":
            pieces[i - 1].text = pieces[i - 1].text.rstrip()
        if piece.after and i + 1 < len(pieces) and pieces[i + 1].kind == "text":
            pieces[i + 1].text = pieces[i + 1].text.lstrip()


def _dedent(pieces: list[_Piece]) -> None:
    """Takes the indentation off that all lines share; blank lines do not count."""
    starts: list[_Piece] = []
    least: int | None = None
    fresh = True
    for piece in pieces:
        if fresh:
            trimmed = piece.text.lstrip()
            if piece.kind != "text":
                least = 0
            elif trimmed or not piece.text.endswith("\n"):
                indent = len(piece.text) - len(trimmed)
                least = indent if least is None else min(least, indent)
                starts.append(piece)
        fresh = piece.kind == "text" and piece.text.endswith("\n")
    for piece in starts:
        piece.text = piece.text[least or 0 :]


def _nested(pieces: list[_Piece]) -> tuple[Segment, ...] | None:
    """Segments from tokens; None where directives do not match."""
    segments, rest = _until(pieces, 0, (), 0)
    return segments if rest == len(pieces) else None


def _until(pieces: list[_Piece], i: int, ends: tuple[str, ...], depth: int) -> tuple[tuple[Segment, ...], int]:
    """The segments up to a token of one of the kinds `ends`, and its index."""
    found: list[Segment] = []
    while i < len(pieces):
        piece = pieces[i]
        if piece.kind in ends or depth > _DEEPEST:
            break
        if piece.kind == "text":
            _append(found, piece.text)
        elif piece.kind == "expr" and piece.expr is not None:
            found.append(piece.expr)
        elif piece.kind == "for" and piece.expr is not None and piece.names:
            inner, i = _until(pieces, i + 1, ("endfor",), depth + 1)
            found.append(
                TemplateFor(piece.names[0] if len(piece.names) > 1 else "", piece.names[-1], piece.expr, inner)
            )
        elif piece.kind == "if" and piece.expr is not None:
            then, i = _until(pieces, i + 1, ("else", "endif"), depth + 1)
            otherwise: tuple[Segment, ...] = ()
            if i < len(pieces) and pieces[i].kind == "else":
                otherwise, i = _until(pieces, i + 1, ("endif",), depth + 1)
            found.append(TemplateIf(piece.expr, then, otherwise))
        else:
            break
        i += 1
    return tuple(found), i


def _append(found: list[Segment], text: str) -> None:
    if found and isinstance(found[-1], str):
        found[-1] += text
    elif text:
        found.append(text)
