"""Lets one repository's requests in: nothing, a user with a password, or tokens that are renewed before they end.

Source: github.com/distribution/distribution, docs/spec/auth (token, oauth, scope).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import msgspec

from ourhalf.images.source import ImageError
from ourhalf.registry.challenges import Challenge, challenges
from ourhalf.registry.credential import Credential
from ourhalf.registry.hosts import Place, is_loopback, is_plain
from ourhalf.registry.means import Means
from ourhalf.web import Answer, WebError

_MOST_ANSWER = 1 << 20
_LONGEST_REALM = 2048
_LEAST_SECONDS = 60
_MOST_SECONDS = 24 * 3600
_MARGIN = 0.8
"""A token is taken anew after this part of its life: clocks differ, and requests take time."""
_TOKEN = re.compile(r"[\x21-\x7e]{1,65536}\Z")
_PULL_SCOPE = re.compile(r"repository:[A-Za-z0-9._/:-]{1,400}:pull\Z")


class _Token(msgspec.Struct, frozen=True):
    token: str = ""
    access_token: str = ""
    expires_in: float | None = None


class _Held(msgspec.Struct, frozen=True):
    header: str
    until: float | None = None


class Gate:
    """What one place asks of those who read it. Used from any thread.

    Credentials go to the place itself over TLS (or where the user named it as plain), and to the token server that
    the place names: over TLS, never at a link-local address, nor on this machine unless the place is too.
    """

    def __init__(
        self,
        place: Place,
        means: Means,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._web = means.web
        self._access = means.access
        self._keychain = means.keychain
        self._meter = means.meter
        self._clock = clock
        self._lock = threading.Lock()
        self._challenge: Challenge | None = None
        self._held: _Held | None = None

    def headers(self) -> dict[str, str]:
        """What to send along now. Raises ImageError where a token has ended and no other is given."""
        with self._lock:
            if self._held is None:
                return {}
            if self._held.until is not None and self._clock() >= self._held.until:
                self._held = self._taken()
            return {"Authorization": self._held.header}

    def refused(self, sent: dict[str, str], header: str | None) -> None:
        """Answer a 401 to a request that had `sent`: then it is worth asking once more. Raises ImageError.

        `header` is the challenge, None where the one before holds: it comes from the place itself, never from a
        host that the place redirects to.
        """
        with self._lock:
            if self._held is not None and sent.get("Authorization") != self._held.header:
                return  # another thread has been let in meanwhile
            if header is not None:
                self._challenge = self._chosen(header)
            before = self._held
            self._held = None
            if before is not None and before.until is None:
                raise ImageError(self.refusal())
            self._held = self._taken()

    def _chosen(self, header: str) -> Challenge:
        known = {challenge.scheme: challenge for challenge in reversed(challenges(header))}
        for scheme in ("bearer", "basic"):
            if scheme in known:
                return known[scheme]
        raise ImageError(f"{self._place.host} asks for no way to log in that is known here (Bearer, Basic)")

    def _taken(self) -> _Held:
        if self._challenge is None:
            raise ImageError(self._unwelcome("asks for credentials"))
        credential = self._keychain.find(self._place)
        if credential is not None and credential.bearer:
            return _Held(f"Bearer {credential.bearer}")
        if self._challenge.scheme == "basic":
            if credential is None or not credential.user:
                raise ImageError(self._unwelcome("asks for a user and a password"))
            return _Held(credential.basic)
        return self._token(self._challenge, credential)

    def _token(self, challenge: Challenge, credential: Credential | None) -> _Held:
        realm = self._realm(challenge.parameters.get("realm", ""))
        begun = self._clock()
        answer = self._ask(realm, challenge.parameters, credential)
        if answer.status != 200:
            what = "the credentials" if credential else "anybody without credentials"
            raise ImageError(
                self._unwelcome(f"has a token server, {answer.url}, that does not take {what} ({answer.status})")
            )
        try:
            given = msgspec.json.decode(answer.body, type=_Token)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise ImageError(f"{answer.url}, the token server of {self._place.host}, gives no token in JSON") from None
        token = given.token or given.access_token
        if not _TOKEN.match(token):
            raise ImageError(f"{answer.url}, the token server of {self._place.host}, gives no token that can be sent")
        seconds = min(max(given.expires_in or 0, _LEAST_SECONDS), _MOST_SECONDS)
        return _Held(f"Bearer {token}", begun + seconds * _MARGIN)

    def _ask(self, realm: str, parameters: dict[str, str], credential: Credential | None) -> Answer:
        scope = parameters.get("scope", "")
        asked = {
            "service": parameters.get("service", ""),
            # never more than is needed, whatever the server proposes
            "scope": scope if _PULL_SCOPE.match(scope) else f"repository:{self._place.repository}:pull",
        }
        asked = {name: value for name, value in asked.items() if value}
        try:
            if credential is not None and credential.refresh:
                form = {"grant_type": "refresh_token", "client_id": "ourhalf", "refresh_token": credential.refresh}
                answer = self._web.ask(
                    "POST",
                    realm,
                    headers={"Content-Type": "application/x-www-form-urlencoded"},
                    body=urlencode({**form, **asked}).encode(),
                    max_bytes=_MOST_ANSWER,
                )
            else:
                joint = "&" if urlsplit(realm).query else "?"
                headers = {"Authorization": credential.basic} if credential is not None else {}
                answer = self._web.ask("GET", realm + joint + urlencode(asked), headers=headers, max_bytes=_MOST_ANSWER)
        except WebError as error:
            raise ImageError(f"{self._place.host} has a token server that fails: {error.what}") from None
        self._meter.add(len(answer.body), requests=1)
        return answer

    def _realm(self, realm: str) -> str:
        """The address of the token server, where it is one that credentials may go to."""
        if any(not "!" <= c <= "~" for c in realm) or len(realm) > _LONGEST_REALM:
            raise ImageError(f"{self._place.host} names no token server that can be asked")
        try:
            parts = urlsplit(realm)
            host = parts.netloc
        except ValueError:
            raise ImageError(f"{self._place.host} names no token server that can be asked") from None
        shown = self._web.shown(realm)
        if parts.scheme not in {"https", "http"} or not parts.hostname or "@" in host:
            raise ImageError(f"{self._place.host} names no token server that can be asked")
        own = is_loopback(self._place.host) or is_plain(self._place.host, self._access)
        if is_loopback(parts.hostname) and not own and not is_plain(host, self._access):
            raise ImageError(f"{self._place.host} names {shown} as its token server, which is on this machine")
        if parts.scheme == "http" and not (is_plain(host, self._access) or (own and is_loopback(parts.hostname))):
            raise ImageError(f"{self._place.host} names {shown} as its token server, which is not encrypted")
        return parts._replace(fragment="").geturl()

    def refusal(self) -> str:
        """That we are not let in with what we have."""
        if self._keychain.find(self._place) is None:
            return self._unwelcome("lets nobody in without credentials, or has no such repository")
        return self._unwelcome("does not take the credentials")

    def _unwelcome(self, what: str) -> str:
        notes = "".join(f"; {problem}" for problem in self._keychain.problems)
        found = self._keychain.find(self._place)
        used = f" from {found.origin}" if found else ""
        return (
            f"{self._place.name}: {self._place.host} {what}{used}; log in with `docker login {self._place.host}`{notes}"
        )
