"""The client of registries against one that drops, lies and stalls: on real sockets of this machine."""

from __future__ import annotations

import pytest

from ourhalf.images.source import Descriptor, ImageError, Spent
from ourhalf.registry.client import NotFoundError
from tests.registries import INDEX, MANIFEST, FakeRegistry, digest, image, packed, span
from tests.registry.talking import BODY, asking, head, on_blobs
from tests.servers import Conversation, Request, close


def test_a_manifest_by_its_tag_and_by_its_digest() -> None:
    fake = FakeRegistry()
    made = image([packed({"a": b"1"})])
    fake.put(made, "1.2")
    with asking(fake) as (registry, server, meter):
        by_tag, by_digest = registry.manifest("1.2"), registry.manifest(made.digest)
    assert by_tag.data == by_digest.data == made.manifest
    assert by_tag.digest == by_digest.digest == made.digest
    assert by_tag.media_type == MANIFEST
    accepted = server.requests[0].headers["accept"].split(", ")
    assert {MANIFEST, INDEX} < set(accepted)
    assert len(accepted) == 4
    assert meter.spent() == Spent(2 * len(made.manifest), 2)


def test_a_manifest_that_is_not_what_its_digest_names() -> None:
    fake = FakeRegistry()
    wanted = digest(b"{}")
    fake.contents[f"manifests/{wanted}"] = MANIFEST, b"{ }"
    with asking(fake) as (registry, _, _), pytest.raises(ImageError, match="digest"):
        registry.manifest(wanted)


def test_a_manifest_whose_digest_the_registry_tells_wrongly() -> None:
    def hook(to: Conversation, _: Request) -> bool:
        to.answer(200, b"{}", docker_content_digest=digest(b"other"), content_type=MANIFEST)
        return True

    with asking(FakeRegistry(), hook) as (registry, _, _), pytest.raises(ImageError, match="says that its digest is"):
        registry.manifest("1")


@pytest.mark.parametrize("told", [True, False], ids=["with its length", "without"])
def test_a_manifest_of_over_4_mb_is_refused(told: bool) -> None:
    def hook(to: Conversation, _: Request) -> bool:
        length = f"Content-Length: {100 << 20}\r\n" if told else ""
        to.send(f"HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n".encode())
        while to.send(b" " * (1 << 16)):
            pass
        return True

    with asking(FakeRegistry(), hook) as (registry, _, _), pytest.raises(ImageError, match=r"larger than 4,194,304"):
        registry.manifest("1")


def test_an_image_that_is_not_there() -> None:
    with asking(FakeRegistry()) as (registry, _, _), pytest.raises(NotFoundError, match="404, MANIFEST_UNKNOWN"):
        registry.manifest("1")


@pytest.mark.parametrize(
    "sent",
    [0, 1, 2, 65_535, 65_536, 65_537, 131_072, len(BODY) - 65_537, len(BODY) - 1],
)
@pytest.mark.parametrize("length", [True, False], ids=["with its length", "without"])
def test_a_blob_is_taken_up_where_the_connection_dropped(sent: int, length: bool) -> None:
    def drop(to: Conversation, request: Request, count: int) -> bool:
        if count > 1:
            return False
        to.send(head(request, len(BODY), length) + BODY[:sent])
        close(to)
        return True

    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    with asking(fake, on_blobs(drop)) as (registry, server, _):
        assert b"".join(registry.pieces(blob)) == BODY
    assert len(server.requests) == 2
    assert server.requests[1].headers.get("range", "bytes=0-") == f"bytes={sent}-"


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"HTTP/1.1 2",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1",
    ],
    ids=["nothing", "half a status", "a status", "half a header", "half a length"],
)
def test_a_drop_before_the_body_is_tried_again(part: bytes) -> None:
    def drop(to: Conversation, _: Request, count: int) -> bool:
        if count > 1:
            return False
        to.send(part)
        close(to)
        return True

    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    with asking(fake, on_blobs(drop)) as (registry, _, _):
        if part.endswith(b": 1"):  # a length that is complete, and is not that of the manifest
            with pytest.raises(ImageError, match="the registry sends 1 from byte 0"):
                b"".join(registry.pieces(blob))
        else:
            assert b"".join(registry.pieces(blob)) == BODY


def test_a_drop_within_a_chunk() -> None:
    def drop(to: Conversation, _: Request, count: int) -> bool:
        if count > 1:
            return False
        to.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n" + BODY[:70])
        close(to)
        return True

    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    with asking(fake, on_blobs(drop)) as (registry, _, _):
        assert b"".join(registry.pieces(blob)) == BODY


