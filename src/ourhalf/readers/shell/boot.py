"""What a boot script does, as far as it bears on containers."""

from __future__ import annotations

import re

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.shell.commands import Command, Script
from ourhalf.readers.shell.container_run import ENGINES, container, started
from ourhalf.readers.shell.expansion import Word
from ourhalf.readers.shell.holes import Holes
from ourhalf.readers.shell.placing import Placing
from ourhalf.readers.shell.variables import Variables

_MAX_DEPTH = 5
_MAX_CONTAINERS = 500

_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh"})
_PREFIXES = frozenset(
    {"sudo", "exec", "nohup", "time", "nice", "ionice", "env", "timeout", "command", "setsid", "doas"}
)
_PREFIX_VALUES = frozenset({"-u", "-g", "-n", "-p", "-s", "-k", "-h", "-C", "-c", "-t"})
_COMPOSE_NAME = re.compile(r"(?:^|/)(?:docker-|podman-)?compose[\w.-]*\.ya?ml$")
_SETTING = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=(.*)$", re.MULTILINE)
_EXEC = re.compile(r"^(ExecStart(?:Pre|Post)?|Environment)[ \t]*=[ \t]*[-@:+!|]*((?:[^\\\n]|\\.|\\\n)*)", re.MULTILINE)
_MARK = re.compile(r"[\w-]{0,8}?REDACTED-[a-z-]+-[0-9a-f]{12}")
# What a shell would act on and systemd takes as it is written.
_NO_OPERATOR = re.compile(r"""('[^']*'|"(?:[^"\\]|\\.)*"|\\.)|([<>|&()`]|;(?!\s))""", re.DOTALL)
_SSH_VALUES = "BbcDEeFIiJLlmOopQRSWw"
_SPECIFIER = re.compile(r"%[a-zA-Z]")


