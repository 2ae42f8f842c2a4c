"""How a repository lets us in: tokens, what they are asked for with, and where credentials never go."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ourhalf.images.source import Access, ImageError
from ourhalf.registry.gate import Gate
from ourhalf.registry.hosts import Place, resolved
from ourhalf.registry.keychain import Keychain
from ourhalf.registry.means import Means, Meter
from ourhalf.web import Limits, Web
from tests.servers import Conversation, Request, Server, authority, serving

SHORT = Limits(connect_seconds=1, read_seconds=1, total_seconds=3, attempts=2, first_wait=0.01, most_wait=1)
SECRET = "s3cret-of-the-test"
BASIC = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
LOCAL, FAR = Place("localhost:5000", "team/app"), Place("r.example", "team/app")


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def gate(
    place: Place, *, auth: Any = None, access: Access | None = None, clock: Clock | None = None, **web: Any
) -> Gate:
    kept = json.dumps({"auths": {place.host: auth}}) if auth else ""
    keychain = Keychain({"HOME": "/nonexistent", "DOCKER_AUTH_CONFIG": kept})
    client = Web(environment={}, limits=SHORT, **{"resolver": resolved, **web})
    return Gate(place, Means(client, access or Access(), keychain, Meter()), clock or Clock())


USER = {"username": "me", "password": SECRET}


@contextmanager
def tokens(*answers: dict[str, Any] | int) -> Iterator[Server]:
    """A token server that gives one answer after the other: a token, or a status."""
    left = list(answers)

    def script(to: Conversation, _: Request) -> None:
        answer = left.pop(0)
        if isinstance(answer, int):
            to.answer(answer, SECRET.encode())
        else:
            to.answer(200, json.dumps(answer).encode())

    with serving(script) as server:
        yield server


def challenge(server: Server, **parameters: str) -> str:
    given = {"realm": f"{server.url}/token", "service": "the registry", **parameters}
    return "Bearer " + ",".join(f'{name}="{value}"' for name, value in given.items())


def asked(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}


def test_a_token_is_asked_for_with_credentials_and_the_least_scope() -> None:
    with tokens({"token": "abc"}) as server:
        one = gate(LOCAL, auth=USER)
        assert one.headers() == {}
        one.refused({}, challenge(server))
        assert one.headers() == {"Authorization": "Bearer abc"}
        (request,) = server.requests
    assert request.headers["authorization"] == BASIC
    assert asked(request) == {"service": "the registry", "scope": "repository:team/app:pull"}


@pytest.mark.parametrize(
    ("proposed", "expected"),
    [
        ("repository:mirror/team/app:pull", "repository:mirror/team/app:pull"),
        ("repository:team/app:pull,push", "repository:team/app:pull"),
        ("registry:catalog:*", "repository:team/app:pull"),
        ("repository:team/app:pull repository:other:push", "repository:team/app:pull"),
    ],
)
def test_a_scope_that_a_server_proposes_is_taken_where_it_only_reads(proposed: str, expected: str) -> None:
    with tokens({"access_token": "abc"}) as server:
        gate(LOCAL).refused({}, challenge(server, scope=proposed))
        assert asked(server.requests[0])["scope"] == expected


def test_without_credentials_a_token_is_asked_for_by_nobody() -> None:
    with tokens({"token": "abc"}) as server:
        gate(LOCAL).refused({}, challenge(server))
        assert "authorization" not in server.requests[0].headers


def test_an_identity_token_is_sent_in_a_form() -> None:
    with tokens({"access_token": "abc"}) as server:
        gate(LOCAL, auth={"identitytoken": SECRET}).refused({}, challenge(server))
        (request,) = server.requests
    assert request.method == "POST"
    assert request.path == "/token"
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    assert form == {
        "grant_type": "refresh_token",
        "client_id": "ourhalf",
        "refresh_token": SECRET,
        "service": "the registry",
        "scope": "repository:team/app:pull",
    }


def test_a_token_that_is_kept_is_sent_as_it_is() -> None:
    with tokens() as server:
        one = gate(LOCAL, auth={"registrytoken": "kept"})
        one.refused({}, challenge(server))
        assert one.headers() == {"Authorization": "Bearer kept"}
        assert server.requests == []


def test_a_token_is_used_until_it_is_about_to_end() -> None:
    clock = Clock()
    with tokens({"token": "a", "expires_in": 100}, {"token": "b", "expires_in": 1}, {"token": "c"}) as server:
        one = gate(LOCAL, clock=clock)
        one.refused({}, challenge(server))
        clock.now += 79
        assert one.headers() == {"Authorization": "Bearer a"}
        assert len(server.requests) == 1
        clock.now += 1
        assert one.headers() == {"Authorization": "Bearer b"}
        clock.now += 47  # a token lasts a minute at least
        assert one.headers() == {"Authorization": "Bearer b"}
        clock.now += 1
        assert one.headers() == {"Authorization": "Bearer c"}


def test_a_token_that_is_refused_is_taken_anew_once_for_all_threads() -> None:
    with tokens({"token": "a"}, {"token": "b"}) as server:
        one = gate(LOCAL)
        one.refused({}, challenge(server))
        sent = one.headers()
        one.refused(sent, None)
        one.refused(sent, None)  # another thread, that sent the same
        assert one.headers() == {"Authorization": "Bearer b"}
        assert len(server.requests) == 2


def test_a_user_and_a_password() -> None:
    one = gate(FAR, auth=USER)
    one.refused({}, 'Basic realm="x"')
    assert one.headers() == {"Authorization": BASIC}
    with pytest.raises(
        ImageError,
        match=r"does not take the credentials from DOCKER_AUTH_CONFIG; log in with `docker login r\.example`",
    ):
        one.refused(one.headers(), None)


def test_a_token_is_preferred() -> None:
    with tokens({"token": "abc"}) as server:
        one = gate(LOCAL, auth=USER)
        one.refused({}, f'Basic realm="x", {challenge(server)}')
        assert one.headers() == {"Authorization": "Bearer abc"}


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ('Basic realm="x"', "asks for a user and a password"),
        ("Negotiate", "no way to log in that is known here"),
        ("", "no way to log in that is known here"),
        (None, "asks for credentials"),
    ],
)
def test_what_cannot_be_answered(header: str | None, said: str) -> None:
    with pytest.raises(ImageError, match=said):
        gate(FAR).refused({}, header)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_token_server_that_refuses(status: int) -> None:
    with (
        tokens(status) as server,
        pytest.raises(ImageError, match=f"does not take the credentials .{status}") as caught,
    ):
        gate(LOCAL, auth=USER).refused({}, challenge(server))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "answer", [{}, {"token": ""}, {"token": 3}, {"token": "a b"}, {"token": "a\r\nX-Evil: 1"}, {"token": "\xe9"}]
)
def test_a_token_that_is_none(answer: dict[str, Any]) -> None:
    with tokens(answer) as server, pytest.raises(ImageError, match="gives no token"):
        gate(LOCAL).refused({}, challenge(server))


def test_a_token_server_that_fails_is_told_without_the_query() -> None:
    with tokens(500, 500) as server, pytest.raises(ImageError) as caught:
        gate(LOCAL, auth=USER).refused({}, challenge(server, realm=f"{server.url}/token?key={SECRET}"))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("place", "realm", "said"),
    [
        (FAR, "http://auth.example/token", "not encrypted"),
        (FAR, "https://127.0.0.1/token", "on this machine"),
        (FAR, "https://localhost:8080/token", "on this machine"),
        (FAR, "https://[::1]/token", "on this machine"),
        (FAR, "https://169.254.169.254/latest/api/token", "metadata"),
        (FAR, "https://[fd00:ec2::254]/latest", "metadata"),
        (LOCAL, "http://169.254.169.254/latest", "not encrypted"),
        (LOCAL, "http://auth.example/token", "not encrypted"),
        (FAR, "https://me:password@auth.example/token", "no token server that can be asked"),
        (FAR, "file:///etc/passwd", "no token server that can be asked"),
        (FAR, "/token", "no token server that can be asked"),
        (FAR, "https://auth.example/a b", "no token server that can be asked"),
        (FAR, "https://[::1/", "no token server that can be asked"),
        (FAR, "https://auth.example/" + "a" * 3000, "no token server that can be asked"),
        (FAR, "", "no token server that can be asked"),
    ],
)
def test_token_servers_that_are_not_asked(place: Place, realm: str, said: str) -> None:
    with pytest.raises(ImageError, match=said) as caught:
        gate(place, auth=USER).refused({}, f'Bearer realm="{realm}",service="s"')
    assert SECRET not in str(caught.value)


def test_a_token_server_that_the_user_named_may_be_without_tls() -> None:
    with tokens({"token": "abc"}) as server:
        access = Access(plain_http=(f"127.0.0.1:{server.port}",))
        one = gate(FAR, auth=USER, access=access)
        one.refused({}, challenge(server))
        assert one.headers() == {"Authorization": "Bearer abc"}


def test_a_token_server_that_redirects_does_not_hand_credentials_on(tmp_path: Path) -> None:
    with tokens({"token": "abc"}) as other:

        def away(to: Conversation, request: Request) -> None:
            to.answer(302, b"", location=f"{other.url}{request.path}")

        with serving(away) as first:
            gate(LOCAL, auth=USER).refused({}, challenge(first))
            assert first.requests[0].headers["authorization"] == BASIC
        assert "authorization" not in other.requests[0].headers


def test_a_token_server_over_tls_never_leads_to_one_without(tmp_path: Path) -> None:
    by = authority(tmp_path)
    with tokens({"token": "abc"}) as other:

        def away(to: Conversation, request: Request) -> None:
            to.answer(302, b"", location=f"{other.url}{request.path}")

        with serving(away, tls=by.server()) as first, pytest.raises(ImageError, match="not encrypted"):
            gate(LOCAL, auth=USER, ca_file=by.ca_file).refused({}, challenge(first))
        assert other.requests == []
