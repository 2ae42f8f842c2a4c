"""Constants that other Python files of the target hold: one step, literals only."""

from __future__ import annotations

import ast
import posixpath

from ourhalf.model.field import Unresolved
from ourhalf.readers.python.source import Source, python_source
from ourhalf.readers.reader import Files, UnreadableError

MAX_BYTES = 400_000


class Modules:
    """The files that the imports of the file at `path` may name."""

    def __init__(self, path: str, files: Files) -> None:
        self._folder = posixpath.dirname(path)
        self._files = files
        self._known: dict[str, dict[str, object] | None] = {}

    def constants(self, module: str) -> dict[str, object] | None:
        """What a module assigns once to each name; None where it is no file of the target."""
        if module not in self._known:
            self._known[module] = self._read(module)
        return self._known[module]

    def _read(self, module: str) -> dict[str, object] | None:
        found = next((p for p in self._candidates(module) if self._files.exists(p)), None)
        if found is None:
            return None
        try:
            data = self._files.read(found)
            if len(data) > MAX_BYTES:
                return None
            return _constants(python_source(data, found), module)
        except UnreadableError:
            return None  # the file itself is listed as unread when it is read

    def _candidates(self, module: str) -> list[str]:
        bare = module.lstrip(".")
        level = len(module) - len(bare)
        if not bare or not all(part.isidentifier() for part in bare.split(".")):
            return []
        tail = bare.replace(".", "/")
        bases = (
            [self._folder] if level < 2 else [posixpath.normpath(posixpath.join(self._folder, *[".."] * (level - 1)))]
        )
        if level == 0 and self._folder:
            bases.append("")
        return [
            posixpath.normpath(posixpath.join(base, tail + ending))
            for base in bases
            if not base.startswith("..")
            for ending in (".py", "/__init__.py")
        ]


def _constants(source: Source, module: str) -> dict[str, object]:
    found: dict[str, object] = {}
    seen: set[str] = set()
    for statement in source.statements:
        for target, value in _assigned(statement):
            reason = f"`{target}` of `{module}` is no plain constant"
            constant = value.value if isinstance(value, ast.Constant) else None
            plain = isinstance(constant, str | int | float) and target not in seen
            found[target] = constant if plain else Unresolved(reason, source.place(statement))
            seen.add(target)
    return found


def _assigned(statement: ast.stmt) -> list[tuple[str, ast.expr | None]]:
    """The names that a statement binds, with the expression where it is plain."""
    match statement:
        case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), _, value):
            return [(name, value)]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return []
    names = [n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return [(name, None) for name in dict.fromkeys(names)]
