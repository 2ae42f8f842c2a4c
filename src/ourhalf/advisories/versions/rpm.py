"""The order of rpm: epoch, version and release (rpm-version(7))."""

from __future__ import annotations

import re
from typing import Any

from ourhalf.advisories.versions.order import Order

_SEGMENT = re.compile(r"\d+|[A-Za-z]+|[~^]", re.ASCII)
_EVR = re.compile(r"(?:(?P<epoch>\d*):)?(?P<version>[^-]*)(?:-(?P<release>.*))?", re.ASCII | re.DOTALL)
_END = (0,)
_TILDE, _CARET = (-1,), (1,)

FAMILIES = ("almalinux", "amzn", "azurelinux", "fedora", "mariner", "ol", "opensuse", "rhel", "rocky", "sles")


def rank(version: str) -> tuple[int, tuple[Any, ...], tuple[Any, ...]]:
    """Epoch, version and release, each as a key; a release that is not stated sorts first."""
    epoch, colon, rest = version.partition(":")
    if not colon or not (epoch.isascii() and epoch.isdigit()):
        # A colon that no number stands before separates, as any other sign does.
        epoch, rest = "0", version
    upstream, hyphen, release = rest.partition("-")
    return int(epoch), segments(upstream), segments(release) if hyphen else ()


def segments(text: str) -> tuple[Any, ...]:
    """The runs of digits and letters; `~` sorts before the end, `^` after it, then letters, then digits."""
    found: list[Any] = []
    for part in _SEGMENT.findall(text):
        if part == "~":
            found.append(_TILDE)
        elif part == "^":
            found.append(_CARET)
        elif part[0].isdigit():
            found.append((3, int(part)))
        else:
            found.append((2, part))
    return (*found, _END)


def regular(version: str) -> bool:
    """Whether it has a version, and an epoch that is a number where it has one."""
    found = _EVR.fullmatch(version)
    return found is not None and bool(_SEGMENT.search(found["version"]))


RPM = Order(FAMILIES, rank, regular=regular)
