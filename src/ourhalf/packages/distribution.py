"""Which distribution an image is of.

Source: freedesktop.org, os-release(5): etc/os-release is read, and usr/lib/os-release where that is missing.
"""

from __future__ import annotations

import re

from ourhalf.images.filesystem import FileSystem
from ourhalf.images.wanted import Wanted
from ourhalf.packages.records import text, word

OS_RELEASE = Wanted(key="distribution/os-release", pattern=r"(?:etc|usr/lib)/os-release", most=1 << 16)
_ASSIGNMENT = re.compile(r"^[ \t]*([A-Z_]{1,64})=(.*)$", re.MULTILINE)
_QUOTED = re.compile(r"""(["'])(.*)\1""")


def distribution(files: FileSystem) -> str:
    """`ID` and `VERSION_ID` joined by a colon, such as `debian:12`.

    A distribution that numbers no versions gives its code name, or stands alone (`debian:trixie`, `arch`); an image
    that says nothing gives "".
    """
    for path in ("etc/os-release", "usr/lib/os-release"):
        kept = files.of(path, OS_RELEASE.key)
        if isinstance(kept, bytes):
            said = {name: _value(value) for name, value in _ASSIGNMENT.findall(text(kept))}
            name = word(said.get("ID"))
            version = word(said.get("VERSION_ID")) or word(said.get("VERSION_CODENAME"))
            if name:
                return f"{name}:{version}" if version else name
    return ""


def vendor(distro: str) -> str:
    """The first part of a distribution, in small letters: the namespace of its package URLs."""
    return distro.partition(":")[0].lower()


def qualifier(distro: str) -> str:
    """A distribution as package URLs say it: `debian-12`."""
    return distro.replace(":", "-")


def _value(written: str) -> str:
    found = _QUOTED.fullmatch(written.strip())
    return found[2] if found else written.strip()
