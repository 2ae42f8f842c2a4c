"""What a build leaves in its image: the fields of a `Dockerfile`."""

from __future__ import annotations

import re

from ourhalf.model.field import Unresolved
from ourhalf.model.numbers import whole
from ourhalf.readers.dockerfile.instructions import Instruction, json_list
from ourhalf.readers.dockerfile.stages import BUILDER, Build, Setting, Stage, pairs
from ourhalf.readers.dockerfile.words import Value, Word, node_of, words
from ourhalf.readers.node import Node

_MOUNT_FROM = re.compile(r"(?:^|,)from=([^,\s]+)")
_MOUNT_TARGET = re.compile(r"(?:^|,)(?:target|dst|destination)=([^,\s]+)")
_PORT = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/(\w+))?")


def targets(build: Build) -> list[Stage]:
    """The stages that make an image of their own: the last, and named ones that no other stage uses."""
    used = {id(lower) for stage in build.stages for lower in _uses(stage, build)}
    return [s for s in build.stages if s is build.stages[-1] or (s.name and id(s) not in used)]


def image_fields(build: Build, target: Stage, path: str) -> Node:
    """The fields of the image that `target` makes, each at its place."""
    return _Image(build, target, path).fields()


def _uses(stage: Stage, build: Build) -> list[Stage]:
    """The earlier stages that a stage is made from or takes files from."""
    found = [*([stage.below] if stage.below is not None else []), *stage.may]
    for instruction in stage.instructions:
        for name in _taken_from(instruction):
            source = build.expand(name, _global_scope(build))
            lower = _stage_named(source, stage, build) if isinstance(source, str) else None
            if lower is not None:
                found.append(lower)
    return found


def _stage_named(name: str, near: Stage, build: Build) -> Stage | None:
    earlier = build.stages[: build.stages.index(near)]
    number = whole(name)
    if number is not None and number < len(earlier):
        return earlier[number]
    return next((stage for stage in reversed(earlier) if stage.name and stage.name == name.lower()), None)


