"""What all that speaks to registries shares."""

from __future__ import annotations

import threading

import msgspec

from ourhalf.images.source import Access, Spent
from ourhalf.registry.keychain import Keychain
from ourhalf.web import Web


class Meter:
    """Counts what was fetched. Used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read = 0
        self._requests = 0

    def add(self, read: int, requests: int = 0) -> None:
        """Count bytes of bodies, and requests as we made them: redirects and repeats are the client's."""
        with self._lock:
            self._read += read
            self._requests += requests

    def spent(self) -> Spent:
        """So far."""
        with self._lock:
            return Spent(self._read, self._requests)


class Means(msgspec.Struct, frozen=True):
    """The client of HTTP, what the user's options say, the credentials, and the count."""

    web: Web
    access: Access
    keychain: Keychain
    meter: Meter
