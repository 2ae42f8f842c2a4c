"""What must be true of frameworks beyond their types: ids that exist, days in order, no circles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache

import msgspec
import yaml

from ourhalf.catalogue import all_controls
from ourhalf.compliance.framework import Framework, Requirement
from ourhalf.compliance.framework import Mapping as Mapped
from ourhalf.model.references import PeerTest
from ourhalf.model.responsibility import Layer
from ourhalf.readers.node import Node

_ID = re.compile(r"[a-z0-9][a-z0-9.-]*")


class FrameworkError(ValueError):
    """A framework that cannot be used: the file, the line (from 1) and the reason in words."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class Stated(msgspec.Struct, frozen=True):
    """A framework with the document that states it, for the lines of what is wrong."""

    framework: Framework
    document: Node
    path: str

    def line(self, keys: Iterable[str | int]) -> int:
        """The line of the deepest node on a path of keys and positions."""
        return line_of(self.document, keys)

    def error(self, keys: Iterable[str | int], reason: str) -> FrameworkError:
        """The error that `reason` is, at the line of what stands at `keys`."""
        return FrameworkError(self.path, self.line(keys), reason)


def node_at(document: Node, keys: Iterable[str | int]) -> Node | None:
    """The node on a path of keys and positions; None where there is none."""
    node: Node | None = document
    for key in keys:
        if node is None:
            return None
        if isinstance(key, str):
            node = node.get(key)
        else:
            node = node.value[key] if isinstance(node.value, list) and key < len(node.value) else None
    return node


def line_of(document: Node, keys: Iterable[str | int]) -> int:
    """The line of the deepest node on a path of keys and positions."""
    way = tuple(keys)
    found = (node_at(document, way[:length]) for length in range(len(way), -1, -1))
    return next(node.line for node in found if node is not None)


def alone(stated: Stated) -> None:
    """Raise FrameworkError where a framework is wrong in itself."""
    framework = stated.framework
    if not _ID.fullmatch(framework.id):
        raise stated.error(("id",), f"{framework.id!r} is no id; use a-z, 0-9, points and hyphens")
    if framework.size < len(framework.requirements):
        listed = f"{len(framework.requirements)} requirements are listed"
        raise stated.error(("size",), f"size is {framework.size}, and {listed}; it counts all that the framework has")
    seen: set[str] = set()
    for number, requirement in enumerate(framework.requirements):
        at = ("requirements", number)
        if requirement.id in seen:
            raise stated.error((*at, "id"), f"requirement {requirement.id} is listed twice; join the two")
        seen.add(requirement.id)
        _requirement(stated, requirement, at)
        for position, mapping in enumerate(requirement.mappings):
            _mapping(stated, requirement, mapping, (*at, "mappings", position))


def _requirement(stated: Stated, requirement: Requirement, at: tuple[str | int, ...]) -> None:
    name = f"requirement {requirement.id}"
    if not requirement.id or not requirement.about.strip():
        raise stated.error(at, f"{name}: id and about must not be empty")
    if not (requirement.mappings or requirement.attach or requirement.layers):
        raise stated.error(at, f"{name}: nothing shows it; give mappings, layers, or what a person must attach")
    _known(stated, (*at, "layers"), f"{name}: no layer is named", requirement.layers, [*Layer])
    _known(
        stated, (*at, "baselines"), f"{name}: no baseline is named", requirement.baselines, stated.framework.baselines
    )
    _days(stated, requirement, name, at)


def _mapping(stated: Stated, requirement: Requirement, mapping: Mapped, at: tuple[str | int, ...]) -> None:
    name = f"requirement {requirement.id}"
    if not (mapping.controls or mapping.through or mapping.tests):
        raise stated.error(at, f"{name}: a mapping of nothing; give controls, through or tests")
    if not re.fullmatch(r"ourhalf|\S*/\S*", mapping.source):
        raise stated.error((*at, "source"), f"{name}: source {mapping.source!r}: write an address, a path or ourhalf")
    _known(stated, (*at, "controls"), f"{name}: no control is named", mapping.controls, _controls())
    for key in ("controls", "through", "tests"):
        given: tuple[str, ...] = getattr(mapping, key)
        if twice := next((one for n, one in enumerate(given) if one in given[:n]), None):
            raise stated.error((*at, key, given.index(twice)), f"{name}: {twice} is listed twice; leave one out")
    for number, test in enumerate(mapping.tests):
        tool, _, id_ = test.partition(":")
        grammar = _tools().get(tool)
        if grammar is None:
            known = ", ".join(_tools())
            raise stated.error((*at, "tests", number), f"{name}: no tool is named {tool!r} ({test}); there are {known}")
        if not re.fullmatch(grammar, id_):
            raise stated.error((*at, "tests", number), f"{name}: {id_!r} is no id of {tool}; write {tool}:ID")
    _days(stated, mapping, name, at)


