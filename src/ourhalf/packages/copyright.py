"""Licences of Debian packages, from their copyright files.

Source: debian.org/doc/packaging-manuals/copyright-format/1.0 for files that a program can read; others name the
texts under /usr/share/common-licenses that they refer to.
"""

from __future__ import annotations

import re

from ourhalf.images.wanted import Wanted
from ourhalf.packages.records import line

_MOST = 64
_LICENSE = re.compile(rb"^License:[ \t]*([^\n]{1,200})$", re.MULTILINE)
_COMMON = re.compile(rb"/usr/share/common-licenses/([A-Za-z0-9][A-Za-z0-9.+-]{0,40})")
_OPERATOR = re.compile(r"\s+(?:and|or)\s+|,", re.IGNORECASE)


def licenses(_: str, data: memoryview) -> bytes | None:
    """Short names of licences, sorted, one a line; None where there are none."""
    content = bytes(data)
    found: set[str] = set()
    if content.lstrip()[:7].lower() == b"format:":
        for said in _LICENSE.findall(content):
            whole = said.decode("utf-8", "replace").replace("(", " ").replace(")", " ")
            found.update(name for part in _OPERATOR.split(whole) if (name := line(part)))
    if not found:
        names = (said.decode("ascii").rstrip(".") for said in _COMMON.findall(content))
        found.update(name for name in names if name)
    return "\n".join(sorted(found)[:_MOST]).encode() if found else None


COPYRIGHT = Wanted(key="dpkg/copyright", pattern=r"usr/share/doc/[^/]+/copyright", most=4 << 20, reduce=licenses)
