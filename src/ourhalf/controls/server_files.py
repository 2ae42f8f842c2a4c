"""What files in the image of a container say of the servers that it starts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from ourhalf.model.field import Field, Known, Unresolved, elements, entry
from ourhalf.model.workload import Container, ServerFile

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
_FILLED = re.compile(r"\$[\w({$]|\{\{")
_OF_PORT = re.compile(r"(?<=[^:/]):[^:/\]]*/?$")
_PORT = re.compile(r":(\d{1,5})/?$")


class Told(msgspec.Struct, frozen=True):
    """What files say: None where they leave it to the server. A name in `unclear` is said, but cannot be told."""

    loopback: bool | None = None
    authenticated: bool | None = None
    port: int | None = None
    unclear: frozenset[str] = frozenset()
    fields: tuple[Field[Any], ...] = ()


def is_loopback(value: str) -> bool:
    """Whether an address, with its scheme and port or without, is this machine alone."""
    host = re.sub(r"^\w+://", "", value)
    return host.startswith("unix:") or host in _LOOPBACK or re.sub(r":\d+/?$", "", host) in _LOOPBACK


def files_of(container: Container, servers: tuple[str, ...]) -> tuple[ServerFile, ...]:
    """The files that were read of any of these servers, by the words of the examiner."""
    return tuple(one for one in elements(container.server_files) if one.server in servers)


def is_read(container: Container, servers: tuple[str, ...], path: str) -> bool:
    """Whether a file that a command names is one that was read from the image."""
    return any(one.path == path for one in files_of(container, servers))


def names_unread(container: Container, servers: tuple[str, ...], paths: Iterable[str], names: tuple[str, ...]) -> bool:
    """Whether a container is told to take settings from a file that was not read: by `paths`, or variables `names`."""
    values = [entry(container.environment, name) for name in names]
    written = [one.value for one in values if isinstance(one, Known) and isinstance(one.value, str)]
    hidden = any(isinstance(one, Unresolved) for one in values)
    return hidden or any(not is_read(container, servers, path) for path in (*paths, *written))


def told(container: Container, servers: tuple[str, ...]) -> Told:
    """What all of these files together say; where they say different things, that cannot be told."""
    files = files_of(container, servers)
    if not files:
        return Told()
    addresses = _values(files, "address")
    ports = _values(files, "port") | {_port_of(one) for one in addresses if _OF_PORT.search(one)}
    unclear = {name for name, values in (("address", addresses), ("port", ports)) if not _clear(values)}
    authenticated = _authenticated(files)
    if authenticated == "unclear":
        unclear.add("authentication")
    inside = {is_loopback(one) for one in addresses if _clear({one})}
    number = next(iter(ports)) if len(ports) == 1 else ""
    return Told(
        loopback=next(iter(inside)) if len(inside) == 1 and "address" not in unclear else None,
        authenticated={"on": True, "off": False}.get(authenticated),
        port=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else None,
        unclear=frozenset(unclear),
        fields=tuple(one.settings for one in files),
    )


def _port_of(address: str) -> str:
    found = _PORT.search(address)
    return found[1] if found else "unclear"


def _values(files: tuple[ServerFile, ...], name: str) -> set[str]:
    settings = [one.settings.value for one in files if isinstance(one.settings, Known)]
    return {one[name] for one in settings if name in one}


def _clear(values: set[str]) -> bool:
    hosts = {_OF_PORT.sub("", one) for one in values}
    return len(hosts) < 2 and not any(one == "unclear" or _FILLED.search(one) for one in hosts)


def _password_beside(file: ServerFile) -> bool:
    settings = file.settings.value if isinstance(file.settings, Known) else {}
    return "token" not in settings or settings.get("password") == "set"


def _authenticated(files: tuple[ServerFile, ...]) -> str:
    """`on`, `off` or `unclear`; "" where the files leave it to the server."""
    token, password = _values(files, "token"), _values(files, "password")
    if "true" in (switched := _values(files, "token-off") | _values(files, "unauthenticated")):
        return "off" if len(switched) == 1 else "unclear"
    if "unclear" in token | password | switched or len(token) > 1 or len(password) > 1:
        return "unclear"
    if token == {"empty"}:
        if "set" not in password:
            return "off"
        # A password in another file may be of another user, whose folder this server never looks into.
        return "on" if all(_password_beside(one) for one in files) else "unclear"
    # A password switches the token off that there is by default, and an empty one leaves it.
    return "on" if "set" in token | password else ""