def _days(stated: Stated, of: Requirement | Mapped, name: str, at: tuple[str | int, ...]) -> None:
    if of.valid_from is not None and of.retired is not None and of.retired <= of.valid_from:
        raise stated.error((*at, "retired"), f"{name}: retired {of.retired}, before it is valid ({of.valid_from})")


def _known(stated: Stated, at: tuple[str | int, ...], what: str, given: Iterable[str], known: Iterable[str]) -> None:
    for number, one in enumerate(given):
        if one not in known:
            close = get_close_matches(one, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"there are {_some(known)}"
            raise stated.error((*at, number), f"{what} {one}; {hint}")


def _some(known: Iterable[str]) -> str:
    names = list(known)
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") if names else "none"


@cache
def _controls() -> frozenset[str]:
    return frozenset(control.id for control in all_controls())


@cache
def _tools() -> dict[str, str]:
    return {kind.tool: kind.grammar for kind in PeerTest.__subclasses__()}


def no_key_twice(data: bytes, path: str) -> None:
    """Raise FrameworkError where a key is given twice: YAML keeps the last, and what is lost that way must be seen."""
    seen: set[int] = set()
    open_ = [yaml.compose(data.decode("utf-8-sig"), Loader=yaml.CSafeLoader)]
    while open_:
        node = open_.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                if isinstance(key.value, str) and key.value in keys:
                    raise FrameworkError(path, key.start_mark.line + 1, f"{key.value} is given twice; leave one out")
                keys.add(str(key.value))
                open_.append(value)
        elif isinstance(node, yaml.SequenceNode):
            open_.extend(node.value)


def together(stated: Mapping[str, Stated]) -> None:
    """Raise FrameworkError where a framework points to a requirement that no other has, or round in a circle."""
    known = {name: {r.id for r in one.framework.requirements} for name, one in stated.items()}
    for one in stated.values():
        for at, requirement, step in _steps(one):
            framework, _, id_ = step.partition(":")
            if framework not in known:
                hint = _hint(framework, known)
                raise one.error(
                    at, f"requirement {requirement.id}: through {step}: no framework has the id {framework!r}; {hint}"
                )
            if id_ not in known[framework]:
                hint = _hint(id_, known[framework])
                raise one.error(
                    at, f"requirement {requirement.id}: through {step}: {framework} has no requirement {id_!r}; {hint}"
                )
    _no_circle(stated)


def _hint(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]}?" if close else f"there are {_some(sorted(known))}"


def _steps(stated: Stated) -> Iterator[tuple[tuple[str | int, ...], Requirement, str]]:
    for number, requirement in enumerate(stated.framework.requirements):
        for position, mapping in enumerate(requirement.mappings):
            for which, step in enumerate(mapping.through):
                yield ("requirements", number, "mappings", position, "through", which), requirement, step


def _no_circle(stated: Mapping[str, Stated]) -> None:
    onward: dict[str, list[str]] = {}
    places: dict[tuple[str, str], tuple[Stated, tuple[str | int, ...]]] = {}
    for one in stated.values():
        for at, requirement, step in _steps(one):
            name = f"{one.framework.id}:{requirement.id}"
            onward.setdefault(name, []).append(step)
            places[name, step] = (one, at)
    done: set[str] = set()
    for start, steps in onward.items():
        way: dict[str, Iterator[str]] = {} if start in done else {start: iter(steps)}
        while way:
            here = next(reversed(way))
            step = next(way[here], "")
            if not step:
                del way[here]
                done.add(here)
            elif step in way:
                names = list(way)
                circle = " -> ".join([*names[names.index(step) :], step])
                one, at = places[here, step]
                raise one.error(at, f"requirements bear on each other in a circle: {circle}; leave one step out")
            elif step not in done:
                way[step] = iter(onward.get(step, ()))
