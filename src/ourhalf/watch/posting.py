"""Sends JSON to an address of the web that somebody wrote down: in public, once, and within seconds."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from ourhalf.watch.destination import DeliveryError, DestinationError, Settings, named
from ourhalf.web import Limits, Web, WebError, shown

_LIMITS = Limits(connect_seconds=5, read_seconds=10, total_seconds=15, attempts=1)
_MAX_ANSWER_BYTES = 64 * 1024


class Post:
    """One address. Its path is told to nobody: it often is the secret."""

    def __init__(self, kind: str, address: str, settings: Settings) -> None:
        try:
            parts = urlsplit(address)
            known = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            known = False
        if not known:
            raise DestinationError(f"{kind} needs an address of the web: {kind}:https://HOST/PATH")
        self.name = named(kind, shown(address, path=False).partition("://")[2], address)
        self._address = address
        try:
            self._web = Web(
                environment=settings.environment,
                public_only=True,
                allowed_hosts=settings.allowed_hosts,
                secret_paths=True,
                limits=_LIMITS,
            )
        except WebError as error:
            raise DestinationError(error.what) from None

    def send(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Send JSON. Raises DeliveryError unless the answer is one of success."""
        given = {"Content-Type": "application/json", **headers}
        try:
            answer = self._web.ask("POST", self._address, headers=given, body=body, max_bytes=_MAX_ANSWER_BYTES)
        except WebError as error:
            hint = " with --alert-allow-host HOST" if "not public" in error.what else ""
            raise DeliveryError(error.what + hint, doubt=not error.unsent) from None
        if not 200 <= answer.status < 300:
            raise DeliveryError(f"{answer.url} answers with status {answer.status}", doubt=answer.status >= 500)
