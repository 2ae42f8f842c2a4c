"""Images that Docker Engine keeps: `docker-daemon:NAME`, through its socket, as `docker save` would write them.

The engine gives an image as one stream, in an order of its own, and nothing is kept of it on disk or in memory: so a
first pass notes where each file is in it, and each layer is then read by a pass of its own, which `Cost` tells. Where
that is too slow, save the image once and name the file (`docker-archive:`).
Source: docs.docker.com/reference/api/engine, "Export an image".
"""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from ourhalf.images.bounds import MAX_CONFIG
from ourhalf.images.docker_save import Saved
from ourhalf.images.entries import FILE
from ourhalf.images.local import Meter
from ourhalf.images.members import Listing
from ourhalf.images.source import Access, ImageError, Source, Transport
from ourhalf.images.tar import Tar
from ourhalf.images.tarheaders import TarError

_PREFIX = "docker-daemon:"
_PIECE = 1 << 20
_SECONDS = 60.0
_MOST_SMALL = 64 << 20


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _Engine:
    """Asks the engine for one image, as often as is needed."""

    def __init__(self, path: str, name: str, meter: Meter) -> None:
        self._path = path
        self._name = name
        self._meter = meter

    @contextmanager
    def stream(self) -> Iterator[Iterator[bytes]]:
        """The image as one tar, in pieces. Raises ImageError."""
        connection = _Connection(self._path)
        try:
            connection.request("GET", f"/images/{quote(self._name, safe='/:@')}/get")
            answer = connection.getresponse()
            if answer.status == 404:
                raise ImageError(f"Docker has no image {self._name}: see docker images")
            if answer.status != 200:
                raise ImageError(f"Docker answered {answer.status} when it was asked for {self._name}")
            yield self._pieces(answer)
        except (OSError, http.client.HTTPException) as error:
            raise ImageError(f"Docker cannot be asked through {self._path}: {error}") from None
        finally:
            connection.close()

    def _pieces(self, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        try:
            while piece := answer.read(_PIECE):
                self._meter.add(len(piece))
                yield piece
        except (OSError, http.client.HTTPException) as error:
            raise ImageError(f"Docker broke off while it was read: {error}") from None


class _Part:
    """A `Blob` that is a file within the stream; `data` are its bytes where they were few."""

    def __init__(self, engine: _Engine, at: int, size: int, data: bytes | None) -> None:
        self._engine = engine
        self._at = at
        self._size = size
        self._data = data

    def length(self) -> int | None:
        """How many bytes it has."""
        return self._size

    @contextmanager
    def stream(self) -> Iterator[Iterator[bytes | memoryview]]:
        """See `Blob`."""
        if self._data is not None:
            yield iter((self._data,))
            return
        with self._engine.stream() as pieces:
            yield self._within(pieces)

    def _within(self, pieces: Iterator[bytes]) -> Iterator[memoryview]:
        at = 0
        for piece in pieces:
            start, end = max(self._at - at, 0), min(self._at + self._size - at, len(piece))
            if start < end:
                yield memoryview(piece)[start:end]
            at += len(piece)
            if at >= self._at + self._size:
                return
        raise ImageError("Docker gave less of the image than before")

    def range(self, start: int, length: int) -> bytes | None:
        """See `Blob`."""
        with self.stream() as pieces:
            found = bytearray()
            for piece in pieces:
                found += piece
                if len(found) >= start + length:
                    break
            return bytes(found[start : start + length])


class _Files(Listing[_Part]):
    """What is in the stream, found by one pass."""

    def __init__(self, engine: _Engine) -> None:
        super().__init__(f"what Docker gave of {engine._name}")
        self._engine = engine
        self._small: dict[str, bytes] = {}
        with engine.stream() as pieces:
            try:
                self._list(pieces)
            except TarError as error:
                raise ImageError(f"what Docker gave is no archive: {error}") from None

    def _list(self, pieces: Iterator[bytes]) -> None:
        tar, at, held = Tar(self), 0, 0
        rest = b""
        filling: bytearray | None = None
        name = ""
        for piece in pieces:
            data = rest + piece
            used = 0
            while len(data) - used >= 512 and not tar.ended:
                idle = tar.idle
                if idle:
                    step = min(idle, len(data) - used)
                    if filling is not None:
                        filling += data[used : used + min(step, self.files[name][1] - len(filling))]
                        if len(filling) == self.files[name][1]:
                            self._small[name], filling = bytes(filling), None
                    tar.feed(memoryview(data)[used : used + step])
                    used += step
                    continue
                tar.feed(memoryview(data)[used : used + 512])
                used += 512
                last, self.last = self.last, None
                if last is not None and last.kind == FILE:
                    self.note(last, at + used)
                    if last.size <= MAX_CONFIG and held + last.size <= _MOST_SMALL:
                        filling, name, held = bytearray(), last.path, held + last.size
                        if not last.size:
                            self._small[name], filling = b"", None
            at, rest = at + used, data[used:]
        tar.feed(memoryview(rest))
        tar.end()

    def blob(self, at: str, offset: int, size: int) -> _Part:
        """See `Listing`."""
        return _Part(self._engine, offset, size, self._small.get(at))


def _claims(reference: str) -> bool:
    return reference.startswith(_PREFIX)


def _open(reference: str, _: Access) -> Source:
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not host.startswith("unix://"):
        raise ImageError(f"DOCKER_HOST is {host.partition('@')[2] or host}: only the socket of this machine is asked")
    meter = Meter()
    files = _Files(_Engine(host.removeprefix("unix://"), reference.removeprefix(_PREFIX), meter))
    return Saved(reference, files, meter)


DAEMON = Transport("docker-daemon", "docker-daemon:NAME", _claims, _open)
