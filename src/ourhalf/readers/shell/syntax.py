"""The short forms in which command lines and Compose files write ports and volumes."""

from __future__ import annotations

import re

from ourhalf.readers.node import Node
from ourhalf.readers.shell.holes import unknown
from ourhalf.readers.shell.placing import Placing

ALL_INTERFACES = "0.0.0.0"  # noqa: S104 - what the engine does when no address is given
_MAX_RANGE = 64

_PORT = re.compile(
    r"^(?:(?:(?P<address>\[[0-9A-Fa-f:.]+\]|[^:\[\]]*):)?(?P<host>[^:/]*):)?(?P<container>[^:/]+)(?:/(?P<protocol>\w+))?$"
)
_RANGE = re.compile(r"^(\d{1,5})-(\d{1,5})$")


def ports(text: str, line: int, at: Placing) -> list[Node]:
    """The ports that `127.0.0.1:8888:8888/tcp` and its shorter forms publish.

    Without an address the engine publishes on all interfaces; without a port of the host it takes a
    free one.
    """
    found = _PORT.match(text)
    if found is None:
        return [at.node(at.unresolved(f"`{text[:40]}` publishes no port that can be told", line), line)]
    container, host = found["container"], found["host"] or ""
    pairs = _pairs(container, host)
    if not pairs:
        return [at.node(at.unresolved(f"the range of ports {text[:40]} is not followed", line), line)]
    shared = {"host_ip": at.text((found["address"] or "").strip("[]") or ALL_INTERFACES, line)}
    if found["protocol"]:
        shared["protocol"] = at.text(found["protocol"], line)
    free = at.node(at.unresolved("a free port of the host's choosing", line), line)
    return [
        at.node(
            {"target": at.text(inside, line), "published": at.text(outside, line) if outside else free, **shared}, line
        )
        for inside, outside in pairs
    ]


def _pairs(container: str, host: str) -> list[tuple[str, str]]:
    """Each port of the container with its port of the host; nothing where ranges do not match."""
    inside = _RANGE.match(container)
    if inside is None:
        return [(container, "" if _RANGE.match(host) else host)]
    first, last = int(inside[1]), int(inside[2])
    if not first <= last < first + _MAX_RANGE:
        return []
    outside = _RANGE.match(host)
    if host and (outside is None or int(outside[2]) - int(outside[1]) != last - first):
        return []
    shift = int(outside[1]) - first if outside else None
    return [(str(port), "" if shift is None else str(port + shift)) for port in range(first, last + 1)]


def volume(text: str, line: int, at: Placing) -> Node:
    """What `/host/path:/path:ro` and its shorter forms mount."""
    parts = text.split(":")
    if len(parts) >= 3 and len(parts[0]) == 1 and parts[0].isalpha() and parts[1][:1] in ("\\", "/"):
        parts = [f"{parts[0]}:{parts[1]}", *parts[2:]]  # a drive of Windows
    if len(parts) == 1:
        if unknown(text):
            return at.node(at.unresolved(at.holes.reason(text) or "", line), line)
        return at.node({"type": at.text("volume", line), "target": at.text(text, line)}, line)
    source, target = parts[0], parts[1]
    options = parts[2].split(",") if len(parts) > 2 else []
    fields = {
        "type": at.text("bind" if is_host_path(source) else "volume", line),
        "source": at.text(source, line),
        "target": at.text(target, line),
    }
    if unknown("".join(options)):
        fields["read_only"] = at.text("".join(options), line)
    elif "ro" in options or "readonly" in options:
        fields["read_only"] = at.node(True, line)
    return at.node(fields, line)


def is_host_path(source: str) -> bool:
    """Whether the source of a mount is a folder or file of the host rather than a named volume."""
    return source[:1] in ("/", ".", "~", "\\") or source[1:3] == ":\\" or unknown(source[:1])


def mount(text: str, line: int, at: Placing) -> Node:
    """What `type=bind,source=/host,target=/path,readonly` mounts."""
    given: dict[str, str] = {}
    for pair in text.split(","):
        key, equals, value = pair.partition("=")
        given[key.strip().lower()] = value if equals else "true"
    source = given.get("source") or given.get("src") or ""
    target = given.get("target") or given.get("destination") or given.get("dst") or ""
    read_only = given.get("readonly") or given.get("ro") or ""
    fields = {"type": at.text(given.get("type", "volume"), line), "target": at.text(target, line)}
    if source:
        fields["source"] = at.text(source, line)
    if read_only:
        fields["read_only"] = at.text(read_only, line)
    return at.node(fields, line)
