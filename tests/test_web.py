"""The HTTP client against servers that mean well, break down, and mean ill: on real sockets of this machine."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from ourhalf.connecting import is_public
from ourhalf.web import Limits, Web, WebError, shown
from tests.servers import Authority, Conversation, Request, authority, raw, saying, serving

SHORT = Limits(connect_seconds=2, read_seconds=0.5, total_seconds=2, attempts=3, first_wait=0.01, most_wait=5)

PRIVATE = """
127.0.0.1 ::1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 fd00:ec2::254 fe80::1%eth0 0.0.0.0 :: 100.64.0.1
224.0.0.1 ff02::1 ::ffff:127.0.0.1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 255.255.255.255 240.0.0.1 192.0.2.1
"""


def web(**settings: Any) -> Web:
    return Web(**{"environment": {}, "limits": SHORT, **settings})


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    pytest.importorskip("cryptography", reason="the extra `signing` is not installed")
    return authority(tmp_path_factory.mktemp("tls"))


def failed(call: Callable[[], object]) -> str:
    with pytest.raises(WebError) as caught:
        call()
    assert str(caught.value) == caught.value.what
    assert caught.value.__cause__ is None, "a chained urllib3 error would tell the whole URL"
    return caught.value.what


def test_an_answer_of_any_status_is_an_answer() -> None:
    with serving(saying(404, b"none", ETag='"a"', X_Two="2")) as server:
        found = web().ask("GET", f"{server.url}/a?b=c")
    assert (found.status, found.body, found.etag, found.headers["x-two"]) == (404, b"none", '"a"', "2")
    assert found.url == f"{server.url}/a?…"
    sent = server.requests[0]
    assert (sent.path, sent.headers["accept-encoding"], sent.headers["user-agent"]) == ("/a?b=c", "identity", "ourhalf")


def test_a_known_version_is_not_sent_again() -> None:
    def script(to: Conversation, asked: Request) -> None:
        known = asked.headers.get("if-none-match") == '"1"'
        to.answer(304) if known else to.answer(200, b"x", ETag='"1"')

    with serving(script) as server:
        asker = web()
        first = asker.ask("GET", server.url)
        again = asker.ask("GET", server.url, etag=first.etag)
    assert (first.status, first.body, again.status, again.body) == (200, b"x", 304, b"")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_with_longer_waits(status: int) -> None:
    waits: list[float] = []
    with serving(saying(status)) as server:
        assert web(sleep=waits.append).ask("GET", server.url).status == status
    assert (len(server.requests), waits) == (3, [0.01, 0.02])


def test_what_sends_something_is_sent_once() -> None:
    with serving(saying(503)) as server:
        assert web(sleep=lambda _: pytest.fail("waits")).ask("POST", server.url, body=b"x").status == 503
    assert [one.body for one in server.requests] == [b"x"]


@pytest.mark.parametrize(("asked", "waits"), [("1", [1.0, 1.0]), ("6", []), ("9" * 30, []), ("soon", [0.01, 0.02])])
def test_retry_after_is_kept_to_within_bounds(asked: str, waits: list[float]) -> None:
    slept: list[float] = []
    with serving(saying(429, Retry_After=asked)) as server:
        asker = web(sleep=slept.append, limits=Limits(attempts=3, first_wait=0.01, most_wait=5, total_seconds=20))
        assert asker.ask("GET", server.url).status == 429
    assert slept == waits


def test_retry_after_as_a_date_of_the_past_asks_for_nothing() -> None:
    slept: list[float] = []
    with serving(saying(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")) as server:
        web(sleep=slept.append).ask("GET", server.url)
    assert slept == [0.01, 0.02]


def test_a_redirect_is_followed_and_takes_no_credential_to_another_host() -> None:
    with serving(saying(200, b"there")) as other:

        def script(to: Conversation, asked: Request) -> None:
            if asked.path == "/":
                to.answer(302, Location="/second")
            else:
                to.answer(307, Location=f"http://mallory:pw@127.0.0.1:{other.port}/blob#part")

        with serving(script) as server:
            secrets = {"Authorization": "Bearer s", "Cookie": "c", "X-Api-Key": "k", "Range": "bytes=0-"}
            found = web().ask("GET", server.url, headers=secrets)
    assert found.body == b"there"
    assert found.url == f"{other.url}/blob"
    assert [one.headers["authorization"] for one in server.requests] == ["Bearer s", "Bearer s"]
    sent = other.requests[0].headers
    assert not {"authorization", "cookie", "x-api-key"} & set(sent)
    assert sent["range"] == "bytes=0-"


def test_a_redirect_loop_ends() -> None:
    with serving(saying(302, Location="/again")) as server:
        told = failed(lambda: web().ask("GET", server.url))
    assert told == f"{server.url}/again redirects more than 5 times"
    assert len(server.requests) == 6


def test_what_is_sent_is_not_sent_on() -> None:
    with serving(saying(307, Location="http://169.254.169.254/latest/meta-data")) as server:
        told = failed(lambda: web().ask("POST", server.url, body=b"findings"))
    assert "redirects to http://169.254.169.254/latest/meta-data; what is sent is not sent on" in told
    assert len(server.requests) == 1


def test_a_failure_says_whether_what_was_sent_may_have_been_taken() -> None:
    def unsent(url: str, **more: Any) -> bool:
        with pytest.raises(WebError) as caught:
            web(**more).ask("POST", url, body=b"x", max_bytes=10)
        return caught.value.unsent

    with serving(lambda *_: None) as server:
        assert not unsent(server.url)
        assert unsent(server.url, public_only=True)
        assert unsent(server.url.replace("http", "https"))
    assert unsent(server.url), "nobody is there any more"
    with serving(raw(b"")) as server:
        assert not unsent(server.url)
    with serving(saying(200, b"x" * 11)) as server:
        assert not unsent(server.url)
    with serving(saying(307, Location="/elsewhere")) as server:
        assert unsent(server.url)


def test_https_never_leads_to_http(tls: Authority) -> None:
    with serving(saying(200)) as plain, serving(saying(302, Location=f"{plain.url}/x"), tls.server()) as server:
        told = failed(lambda: web(ca_file=tls.ca_file).ask("GET", server.url))
    assert told == f"{server.url} redirects to {plain.url}/x, which is not encrypted"
    assert plain.requests == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "//", "http://[", "http:///x", "http://a:b"]
)
def test_a_redirect_to_what_is_no_web_is_told(target: str) -> None:
    with serving(saying(302, Location=target)) as server:
        assert failed(lambda: web().ask("GET", server.url))


@pytest.mark.parametrize("url", ["", "x", "ftp://h/x", "http://", "http://[::1", "http://h:99999/", "http://\udc80/"])
def test_what_is_no_address_is_told(url: str) -> None:
    assert failed(lambda: web().ask("GET", url))


def test_a_header_that_would_start_another_is_refused() -> None:
    with serving(saying(200)) as server:
        told = failed(lambda: web().ask("GET", server.url, headers={"X": "a\r\nAuthorization: b"}))
    assert "cannot be written" in told
    assert "Authorization" not in told


class TestTls:
    def test_a_private_authority_is_trusted_when_it_is_named(self, tls: Authority) -> None:
        with serving(saying(200, b"x"), tls.server()) as server:
            assert web(ca_file=tls.ca_file).ask("GET", server.url).body == b"x"
            for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
                assert web(environment={name: tls.ca_file}).ask("GET", server.url).body == b"x"

    def test_no_other_is(self, tls: Authority) -> None:
        with serving(saying(200, b"x"), tls.server()) as server:
            told = failed(lambda: web().ask("GET", server.url))
        assert told.startswith(f"{server.url} is not trusted: ")
        assert server.requests == []

    def test_nor_for_another_name(self, tls: Authority) -> None:
        there = {"other.example": "127.0.0.1"}
        with serving(saying(200, b"x"), tls.server()) as server:
            asker = web(ca_file=tls.ca_file, resolver=lambda host, _: [(socket.AF_INET, there[host])])
            told = failed(lambda: asker.ask("GET", f"https://other.example:{server.port}/"))
        assert "is not trusted" in told
        assert server.requests == []

    @pytest.mark.parametrize("content", [None, b"", b"no certificate"])
    def test_a_bad_file_of_authorities_is_told(self, tmp_path: Path, content: bytes | None) -> None:
        path = tmp_path / "ca.pem"
        if content is not None:
            path.write_bytes(content)
        assert str(path) in failed(lambda: web(ca_file=str(path)))


class TestCredentials:
    def test_a_user_in_the_url_becomes_a_header_and_is_never_told(self) -> None:
        with serving(saying(200)) as server:
            place = server.url.replace("http://", "http://me%40x:p%3aw@")
            found = web().ask("GET", f"{place}/a")
            assert found.url == f"{server.url}/a"
        assert server.requests[0].headers["authorization"] == "Basic " + base64.b64encode(b"me@x:p:w").decode()
        assert server.requests[0].path == "/a"

    @pytest.mark.parametrize(
        "script", [raw(b"x"), raw(b""), raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"), lambda *_: None]
    )
    def test_no_failure_tells_them(self, script: Callable[[Conversation, Request], None]) -> None:
        with serving(script) as server:
            place = server.url.replace("http://", "http://me:hunter2@")
            url = f"{place}/T0/secret-path?token=secret-query"
            told = failed(lambda: web(secret_paths=True).ask("POST", url))
        assert told.startswith(f"{server.url} ")
        assert not [word for word in ("hunter2", "secret", "T0") if word in told]

    def test_shown(self) -> None:
        assert shown("https://u:p@h:1/a/b?c=d#e") == "https://h:1/a/b?…"
        assert shown("https://u:p@[::1]/a?b", path=False) == "https://[::1]"
        assert shown("http://h:x/") == "a URL that cannot be read"
        assert shown("http://h/\x1b[2J") == "http://h/\ufffd[2J"


class TestBounds:
    def test_a_body_over_the_bound_is_refused_unread(self) -> None:
        with serving(saying(200, b"x" * 101)) as server:
            assert "larger than 100 bytes: 101" in failed(lambda: web().ask("GET", server.url, max_bytes=100))
            assert len(web().ask("GET", server.url, max_bytes=101).body) == 101

    def test_one_that_does_not_tell_its_size_is_cut(self) -> None:
        sent = [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 1000] * 50]
        with serving(raw(*sent)) as server:
            assert "larger than 1,000 bytes" in failed(lambda: web().ask("GET", server.url, max_bytes=1000))

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabcde\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            b"HTTP/1.1 abc OK\r\n\r\n",
            b"SSH-2.0-OpenSSH\r\n",
            b"",
        ],
    )
    def test_what_is_cut_off_or_no_http_is_no_answer(self, answer: bytes) -> None:
        with serving(raw(answer)) as server:
            told = failed(lambda: web().ask("GET", server.url))
        assert told.startswith(f"{server.url} ends ")
        assert len(server.requests) in (1, 3)

    def test_bytes_beyond_the_length_that_was_told_are_not_read(self) -> None:
        with serving(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\n\r\nx")) as server:
            asker = web()
            assert [asker.ask("GET", server.url).body for _ in range(3)] == [b"ab"] * 3

    def test_a_server_that_never_answers_is_given_up(self) -> None:
        with serving(lambda *_: None) as server:
            assert failed(lambda: web().ask("GET", server.url)) == f"{server.url} does not answer in time"

    @pytest.mark.parametrize(
        "start",
        [
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\nX: ",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        ],
    )
    @pytest.mark.parametrize("secure", [False, True])
    def test_a_server_that_drips_is_given_up(self, tls: Authority, start: bytes, secure: bool) -> None:
        dripped: list[int] = []

        def script(to: Conversation, _: Request) -> None:
            to.send(start)
            for count in range(2000):
                if not to.send(b"1"):
                    return
                dripped.append(count)
                time.sleep(0.02)

        limits = Limits(read_seconds=5, total_seconds=0.4, attempts=1)
        with serving(script, tls.server() if secure else None) as server:
            told = failed(lambda: web(limits=limits, ca_file=tls.ca_file).ask("GET", server.url))
            assert told == f"{server.url} took longer than 0.4 s"
        assert len(dripped) < 1000

    @pytest.mark.parametrize(
        "endless",
        [b"X-Header: y\r\n", b"x" * 5000, b"HTTP/1.1 100 Continue\r\n\r\n"],
        ids=["lines", "line", "continue"],
    )
    def test_headers_without_end_are_given_up(self, endless: bytes) -> None:
        def script(to: Conversation, _: Request) -> None:
            if not endless.startswith(b"HTTP"):
                to.send(b"HTTP/1.1 200 OK\r\n")
            for _time in range(200_000):
                if not to.send(endless):
                    return

        with serving(script) as server:
            told = failed(lambda: web(limits=Limits(total_seconds=1, attempts=1)).ask("GET", server.url))
        assert told.startswith(f"{server.url} ")

    def test_nobody_there(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        assert failed(lambda: web().ask("GET", f"http://127.0.0.1:{port}")).endswith("cannot be connected to")

    def test_a_name_that_nobody_knows(self) -> None:
        def nobody(*_: object) -> list[tuple[int, str]]:
            raise socket.gaierror(-2, "Name or service not known")

        assert (
            failed(lambda: web(resolver=nobody).ask("GET", "http://h/"))
            == "http://h/ has a name that is not known here"
        )


class TestPublicOnly:
    @pytest.mark.parametrize("address", PRIVATE.split())
    def test_addresses_of_nobody_on_the_internet(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:1.1.1.1"])
    def test_addresses_on_the_internet(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"])
    def test_a_private_address_is_refused_before_it_is_connected_to(self, host: str) -> None:
        with serving(saying(200)) as server:
            told = failed(lambda: web(public_only=True).ask("POST", f"http://{host}:{server.port}/"))
        assert "not public" in told
        assert server.requests == []

    def test_a_host_can_be_allowed(self) -> None:
        with serving(saying(200)) as server:
            asker = web(public_only=True, allowed_hosts=frozenset({"LOCALHOST"}))
            assert asker.ask("GET", f"http://localhost:{server.port}/").status == 200
            assert "not public" in failed(lambda: asker.ask("GET", server.url))

    def test_a_redirect_leads_nowhere_private(self) -> None:
        with serving(saying(200)) as inner:
            with serving(saying(302, Location=f"http://127.0.0.1:{inner.port}/")) as server:
                asker = web(public_only=True, allowed_hosts=frozenset({"localhost"}))
                told = failed(lambda: asker.ask("GET", f"http://localhost:{server.port}/"))
            assert "not public" in told
            assert len(server.requests) == 1
        assert inner.requests == []

    def test_a_name_with_one_private_address_among_public_ones_is_refused(self) -> None:
        both = [(socket.AF_INET, "93.184.216.34"), (socket.AF_INET, "127.0.0.1")]
        told = failed(lambda: web(public_only=True, resolver=lambda *_: both).ask("GET", "http://h/"))
        assert told.startswith("http://h/ is at 127.0.0.1, an address that is not public")

    def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(self) -> None:
        asked: list[str] = []

        def lookup(host: str, _: int) -> list[tuple[int, str]]:
            asked.append(host)
            return [(socket.AF_INET, "127.0.0.1")]

        with serving(saying(200)) as server:
            asker = web(public_only=True, allowed_hosts=frozenset({"h.example"}), resolver=lookup)
            assert asker.ask("GET", f"http://h.example:{server.port}/").status == 200
        assert asked == ["h.example"]
        assert server.requests[0].headers["host"] == f"h.example:{server.port}"


class TestProxies:
    def test_a_proxy_is_asked_and_told_who_we_are(self) -> None:
        with serving(saying(200, b"by proxy")) as proxy:
            place = f"user:pw@127.0.0.1:{proxy.port}"
            found = web(environment={"HTTP_PROXY": place}).ask("GET", "http://far.example/x?y")
        sent = proxy.requests[0]
        assert (found.body, sent.path) == (b"by proxy", "http://far.example/x?y")
        assert sent.headers["proxy-authorization"] == "Basic " + base64.b64encode(b"user:pw").decode()

    def test_what_no_proxy_names_goes_straight(self) -> None:
        with serving(saying(200, b"straight")) as server:
            there = {"http_proxy": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,.internal"}
            assert web(environment=there).ask("GET", server.url).body == b"straight"

    def test_a_tunnel_through_a_proxy_is_encrypted_to_its_end(self, tls: Authority) -> None:
        with serving(saying(200, b"x"), tls.server()) as server, tunnel(server.port) as (port, asked):
            asker = web(environment={"HTTPS_PROXY": f"http://127.0.0.1:{port}"}, ca_file=tls.ca_file)
            assert asker.ask("GET", f"https://localhost:{server.port}/").body == b"x"
        assert asked == [f"CONNECT localhost:{server.port} HTTP/1.0"]

    def test_a_proxy_does_not_make_private_hosts_public(self) -> None:
        with serving(saying(200)) as proxy:
            asker = web(environment={"http_proxy": f"http://127.0.0.1:{proxy.port}"}, public_only=True)
            assert "not public" in failed(lambda: asker.ask("GET", "http://169.254.169.254/"))
        assert proxy.requests == []

    def test_a_proxy_that_is_not_there(self) -> None:
        told = failed(lambda: web(environment={"http_proxy": "http://me:secret@127.0.0.1:9"}).ask("GET", "http://h/"))
        assert told == "http://h/ cannot be reached through the proxy: cannot be connected to"


@contextmanager
def tunnel(port: int) -> Iterator[tuple[int, list[str]]]:
    """A proxy that connects to one port of this machine, once."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[str] = []
    clients: list[socket.socket] = []

    def pump(source: socket.socket, target: socket.socket) -> None:
        while True:
            try:
                data = source.recv(65536)
                target.sendall(data)
            except OSError:
                return
            if not data:
                return

    def run() -> None:
        client, _ = listener.accept()
        clients.append(client)
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        asked.append(head.split(b"\r\n")[0].decode())
        inner = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=pump, args=(inner, client), daemon=True)
        back.start()
        pump(client, inner)
        with suppress(OSError):
            inner.shutdown(socket.SHUT_RDWR)
        back.join(5)
        inner.close()
        client.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], asked
    finally:
        for client in clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        listener.close()
