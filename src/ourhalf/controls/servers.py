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

from ourhalf.model.field import (
    Absent,
    Entries,
    Field,
    Known,
    Redacted,
    Unresolved,
    doubt,
    effective,
    elements,
    entries,
    entry,
)
from ourhalf.model.workload import Container

_LONGEST_COMMAND = 65_536
_NEVER = r"(?!)"
# Any web server may listen on these: they tell nothing of what does.
_ANYBODYS_PORTS = frozenset({80, 3000, 5000, 8000, 8080, 8081})
# Quoted texts are matched so that what looks like a comment in them stays.
_COMMENT = re.compile(r"""('[^']*'|"(?:\\.|[^"\\])*"|\\.)|(?<![^\s;&|])#[^\n]*""", re.DOTALL)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


class ServerKind(msgspec.Struct, frozen=True):
    """A server program, and how its command line and environment are written.

    `command` matches the words that start it, joined by spaces. `image` matches the repository of
    an image whose own entry point is the server, and which listens on `image_port`. `address` and
    `port` are flags, `address_names` and `port_names` environment variables for the same; `everywhere`
    matches words that make it listen on every address. `loopback` says that the program keeps to
    loopback when no address is given, `image_everywhere` that its own image sets every address.
    `secret` are flags and `secret_names` variables that switch authentication on, `open` and
    `open_names` those that switch it off; `closed` says that it asks for authentication when neither
    is given. `settings_files` are flags that name a file which may set all of these. `told_by` are
    variables that nobody sets for any other program. `runs_code` says that who reaches it runs code
    of their own, `for_neighbours` that it is there for all who are inside.
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
    image_everywhere: bool = False
    secret: tuple[str, ...] = ()
    secret_names: tuple[str, ...] = ()
    open: str = _NEVER
    open_names: tuple[str, ...] = ()
    closed: bool = False
    settings_files: tuple[str, ...] = ()
    told_by: tuple[str, ...] = ()
    runs_code: bool = False
    for_neighbours: bool = False


class Server(msgspec.Struct, frozen=True):
    """A server as a container starts it.

    `loopback` and `authenticated` are None where the configuration does not decide. `fields` are
    what they follow from.
    """

    kind: ServerKind
    port: int
    loopback: bool | None
    authenticated: bool | None
    fields: tuple[Field[Any], ...]


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


def command_words(container: Container) -> tuple[str, ...]:
    """The known words of a container's command line; scripts given to a shell are split too."""
    return _command(container).words


def command_text(container: Container) -> str:
    """The known words of a container's command line, joined by spaces."""
    return _command(container).text


class _Command(NamedTuple):
    """What starts a container, and why there may be more of it than its known words."""

    container: Container
    words: tuple[str, ...]
    text: str
    hidden: Unresolved | None


def _command(container: Container) -> _Command:
    """The command of a container, told once: every control on servers asks for it."""
    known = _COMMANDS.get(id(container))
    if known is not None:
        return known
    words: list[str] = []
    for part in (*elements(container.entrypoint), *elements(container.arguments)):
        if " " in part or "\n" in part:
            words.extend(_split(part[:_LONGEST_COMMAND]))
        else:
            words.append(part)
    if len(_COMMANDS) >= _MOST_COMMANDS:
        _COMMANDS.clear()
    hidden = doubt(container.arguments) or doubt(container.entrypoint)
    # The container is kept with the answer so that its id stays its own.
    found = _COMMANDS[id(container)] = _Command(container, tuple(words), " ".join(words), hidden)
    return found


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


def _described(container: Container, kind: ServerKind, line: _Command) -> Server:
    words = line.words
    hidden: Field[Any] | None = line.hidden
    command: list[Field[Any]] = [f for f in (container.entrypoint, container.arguments) if not isinstance(f, Absent)]
    if hidden is None and any(True for _ in flag_values(words, kind.settings_files)):
        hidden = command[0] if command else container.image
    loopback, by_address = _loopback(container, kind, words, hidden)
    authenticated, by_secret = _authenticated(container, kind, words, hidden)
    port, by_port = _port(container, kind, words)
    fields = (*(command or [container.image]), *by_address, *by_secret, *by_port)
    return Server(kind, port, loopback, authenticated, fields)


def _port(container: Container, kind: ServerKind, words: tuple[str, ...]) -> tuple[int, tuple[Field[Any], ...]]:
    for value in flag_values(words, kind.port):
        if re.fullmatch(r"\d{1,5}", value):
            return int(value), ()
    for name in kind.port_names:
        match entry(container.environment, name):
            case Known(str() as value) as field if re.fullmatch(r"\d{1,5}", value):
                return int(value), (field,)
            case Unresolved() as field:
                return kind.default_port, (field,)
    if kind.image_port is not None and _by_image(container, kind):
        return kind.image_port, ()
    return kind.default_port, ()


def _loopback(
    container: Container, kind: ServerKind, words: tuple[str, ...], hidden: Field[Any] | None
) -> tuple[bool | None, tuple[Field[Any], ...]]:
    if _compiled(kind.everywhere).search(" ".join(words)):
        return False, ()
    for value in flag_values(words, kind.address):
        return _is_loopback(value), ()
    for name in kind.address_names:
        match entry(container.environment, name):
            case Known(str() as value) as field:
                return _is_loopback(value), (field,)
            case Unresolved() as field:
                return None, (field,)
    if kind.image_everywhere and _by_image(container, kind):
        return False, (container.image,)
    if not kind.loopback:
        return False, ()
    if hidden is not None and (kind.address or kind.settings_files):
        return None, (hidden,)
    if kind.address_names:  # what the image sets is not read
        return None, (container.image,)
    return True, ()


def _is_loopback(value: str) -> bool:
    host = re.sub(r"^\w+://", "", value)
    return host in _LOOPBACK or re.sub(r":\d+$", "", host) in _LOOPBACK


def _authenticated(
    container: Container, kind: ServerKind, words: tuple[str, ...], hidden: Field[Any] | None
) -> tuple[bool | None, tuple[Field[Any], ...]]:
    if _compiled(kind.open).search(" ".join(words)):
        return False, ()
    for name in kind.open_names:
        match entry(container.environment, name):
            case Known(str() as value) as field if value.lower() in ("true", "1", "yes"):
                return False, (field,)
            case Unresolved() as field:
                return None, (field,)
    if any(value for value in flag_values(words, kind.secret)):
        return True, ()
    found = _secret_in_environment(container, kind)
    if found is not None:
        return found
    if hidden is not None and (kind.secret or kind.settings_files or kind.open != _NEVER):
        return None, (hidden,)
    return kind.closed, ()


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
