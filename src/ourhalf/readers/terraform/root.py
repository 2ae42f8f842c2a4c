"""A root module and all that it calls: the state that evaluating it shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ourhalf.model.evidence import Suppression, Unread
from ourhalf.model.field import Place, Reference, Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.reader import Files, UnreadableError
from ourhalf.readers.terraform import bodies, data_sources, modules
from ourhalf.readers.terraform.evaluate import settled
from ourhalf.readers.terraform.identities import identifying
from ourhalf.readers.terraform.instances import Declared, Instance
from ourhalf.readers.terraform.modules import READER, Module
from ourhalf.readers.terraform.syntax import Expr
from ourhalf.readers.terraform.values import node, unresolved

_VALUES = ("terraform.tfvars", "terraform.tfvars.json")


class Root:
    """A root module, evaluated on demand."""

    def __init__(self, folder: str, files: Files) -> None:
        self.folder = folder
        self.files = files
        self.steps = 0
        self.depth = 0
        self.unread: dict[Unread, None] = {}
        self.templates: dict[tuple[str, bytes], Expr] = {}
        self.declared: dict[str, Declared] = {}
        self.instances: dict[str, Instance] = {}
        self.doubts: dict[str, Unresolved] = {}
        self.values: dict[str, Node] = {}
        self.installed = modules.installed(folder, files)
        self.modules: dict[str, Module] = {}
        self.top = Instance(self, self.module(folder), "")
        self._read_values()

    @property
    def scope(self) -> str:
        """The root module's path, which is the scope of references in it."""
        return self.folder or "."

    def module(self, folder: str) -> Module:
        """The module in a folder; loaded once."""
        found = self.modules.get(folder)
        if found is None:
            found = self.modules[folder] = modules.load(folder, self.files)
            self.unread.update(dict.fromkeys(found.unread))
        return found

    def note(self, place: Place, reason: str) -> None:
        """Remembers that something was not read."""
        self.unread[Unread(place.path, place.line, READER, reason)] = None

    @property
    def suppressions(self) -> tuple[Suppression, ...]:
        """The suppressions in the files of all modules that were reached."""
        return tuple(s for module in self.modules.values() for s in module.suppressions)

    def _read_values(self) -> None:
        """The values of variables that Terraform reads by itself."""
        prefix = f"{self.folder}/" if self.folder else ""
        names = [path.removeprefix(prefix) for path in self.files.folder(self.folder)]
        automatic = [name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]
        for name in (*(n for n in _VALUES if n in names), *sorted(automatic)):
            path = prefix + name
            try:
                parsed = modules.values(self.files.read(path), path)
            except UnreadableError as error:
                self.note(Place(path, error.line), error.reason)
                continue
            for fault in parsed.faults:
                self.note(Place(path, fault.line), fault.reason)
            for key, attribute in parsed.body.attributes.items():
                self.values[key] = settled(attribute.expr, self.top.scope)

    def doubt(self, value: Node) -> Unresolved | None:
        """Why it is not known how many instances the resource or module that a value refers to has."""
        held = value.value
        if isinstance(held, Reference) and not held.attribute:
            return self.doubts.get(held.target)
        return None

    def attribute(self, target: str, name: str, at: Expr) -> Node:
        """An attribute of a resource, data source or module: what is written, else a reference."""
        instance = self.instances.get(target)
        if instance is not None:
            return instance.output(name, at)
        declared = self.declared.get(target)
        if declared is None:
            return node(Reference(target, name), at)
        if name in declared.memo:
            return declared.memo[name]
        declared.memo[name] = unresolved(at, f"{target}.{name} refers to itself")
        try:
            found = self._attribute(declared, name, at)
        except BaseException:
            del declared.memo[name]
            raise
        declared.memo[name] = found
        return found

    def _attribute(self, declared: Declared, name: str, at: Expr) -> Node:
        if declared.block.type != "resource":
            return data_sources.attribute(declared, name, at)
        if name not in identifying(declared.type):
            found = bodies.written(declared.block.body, name, declared.scope)
            if found is not None and found.value is not None:
                return found
        return node(Reference(declared.address, name), at)

    def resources(self, wanted: Callable[[str], bool]) -> Iterator[Declared]:
        """Every resource of a type that is wanted, of the root module and the modules below it."""
        pending = [self.top]
        while pending:
            instance = pending.pop()
            for name, block in instance.module.resources.items():
                if block.type == "resource" and wanted(block.labels[0]):
                    yield from instance.declared(name)
            pending.extend(reversed(list(instance.calls())))
