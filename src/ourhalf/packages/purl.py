"""Package URLs.

Source: github.com/package-url/purl-spec, docs/standard/specification.md and characters-and-encoding.md: everything
but letters, digits, `.-_~` and the colon is percent-encoded; qualifiers are sorted by key, and empty ones left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

import msgspec

from ourhalf.model.packages import Ecosystem

_LONGEST = 4096
_PURL = re.compile(
    r"pkg:/*(?P<type>[a-z][a-z0-9.+-]*)/(?P<rest>[^?#]+)(?:\?(?P<qualifiers>[^#]*))?(?:#.*)?", re.IGNORECASE
)
_PLAIN = re.compile(r"[A-Za-z0-9._~:-]*")
_LOWERED = frozenset({"deb", "apk", "golang", "pypi"})
"""Types whose names are written in lower case."""


class Parts(msgspec.Struct, frozen=True):
    """What a package URL says. `kind` is its type, such as `deb`."""

    kind: str
    namespace: str
    name: str
    version: str | None
    qualifiers: dict[str, str]

    @property
    def ecosystem(self) -> Ecosystem:
        """Whose package it is; generic for types that are no ecosystem here."""
        return Ecosystem(self.kind) if self.kind in tuple(Ecosystem) else Ecosystem.GENERIC


def purl(
    kind: str, name: str, version: str | None, *, namespace: str = "", qualifiers: Mapping[str, str] | None = None
) -> str:
    """The package URL of these parts; `namespace` may have several, joined by slashes."""
    if kind in _LOWERED:
        namespace, name = namespace.lower(), name.lower()
    parts = [kind, *(part for part in namespace.split("/") if part), name]
    made = "pkg:" + "/".join(_encoded(part) for part in parts)
    if version:
        made += f"@{_encoded(version)}"
    given = sorted((key, value) for key, value in (qualifiers or {}).items() if value)
    return made + ("?" + "&".join(f"{key}={_encoded(value)}" for key, value in given) if given else "")


def parsed(text: str) -> Parts | None:
    """What `text` says; None where it is no package URL."""
    found = _PURL.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    path, at, version = found["rest"].rpartition("@")
    path = path if at else version
    *namespace, name = (unquote(part) for part in path.strip("/").split("/"))
    if not name:
        return None
    pairs = (pair.partition("=") for pair in (found["qualifiers"] or "").split("&"))
    qualifiers = {key.lower(): unquote(value) for key, _, value in pairs if key and value}
    return Parts(found["type"].lower(), "/".join(namespace), name, unquote(version) if at else None, qualifiers)


def _encoded(part: str) -> str:
    if _PLAIN.fullmatch(part):
        return part
    return quote(part, safe=":", errors="replace")
