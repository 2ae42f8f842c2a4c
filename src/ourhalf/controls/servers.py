"""What a container serves: the servers of the deep-learning world, told by command, image and environment.

Ports and defaults are those of each project's own documentation, cited by the controls that use them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from ourhalf.controls.commands import command_doubt, started_with
from ourhalf.controls.server_files import Told, is_loopback, names_unread, told
from ourhalf.model.field import (
    Absent,
    Entries,
    Field,
    Known,
    Many,
    Redacted,
    Unresolved,
    doubt,
    effective,
    elements,
    entries,
    entry,
    known_part,
)
from ourhalf.model.workload import Container

_LONGEST_COMMAND = 65_536
_NEVER = r"(?!)"
# Any web server may listen on these: they tell nothing of what does.
_ANYBODYS_PORTS = frozenset({80, 3000, 5000, 8000, 8080, 8081})
# Quoted texts are matched so that what looks like a comment in them stays.
_COMMENT = re.compile(r"""('[^']*'|"(?:\\.|[^"\\])*"|\\.)|(?<![^\s;&|])#[^\n]*""", re.DOTALL)
# What a shell, Kubernetes or a template puts a value for.
_FILLED = re.compile(r"\$[\w({]|\{\{")
_PORT = re.compile(r"[^:]:(\d{1,5})/?$")


class ServerKind(msgspec.Struct, frozen=True):
    """A server program, and how its command line and environment are written.

    `command` matches the words that start it, joined by spaces. `image` matches the repository of
    an image whose own entry point is the server, and which listens on `image_port`. `address` and
    `port` are flags, `address_names` and `port_names` environment variables for the same; a flag wins
    over a variable. `everywhere` matches words that make it listen on every address. `loopback` says
    that the program keeps to loopback when no address is given, `script_everywhere` matches scripts
    that start it on every address then, `image_everywhere` says that its own image does so.
    `secret` are flags and `secret_names` variables that switch authentication on, `open` and
    `open_names` those that switch it off; `closed` says that it asks for authentication when neither
    is given. `settings_files` are flags, and `settings_names` variables, that name a file which may set all of
    these, `files` the words by which such files are told in images. `told_by` are variables that nobody sets
    for other programs. `runs_code` says that who reaches it runs code, `for_neighbours` that all inside may.
    """

    name: str
    default_port: int
    command: str
    image: str = _NEVER
    address: tuple[str, ...] = ()
    address_names: tuple[str, ...] = ()
    port: tuple[str, ...] = ()
    port_names: tuple[str, ...] = ()
    image_port: int | None = None
    everywhere: str = _NEVER
    loopback: bool = False
    script_everywhere: str = _NEVER
    image_everywhere: bool = False
    secret: tuple[str, ...] = ()
    secret_names: tuple[str, ...] = ()
    open: str = _NEVER
    open_names: tuple[str, ...] = ()
    closed: bool = False
    settings_files: tuple[str, ...] = ()
    settings_names: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    told_by: tuple[str, ...] = ()
    runs_code: bool = False
    for_neighbours: bool = False


class Server(msgspec.Struct, frozen=True):
    """A server as a container starts it.

    `loopback` and `authenticated` are None where the configuration does not decide. `port` is the usual
    one where `port_told` is false. `started_by` are the fields that start it, the others what else the
    answers follow from.
    """

    kind: ServerKind
    port: int
    loopback: bool | None
    authenticated: bool | None
    port_told: bool
    started_by: tuple[Field[Any], ...]
    by_address: tuple[Field[Any], ...]
    by_secret: tuple[Field[Any], ...]
    by_port: tuple[Field[Any], ...]

    @property
    def fields(self) -> tuple[Field[Any], ...]:
        """All that was read of it."""
        return (*self.started_by, *self.by_address, *self.by_secret, *self.by_port)


class Unclear(msgspec.Struct, frozen=True):
    """A container that may start a server: what speaks for it cannot be read in full."""

    because: Unresolved


def server(container: Container, kind: ServerKind) -> Server | Unclear | None:
    """The server of `kind` that `container` starts, None where nothing says that it starts one."""
    command = _command(container)
    started = (command.text and _compiled(kind.command).search(command.text) is not None) or (
        kind.told_by and any(name in kind.told_by for name, _ in entries(container.environment))
    )
    by_image = isinstance(container.entrypoint, Absent) and _by_image(container, kind)
    if started or by_image:
        return _described(container, kind, command)
    hidden = command.hidden
    if hidden is not None and (_by_image(container, kind) or _listens(container, kind.default_port)):
        return Unclear(hidden)
    return None


HIDDEN_WORD = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands among the words of a command line for any number that are not known, and after `--flag=` for its value."""


def command_words(container: Container) -> tuple[str, ...]:
    """The words of a container's command line; scripts given to a shell are split too."""
    return _command(container).words


