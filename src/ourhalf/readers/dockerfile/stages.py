"""The stages of a Dockerfile: what each of them sets, and which of them the image is made of."""

from __future__ import annotations

import re

import msgspec

from ourhalf.model.field import Unresolved
from ourhalf.readers.dockerfile.instructions import Instruction
from ourhalf.readers.dockerfile.words import OTHER, Scope, Value, expand, split_pair, words

MAX_STAGES = 200
MAX_INSTRUCTIONS = 5_000
MAX_INSTRUCTION = 1024 * 1024
MAX_VARIABLES = 1_000
MAX_EXPANDED = 16 * 1024 * 1024
MAX_PARTS = 8
MAX_CHOICES = 16

# Arguments that the builder sets by itself.
_PLATFORM = tuple(f"{side}{part}" for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT"))
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
BUILDER: dict[str, Value] = {
    name: Unresolved(f"{name} is set by the builder") for name in (*_PLATFORM, "TARGETSTAGE", "SOURCE_DATE_EPOCH")
}
PREDEFINED: dict[str, Value] = {
    name: Unresolved(f"{name} is given to the build, if at all")
    for proxy in _PROXIES
    for name in (proxy, proxy.lower())
}


class Setting(msgspec.Struct, frozen=True):
    """A value that an instruction sets, and where: by the instruction, and the position in it."""

    value: Value
    instruction: Instruction
    position: int = 0


class Stage(msgspec.Struct):
    """A stage: what it is made from, and its instructions in order.

    `below` is the earlier stage that it is made from; without one, `image` is the image from outside. Where the
    builder chooses it, as in `FROM base-${TARGETARCH}`, it is the first of those that it `may` choose.
    """

    name: str
    start: Instruction
    image: Value
    below: Stage | None = None
    may: tuple[Stage, ...] = ()
    instructions: list[Instruction] = []
    environment: dict[str, Setting] = {}
    arguments: dict[str, Setting] = {}

    def chain(self) -> list[Stage]:
        """The stage and those below it, lowest first."""
        found: list[Stage] = []
        stage: Stage | None = self
        while stage is not None:
            found.append(stage)
            stage = stage.below
        return found[::-1]


class Build(msgspec.Struct):
    """All stages in order, the arguments before the first of them, and what could not be read."""

    stages: list[Stage]
    arguments: dict[str, Setting]
    unread: list[tuple[int, str]]
    scopes: dict[int, dict[str, Value]]
    escape: str
    expanded: int = 0

    def expand(self, text: str, scope: Scope) -> Value:
        """See `words.expand`; unresolved once all that was expanded is longer than `MAX_EXPANDED`."""
        if self.expanded > MAX_EXPANDED:
            return Unresolved(f"variables that stand for more than {MAX_EXPANDED:,} characters in all")
        value = expand(text, scope, self.escape)
        pieces = (value,) if isinstance(value, str) else value.parts
        self.expanded += sum(len(piece) for piece in pieces if isinstance(piece, str))
        return value

    def scope(self, instruction: Instruction) -> dict[str, Value]:
        """The variables as they are at an instruction."""
        return self.scopes.get(id(instruction), {})


_EXPANDED = frozenset(
    {"ADD", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", "ARG", "RUN"}
)
_MANNER = frozenset({"USER", "ENTRYPOINT", "CMD", "HEALTHCHECK", "EXPOSE", "VOLUME", "WORKDIR", "ONBUILD"})
_KNOWN = _EXPANDED | {"FROM", "CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL", "ONBUILD", "MAINTAINER"}


def build(instructions: tuple[Instruction, ...], escape: str) -> Build:
    """Follow the instructions of a file."""
    made = Build([], {}, [], {}, escape)
    variables: dict[str, Value] = {}
    for number, instruction in enumerate(instructions):
        too_much = _too_much(number, instruction, made, variables)
        if too_much:
            made.unread.append((instruction.line, f"{too_much}: the rest was not read"))
            break
        if instruction.name not in _KNOWN:
            named = f" {instruction.name}" if instruction.name.isalpha() and len(instruction.name) < 20 else ""
            made.unread.append((instruction.line, f"unknown instruction{named}"))
        elif instruction.name == "FROM":
            stage = _begin(instruction, made)
            made.stages.append(stage)
            variables = _from_outside(stage)
            if stage.below is not None:  # a stage takes over arguments too; ENV wins over ARG of the same name
                for held in (_arguments(stage.below), _environment(stage.below)):
                    variables |= {name: setting.value for name, setting in held.items()}
        elif not made.stages:
            _before_first_stage(instruction, made)
        else:
            made.stages[-1].instructions.append(instruction)
            made.scopes[id(instruction)] = variables
            variables = _set(instruction, made.stages[-1], variables, made)
    return made


def _too_much(number: int, instruction: Instruction, made: Build, variables: dict[str, Value]) -> str:
    """What exceeds its bound with this instruction; empty where nothing does."""
    if number >= MAX_INSTRUCTIONS:
        return f"more than {MAX_INSTRUCTIONS:,} instructions"
    if len(instruction.text) > MAX_INSTRUCTION:
        return f"an instruction longer than {MAX_INSTRUCTION:,} characters"
    if instruction.name == "FROM" and len(made.stages) >= MAX_STAGES:
        return f"more than {MAX_STAGES:,} stages"
    return f"more than {MAX_VARIABLES:,} variables" if len(variables) > MAX_VARIABLES else ""


def _from_outside(stage: Stage) -> dict[str, Value]:
    """What a stage finds set: by the builder, and by the image at its bottom."""
    bottom = stage.chain()[0].image
    if bottom == "scratch":
        return dict(PREDEFINED)
    return {**PREDEFINED, OTHER: Unresolved("the base image may set it")}


def _environment(stage: Stage) -> dict[str, Setting]:
    """The environment of a stage with that of the stages below it."""
    found: dict[str, Setting] = {}
    for lower in stage.chain():
        found |= lower.environment
    return found


def _arguments(stage: Stage) -> dict[str, Setting]:
    """The arguments of a stage with those of the stages below it; one that is only repeated keeps its value."""
    found: dict[str, Setting] = {}
    for lower in stage.chain():
        found |= lower.arguments
    return found


def _before_first_stage(instruction: Instruction, made: Build) -> None:
    if instruction.name != "ARG":
        made.unread.append((instruction.line, f"{instruction.name} before the first FROM"))
        return
    known = BUILDER | {name: setting.value for name, setting in made.arguments.items()}
    for word in words(instruction.text, made.escape):
        name, default = split_pair(word.text)
        value = _argument(name, default, known, made)
        made.arguments[name] = Setting(value, instruction, word.start)
        known[name] = value


def _argument(name: str, default: str | None, known: dict[str, Value], made: Build) -> Value:
    if default is not None:
        return made.expand(default, known)
    return BUILDER.get(name) or Unresolved(f"build argument {name} has no default")


def _begin(instruction: Instruction, made: Build) -> Stage:
    """The stage that a FROM begins."""
    found = list(words(instruction.text, made.escape))
    name = ""
    if len(found) >= 3 and found[1].text.upper() == "AS":
        name = found[2].text.lower()
    elif len(found) != 1:
        made.unread.append((instruction.line, "FROM takes an image, and AS with a name"))
    known = BUILDER | {argument: setting.value for argument, setting in made.arguments.items()}
    image: Value = made.expand(found[0].text, known) if found else Unresolved("FROM names no image")
    below = None
    if isinstance(image, str):
        below = next((s for s in reversed(made.stages) if s.name and s.name == image.lower()), None)
        return Stage(name, instruction, image, below)
    may = _chosen(image, made)
    below = may[0] if may and len({_manner(stage) for stage in may}) == 1 else None
    return Stage(name, instruction, image, below, may)


def _chosen(image: Unresolved, made: Build) -> tuple[Stage, ...]:
    """The earlier stages whose names fit one that is known in part."""
    if not any(isinstance(part, str) for part in image.parts) or len(image.parts) > MAX_PARTS:
        return ()
    pattern = re.compile("".join(re.escape(p.lower()) if isinstance(p, str) else ".*" for p in image.parts))
    found = [stage for stage in made.stages if stage.name and len(stage.name) < 200 and pattern.fullmatch(stage.name)]
    return tuple(found[:MAX_CHOICES])


def _manner(stage: Stage) -> tuple[tuple[str, str], ...]:
    """What a stage and those below it say of how the image runs."""
    return tuple((i.name, i.text) for lower in stage.chain() for i in lower.instructions if i.name in _MANNER)


def _set(instruction: Instruction, stage: Stage, variables: dict[str, Value], made: Build) -> dict[str, Value]:
    """The variables after an instruction; only ENV and ARG change them."""
    if instruction.name not in ("ENV", "ARG"):
        return variables
    after = dict(variables)
    if instruction.name == "ENV":
        for name, raw, position in _pairs(instruction, made.escape):
            value = made.expand(raw, variables)
            stage.environment[name] = Setting(value, instruction, position)
            after[name] = value
        return after
    below = _arguments(stage.below) if stage.below is not None else {}
    fixed = _environment(stage)
    for word in words(instruction.text, made.escape):
        name, default = split_pair(word.text)
        held = made.arguments.get(name) or below.get(name)
        value = held.value if default is None and held is not None else _argument(name, default, after, made)
        stage.arguments[name] = Setting(value, instruction, word.start)
        if name not in fixed:  # ENV wins over ARG of the same name
            after[name] = value
    return after


def _pairs(instruction: Instruction, escape: str) -> list[tuple[str, str, int]]:
    """Names, raw values and positions of ENV and LABEL, in the form with `=` and the older one without."""
    found = list(words(instruction.text, escape))
    if not found:
        return []
    if "=" not in found[0].text:
        raw = instruction.text[found[0].start + len(found[0].text) :].strip()
        return [(found[0].text, raw, found[0].start)]
    return [(name, value or "", word.start) for word in found for name, value in (split_pair(word.text),)]


def pairs(instruction: Instruction, build_: Build) -> list[tuple[str, Value, int]]:
    """Names, values and positions of a LABEL."""
    scope = build_.scope(instruction)
    return [(n, build_.expand(v, scope), p) for n, v, p in _pairs(instruction, build_.escape)]
