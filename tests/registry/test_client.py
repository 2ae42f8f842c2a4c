"""The client of registries against one that drops, lies, stalls and redirects: on real sockets of this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ourhalf.images.source import Access, Descriptor, ImageError, Spent
from ourhalf.registry.client import NotFoundError, Registry
from ourhalf.registry.hosts import Place
from ourhalf.registry.keychain import Keychain
from ourhalf.registry.means import Means, Meter
from ourhalf.web import Limits, Web
from tests.registries import INDEX, MANIFEST, FakeRegistry, descriptor, digest, image, packed, span
from tests.servers import Conversation, Request, Server, close, serving

SHORT = Limits(connect_seconds=2, read_seconds=1, total_seconds=5, attempts=3, first_wait=0.01, most_wait=5)
BODY = bytes(range(251)) * 1500
"""Over five pieces of 64 KB."""
Hook = Callable[[Conversation, Request], bool]


@contextmanager
def asking(
    fake: FakeRegistry, *hooks: Hook, most: int = 60, auths: bool = False
) -> Iterator[tuple[Registry, Server, Meter]]:
    fake.hooks += hooks
    with serving(fake.script, most=most) as server:
        host = f"127.0.0.1:{server.port}"
        meter = Meter()
        web = Web(environment={}, limits=SHORT)
        kept = json.dumps({"auths": {host: {"username": "secret", "password": "secret"}}}) if auths else ""
        keychain = Keychain({"HOME": "/nonexistent", "DOCKER_AUTH_CONFIG": kept})
        means = Means(web, Access(plain_http=(host,)), keychain, meter)
        yield Registry(Place(host, fake.repository), means), server, meter


def on_blobs(act: Callable[[Conversation, Request, int], bool]) -> Hook:
    """`act` on requests for blobs, told which of them it is."""
    count = 0

    def hook(to: Conversation, request: Request) -> bool:
        nonlocal count
        if "/blobs/" not in request.path:
            return False
        count += 1
        return act(to, request, count)

    return hook


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


def head(request: Request, size: int, length: bool = True) -> bytes:
    start, end = span(request, size)
    told = f"Content-Length: {end - start}\r\n" if length else "Connection: close\r\n"
    if "range" in request.headers:
        return f"HTTP/1.1 206 Partial\r\nContent-Range: bytes {start}-{end - 1}/{size}\r\n{told}\r\n".encode()
    return f"HTTP/1.1 200 OK\r\n{told}\r\n".encode()


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


def test_some_bytes_of_a_blob() -> None:
    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    with asking(fake) as (registry, server, meter):
        assert registry.range(blob.digest, 10, 1000) == BODY[10:1010]
        assert registry.range(blob.digest, len(BODY) - 1, 1) == BODY[-1:]
        assert meter.spent() == Spent(1001, 2)
    assert [request.headers["range"] for request in server.requests] == ["bytes=10-1009", "bytes=376499-376499"]


def test_a_registry_that_gives_no_parts_is_asked_once() -> None:
    def whole(to: Conversation, request: Request, _: int) -> bool:
        to.send(head(request._replace(headers={}), 1 << 40))
        close(to)
        return True

    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    with asking(fake, on_blobs(whole)) as (registry, server, meter):
        assert registry.range(blob.digest, 0, 10) is None
        assert registry.range(blob.digest, 0, 10) is None
        assert meter.spent().read == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("told", "body", "said"),
    [
        ("bytes 0-9/100", b"0123456789", "other bytes than asked for"),
        ("bytes 5-20/100", b"0123456789", "other bytes than asked for"),
        ("nonsense", b"0123456789", "other bytes than asked for"),
        ("bytes 5-14/100", b"0123", "4 bytes came of 10"),
        ("bytes 5-14/100", b"0123456789abc", "larger than 10"),
    ],
)
def test_a_part_that_is_another(told: str, body: bytes, said: str) -> None:
    def hook(to: Conversation, _: Request, __: int) -> bool:
        to.answer(206, body, content_range=told)
        return True

    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    with asking(fake, on_blobs(hook)) as (registry, _, _), pytest.raises(ImageError, match=said):
        registry.range(blob.digest, 5, 10)


def test_a_part_that_is_cut_off_is_asked_for_again() -> None:
    def drop(to: Conversation, request: Request, count: int) -> bool:
        if count > 1:
            return False
        to.send(head(request, len(BODY)) + b"abc")
        close(to)
        return True

    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    with asking(fake, on_blobs(drop)) as (registry, _, _):
        assert registry.range(blob.digest, 5, 10) == BODY[5:15]


def test_nothing_secret_goes_along_to_another_host() -> None:
    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    secret = "Basic c2VjcmV0OnNlY3JldA=="
    with serving(fake.script) as other:

        def away(to: Conversation, request: Request) -> bool:
            if request.headers.get("authorization") != secret:
                to.answer(401, b"", www_authenticate='Basic realm="here"')
            else:
                to.answer(307, b"", location=f"http://127.0.0.1:{other.port}{request.path}")
            return True

        front = FakeRegistry()
        with asking(front, away, auths=True) as (registry, server, _):
            with pytest.raises(NotFoundError):
                registry.manifest("1")
            assert b"".join(registry.pieces(blob)) == BODY
            assert registry.range(blob.digest, 3, 4) == BODY[3:7]
    assert [request.headers.get("authorization") for request in server.requests] == [None, secret, secret, secret]
    assert len(other.requests) == 3
    for request in other.requests:
        assert "authorization" not in request.headers
        assert "cookie" not in request.headers


def test_another_host_that_asks_for_credentials_gets_none() -> None:
    def ask(to: Conversation, _: Request) -> None:
        to.answer(401, b"", www_authenticate='Basic realm="give me all"')

    with serving(ask) as other:

        def away(to: Conversation, request: Request) -> bool:
            to.answer(307, b"", location=f"http://127.0.0.1:{other.port}{request.path}")
            return True

        with asking(FakeRegistry(), away, auths=True) as (registry, _, _):
            with pytest.raises(ImageError, match="401"):
                registry.manifest("1")
            with pytest.raises(ImageError, match="asks for credentials"):
                b"".join(registry.pieces(Descriptor("", digest(b"x"), 1)))
    assert all("authorization" not in request.headers for request in other.requests)


def test_a_repository_that_anybody_may_ask_for_and_that_is_not_there() -> None:
    """Docker Hub gives everybody a token, and says of what is not there that it is not for them."""

    def hook(to: Conversation, request: Request) -> bool:
        if request.path.startswith("/token"):
            to.answer(200, b'{"token": "for-anybody"}')
        else:
            to.answer(401, b"", www_authenticate=f'Bearer realm="http://{request.headers["host"]}/token"')
        return True

    with asking(FakeRegistry(), hook) as (registry, server, _):
        with pytest.raises(ImageError, match="lets nobody in without credentials, or has no such repository; log in"):
            registry.manifest("1")
        assert len(server.requests) == 3


def test_a_token_that_ends_between_two_parts() -> None:
    tokens = iter(["one", "two"])
    valid: list[str] = []

    def hook(to: Conversation, request: Request) -> bool:
        if request.path.startswith("/token"):
            valid[:] = [next(tokens)]
            to.answer(200, json.dumps({"token": valid[0]}).encode())
            return True
        if request.headers.get("authorization") != f"Bearer {''.join(valid)}" or not valid:
            to.answer(401, b"", www_authenticate=f'Bearer realm="http://{request.headers["host"]}/token"')
            return True
        return False

    def drop(to: Conversation, request: Request, count: int) -> bool:
        if count != 1:
            return False
        valid[:] = ["ended"]
        to.send(head(request, len(BODY)) + BODY[:70_000])
        close(to)
        return True

    fake = FakeRegistry()
    blob = fake.put_blob(BODY)
    fake.put_manifest(b"{}", "1")
    with asking(fake, hook, on_blobs(drop)) as (registry, server, _):
        registry.manifest("1")
        assert b"".join(registry.pieces(blob)) == BODY
        valid[:] = ["two"]
        assert registry.range(blob.digest, 0, 5) == BODY[:5]
    assert server.requests[-1].headers["authorization"] == "Bearer two"


def test_referrers_by_the_api_on_several_pages() -> None:
    subject = digest(b"subject")
    one, two = (descriptor(MANIFEST, data, artifactType=f"application/{data.decode()}") for data in (b"one", b"two"))

    def hook(to: Conversation, request: Request) -> bool:
        if "/referrers/" not in request.path:
            return False
        last = "page=2" in request.path
        more = {} if last else {"link": f'</v2/team/app/referrers/{subject}?page=2>; rel="next"'}
        body = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [two if last else one]}
        to.answer(200, json.dumps(body).encode(), content_type=INDEX, **more)
        return True

    with asking(FakeRegistry(), hook) as (registry, _, _):
        found = registry.referrers(subject)
    assert found is not None
    assert [(entry.digest, entry.artifact_type) for entry in found] == [
        (digest(b"one"), "application/one"),
        (digest(b"two"), "application/two"),
    ]


def test_referrers_by_the_tag_where_there_is_no_api() -> None:
    subject = digest(b"subject")
    body = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(MANIFEST, b"one")]}
    fake = FakeRegistry()
    with asking(fake) as (registry, _, _):
        assert registry.referrers(subject) == ()
        fake.put_manifest(json.dumps(body).encode(), subject.replace(":", "-"), INDEX)
        found = registry.referrers(subject)
    assert found is not None
    assert [entry.digest for entry in found] == [digest(b"one")]


@pytest.mark.parametrize(
    "link",
    [
        "</v2/team/app/referrers/{0}?page=again>; rel=next",
        "<https://elsewhere.example/v2/team/app/referrers/{0}>; rel=next",
        "</v2/another/referrers/{0}>; rel=next",
    ],
    ids=["without end", "on another host", "in another repository"],
)
def test_pages_of_referrers_end(link: str) -> None:
    subject = digest(b"subject")

    def hook(to: Conversation, request: Request) -> bool:
        to.answer(200, b'{"manifests": null}', link=link.format(subject))
        return "/referrers/" in request.path

    with asking(FakeRegistry(), hook) as (registry, server, _):
        found = registry.referrers(subject)
    assert found == (None if "again" in link else ())
    assert len(server.requests) <= 20


@pytest.mark.parametrize("status", [401, 403, 405, 500])
def test_referrers_that_cannot_be_told(status: int) -> None:
    def hook(to: Conversation, _: Request) -> bool:
        to.answer(status, b"", www_authenticate="Nothing")
        return True

    with asking(FakeRegistry(), hook) as (registry, _, _):
        try:
            assert registry.referrers(digest(b"subject")) is None
        except ImageError:
            assert status == 401


@pytest.mark.parametrize("text", ["sha256:abc", "../../other", "sha256:" + "A" * 64, "md5:" + "a" * 32])
def test_what_is_no_digest_makes_no_url(text: str) -> None:
    with asking(FakeRegistry()) as (registry, server, _):
        for ask in (
            lambda: registry.range(text, 0, 1),
            lambda: b"".join(registry.pieces(Descriptor("", text, 1))),
            lambda: registry.referrers(text),
        ):
            with pytest.raises(ImageError, match="no digest"):
                ask()
    assert server.requests == []