class Boot:
    """The containers, settings and files of one boot script and of all that it holds."""

    def __init__(self, at: Placing) -> None:
        self._at = at
        self._given = at.holes.count
        self._containers: list[Node] = []
        self._rest: Unresolved | None = None
        self._agent: dict[str, Node] = {}
        self._variables: dict[str, Node] = {}
        self._files: dict[str, tuple[str, int]] = {}
        self._composed: set[str] = set()

    @property
    def starts_containers(self) -> bool:
        """Whether any container is started, known or not."""
        return bool(self._containers) or self._rest is not None

    def tree(self, line: int) -> Node:
        """All of it as a tree in the words of Compose."""
        at = self._at
        found = at.node(
            {
                "containers": at.node(self._containers, line, self._rest),
                "agent": at.node(self._agent, line),
                "variables": at.node(self._variables, line),
            },
            line,
        )
        found.tag = "!compose"
        return found

    def lose(self, reason: str, line: int) -> None:
        """Something that may start containers cannot be read."""
        if self._rest is None:
            self._rest = self._at.unresolved(reason, line)

    def script(self, text: str, line: int, depth: int = 0, variables: Variables | None = None) -> None:
        """Add what a shell script does."""
        if depth > _MAX_DEPTH:
            self.lose("scripts are nested too deep", line)
            return
        script = Script(text, line, self._at.holes, variables, depth)
        spoken = ""
        for command in script.read():
            spoken = self._command(command, script.variables, depth, spoken)
        if depth == 0:
            self._keep_variables(script.variables)

    def _keep_variables(self, variables: Variables) -> None:
        for name, value in variables.all().items():
            if isinstance(value, str) and name in variables.lines:
                self._variables[name] = self._at.text(value, variables.lines[name])

    def arguments(self, texts: list[str], line: int) -> None:
        """Add what a command does that is given as a list of its words."""
        command = Command(tuple(Word(text, line) for text in texts), line)
        self._command(command, Variables(self._at.holes), 1, "")

    def _command(self, command: Command, variables: Variables, depth: int, spoken: str) -> str:
        """Add what one command does; returns what it writes to its output where that is known."""
        words = _unwrapped(command.words)
        if not words:
            return ""
        name = words[0].text.rsplit("/", 1)[-1]
        found = started(words)
        if found is not None:
            self._start(container(found, self._at, _texts(variables)))
        elif name == "ssh":
            self._remote(words, command, depth)
        elif name in _SHELLS or name in ("eval", "su"):
            self._shell(words, command, depth, variables)
        elif _is_compose(words):
            self._compose(words, command)
        elif name in ENGINES and len(words) > 1 and words[1].bare:
            self.lose(self._at.holes.reason(words[1].text) or "", command.line)
        elif words[0].bare and self._at.holes.among_first(words[0].text, self._given):
            self.lose(self._at.holes.reason(words[0].text) or "", command.line)
        said = _said(name, words, command, spoken)
        if said is not None:
            self._write(name, words, command, said)
        return said or ""

    def _start(self, node: Node) -> None:
        if len(self._containers) < _MAX_CONTAINERS:
            self._containers.append(node)
        else:
            self.lose(f"more than {_MAX_CONTAINERS} containers are started", node.line)

    def _shell(self, words: tuple[Word, ...], command: Command, depth: int, variables: Variables) -> None:
        """A shell that is given a script in its arguments or its input."""
        name = words[0].text.rsplit("/", 1)[-1]
        if name == "eval":
            self.script(" ".join(w.text for w in words[1:]), command.line, depth + 1, variables)
            return
        for index, word in enumerate(words[1:-1], 1):
            if word.text.startswith("-") and word.text.endswith("c") and not word.text.startswith("--"):
                following = words[index + 1]
                self.script(following.text, following.line, depth + 1, variables)
                return
        if command.given is not None:
            self.script(command.given, command.line + 1, depth + 1, variables)

    def _remote(self, words: tuple[Word, ...], command: Command, depth: int) -> None:
        """What is run on another host, given as words or as input."""
        at = 1
        while at < len(words) and words[at].text.startswith("-"):
            at += 2 if len(words[at].text) == 2 and words[at].text[1] in _SSH_VALUES else 1
        asked = words[at + 1 :]
        text = " ".join(word.text for word in asked)
        takes_input = not text.strip() or text.split(maxsplit=1)[0].rsplit("/", 1)[-1] in _SHELLS
        variables = Variables(self._at.holes)
        if takes_input and command.given is not None:
            self.script(command.given, command.line + 1, depth + 1, variables)
        elif asked:
            self.script(text, asked[0].line, depth + 1, variables)

    def _compose(self, words: tuple[Word, ...], command: Command) -> None:
        """`docker compose up`: what the script itself wrote, else what is not known."""
        named = [words[i + 1].text for i, word in enumerate(words[:-1]) if word.text in ("-f", "--file", "-c")]
        if "-" in named and command.given is not None:
            self._services(command.given, command.line + 1)
            return
        known = [path for path in self._files if _COMPOSE_NAME.search(path)]
        if named:
            known = [path for path in self._files if any(_same_file(path, one) for one in named)]
        for path in known:
            self._written_services(path)
        if not known:
            shown = named[0] if named and self._at.holes.reason(named[0]) is None else "a Compose file"
            self.lose(f"it starts what {shown} describes, which the script does not hold", command.line)

    def _written_services(self, path: str) -> None:
        if path not in self._composed:
            self._composed.add(path)
            self._services(*self._files[path])

    def _services(self, text: str, line: int) -> None:
        from ourhalf.readers.compose import services_in

        for node in services_in(text, line, self._at):
            if isinstance(node.value, Unresolved):
                self.lose(node.value.reason, node.line)
            else:
                self._start(node)

    def _write(self, name: str, words: tuple[Word, ...], command: Command, said: str) -> None:
        paths = [command.writes] if command.writes else []
        appends = command.appends
        if name == "tee":
            paths.extend(w.text for w in words[1:] if not w.text.startswith("-"))
            appends = any(w.text in ("-a", "--append") for w in words)
        line = command.line if command.given is None else command.line + 1
        for path in paths:
            self.write(path, said, line, appends)

    def write(self, path: str, text: str, line: int, appends: bool = False) -> None:
        """Add what a file says that the script writes."""
        held = self._files.get(path)
        self._files[path] = (held[0] + text, held[1]) if appends and held else (text, line)
        if path.endswith("ecs.config"):
            self._settings(text, line, self._agent)
        elif path.endswith(".env"):
            self._settings(text, line, self._variables)

    def _settings(self, text: str, line: int, into: dict[str, Node]) -> None:
        for found in _SETTING.finditer(text):
            value = found[2].strip().strip("'\"")
            into[found[1]] = self._at.text(value, line + text.count("\n", 0, found.start(1)))

    def note_secrets(self, text: str, line: int) -> None:
        """Keep the marks of secrets that stand in the text and in no setting of it."""
        for number, mark in enumerate(_MARK.finditer(text), 1):
            here = line + text.count("\n", 0, mark.start())
            self._variables.setdefault(f"secret {number} of the script", self._at.text(mark[0], here))

    def finish(self, depth: int = 1) -> None:
        """Add what the files that were written start: units of systemd, and scripts."""
        for path, (text, line) in list(self._files.items()):
            if path.endswith((".service", ".conf")) and "Exec" in text:
                self._unit(text, line)
            elif _COMPOSE_NAME.search(path) and "services:" in text:
                self._written_services(path)
            elif (path.endswith(".sh") or text.startswith("#!")) and any(engine in text for engine in ENGINES):
                self.script(text, line, depth)

    def _unit(self, text: str, line: int) -> None:
        """A unit of systemd: the commands that it runs."""
        variables = Variables(self._at.holes)
        for found in _EXEC.finditer(text):
            here = line + text.count("\n", 0, found.start())
            value = _SPECIFIER.sub(lambda m: self._at.holes.mark(f"{m[0]} is put in by systemd"), found[2])
            if found[1] == "Environment":
                key, equals, held = value.strip().strip("\"'").partition("=")
                if equals:
                    variables.set(key, held, here)
            else:
                literal = _NO_OPERATOR.sub(lambda m: m[1] or "\\" + m[2], value)
                self.script(literal, here, 1, variables)


