"""What a destination of alerts is, and which one a text on the command line names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Protocol

import msgspec

from ourhalf.discovery import values
from ourhalf.history.outbox import Alert
from ourhalf.watch import destinations

_MAX_FILE_BYTES = 64 * 1024


class DestinationError(ValueError):
    """A destination that cannot be used: what is wrong with what was written."""


class DeliveryError(Exception):
    """An alert that did not arrive; `doubt` says that it may have, all the same."""

    def __init__(self, what: str, doubt: bool) -> None:
        super().__init__(what)
        self.what = what
        self.doubt = doubt


class Settings(msgspec.Struct, frozen=True):
    """What all destinations share: `secret` signs webhooks, `allowed_hosts` may have private addresses."""

    environment: Mapping[str, str]
    secret: bytes | None = None
    allowed_hosts: frozenset[str] = frozenset()


class Destination(Protocol):
    """Takes alerts. `name` tells it from every other and holds no secret; `most` changes fit into one alert."""

    @property
    def name(self) -> str:
        """See the class."""
        ...

    @property
    def most(self) -> int:
        """See the class."""
        ...

    def send(self, alert: Alert, repeat: bool) -> None:
        """Hand an alert over; with `repeat` it may have arrived before. Raises DeliveryError."""
        ...


class Kind(msgspec.Struct, frozen=True):
    """A module-level value in a file of `destinations`. `open` raises DestinationError."""

    name: str
    form: str
    describe: str
    open: Callable[[str, Settings], Destination]


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of destination by its name."""
    return {kind.name: kind for kind in sorted(values(destinations, Kind), key=lambda kind: kind.name)}


def destination(text: str, settings: Settings) -> Destination:
    """What `KIND:ADDRESS` names. `@FILE` in place of the address is the file that holds it. Raises DestinationError."""
    name, _, address = text.partition(":")
    kind = kinds().get(name)
    if kind is None:
        raise DestinationError(f"no destination is named {name[:40]}; there are {', '.join(kinds())}")
    if address.startswith("@"):
        address = _in_file(address[1:])
    if not address.isprintable() or not address:
        raise DestinationError(f"{name} needs an address: {kind.form}")
    return kind.open(address, settings)


def _in_file(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(_MAX_FILE_BYTES).decode().strip()
    except OSError as error:
        raise DestinationError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DestinationError(f"{path} is no text") from None


def named(kind: str, shown: str, address: str) -> str:
    """A name that tells an address from others without telling a secret in it."""
    return f"{kind}:{shown}#{hashlib.sha256(address.encode()).hexdigest()[:8]}"