def test_a_registry_that_cannot_go_on_sends_all_again() -> None:
    def drop(to: Conversation, request: Request, count: int) -> bool:
        to.send(head(request._replace(headers={}), len(BODY)) + (BODY[:100_000] if count == 1 else BODY))
        close(to)
        return True

    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    with asking(fake, on_blobs(drop)) as (registry, _, meter):
        assert b"".join(registry.pieces(blob)) == BODY
    assert meter.spent().read >= len(BODY)


def test_a_registry_that_drops_again_and_again_is_given_up() -> None:
    def drop(to: Conversation, request: Request, _: int) -> bool:
        start, _end = span(request, len(BODY))
        to.send(head(request, len(BODY)) + BODY[start : start + 1])
        close(to)
        return True

    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    with asking(fake, on_blobs(drop), most=200) as (registry, server, _), pytest.raises(ImageError, match="ends"):
        b"".join(registry.pieces(blob))
    assert 5 < len(server.requests) < 60


LIES: dict[str, tuple[bytes, bytes, str]] = {
    "a length that is too large": (b"Content-Length: 1000000000\r\n", BODY, "the registry sends 1,000,000,000"),
    "a length that is too small": (b"Content-Length: 10\r\n", BODY[:10], "the registry sends 10"),
    "more bytes, without a length": (b"Connection: close\r\n", BODY + b"x" * 70_000, "the registry sends more"),
    "one byte more, without a length": (b"Connection: close\r\n", BODY + b"x", "the registry sends more"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_registry_that_lies_about_the_length(lie: str) -> None:
    header, body, problem = LIES[lie]

    def hook(to: Conversation, _: Request, __: int) -> bool:
        to.send(b"HTTP/1.1 200 OK\r\n" + header + b"\r\n" + body)
        close(to)
        return True

    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    with asking(fake, on_blobs(hook)) as (registry, server, _):
        with pytest.raises(ImageError, match=problem):
            b"".join(registry.pieces(blob))
        assert len(server.requests) == 1


def test_a_registry_whose_blob_is_shorter_than_the_manifest_states() -> None:
    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    longer = Descriptor(blob.media_type, blob.digest, blob.size + 1)
    with asking(fake) as (registry, _, _), pytest.raises(ImageError, match="states 376,501 bytes"):
        b"".join(registry.pieces(longer))


def test_a_small_blob_is_checked() -> None:
    fake = FakeRegistry()
    blob = fake.put_blob(b"right")
    fake.contents[f"blobs/{blob.digest}"] = "", b"wrong"
    with asking(fake) as (registry, _, _):
        with pytest.raises(ImageError, match="digest"):
            registry.whole(blob, 100)
        with pytest.raises(ImageError, match="over 4 are refused"):
            registry.whole(blob, 4)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_registry_that_is_busy_is_asked_again(status: int) -> None:
    seen: list[int] = []

    def hook(to: Conversation, request: Request) -> bool:
        seen.append(status)
        if len(seen) > 2:
            return False
        to.answer(status, b"later", retry_after="0")
        return True

    fake = FakeRegistry()
    fake.put_manifest(b"{}", "1")
    with asking(fake, hook) as (registry, _, _):
        assert registry.manifest("1").data == b"{}"
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("status", "said"), [(429, "too many requests"), (500, "answers with an error"), (403, "lets nobody in")]
)
def test_a_registry_that_stays_so_is_told(status: int, said: str) -> None:
    def hook(to: Conversation, _: Request) -> bool:
        to.answer(status, b'{"errors": [{"code": "TOOMANYREQUESTS", "message": "password is hunter2"}]}')
        return True

    with asking(FakeRegistry(), hook) as (registry, _, _):
        with pytest.raises(ImageError, match=f"{said}.*{status}, TOOMANYREQUESTS") as caught:
            registry.manifest("1")
        assert "hunter2" not in str(caught.value)
        with pytest.raises(ImageError, match=said):
            b"".join(registry.pieces(Descriptor("", digest(b"x"), 1)))
        with pytest.raises(ImageError, match=said):
            registry.range(digest(b"x"), 0, 1)


def test_patience_has_an_end() -> None:
    def hook(to: Conversation, _: Request) -> bool:
        to.answer(429, b"", retry_after="3600")
        return True

    with asking(FakeRegistry(), hook) as (registry, server, _), pytest.raises(ImageError, match="too many requests"):
        registry.manifest("1")
    assert len(server.requests) == 1
