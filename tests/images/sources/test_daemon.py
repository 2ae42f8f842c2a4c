"""Images that Docker gives through its socket: the stream is one that skopeo wrote, the socket a real one."""

from __future__ import annotations

import http.server
import os
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ourhalf.images.reading import read_image
from ourhalf.images.source import ImageError
from tests.images.layouts import layout, member, tar

pytestmark = pytest.mark.skipif(
    shutil.which("skopeo") is None, reason="skopeo (Debian package skopeo) is not installed"
)
STATUS = b"Package: bash\nStatus: install ok installed\nVersion: 5.2\nArchitecture: amd64\n\n"


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    give: bytes
    asked: list[str]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        known = self.path == "/images/x/y:1/get"
        self.send_response(200 if known else 404)
        data = self.server.give if known else b"{}"
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with suppress(BrokenPipeError):  # who has what he wanted hangs up
            self._give(data)

    def _give(self, data: bytes) -> None:
        for at in range(0, len(data), 65_521):
            piece = data[at : at + 65_521]
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        pass

    def address_string(self) -> str:
        return ""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    source = layout(tmp_path / "i", tar(member("var/lib/dpkg/status", STATUS)), tar(member("b", os.urandom(9 << 20))))
    target = f"docker-archive:{tmp_path}/a.tar:x/y:1"
    subprocess.run(
        ["skopeo", "copy", "-q", "--insecure-policy", f"{source}:t", target], check=True, capture_output=True
    )
    server = _Server(str(tmp_path / "s"), _Handler)
    server.give, server.asked = (tmp_path / "a.tar").read_bytes(), []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 's'}")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_image_of_the_engine(engine: _Server) -> None:
    (found,) = read_image("docker-daemon:x/y:1", keep=False)
    assert found.unread == ()
    assert [package.name for package in found.inventory.packages] == ["bash"]
    assert [layer.files for layer in found.inventory.layers] == [1, 1]
    assert len(engine.asked) == 3  # one pass to see what is there, one to look at how a layer is packed, one to read it


def test_an_image_that_it_has_not(engine: _Server) -> None:
    with pytest.raises(ImageError, match="Docker has no image other"):
        read_image("docker-daemon:other")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_stream_that_breaks_off(engine: _Server, share: float) -> None:
    engine.give = engine.give[: int(len(engine.give) * share)]
    with pytest.raises(ImageError):
        read_image("docker-daemon:x/y:1", keep=False)


def test_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    with pytest.raises(ImageError, match="cannot be asked"):
        read_image("docker-daemon:x")
    monkeypatch.setenv("DOCKER_HOST", "tcp://user:secret@example.invalid")
    with pytest.raises(ImageError, match="only the socket") as error:
        read_image("docker-daemon:x")
    assert "secret" not in str(error.value)