def hides(container: Container, *flags: str) -> str | None:
    """Why the command may give one of `flags` a value that cannot be told; None where it does not."""
    command = _command(container)
    for value in flag_values(command.words, flags):
        if HIDDEN_WORD in value:
            return command.hidden.reason if command.hidden is not None else "it is written with a sign of ours"
        if _FILLED.search(value):
            return f"{value[:40]} is filled in later"
    return command.more.reason if command.more is not None else None


def command_text(container: Container) -> str:
    """The known words of a container's command line, joined by spaces."""
    return _command(container).text


class _Command(NamedTuple):
    """What starts a container: its words, and the known ones as a text.

    `hidden` says why some are not known, `more` why any flag may be among them: it cannot where only
    values of flags are not known.
    """

    container: Container
    words: tuple[str, ...]
    text: str
    hidden: Unresolved | None
    more: Unresolved | None


def _command(container: Container) -> _Command:
    """The command of a container, told once: every control on servers asks for it."""
    known = _COMMANDS.get(id(container))
    if known is not None:
        return known
    started = (container.entrypoint, container.arguments, container.scripts)
    words = tuple(word for field in started for word in _words(field))
    if len(_COMMANDS) >= _MOST_COMMANDS:
        _COMMANDS.clear()
    hidden = command_doubt(container)
    # The container is kept with the answer so that its id stays its own.
    text = " ".join(word for word in words if HIDDEN_WORD not in word)
    found = _COMMANDS[id(container)] = _Command(
        container, words, text, hidden, hidden if HIDDEN_WORD in words else None
    )
    return found


def _words(field: Many[str]) -> Iterator[str]:
    if isinstance(field, Unresolved):
        yield HIDDEN_WORD
        return
    for part in field.value if isinstance(field, Known) else field.default or ():
        if isinstance(part, Unresolved):
            flag = _FLAG.match(part.prefix)
            yield flag[0] + HIDDEN_WORD if flag else HIDDEN_WORD
        elif " " in part or "\n" in part:
            yield from _split(part[:_LONGEST_COMMAND])
        else:
            yield part


_FLAG = re.compile(r"--?[\w.-]+=")
_MOST_COMMANDS = 4096
_COMMANDS: dict[int, _Command] = {}
_compiled = lru_cache(1024)(re.compile)


_QUOTED = re.compile(r"[\"'\\]")
_WORD = re.compile(r"[^ \t\r]+")


@lru_cache(8192)
def _split(text: str) -> tuple[str, ...]:
    text = _COMMENT.sub(r"\1", text).replace("\\\n", " ").replace("\n", " ; ")
    if not _QUOTED.search(text):
        return tuple(_WORD.findall(text))
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())


def _by_image(container: Container, kind: ServerKind) -> bool:
    image = container.image
    text = image.value if isinstance(image, Known) else image.prefix if isinstance(image, Unresolved) else ""
    return _compiled(kind.image).search(text) is not None


def _listens(container: Container, port: int) -> bool:
    return port not in _ANYBODYS_PORTS and any(effective(p.container_port) == port for p in elements(container.ports))


class _Start(NamedTuple):
    """What starts a server: its command, whether that names a file that was not read, and what other files say.

    Flags win over variables, and both over files.
    """

    kind: ServerKind
    command: _Command
    file: bool
    told: Told

    @property
    def unread(self) -> bool:
        """Whether there may be settings in a file that was not read, or in one that hidden words name."""
        if self.kind.files and doubt(self.command.container.server_files) is not None:
            return True
        return bool(self.kind.settings_files) and (self.file or self.command.more is not None)

    def flag(self, flags: tuple[str, ...]) -> str | None:
        """The known value of a flag, the last one where it is repeated."""
        found = list(flag_values(self.command.words, flags))[-1:]
        return found[0] if found and HIDDEN_WORD not in found[0] else None

    def hides(self, flags: tuple[str, ...]) -> bool:
        """Whether the command may give one of `flags` a value that cannot be told."""
        return bool(flags) and hides(self.command.container, *flags) is not None


def _described(container: Container, kind: ServerKind, line: _Command) -> Server:
    # What the hidden words of a command may change is told below, so a verdict rests on the known ones.
    command = [known_part(f) for f in started_with(container)]
    started_by: tuple[Field[Any], ...] = tuple(command) or (container.image,)
    named = names_unread(container, kind.files, flag_values(line.words, kind.settings_files), kind.settings_names)
    start = _Start(kind, line, named, told(container, kind.files))
    loopback, by_address = _loopback(container, start)
    authenticated, by_secret = _authenticated(container, start)
    port, sure, by_port = _port(container, start)
    return Server(kind, port, loopback, authenticated, sure, started_by, by_address, by_secret, by_port)


