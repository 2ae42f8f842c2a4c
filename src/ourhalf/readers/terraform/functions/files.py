"""Functions that read files, all of them inside the target."""

from __future__ import annotations

import base64
import fnmatch
import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.terraform import templates
from ourhalf.readers.terraform.syntax import Call
from ourhalf.readers.terraform.values import (
    MAX_TEXT,
    SCRIPT,
    Fault,
    NotKnown,
    doubtful,
    known,
    node,
    placed,
    unresolved,
    why,
)

if TYPE_CHECKING:
    from ourhalf.readers.terraform.evaluate import Scope


def resolved(path: object, scope: Scope) -> str:
    """A path of the configuration as a path of the target. Raises NotKnown where it lies outside."""
    text = str(path)
    found = posixpath.normpath(posixpath.join(scope.instance.root.folder, text))
    if text.startswith(("/", "~")) or found == ".." or found.startswith("../"):
        raise NotKnown(Unresolved(f"file `{text[:200]}` lies outside of what was read"))
    return found


def contents(path: object, scope: Scope) -> bytes:
    """What a file of the target holds. Raises NotKnown where it cannot be read or is too large."""
    found = resolved(path, scope)
    try:
        data: bytes = scope.instance.root.files.read(found)
    except UnreadableError as error:
        raise NotKnown(Unresolved(f"file `{found[:200]}` was not read: {error.reason}")) from None
    if len(data) > MAX_TEXT:
        raise NotKnown(Unresolved(f"file `{found[:200]}` is larger than {MAX_TEXT // 1048576} MB"))
    return data


def _file(arguments: list[Node], at: Call, scope: Scope) -> Node:
    path = known(arguments[0])
    try:
        text = contents(path, scope).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return unresolved(at, "a file that is not UTF-8 text")
    return _own_place(node(text, at), resolved(path, scope))


def _own_place(value: Node, path: str) -> Node:
    """A text of several lines at its place in its own file; any other stays where it is used."""
    held = value.value
    parts = held.parts if isinstance(held, Unresolved) else (held,)
    if any(isinstance(part, str) and "\n" in part.strip() for part in parts):
        return Node(held, path, 1, 1, SCRIPT)
    return value


def _filebase64(arguments: list[Node], at: Call, scope: Scope) -> Node:
    path = known(arguments[0])
    data = contents(path, scope)
    try:
        own = _own_place(node(data.decode(), at), resolved(path, scope))
    except UnicodeDecodeError:
        own = None
    return own if own is not None and own.tag == SCRIPT else node(base64.b64encode(data).decode(), at)


def _fileexists(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return node(scope.instance.root.files.exists(resolved(known(arguments[0]), scope)), at)


def _fileset(arguments: list[Node], at: Call, scope: Scope) -> Node:
    folder, pattern = resolved(known(arguments[0]), scope), str(known(arguments[1]))
    if "/" in pattern or "**" in pattern or "{" in pattern:
        return unresolved(at, "a set of files below several folders")
    names = [posixpath.basename(path) for path in scope.instance.root.files.folder("" if folder == "." else folder)]
    return placed([name for name in names if fnmatch.fnmatchcase(name, pattern)], at)


def _templatefile(arguments: list[Node], at: Call, scope: Scope) -> Node:
    path = known(arguments[0])
    data = contents(path, scope)
    own = resolved(path, scope)
    return _own_place(rendered(data, own, arguments[1], at, scope), own)


def _templatestring(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return rendered(str(known(arguments[0])).encode(), at.path, arguments[1], at, scope, at.line)


def rendered(data: bytes, path: str, names: Node, at: Call, scope: Scope, first_line: int = 1) -> Node:  # noqa: PLR0913, PLR0917
    """A template's text with the values in `names`."""
    from ourhalf.readers.terraform.evaluate import Scope, evaluate

    unknown = why(names)
    if unknown is not None:
        return doubtful(at, unknown)
    if not isinstance(names.value, dict):
        raise Fault("templatefile: the variables are no object")
    root = scope.instance.root
    template = root.templates.get((path, data))
    if template is None:
        template = root.templates[path, data] = templates.template_file(data, path, first_line)
    try:
        value = evaluate(template, Scope(scope.instance, names.value, isolated=True))
    except Fault as fault:
        if names.rest is not None:
            return doubtful(at, names.rest)
        raise Fault(f"template `{path}`: {fault.reason}") from None
    return Node(value.value, at.path, at.line, at.column, value.tag, value.rest)


def _dirname(path: Any) -> str:
    return posixpath.dirname(str(path)) or "."


PLAIN: dict[str, Callable[..., object]] = {
    "basename": lambda path: posixpath.basename(str(path).rstrip("/")),
    "dirname": _dirname,
}


def _elsewhere(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return unresolved(at, f"{at.name}() depends on the machine that runs it")


NODES = {
    "abspath": _elsewhere,
    "file": _file,
    "filebase64": _filebase64,
    "fileexists": _fileexists,
    "fileset": _fileset,
    "pathexpand": _elsewhere,
    "templatefile": _templatefile,
    "templatestring": _templatestring,
}
