"""Functions that digest texts and files, and that reckon with dates."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ourhalf.readers.node import Node
from ourhalf.readers.terraform.functions.files import contents
from ourhalf.readers.terraform.syntax import Call
from ourhalf.readers.terraform.values import Fault, known, node

if TYPE_CHECKING:
    from ourhalf.readers.terraform.evaluate import Scope

_DURATION = re.compile(r"([+-]?\d+(?:\.\d+)?)(h|ms|m|s)")
_UNIT = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_NAMES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}
_DATE_PARTS = re.compile(
    r"'((?:[^']|'')*)'|YYYY|YY|MMMM|MMM|MM|M|DD|D|EEEE|EEE|hh|h|HH|H|AA|aa|mm|m|ss|s|ZZZZZ|ZZZZ|ZZZ|Z"
)
_DATE_FORMAT = {
    "YYYY": "%Y",
    "YY": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "DD": "%d",
    "EEEE": "%A",
    "EEE": "%a",
    "hh": "%H",
    "HH": "%I",
    "AA": "%p",
    "mm": "%M",
    "ss": "%S",
    "ZZZZZ": "+00:00",
    "ZZZZ": "+0000",
    "ZZZ": "UTC",
    "Z": "Z",
}


def _digest(name: str, data: bytes, as_base64: bool) -> str:
    found = hashlib.new(name, data, usedforsecurity=False)
    return base64.b64encode(found.digest()).decode() if as_base64 else found.hexdigest()


def _of_text(name: str, as_base64: bool) -> Callable[..., object]:
    return lambda value: _digest(name, str(value).encode(), as_base64)


def _of_file(name: str, as_base64: bool) -> Callable[[list[Node], Call, Scope], Node]:
    def apply(arguments: list[Node], at: Call, scope: Scope) -> Node:
        return node(_digest(name, contents(known(arguments[0]), scope), as_base64), at)

    return apply


def _date(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Fault("not a timestamp") from None


def _formatdate(layout: str, when: str) -> str:
    moment = _date(when).astimezone(UTC)

    def part(found: re.Match[str]) -> str:
        if found[1] is not None:
            return found[1].replace("''", "'")
        known_format = _DATE_FORMAT.get(found[0])
        if known_format is not None:
            return moment.strftime(known_format)
        return moment.strftime(_DATE_FORMAT[found[0] * 2]).lstrip("0") or "0"

    return _DATE_PARTS.sub(part, layout)


def _timeadd(when: str, duration: str) -> str:
    seconds = sum(float(n) * _UNIT[unit] for n, unit in _DURATION.findall(duration))
    return (_date(when) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def _timecmp(one: str, other: str) -> int:
    a, b = _date(one), _date(other)
    return (a > b) - (a < b)


def _uuidv5(namespace: str, name: str) -> str:
    space: Any = _NAMES.get(namespace) or uuid.UUID(namespace)
    return str(uuid.uuid5(space, name))


PLAIN: dict[str, Callable[..., object]] = {
    "base64sha256": _of_text("sha256", as_base64=True),
    "base64sha512": _of_text("sha512", as_base64=True),
    "formatdate": _formatdate,
    "md5": _of_text("md5", as_base64=False),
    "sha1": _of_text("sha1", as_base64=False),
    "sha256": _of_text("sha256", as_base64=False),
    "sha512": _of_text("sha512", as_base64=False),
    "timeadd": _timeadd,
    "timecmp": _timecmp,
    "uuidv5": _uuidv5,
}

NODES = {
    "filebase64sha256": _of_file("sha256", as_base64=True),
    "filebase64sha512": _of_file("sha512", as_base64=True),
    "filemd5": _of_file("md5", as_base64=False),
    "filesha1": _of_file("sha1", as_base64=False),
    "filesha256": _of_file("sha256", as_base64=False),
    "filesha512": _of_file("sha512", as_base64=False),
}
