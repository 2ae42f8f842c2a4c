"""Alerts to a topic of Amazon SNS, from where they go on to mail, queues and functions."""

from __future__ import annotations

import re

import msgspec

from ourhalf.history.outbox import Alert
from ourhalf.history.words import title
from ourhalf.watch.amazon import asked, client
from ourhalf.watch.destination import Destination, DestinationError, Kind, Settings

_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:(?P<region>[a-z0-9-]+):\d{12}:[\w-]{1,256}(?P<fifo>\.fifo)?")
_MOST_SUBJECT = 100


class _Topic:
    """A FIFO topic drops what it has had in the last five minutes; others get the id as an attribute."""

    most = 50

    def __init__(self, address: str, _: Settings) -> None:
        found = _TOPIC.fullmatch(address)
        if found is None:
            raise DestinationError("sns needs the ARN of a topic: sns:arn:aws:sns:REGION:ACCOUNT:NAME")
        self._topic = address
        self._fifo = bool(found["fifo"])
        self._client = client("sns", found["region"])
        self.name = f"sns:{address}"

    def send(self, alert: Alert, repeat: bool) -> None:
        """See `Destination.send`."""
        subject = title(alert).encode("ascii", "replace").decode()[:_MOST_SUBJECT]
        attributes = {"alert": alert.id, "repeat": "possible" if repeat else "no"}
        more = {"MessageGroupId": alert.series, "MessageDeduplicationId": alert.id} if self._fifo else {}
        asked(
            lambda: self._client.publish(
                TopicArn=self._topic,
                Subject=subject,
                Message=msgspec.json.encode(alert).decode(),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
                },
                **more,
            )
        )


def _open(address: str, settings: Settings) -> Destination:
    return _Topic(address, settings)


SNS = Kind("sns", "sns:arn:aws:sns:REGION:ACCOUNT:TOPIC", "JSON to a topic of Amazon SNS (extra aws)", _open)
