"""Parts of blobs, redirects and referrers, from registries that do as they like: on real sockets of this machine."""

from __future__ import annotations

import json

import pytest

from ourhalf.images.source import Descriptor, ImageError, Spent
from ourhalf.registry.client import NotFoundError
from tests.registries import INDEX, MANIFEST, FakeRegistry, descriptor, digest
from tests.registry.talking import BODY, asking, head, on_blobs
from tests.servers import Conversation, Request, close, serving


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
