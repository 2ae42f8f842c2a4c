"""Servers on this machine for tests of what asks the network: each answers as a script says, on real sockets."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple


class Request(NamedTuple):
    """What a client sent; names of headers are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Conversation:
    """One connection, as the script of a server sees it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")

    def request(self) -> Request | None:
        """The next request; None where the client has left."""
        line = self._file.readline()
        if not line:
            return None
        method, path, _ = line.decode().split(" ", 2)
        headers = {}
        while (line := self._file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return Request(method, path, headers, self._file.read(int(headers.get("content-length", 0))))

    def send(self, data: bytes) -> bool:
        """Send bytes as they are; False where the client has left."""
        try:
            self._connection.sendall(data)
        except OSError:
            return False
        return True

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer; `_` in names of headers stands for `-`."""
        given = {"content_length": str(len(body)), **headers}
        lines = [f"HTTP/1.1 {status} said", *(f"{name.replace('_', '-')}: {value}" for name, value in given.items())]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)


Script = Callable[[Conversation, Request], None]


def saying(status: int, body: bytes = b"", **headers: str) -> Script:
    """A script that always answers the same."""
    return lambda to, _: to.answer(status, body, **headers)


def raw(*sent: bytes) -> Script:
    """A script that sends these bytes and ends the connection."""

    def script(to: Conversation, _: Request) -> None:
        for data in sent:
            to.send(data)
        close(to)

    return script


class Server(NamedTuple):
    """A server that runs: its address, and every request that it got."""

    url: str
    port: int
    requests: list[Request]


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None, most: int = 60) -> Iterator[Server]:
    """A server that gives every request to `script`, one thread a connection, at most `most` connections."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    requests: list[Request] = []
    open_ones: list[socket.socket] = []

    def talk(connection: socket.socket) -> None:
        with suppress(OSError, ValueError):
            held = tls.wrap_socket(connection, server_side=True) if tls else connection
            open_ones.append(held)
            with held:
                conversation = Conversation(held)
                while (request := conversation.request()) is not None:
                    requests.append(request)
                    script(conversation, request)
                    if request.headers.get("connection") == "close":
                        return

    def accept() -> None:
        for _ in range(most):
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=talk, args=(connection,), daemon=True))
            threads[-1].start()

    threads: list[threading.Thread] = []
    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield Server(f"http{'s' if tls else ''}://127.0.0.1:{port}", port, requests)
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in open_ones:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in [accepting, *threads]:
            thread.join(5)


def close(conversation: Conversation) -> None:
    """End the connection, whatever was promised."""
    with suppress(OSError):
        conversation._connection.shutdown(socket.SHUT_RDWR)


class Authority(NamedTuple):
    """A throw-away authority: its certificate in a file, and what a server on 127.0.0.1 shows."""

    ca_file: str
    cert_file: str
    key_file: str

    def server(self) -> ssl.SSLContext:
        """What a server uses."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert_file, self.key_file)
        return context


def authority(folder: Path, *names: str) -> Authority:
    """Make an authority and a certificate for 127.0.0.1, localhost and other names, valid today."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    today = dt.datetime.now(dt.UTC)

    def made(
        name: str, issuer: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, ca: bool
    ) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - dt.timedelta(days=1))
            .not_valid_after(today + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName(
                    [
                        *(x509.DNSName(name) for name in ("localhost", *names)),
                        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                    ]
                ),
                critical=False,
            )
        )
        return builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    (folder / "ca.pem").write_bytes(made("throw-away", "throw-away", root, root, True))
    (folder / "server.pem").write_bytes(made("localhost", "throw-away", leaf, root, False))
    (folder / "server.key").write_bytes(
        leaf.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Authority(str(folder / "ca.pem"), str(folder / "server.pem"), str(folder / "server.key"))
