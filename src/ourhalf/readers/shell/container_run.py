"""Command lines that start a container: `docker run`, `podman run`, `nerdctl run` and `create`.

The flags are those that the three engines document; what a flag means is written in the words of
Compose, whose dialect the resulting tree is mapped by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.shell import syntax
from ourhalf.readers.shell.container_flags import BOOLEANS, GLOBAL_VALUES, HEALTH, LISTS, SHORT, SWITCHES, TEXTS, VALUED
from ourhalf.readers.shell.expansion import Word
from ourhalf.readers.shell.holes import unknown
from ourhalf.readers.shell.placing import Placing

ENGINES = frozenset({"docker", "podman", "nerdctl", "finch", "nvidia-docker"})
_STARTS = frozenset({"run", "create"})
_IMAGES = ("IMAGE", "IMG", "REPO", "TAG", "REGISTRY")
_FLAGS = ("OPT", "ARG", "FLAG", "PARAM", "GPU", "ENV", "VOL", "PORT", "MOUNT", "RUNTIME", "DEVICE", "NET")

Variable = Callable[[str], str | None]
"""What a variable of the script holds, None where it has none."""


class Started(NamedTuple):
    """The words of a command from the engine's name on, after its subcommand."""

    engine: str
    words: tuple[Word, ...]
    line: int


def started(words: tuple[Word, ...]) -> Started | None:
    """What a command starts; None where it is no `run` or `create` of an engine."""
    if not words:
        return None
    engine = words[0].text.rsplit("/", 1)[-1]
    if engine not in ENGINES:
        return None
    at = 1
    while at < len(words) and words[at].text.startswith("-"):
        at += 2 if words[at].text in GLOBAL_VALUES else 1
    if at < len(words) and words[at].text == "container":
        at += 1
    if at >= len(words) or words[at].text not in _STARTS:
        return None
    return Started(engine, words[at + 1 :], words[0].line)


def container(found: Started, at: Placing, variable: Variable) -> Node:
    """The tree of the container that is started, spelled as a Compose service."""
    reading = _Flags(found, at, variable)
    return reading.read()