def _port(container: Container, start: _Start) -> tuple[int, bool, tuple[Field[Any], ...]]:
    """The port, whether it is known to be this one, and the fields that say so."""
    kind = start.kind
    usual = kind.default_port
    if kind.image_port is not None and _by_image(container, kind):
        usual = kind.image_port
    flag = start.flag(kind.port)
    if flag is not None and re.fullmatch(r"\d{1,5}", flag):
        return int(flag), True, ()
    if start.hides(kind.port):
        return usual, False, ()
    for name in kind.port_names:
        match entry(container.environment, name):
            case Known(str() as value) as field if re.fullmatch(r"\d{1,5}", value):
                return int(value), True, (field,)
            case Unresolved() as field:
                return usual, False, (field,)
    for name in kind.address_names:
        match entry(container.environment, name):
            case Known(str() as value) as field if with_address := _PORT.search(value):
                return int(with_address[1]), True, (field,)
    if start.told.port is not None:
        return start.told.port, True, start.told.fields
    return usual, not start.unread and "port" not in start.told.unclear, ()


def _loopback(container: Container, start: _Start) -> tuple[bool | None, tuple[Field[Any], ...]]:
    kind = start.kind
    if _compiled(kind.everywhere).search(start.command.text):
        return False, ()
    flag = start.flag(kind.address)
    hidden = start.hides(kind.address)
    if flag is not None and not _FILLED.search(flag):
        inside = is_loopback(flag)
        return None if inside and hidden and may_follow(start.command.words, kind.address) else inside, ()
    if hidden:
        return None, ()
    for name in kind.address_names:
        match entry(container.environment, name):
            case Known(str() as value) as field:
                return is_loopback(value), (field,)
            case Unresolved() as field:
                return None, (field,)
    return _loopback_untold(container, start)


def _loopback_untold(container: Container, start: _Start) -> tuple[bool | None, tuple[Field[Any], ...]]:
    """Whether a server keeps to loopback that neither flag nor variable gives an address."""
    kind = start.kind
    if start.unread or "address" in start.told.unclear:
        return None, start.told.fields
    if start.told.loopback is not None:
        return start.told.loopback, start.told.fields
    if kind.image_everywhere and _by_image(container, kind):
        return False, (container.image,)
    if not kind.loopback or _compiled(kind.script_everywhere).search(start.command.text):
        return False, ()
    if kind.address_names and isinstance(container.server_files, Absent):  # what the image sets is not read
        return None, (container.image,)
    return True, ()


def _authenticated(container: Container, start: _Start) -> tuple[bool | None, tuple[Field[Any], ...]]:
    kind, command = start.kind, start.command
    if _compiled(kind.open).search(command.text):
        return False, ()
    for name in kind.open_names:
        match entry(container.environment, name):
            case Known(str() as value) as field if value.lower() in ("true", "1", "yes"):
                return False, (field,)
            case Unresolved() as field:
                return None, (field,)
    if _may_be_open(start):
        return None, ()
    if start.flag(kind.secret):
        return True, ()
    found = _secret_in_environment(container, kind)
    if found is not None:
        return found
    if start.unread or start.hides(kind.secret) or "authentication" in start.told.unclear:
        return None, start.told.fields
    if start.told.authenticated is not None:
        return start.told.authenticated, start.told.fields
    return kind.closed, ()


def _may_be_open(start: _Start) -> bool:
    """Whether what is hidden of the command may switch authentication off."""
    if start.kind.open == _NEVER or start.command.hidden is None:
        return False
    emptied = " ".join(start.command.words).replace(HIDDEN_WORD, "")
    return start.command.more is not None or _compiled(start.kind.open).search(emptied) is not None


def _secret_in_environment(container: Container, kind: ServerKind) -> tuple[bool | None, tuple[Field[Any], ...]] | None:
    """Whether a variable or secret of the environment switches authentication on."""
    for pair in kind.secret_names:
        name, _, wanted = pair.partition("=")
        sources: tuple[Field[Entries[Any]], ...] = (container.environment, container.secrets)
        for source in sources:
            match entry(source, name):
                case Known(Redacted()) as field:
                    return True, (field,)
                case Known(str() as value) as field if value and wanted in ("", value):
                    return True, (field,)
                case Unresolved() as field:
                    return None, (field,)
    return None


def flag_values(words: tuple[str, ...], flags: tuple[str, ...]) -> Iterator[str]:
    """The values given to any of `flags`, as `--flag value` or `--flag=value`, in order."""
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in flags:
            if equals:
                yield value.strip("'\"")
            elif number + 1 < len(words):
                yield words[number + 1]


def may_follow(words: tuple[str, ...], flags: tuple[str, ...]) -> bool:
    """Whether hidden words follow the last of `flags`, one of which is given, and may give another value."""
    last = max(number for number, word in enumerate(words) if word.partition("=")[0] in flags)
    return HIDDEN_WORD in words[last:]
