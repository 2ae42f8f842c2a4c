"""Alerts as JSON by HTTP, to whatever address takes them."""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from ourhalf.history.outbox import Alert
from ourhalf.watch.destination import Destination, Kind, Settings
from ourhalf.watch.posting import Post


class _Webhook:
    """Sends the whole alert. The header `Idempotency-Key` is its id, the same each time that it is sent."""

    most = 100

    def __init__(self, address: str, settings: Settings) -> None:
        self._post = Post("webhook", address, settings)
        self._secret = settings.secret
        self.name = self._post.name

    def send(self, alert: Alert, repeat: bool) -> None:
        """See `Destination.send`."""
        body = msgspec.json.encode(alert)
        headers = {"Idempotency-Key": alert.id}
        if repeat:
            headers["Ourhalf-Repeat"] = "possible"
        if self._secret is not None:
            headers["Ourhalf-Signature"] = "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        self._post.send(body, headers)


def _open(address: str, settings: Settings) -> Destination:
    return _Webhook(address, settings)


WEBHOOK = Kind(
    "webhook",
    "webhook:https://HOST/PATH",
    "JSON by POST, signed with HMAC-SHA256 where there is a secret",
    _open,
)
