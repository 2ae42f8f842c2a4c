"""Connections of the HTTP client: to addresses that were checked, and never for longer than they may last."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3 import exceptions as faults
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

_TRANSLATED = (
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
)
"""IPv6 addresses whose last 32 bits are an IPv4 address (RFC 6052, RFC 8215)."""


class PrivateAddressError(Exception):
    """A host that only public addresses may answer for has another."""


def is_public(address: str) -> bool:
    """Whether an IP address can be that of a machine on the Internet, also where it wraps an IPv4 address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is None and any(found in network for network in _TRANSLATED):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


class Guard:
    """Ends the connection that is in use when `seconds` are over: a server that drips must not hold us.

    While it is `asking`, connections that are made or used again put themselves under it.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._held: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Guard:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            self._held = None

    @contextmanager
    def asking(self) -> Iterator[None]:
        """The part of the work that asks a server, in this thread."""
        token = _guard.set(self)
        try:
            yield
        finally:
            _guard.reset(token)

    def hold(self, held: socket.socket) -> None:
        """Take a connection under the guard in place of the one before."""
        with self._lock:
            self._held = held
            if self.expired:
                _shut(held)

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            if self._held is not None:
                _shut(self._held)


_guard: ContextVar[Guard | None] = ContextVar("_guard", default=None)


def _shut(held: socket.socket) -> None:
    try:
        # The plain socket's own: TLS would forget its state while another thread reads by it.
        socket.socket.shutdown(held, socket.SHUT_RDWR)
    except OSError:
        return


def trust(path: str | None) -> ssl.SSLContext:
    """TLS that trusts the authorities in a file or folder, those of the system for None. Raises OSError."""
    if path is not None and os.path.isdir(path):
        return ssl.create_default_context(capath=path)
    return ssl.create_default_context(cafile=path)


Resolve = Callable[[str, int], Iterable[tuple[int, str]]]
"""From a host and a port to families and addresses; raises socket.gaierror."""


def resolve(host: str, port: int) -> list[tuple[int, str]]:
    """What the system knows of a host: families and addresses in the order in which to try them."""
    found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    return [(family, str(address[0])) for family, _, _, _, address in found]


class Dial:
    """Connects to hosts; with `public_only` just to addresses that are public, `allowed` hosts excepted.

    The address that was checked is the one that is connected to: no name is looked up twice.
    """

    def __init__(self, public_only: bool, allowed: frozenset[str], resolver: Resolve = resolve) -> None:
        self._public_only = public_only
        self._allowed = allowed
        self._resolve = resolver

    def addresses(self, host: str, port: int) -> list[tuple[int, str]]:
        """Where to connect to. Raises socket.gaierror and PrivateAddressError."""
        bare = host.strip("[]").rstrip(".").lower()
        found = list(dict.fromkeys(self._resolve(host.strip("[]"), port)))
        if self._public_only and bare not in self._allowed:
            private = [address for _, address in found if not is_public(address)]
            if private:
                raise PrivateAddressError(private[0])
        return found

    def connect(self, connection: HTTPConnection) -> socket.socket:
        """A connected socket for `connection`. Raises what urllib3 expects of one."""
        host, port = connection._dns_host, connection.port
        try:
            found = self.addresses(host, port)
        except (socket.gaierror, UnicodeError) as error:
            reason = error if isinstance(error, socket.gaierror) else socket.gaierror("no name of a host")
            raise faults.NameResolutionError(host, connection, reason) from error
        last: OSError | None = None
        for family, address in found:
            try:
                return _connected(family, address, port, connection)
            except OSError as error:
                last = error
        if isinstance(last, TimeoutError):
            raise faults.ConnectTimeoutError(connection, "timed out") from last
        raise faults.NewConnectionError(connection, str(last or "no address")) from last


def _connected(family: int, address: str, port: int, connection: HTTPConnection) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        for option in connection.socket_options or ():
            made.setsockopt(*option)
        timeout = connection.timeout
        made.settimeout(timeout if isinstance(timeout, int | float) else None)
        guard = _guard.get()
        if guard is not None:
            guard.hold(made)
        made.connect((address, port))
    except OSError:
        made.close()
        raise
    return made


def _under_guard(connection: HTTPConnection) -> None:
    guard = _guard.get()
    held: object = connection.sock
    if guard is not None and isinstance(held, socket.socket):
        guard.hold(held)


def pool_classes(dial: Dial) -> dict[str, type[HTTPConnectionPool]]:
    """The pools, by scheme, whose connections are made by `dial` and stay under the guard of their time."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return dial.connect(self)

        def getresponse(self) -> BaseHTTPResponse:  # type: ignore[override]
            _under_guard(self)
            return super().getresponse()

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return dial.connect(self)

        def getresponse(self) -> BaseHTTPResponse:  # type: ignore[override]
            _under_guard(self)
            return super().getresponse()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def reason(error: Exception) -> str:
    """What went wrong, to be read after the name of a server. urllib3's own words hold the whole URL."""
    match error:
        case faults.NameResolutionError():
            return "has a name that is not known here"
        case faults.NewConnectionError():
            return "cannot be connected to"
        case faults.ConnectTimeoutError():
            return "cannot be connected to in time"
        case faults.ReadTimeoutError() | TimeoutError():
            return "does not answer in time"
        case faults.ProtocolError() if any(isinstance(part, faults.IncompleteRead) for part in error.args):
            return "ends its answer before its end"
        case faults.SSLError():
            inner = error.args[0] if error.args else error
            told = getattr(inner, "verify_message", None) or getattr(inner, "reason", None)
            return str(told or "no encryption can be agreed on")
        case faults.ProtocolError() | faults.HTTPError():
            return "ends the connection, or answers what is no HTTP"
        case _:
            return getattr(error, "strerror", None) or "fails"