class _Image:
    """One build, seen from the stage that makes the image; stages that it does not use are left out."""

    def __init__(self, build: Build, target: Stage, path: str) -> None:
        self._build = build
        self._path = path
        self._last = target
        self._chain = target.chain()
        self._in_chain = {id(stage) for stage in self._chain}
        used = {id(target): target}
        waiting = [target]
        while waiting:
            for lower in _uses(waiting.pop(), build):
                if id(lower) not in used:
                    used[id(lower)] = lower
                    waiting.append(lower)
        self._stages = [stage for stage in build.stages if id(stage) in used]

    def fields(self) -> Node:
        found = {
            "FROM": self._from(self._chain[0]),
            "bases": self._list([self._base(stage) for stage in self._stages if stage.below is None]),
            "ENV": self._settings([stage.environment for stage in self._chain]),
            "ARG": self._settings([stage.arguments for stage in self._chain]),
            "RUN": self._every("RUN", self._run),
            "COPY": self._every("COPY", self._copy, "ADD"),
        }
        found["bases"].value.extend(self._copied_images())
        for name in ("USER", "HEALTHCHECK", "ENTRYPOINT", "CMD"):
            last = self._last_of(name)
            if last is not None:
                found[name] = self._single(name, last)
        if "USER" not in found and self._chain[0].image == "scratch":
            found["USER"] = self._node(self._chain[0].start, "root")
        self._sums(found)
        if "ENTRYPOINT" in found and "CMD" in found and self._entrypoint_resets_command():
            del found["CMD"]
        line, column = self._last.start.line, self._last.start.column
        return Node({key: node for key, node in found.items() if node.value not in ([], {})}, self._path, line, column)

    def _sums(self, found: dict[str, Node]) -> None:
        """Instructions whose effects add up along the chain."""
        ports = [port for i in self._instructions("EXPOSE") for port in self._ports(i)]
        volumes = [volume for i in self._instructions("VOLUME") for volume in self._volumes(i)]
        triggers = [self._text(i, i.text) for i in self._instructions("ONBUILD")]
        found |= {"EXPOSE": self._list(ports), "VOLUME": self._list(volumes), "ONBUILD": self._list(triggers)}
        labels: dict[str, Node] = {}
        for instruction in self._instructions("LABEL"):
            for name, value, position in pairs(instruction, self._build):
                labels[name] = self._value(instruction, value, position)
        found["LABEL"] = self._mapping(labels)

    def _instructions(self, name: str) -> list[Instruction]:
        return [i for stage in self._chain for i in stage.instructions if i.name == name]

    def _last_of(self, name: str) -> Instruction | None:
        found = self._instructions(name)
        return found[-1] if found else None

    def _entrypoint_resets_command(self) -> bool:
        """ENTRYPOINT drops a CMD that a lower stage has set."""
        for stage in reversed(self._chain):
            names = {i.name for i in stage.instructions}
            if "CMD" in names:
                return False
            if "ENTRYPOINT" in names:
                return True
        return False

    def _node(self, instruction: Instruction, value: object, position: int | None = None) -> Node:
        line, column = instruction.line, instruction.column
        if position is not None:
            line, column = instruction.at(position)
        return Node(value, self._path, line, column)

    def _mapping(self, settings: dict[str, Node]) -> Node:
        first = next(iter(settings.values()), self._node(self._last.start, None))
        return Node(settings, self._path, first.line, first.column)

    def _value(self, instruction: Instruction, value: Value, position: int) -> Node:
        line, column = instruction.at(position)
        return node_of(value, self._path, line, column)

    def _text(self, instruction: Instruction, text: str) -> Node:
        return self._node(instruction, text)

    def _list(self, nodes: list[Node]) -> Node:
        first = nodes[0] if nodes else self._node(self._last.start, None)
        return Node(nodes, self._path, first.line, first.column)

    def _expanded(self, instruction: Instruction, word: Word) -> Node:
        value = self._build.expand(word.text, self._build.scope(instruction))
        return self._value(instruction, value, word.start)

    def _from(self, stage: Stage) -> Node:
        return node_of(stage.image, self._path, stage.start.line, stage.start.column)

    def _base(self, stage: Stage) -> Node:
        reaches = self._node(stage.start, id(stage) in self._in_chain)
        return self._node(stage.start, {"FROM": self._from(stage), "reaches": reaches})

    def _copied_images(self) -> list[Node]:
        """Images from outside that a COPY or a mount takes files from."""
        found: list[Node] = []
        for stage in self._stages:
            for instruction in stage.instructions:
                for name in _taken_from(instruction):
                    source = self._build.expand(name, _global_scope(self._build))
                    if isinstance(source, str) and _stage_named(source, stage, self._build) is not None:
                        continue
                    node = node_of(source, self._path, instruction.line, instruction.column)
                    reaches = self._node(instruction, False)
                    found.append(self._node(instruction, {"FROM": node, "reaches": reaches}))
        return found

    def _settings(self, scopes: list[dict[str, Setting]]) -> Node:
        found: dict[str, Node] = {}
        for scope in scopes:
            for name, setting in scope.items():
                found[name] = self._value(setting.instruction, setting.value, setting.position)
        return self._mapping(found)

    def _single(self, name: str, instruction: Instruction) -> Node:
        if name == "USER":
            first = next(words(instruction.text, self._build.escape), None)
            return self._node(instruction, None) if first is None else self._expanded(instruction, first)
        if name == "HEALTHCHECK":
            return self._text(instruction, instruction.text)
        listed = json_list(instruction.text)
        shell = ["/bin/sh", "-c", instruction.text] if listed is None else listed
        return self._node(instruction, [self._text(instruction, text) for text in shell])

    def _every(self, name: str, made: object, other: str = "") -> Node:
        assert callable(made)  # noqa: S101 - for the type checker
        return self._list(
            [made(stage, i) for stage in self._stages for i in stage.instructions if i.name in (name, other)]
        )

    def _run(self, stage: Stage, instruction: Instruction) -> Node:
        listed = json_list(instruction.text)
        command = instruction.text if listed is None else " ".join(listed)
        command = "\n".join([command, *(heredoc.text for heredoc in instruction.heredocs)])
        fields = {
            "RUN": self._text(instruction, command),
            "stage": self._text(instruction, stage.name or str(self._build.stages.index(stage))),
            "reaches": self._node(instruction, id(stage) in self._in_chain),
            "mounts": self._node(instruction, [self._text(instruction, target) for target in _mounted(instruction)]),
            "network": self._node(instruction, instruction.flag("network")),
        }
        return self._node(instruction, fields)

    def _copy(self, stage: Stage, instruction: Instruction) -> Node:
        listed = json_list(instruction.text)
        if listed is not None:
            named = [self._text(instruction, text) for text in listed]
        else:
            named = [self._expanded(instruction, word) for word in words(instruction.text, self._build.escape)]
            named = [node for node in named if not (isinstance(node.value, str) and node.value.startswith("<<"))]
        fields = {
            "instruction": self._text(instruction, instruction.name),
            "sources": self._node(instruction, named[:-1]),
            "destination": named[-1] if named else self._node(instruction, None),
            "checksum": self._node(instruction, instruction.flag("checksum")),
            "from": self._node(instruction, instruction.flag("from")),
            "reaches": self._node(instruction, id(stage) in self._in_chain),
        }
        return self._node(instruction, fields)

    def _volumes(self, instruction: Instruction) -> list[Node]:
        listed = json_list(instruction.text)
        if listed is not None:
            return [self._text(instruction, text) for text in listed]
        return [self._expanded(instruction, word) for word in words(instruction.text, self._build.escape)]

    def _ports(self, instruction: Instruction) -> list[Node]:
        found: list[Node] = []
        for word in words(instruction.text, self._build.escape):
            node = self._expanded(instruction, word)
            match = _PORT.fullmatch(node.value) if isinstance(node.value, str) else None
            if match is None:
                reason = node.value.reason if isinstance(node.value, Unresolved) else f"`{node.value}` is no port"
                found.append(node.unresolved(reason))
                continue
            first, last = int(match[1]), int(match[2] or match[1])
            if last - first > 1000:
                found.append(node.unresolved(f"a range of {last - first + 1} ports"))
                continue
            protocol = node.with_value((match[3] or "tcp").lower())
            found.extend(
                node.with_value({"port": node.with_value(port), "protocol": protocol})
                for port in range(first, last + 1)
            )
        return found


def _global_scope(build: Build) -> dict[str, Value]:
    return BUILDER | {name: setting.value for name, setting in build.arguments.items()}


def _taken_from(instruction: Instruction) -> list[str]:
    """The stages and images that an instruction takes files from."""
    if instruction.name in ("COPY", "ADD"):
        source = instruction.flag("from")
        return [source] if source else []
    if instruction.name != "RUN":
        return []
    mounts = (_MOUNT_FROM.search(value) for name, value in instruction.flags if name == "mount")
    return [found[1] for found in mounts if found is not None]


def _mounted(instruction: Instruction) -> list[str]:
    """The folders that are mounted for one RUN, and so leave nothing in the image."""
    mounts = (_MOUNT_TARGET.search(value) for name, value in instruction.flags if name == "mount")
    return [found[1] for found in mounts if found is not None]
