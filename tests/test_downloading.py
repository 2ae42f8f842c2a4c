"""Bodies that are read piece by piece, from servers that drop, lie and change their mind."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ourhalf.downloading import stream
from ourhalf.web import Limits
from tests.servers import Conversation, Request, close, raw, saying, serving
from tests.test_web import failed, web

BODY = bytes(range(256)) * 1000


def read(url: str, most: int = 1 << 20, **more: Any) -> bytes:
    with stream(more.pop("by", web()), url, max_bytes=most, **more) as found:
        return b"".join(found)


def dropping(*, every: int, etags: list[str] | None = None, ranges: bool = True, **more: str) -> Any:
    """A server that ends each connection `every` bytes into BODY."""
    named = iter(etags or [])

    def script(to: Conversation, asked: Request) -> None:
        etag = next(named, (etags or [""])[-1])
        start = int(asked.headers.get("range", "bytes=0-")[6:].rstrip("-"))
        if asked.headers.get("if-range", etag) != etag or not ranges:
            start = 0
        lines = [f"HTTP/1.1 {206 if start else 200} OK", f"Content-Length: {len(BODY) - start}"]
        lines += [f"ETag: {etag}"] if etag else []
        lines += [f"{name}: {value}" for name, value in more.items()]
        lines += [f"Content-Range: bytes {start}-{len(BODY) - 1}/{len(BODY)}"] if start else []
        to.send("\r\n".join([*lines, "", ""]).encode() + BODY[start:][:every])
        close(to)

    return script


def test_pieces_come_as_they_are() -> None:
    with serving(saying(200, BODY)) as server, stream(web(), server.url, max_bytes=len(BODY)) as found:
        pieces = list(found)
    assert (found.status, b"".join(pieces)) == (200, BODY)
    assert len(pieces) > 1


def test_a_dropped_connection_is_taken_up_where_it_ended() -> None:
    with serving(dropping(every=100_000, etags=['"v1"'])) as server:
        assert read(server.url) == BODY
    assert [one.headers.get("range") for one in server.requests] == [None, "bytes=100000-", "bytes=200000-"]
    assert [one.headers.get("if-range") for one in server.requests] == [None, '"v1"', '"v1"']


def test_what_is_immutable_needs_no_version() -> None:
    with serving(dropping(every=100_000)) as server:
        assert read(server.url, immutable=True) == BODY


def test_two_versions_are_never_mixed() -> None:
    with serving(dropping(every=100_000, etags=['"v1"', '"v2"'])) as server:
        told = failed(lambda: read(server.url))
    assert told == f"{server.url} was cut off after 100,000 bytes, and is another now"
    with serving(dropping(every=100_000)) as server:
        assert "does not say of what version" in failed(lambda: read(server.url))


def test_a_server_without_ranges_sends_all_again_and_what_is_known_is_passed_over() -> None:
    sizes = iter([100_000, 150_000, 999_999])

    def script(to: Conversation, _: Request) -> None:
        to.send(f'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: {len(BODY)}\r\n\r\n'.encode() + BODY[: next(sizes)])
        close(to)

    with serving(script) as server:
        assert read(server.url) == BODY


def test_a_server_that_always_drops_is_given_up() -> None:
    with serving(dropping(every=10, etags=['"v1"'])) as server:
        told = failed(lambda: read(server.url))
    assert told == f"{server.url} ends its answer before its end"
    assert len(server.requests) == 6


@pytest.mark.parametrize("told", ["", "bytes 5-9/10", "bytes */10", "items 3-9/10"])
def test_other_bytes_than_those_asked_for_are_refused(told: str) -> None:
    with serving(saying(206, b"x", Content_Range=told)) as server:
        assert "sends other bytes" in failed(lambda: read(server.url, start=3))


def test_a_stream_can_begin_where_an_earlier_one_ended() -> None:
    with serving(dropping(every=999_999, etags=['"v1"'])) as server:
        with stream(web(), server.url, max_bytes=1 << 20, start=1000, if_range='"v1"') as found:
            assert (found.offset, found.version, b"".join(found)) == (1000, '"v1"', BODY[1000:])
        with stream(web(), server.url, max_bytes=1 << 20, start=1000, if_range='"v0"') as found:
            assert (found.offset, found.status, b"".join(found)) == (0, 200, BODY)


def test_the_bound_counts_all_bytes() -> None:
    with serving(dropping(every=100_000, etags=['"v1"'])) as server:
        assert f"{server.url}: the answer is larger than" in failed(lambda: read(server.url, len(BODY) - 1))
    with serving(raw(b"HTTP/1.1 200 OK\r\n\r\n" + BODY)) as server:
        assert "larger than 1,000 bytes" in failed(lambda: read(server.url, 1000))
        assert read(server.url, len(BODY)) == BODY


def test_a_no_is_told_by_its_status() -> None:
    with serving(saying(404, b"none")) as server, stream(web(), server.url, max_bytes=10) as found:
        assert (found.status, b"".join(found)) == (404, b"none")


def test_a_stream_that_drips_is_given_up() -> None:
    def script(to: Conversation, _: Request) -> None:
        to.send(b'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: 100000\r\n\r\n')
        for _time in range(2000):
            if not to.send(b"1"):
                return
            time.sleep(0.02)

    with serving(script) as server:
        told = failed(lambda: read(server.url, by=web(limits=Limits(read_seconds=5, total_seconds=0.5))))
    assert told == f"{server.url} took longer than 0.5 s"


def test_a_stream_is_asked_for_again_while_the_server_is_busy() -> None:
    states = iter([503, 200])
    with serving(lambda to, _: to.answer(next(states), b"x")) as server:
        assert read(server.url) == b"x"
