"""What a reading of one Python file knows at the statement at hand."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from typing import get_type_hints

import msgspec

from ourhalf.model.field import Place, Reference, Unresolved
from ourhalf.model.resource import At, Dialect, Language, Resource
from ourhalf.readers.holders import held
from ourhalf.readers.node import Node
from ourhalf.readers.python.domain import Freezer, Made, Map, Path, Seq, Slot, brief, same
from ourhalf.readers.python.source import Source
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.requests import request_resource

MAX_STEPS = 300_000
# What an update may set of a resource made before: its operation, the field that names it, and the part.
_UPDATES = {"update_endpoint": ("sagemaker:CreateEndpoint", "EndpointName", "DeploymentConfig")}


@cache
def identifying(kind: type[Resource]) -> tuple[str, ...]:
    """The fields of a request by which others may name what it makes."""
    return tuple(
        at.api
        for hint in get_type_hints(kind, include_extras=True).values()
        for at in getattr(hint, "__metadata__", ())
        if isinstance(at, At) and at.identifies
    )


class Scope:
    """The names of a module, class body or function.

    `ever` joins all that a name was assigned: a function sees it so, for it may run at any time.
    """

    def __init__(self, title: str, outer: Scope | None = None) -> None:
        self.title = title
        self.outer = outer
        self.names: dict[str, Slot] = {}
        self.ever: dict[str, Slot] = {}
        self.globals: set[str] = set()
        self.returns: list[object] = []

    def find(self, name: str) -> Slot | None:
        """The name here, else in the scopes around."""
        found = self.names.get(name)
        scope = self.outer
        while found is None and scope is not None:
            found = scope.ever.get(name)
            scope = scope.outer
        return found

    def assign(self, name: str, slot: Slot) -> None:
        """Bind a name."""
        self.names[name] = slot
        before = self.ever.get(name)
        if before is not None and not same(before.value, slot.value):
            slot = Slot(Unresolved(f"`{name}` is assigned more than once", slot.place), slot.place)
        self.ever[name] = slot


class Arguments(msgspec.Struct):
    """The arguments of one call: by position, and by name. `rest` says why there may be more by position."""

    positional: list[Slot]
    named: Map
    rest: Unresolved | None = None

    def first(self) -> object:
        """The first argument by position; None without one."""
        return self.positional[0].value if self.positional else None


class State:
    """The scope and branch at hand, and what was found so far."""

    def __init__(
        self,
        source: Source,
        constants: Callable[[str], dict[str, object] | None],
        expand: Callable[[Made], object],
    ) -> None:
        self.source = source
        self.constants = constants
        self.scope = Scope("the file")
        self.path: Path = ()
        self.why: list[str] = []
        self.quiet = 0
        self.depth = 0
        self.inlined = 0
        self.calls = 0
        self.turns = 1
        self.plain: dict[int, bool] = {}
        self.asking: dict[int, bool] = {}
        self.made: list[Made] = []
        self.returned: list[Made] = []
        self.resources: list[Resource] = []
        self.bodies: list[Callable[[], None]] = []
        # By function: what follows its body, until that is done; and what it returns, once it is.
        self.pending: dict[int, Callable[[], None]] = {}
        self.results: dict[int, list[object]] = {}
        self._freezer = Freezer(expand)
        self._sent: list[tuple[int, str, Map, Node, str]] = []
        self._steps = 0
        self._labels: dict[tuple[str, str], int] = {}
        self._branches = 0

    def tick(self, steps: int = 1) -> None:
        """Count steps. Raises UnreadableError when the file takes too many."""
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise UnreadableError(f"too long to follow: stopped after {MAX_STEPS:,} steps")

    def place(self, node: ast.expr | ast.keyword | ast.stmt) -> Place:
        """Where `node` stands in the file."""
        return self.source.place(node)

    def unknown(
        self, node: ast.expr | ast.stmt, reason: str, parts: tuple[str | Reference | None, ...] = ()
    ) -> Unresolved:
        """A value that reading does not decide, at `node`."""
        return Unresolved(reason, self.place(node), parts)

    def branch(self) -> Path:
        """A path of its own below the one at hand."""
        self._branches += 1
        return (*self.path, self._branches)

    def emit(self, operation: str, fields: Map, place: Place, label: str = "") -> Resource | None:
        """Note the resource that `operation` makes with these fields; see `request_resource`.

        One without a known name is named by `label`, else by the function that it stands in, so that
        its name stays the same wherever in the file it is.
        """
        label = label or f"{operation.partition(':')[2]} in {self.scope.title}"
        count = self._labels[operation, label] = self._labels.get((operation, label), 0) + (not self.quiet)
        fallback = label if count < 2 else f"{label} ({count})"
        request = self._freezer.node(fields, place)
        made = request_resource(operation, request, Language.PYTHON, self.source.path, fallback)
        if made is None:
            return None
        for key in identifying(type(made)):
            name = fields.get(key)
            if isinstance(name, Unresolved):
                self._freezer.remember(name, Reference(made.origin.address, key))
        if not self.quiet:
            if any(operation == updated for updated, _, _ in _UPDATES.values()):
                self._sent.append((len(self.resources), operation, fields, request, fallback))
            self.resources.append(made)
            self.resources.extend(held(operation, request, Dialect.API, Language.PYTHON, self.source.path))
        return made

    def update(self, method: str, given: Map) -> None:
        """Write what an update sets into the resource of its name that was made before."""
        operation, key, part = _UPDATES.get(method, ("", "", ""))
        name, slot = given.get(key), given.items.get(part)
        if slot is None or name is None or self.quiet:
            return
        for number, (index, made, fields, request, fallback) in enumerate(self._sent):
            before = fields.get(key)
            if made != operation or not (before is name or (isinstance(name, str) and before == name)):
                continue
            value = slot.value if self.certain(fields.path) else Unresolved(self.doubt(), slot.place)
            children = {**request.value, part: self._freezer.node(value, slot.place)}
            changed = msgspec.structs.replace(request, value=children)
            resource = request_resource(operation, changed, Language.PYTHON, self.source.path, fallback)
            if resource is not None:
                self.resources[index] = resource
                self._sent[number] = index, made, fields, changed, fallback

    def certain(self, path: Path) -> bool:
        """Whether a change here of something made at `path` happens whenever that was made."""
        return path[: len(self.path)] == self.path

    def put(self, target: Map, key: str, slot: Slot) -> None:
        """Set a key of a mapping; one that may not be set becomes unknown."""
        before = target.items.get(key)
        if self.certain(target.path) or (before is not None and same(before.value, slot.value)):
            target.items[key] = slot
            return
        target.items[key] = Slot(Unresolved(self.doubt(), slot.place), slot.place)

    def merge(self, into: Map, other: object, node: ast.expr) -> None:
        """Add what another mapping holds; one that is not known may hold, and replace, anything."""
        match other:
            case Map(items, rest):
                self.tick(len(items))
                if rest is not None:
                    self.blur(into, rest)
                for key, slot in items.items():
                    self.put(into, key, slot)
                into.rest = into.rest or rest
            case Unresolved():
                self.blur(into, other)
            case _:
                self.blur(into, self.unknown(node, f"`{brief(node)}` is known only at run time"))

    def drop(self, target: Map, key: str, place: Place) -> None:
        """Delete a key of a mapping."""
        if self.certain(target.path):
            target.items.pop(key, None)
        elif key in target.items:
            target.items[key] = Slot(Unresolved(self.doubt(), place), place)

    def append(self, target: Seq, slots: list[Slot]) -> None:
        """Add to a list; what may not be added makes its end unknown."""
        if self.certain(target.path) and len(target.items) < 10_000:
            target.items.extend(slots)
        elif slots:
            target.rest = Unresolved(self.doubt(), slots[0].place)

    def blur(self, target: Map | Seq, reason: Unresolved) -> None:
        """Anything may have happened to `target`: what it holds is no longer known."""
        target.rest = reason
        if isinstance(target, Map):
            target.items = {k: Slot(Unresolved(reason.reason, s.place), s.place) for k, s in target.items.items()}
        else:
            target.items = []

    def doubt(self) -> str:
        """Why a statement may not run."""
        return f"set only where {self.why[-1]}" if self.why else "set only in part of the cases"
