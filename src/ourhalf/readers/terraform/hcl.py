"""Terraform source files: bodies, blocks and lazily converted expressions, by the tree-sitter grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from ourhalf.model.field import Place, Unresolved
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.terraform.expressions import Source
from ourhalf.readers.terraform.syntax import Attribute, Bad, Block, Body, Expr, File, SyntaxFault

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

MAX_BYTES = 4 * 1024 * 1024
_MAX_FAULTS = 20

_TOP = re.compile(
    rb"^(?:resource|data|module|variable|output|locals|provider|terraform|moved|import|check|removed|ephemeral)\b[^\n={]*\{",
    re.MULTILINE,
)
_FOR = re.compile(rb"(?m)^[ \t]+for[ \t]*=[^=>]")
_HEADER = re.compile(rb'([a-z_]++)\s*+((?:"[^"\n]*"\s*+|[\w-]++\s*+)*+)\{')
# A value, which may be a secret, and what follows it.
_VALUE_ON = re.compile(r"(?s)[\n\"=:<].*")
_LABEL = re.compile(r'"([^"]*)"|([\w-]+)')


@cache
def _parser() -> Any:
    import tree_sitter
    import tree_sitter_hcl

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def tree(data: bytes) -> Tree:
    """The root of the syntax tree of `data`."""
    root: Tree = _parser().parse(data).root_node
    return root


@lru_cache(maxsize=64)
def parse(data: bytes, path: str) -> File:
    """What a file states, and where it does not follow the grammar.

    Raises UnreadableError when it is larger than `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"larger than the {MAX_BYTES // 1048576} MB bound of a configuration file")
    faults: list[SyntaxFault] = []
    try:
        data.decode()
    except UnicodeDecodeError as error:
        faults.append(SyntaxFault(data[: error.start].count(b"\n") + 1, "not UTF-8 text"))
        data = data.decode("utf-8", "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    root = tree(data)
    if not root.has_error:
        source = Source(data, path)
        return File(_file_body(root, source), (*faults, *_keywords(root, source)))
    body = Body({}, [])
    for chunk, line in _chunks(data):
        _recover(chunk, line, path, body, faults)
    return File(body, tuple(faults[:_MAX_FAULTS]))


def _keywords(root: Tree, source: Source) -> Iterator[SyntaxFault]:
    """Attributes named like the keyword `for`: Terraform takes them, strict HCL parsers refuse the file."""
    if _FOR.search(source.data) is None:
        return
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type == "attribute" and source.text(node.children[0]) == "for":
            _, line, _ = source.at(node)
            yield SyntaxFault(line, "an attribute named `for`, which strict HCL parsers refuse: it is not judged")
        stack.extend(reversed(node.children))


def _file_body(root: Tree, source: Source) -> Body:
    inner = next((c for c in root.children if c.type == "body"), None)
    return _body(inner, source) if inner is not None else Body({}, [])


def _chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    """The blocks of a file one by one with their first lines, so that an error stays in its block."""
    starts = [found.start() for found in _TOP.finditer(data)]
    line = 1
    for start, end in zip([0, *starts], [*starts, len(data)], strict=True):
        chunk = data[start:end]
        if chunk.strip():
            yield chunk, line
        line += chunk.count(b"\n")


def _recover(chunk: bytes, line: int, path: str, body: Body, faults: list[SyntaxFault]) -> None:
    """Adds what can be read of one block to `body`, and its errors to `faults`."""
    source = Source(chunk, path, line)
    root = tree(chunk)
    if root.has_error and len(faults) < _MAX_FAULTS:
        faults.extend(_faults(root, source))
    found = _file_body(root, source)
    body.attributes.update(found.attributes)
    body.blocks.extend(found.blocks)
    if root.has_error and not found.blocks and (header := _HEADER.match(chunk)):
        labels = tuple(a or b for a, b in _LABEL.findall(header[2].decode("utf-8", "replace")))
        rest = _hidden(Place(path, line))
        body.blocks.append(Block(header[1].decode(), labels, path, line, 1, lambda: Body({}, [], rest)))


def _faults(root: Tree, source: Source) -> Iterator[SyntaxFault]:
    stack = [root]
    count = 0
    while stack and count < _MAX_FAULTS:
        node = stack.pop()
        if node.type == "ERROR" or node.is_missing:
            count += 1
            _, line, _ = source.at(node)
            words = _VALUE_ON.sub("", source.text(node).strip()[:40]).strip()
            near = f" near `{words}`" if words else f": `{node.type}` is missing" if node.is_missing else ""
            yield SyntaxFault(line, f"syntax error{near}")
        elif node.has_error:
            stack.extend(reversed(node.children))


def _hidden(place: Place) -> Unresolved:
    return Unresolved(f"a syntax error at line {place.line} hides what follows", place)


def _body(node: Tree, source: Source) -> Body:
    """A body; what comes after a syntax error in it is not trusted to belong to it."""
    body = Body({}, [])
    for child in node.children:
        broken = child.has_error
        if child.type == "attribute":
            attribute = _attribute(child, source, broken)
            body.attributes.setdefault(attribute.name, attribute)
        elif child.type == "block":
            body.blocks.append(_block(child, source))
        elif child.type == "ERROR":
            broken = True
        if broken:
            body.rest = _hidden(Place(*source.at(child)))
            break
    return body


def _attribute(node: Tree, source: Source, broken: bool) -> Attribute:
    name = node.children[0]
    value = node.children[-1]

    def make() -> Expr:
        if broken or value.type != "expression":
            return Bad(*source.at(value), "a syntax error")
        return source.expression(value)

    return Attribute(source.text(name), *source.at(name), make)


def _block(node: Tree, source: Source) -> Block:
    names: list[str] = []
    inner: Tree | None = None
    broken: Tree | None = None
    for child in node.children:
        match child.type:
            case "identifier":
                names.append(source.text(child))
            case "string_lit":
                names.append(source.text(child)[1:-1])
            case "body":
                inner = child
            case "ERROR":
                broken = child

    def make() -> Body:
        body = _body(inner, source) if inner is not None else Body({}, [])
        if broken is not None and body.rest is None:
            body.rest = _hidden(Place(*source.at(broken)))
        return body

    return Block(names[0] if names else "", tuple(names[1:]), *source.at(node), make)
