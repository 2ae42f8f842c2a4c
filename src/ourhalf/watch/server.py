"""Serves the metrics to whoever may read them, whatever else comes: few connections at a time, each for seconds."""

from __future__ import annotations

import hashlib
import hmac
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress

MAX_CONNECTIONS = 32
_SECONDS = 10.0
_MAX_HEAD_BYTES = 16 * 1024
_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_WORDS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}


class ServerError(Exception):
    """The server cannot be started: what of its settings is wrong."""


class Server:
    """Listens in a thread of its own, and answers each connection in another, once.

    A connection lives at most 10 seconds, whatever the client does or leaves; where there are more than
    `MAX_CONNECTIONS`, the oldest has to go. `token` is asked for at `/metrics`; `/healthz` says whether
    `healthy`, and nothing else.
    """

    def __init__(  # noqa: PLR0913 - each a setting of its own
        self,
        address: tuple[str, int],
        text: Callable[[], bytes],
        *,
        token: str | None = None,
        tls: ssl.SSLContext | None = None,
        healthy: Callable[[], bool] = lambda: True,
        seconds: float = _SECONDS,
    ) -> None:
        self._text = text
        self._token = hashlib.sha256(token.encode()).digest() if token is not None else None
        self._tls = tls
        self._healthy = healthy
        self._seconds = seconds
        self._open: dict[socket.socket, float] = {}
        self._lock = threading.Lock()
        self._stopping = False
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        try:
            self._listener = socket.create_server(address, family=family, backlog=64)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ServerError(f"--listen {address[0]}:{address[1]}: {reason}") from None
        self._listener.settimeout(min(seconds / 4, 1.0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="metrics", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End all connections and the listening."""
        self._stopping = True
        _shut(self._listener)
        self._thread.join(5)
        self._listener.close()
        with self._lock:
            for connection in list(self._open):
                _shut(connection)

    def _accept(self) -> None:
        while not self._stopping:
            self._sweep()
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                if self._stopping:
                    return
                time.sleep(0.05)  # no descriptor is free: old connections end soon
                continue
            with self._lock:
                if len(self._open) >= MAX_CONNECTIONS:
                    oldest = min(self._open, key=self._open.__getitem__)
                    _shut(oldest)
                    del self._open[oldest]
                self._open[connection] = time.monotonic()
            try:
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()
            except RuntimeError:  # no thread is to be had
                self._end(connection)

    def _sweep(self) -> None:
        """End what lasts too long."""
        until = time.monotonic() - self._seconds
        with self._lock:
            for connection, begun in list(self._open.items()):
                if begun < until:
                    _shut(connection)
                    del self._open[connection]

    def _end(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.pop(connection, None)
        _shut(connection)
        connection.close()

    def _known_as(self, connection: socket.socket, held: ssl.SSLSocket) -> None:
        """Let what the plain connection became be ended in its place."""
        with self._lock:
            begun = self._open.pop(connection, None)
            if begun is None:
                _shut(held)
            else:
                self._open[held] = begun

    def _talk(self, connection: socket.socket) -> None:
        held = connection
        try:
            connection.settimeout(self._seconds)
            if self._tls is not None:
                held = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                self._known_as(connection, held)
                held.do_handshake()
            head = _head(held)
            if head is not None:
                held.sendall(self._answer(head))
        except (OSError, ValueError):  # the client left, or speaks something else
            pass
        finally:
            self._end(held)

    def _answer(self, head: bytes) -> bytes:
        line, _, rest = head.partition(b"\r\n")
        parts = line.split(b" ")
        if len(parts) != 3 or not parts[2].startswith(b"HTTP/"):
            return _response(400, b"this is no request\n")
        if parts[0] not in {b"GET", b"HEAD"}:
            return _response(405, b"only GET is answered\n", b"Allow: GET, HEAD\r\n")
        status, body = self._page(parts[1].partition(b"?")[0], rest)
        more = b'WWW-Authenticate: Bearer realm="ourhalf"\r\n' if status == 401 else b""
        return _response(status, body, more, head_only=parts[0] == b"HEAD")

    def _page(self, path: bytes, headers: bytes) -> tuple[int, bytes]:
        if path == b"/healthz":
            return (200, b"ok\n") if self._healthy() else (503, b"no assessment for too long\n")
        if path != b"/metrics":
            return 404, b"there is /metrics, and /healthz\n"
        if self._token is not None and not hmac.compare_digest(self._token, hashlib.sha256(_bearer(headers)).digest()):
            return 401, b"the right bearer token is needed\n"
        return 200, self._text()


def _head(connection: socket.socket) -> bytes | None:
    """The request up to its empty line; None where it does not come, or is too long."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(4096)
        data += piece
        if not piece or len(data) > _MAX_HEAD_BYTES:
            return None
    return data.partition(b"\r\n\r\n")[0]


def _bearer(headers: bytes) -> bytes:
    """The token that a client shows; empty where it shows none."""
    for line in headers.split(b"\r\n"):
        name, _, value = line.partition(b":")
        scheme, _, token = value.strip().partition(b" ")
        if name.strip().lower() == b"authorization" and scheme.lower() == b"bearer":
            return token.strip()
    return b""


def _response(status: int, body: bytes, more: bytes = b"", head_only: bool = False) -> bytes:
    head = (
        f"HTTP/1.1 {status} {_WORDS.get(status, 'Service Unavailable')}\r\nContent-Type: {_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n"
    )
    return head.encode() + more + b"\r\n" + (b"" if head_only else body)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        # The plain socket's own: another thread may be reading or writing by its encryption.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def tls_of(cert: str, key: str | None) -> ssl.SSLContext:
    """TLS 1.2 or later with this certificate and its key, which may stand in one file. Raises ServerError."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key, password=_no_password)
    except (OSError, ValueError) as error:  # an SSLError too
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
        raise ServerError(f"--tls-cert {cert} and its key cannot be used: {reason}") from None
    return context


def _no_password() -> str:
    raise ValueError("the key is encrypted; give one that is not, readable by this user alone")
