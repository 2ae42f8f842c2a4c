"""Alerts as messages of Slack's incoming webhooks, which Mattermost, Rocket.Chat and others take too."""

from __future__ import annotations

import msgspec

from ourhalf.history.changes import Kind as Change
from ourhalf.history.outbox import Alert
from ourhalf.history.words import line, title
from ourhalf.watch.destination import Destination, Kind, Settings
from ourhalf.watch.posting import Post

_MOST_LINE = 600
_SIGNS = {
    Change.FIXED: ":white_check_mark:",
    Change.BECAME_KNOWN: ":white_check_mark:",
    Change.ACCEPTED: ":ballot_box_with_check:",
}
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def message(alert: Alert, repeat: bool) -> dict[str, str]:
    """The message: one field `text`, a line for each change."""
    lines = [f"*{_plain(title(alert))}*"]
    if repeat:
        lines.append(f"_This may be a repeat of alert {alert.id[:8]}: whether it arrived is not known._")
    for change in alert.changes:
        text = line(change)
        lines.append(f"{_SIGNS.get(change.kind, ':warning:')} {_plain(text[:_MOST_LINE])}")
    return {"text": "\n".join(lines)}


def _plain(text: str) -> str:
    """Escaped as Slack asks: no `<!channel>` of a name that was read mentions anybody."""
    return text.translate(_ESCAPES)


class _Slack:
    """Slack has no key that would tell a repeat: after a doubt, the message says so itself."""

    most = 20

    def __init__(self, address: str, settings: Settings) -> None:
        self._post = Post("slack", address, settings)
        self.name = self._post.name

    def send(self, alert: Alert, repeat: bool) -> None:
        """See `Destination.send`."""
        self._post.send(msgspec.json.encode(message(alert, repeat)), {})


def _open(address: str, settings: Settings) -> Destination:
    return _Slack(address, settings)


SLACK = Kind(
    "slack", "slack:https://hooks.slack.com/services/…", "a message to Slack, or what takes its webhooks", _open
)