class _Flags:
    """Collects what the flags of one command line say."""

    def __init__(self, found: Started, at: Placing, variable: Variable) -> None:
        self._found = found
        self._at = at
        self._variable = variable
        self._fields: dict[str, Node] = {}
        self._rest: Unresolved | None = None

    def read(self) -> Node:
        words = iter(self._found.words)
        line = self._found.line
        for word in words:
            if word.text == "--":
                self._image(next(words, None), words)
                break
            if word.bare and self._unknown_word(word, words):
                continue
            if not word.text.startswith("-"):
                self._image(word, words)
                break
            self._flag(word, words)
        self._fields.setdefault("image", self._at.node(self._at.unresolved("the image is not written", line), line))
        name = self._fields.get("container_name")
        self._fields["name"] = name if name is not None else self._named_by_image(line)
        self._fields["x-engine"] = self._at.text(self._found.engine, line)
        return self._at.node(self._fields, line, self._rest)

    def _named_by_image(self, line: int) -> Node:
        image = self._fields["image"].value
        text = image if isinstance(image, str) else "container"
        return self._at.text(text.split("@")[0].rsplit("/", 1)[-1].split(":")[0], line)

    def _unknown_word(self, word: Word, words: Iterator[Word]) -> bool:
        """Whether a word that is not known was taken: it may be any flags, or the image."""
        reason = self._at.holes.reason(word.text) or "a part of the command line is not known"
        if _speaks_of(reason, _IMAGES):
            return False
        flags = _speaks_of(reason, _FLAGS)
        following = [] if flags else list(words)
        if not flags and not following:
            self._image(word, iter(()))
            return True
        self._rest = self._at.unresolved(reason, word.line)
        if not flags:
            self._fields["image"] = self._at.node(self._rest, word.line)
        return True

    def _image(self, word: Word | None, words: Iterator[Word]) -> None:
        if word is None:
            return
        self._fields["image"] = self._at.text(word.text, word.line)
        arguments = list(words)
        if arguments:
            many = self._at.node([self._at.text(w.text, w.line) for w in arguments], arguments[0].line)
            self._fields["command"] = many

    def _flag(self, word: Word, words: Iterator[Word]) -> None:
        text = word.text
        if not text.startswith("--"):
            self._letters(word, words)
            return
        name, equals, value = text.partition("=")
        if name in SWITCHES:
            self._switch(name, value if equals else "true", word.line)
        elif name in VALUED:
            if not equals:
                following = next(words, None)
                if following is None:
                    return
                word, value = following, following.text
            self._valued(name, value, word.line)
        elif not equals:
            reason = f"{name[:40]} is no flag that is known, nor whether it takes a value"
            self._rest = self._at.unresolved(reason, word.line)

    def _letters(self, word: Word, words: Iterator[Word]) -> None:
        """`-it`, `-p80:80`, `-dp 80:80`."""
        letters = word.text[1:]
        for index, letter in enumerate(letters):
            name = SHORT.get(letter)
            if name is None:
                self._rest = self._at.unresolved(f"-{letter} is no flag that is known", word.line)
                return
            if name in SWITCHES:
                self._switch(name, "true", word.line)
                continue
            value = letters[index + 1 :].removeprefix("=")
            line = word.line
            if not letters[index + 1 :]:
                following = next(words, None)
                if following is None:
                    return
                value, line = following.text, following.line
            self._valued(name, value, line)
            return

    def _switch(self, name: str, value: str, line: int) -> None:
        field = BOOLEANS.get(name)
        if field is not None:
            self._fields[field] = self._at.text(value, line)
        elif name == "--publish-all" and value == "true":
            everything = self._at.unresolved("-P publishes every port that the image exposes", line)
            self._add("ports", self._at.node(everything, line), line)

    def _valued(self, name: str, value: str, line: int) -> None:
        at = self._at
        if name in TEXTS:
            self._fields[TEXTS[name]] = at.text(value, line)
        elif name in LISTS:
            self._add(LISTS[name], at.text(value, line), line)
        elif name in HEALTH:
            self._put("healthcheck", HEALTH[name], at.text(value, line), line)
        else:
            self._special(name, value, line)

    def _special(self, name: str, value: str, line: int) -> None:
        """The flags whose values have a form of their own."""
        at = self._at
        match name:
            case "--publish":
                for port in syntax.ports(value, line, at):
                    self._add("ports", port, line)
            case "--volume":
                self._add("volumes", syntax.volume(value, line, at), line)
            case "--mount":
                self._add("volumes", syntax.mount(value, line, at), line)
            case "--env":
                self._environment(value, line)
            case "--label":
                key, _, text = value.partition("=")
                self._put("labels", key, at.text(text, line), line)
            case "--entrypoint":
                self._fields["entrypoint"] = at.texts([value], line)
            case "--log-driver":
                self._put("logging", "driver", at.text(value, line), line)
            case "--log-opt":
                self._log_option(value, line)

    def _environment(self, value: str, line: int) -> None:
        key, equals, text = value.partition("=")
        if unknown(key):
            reason = self._at.holes.reason(key) or ""
            self._fields.setdefault("environment", self._at.node({}, line)).rest = self._at.unresolved(reason, line)
            return
        if not equals:
            held = self._variable(key)
            text = held if held is not None else self._at.holes.mark(f"${key} has no value in the script")
        self._put("environment", key, self._at.text(text, line), line)

    def _log_option(self, value: str, line: int) -> None:
        key, _, text = value.partition("=")
        logging = self._fields.setdefault("logging", self._at.node({}, line))
        options = logging.value.setdefault("options", self._at.node({}, line))
        options.value[key] = self._at.text(text, line)

    def _add(self, field: str, node: Node, line: int) -> None:
        self._fields.setdefault(field, self._at.node([], line)).value.append(node)

    def _put(self, field: str, key: str, node: Node, line: int) -> None:
        self._fields.setdefault(field, self._at.node({}, line)).value[key] = node


def _speaks_of(reason: str, words: tuple[str, ...]) -> bool:
    """Whether the variable that a hole stands for is named for one of `words`."""
    name = reason.split(" ", 1)[0].upper()
    return name.startswith("$") and any(word in name for word in words)