def _texts(variables: Variables):  # type: ignore[no-untyped-def]
    def text(name: str) -> str | None:
        held = variables.get(name)
        return held if isinstance(held, str) else None

    return text


def _unwrapped(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words without `sudo`, `nohup`, `env A=b` and the like before the command."""
    at = 0
    while at < len(words):
        text = words[at].text.rsplit("/", 1)[-1]
        if words[at].bare and at + 1 < len(words) and words[at + 1].text in ENGINES:
            at += 1  # $SUDO docker run
        elif text in _PREFIXES:
            at += 1
            while at < len(words) and words[at].text.startswith("-"):
                at += 2 if words[at].text in _PREFIX_VALUES and text in ("sudo", "nice", "timeout", "doas") else 1
            if text == "timeout":
                at += 1
            while text == "env" and at < len(words) and "=" in words[at].text:
                at += 1
        else:
            break
    return words[at:]


def _is_compose(words: tuple[Word, ...]) -> bool:
    texts = [word.text.rsplit("/", 1)[-1] for word in words[:20]]
    if texts[0] in ("docker-compose", "podman-compose"):
        return any(text in ("up", "run", "start", "create") for text in texts[1:])
    if texts[0] in ENGINES and "compose" in texts[1:4]:
        return any(text in ("up", "run", "start", "create") for text in texts[2:])
    return texts[0] == "docker" and texts[1:3] == ["stack", "deploy"]


def _same_file(path: str, named: str) -> bool:
    return path.rsplit("/", 1)[-1] == named.rsplit("/", 1)[-1]


def _said(name: str, words: tuple[Word, ...], command: Command, spoken: str) -> str | None:
    """What a command writes to its output, where its words tell."""
    if name in ("cat", "tee"):
        if command.given is not None:
            return command.given
        return spoken if command.piped else None
    if name == "echo":
        texts = [w.text for w in words[1:]]
        while texts and texts[0] in ("-e", "-n", "-E", "-ne", "-en"):
            texts = texts[1:]
        return " ".join(texts).replace("\\n", "\n") + "\n"
    if name == "printf" and len(words) > 1:
        text = words[1].text
        for word in words[2:]:
            text = text.replace("%s", word.text, 1)
        return text.replace("\\n", "\n")
    return None


def boot(text: str, line: int, at: Placing) -> Boot:
    """What the boot script `text`, whose first line is `line`, does."""
    from ourhalf.readers.shell.cloud_init import add

    found = Boot(at)
    add(text, line, found, at)
    found.finish()
    found.note_secrets(text, line)
    return found


__all__ = ["Boot", "Holes", "boot"]
