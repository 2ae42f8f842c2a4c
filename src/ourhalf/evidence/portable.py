"""Makes evidence the same on every machine: nothing in it depends on where, or by whom, it was read."""

from __future__ import annotations

import base64
import math
import os
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from ourhalf.evidence.document import Kept, decode, encode
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.field import Redacted
from ourhalf.model.finding import ToolInfo
from ourhalf.profile.document import Profile
from ourhalf.readers.secrets import redact_text, scrub

_MARK = re.compile(r"(?i)(?<=REDACTED-)([a-z-]+?-)([0-9a-f]{12})")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_DIGEST = re.compile(r"[0-9a-f]{12}")


class Cleaner:
    """Takes out of texts what is left of secrets, and what a reader left that was put together into one.

    The digest of a secret has another key in each cache folder. In its place stands a number, by first
    appearance: equal secrets stay equal, and nothing else is told of them.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def number(self, digest: str) -> str:
        """The number of a digest, written as a digest is."""
        return self._known.setdefault(digest.lower(), f"{len(self._known) + 1:012}")

    def text(self, text: str) -> str:
        """The text as a bundle holds it."""
        found = self._texts.get(text)  # most texts are paths and names of fields, met again and again
        if found is None:
            found = self._texts[text] = self._cleaned(text)
        return found

    def _cleaned(self, text: str) -> str:
        inner = _from_base64(text)
        if inner is not None and (cleaned := self._cleaned(inner)) != inner:
            return base64.b64encode(cleaned.encode()).decode()
        cleaned = redact_text(scrub(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass"))
        return _MARK.sub(lambda found: found[1] + self.number(found[2]), cleaned) if _MARK.search(cleaned) else cleaned


def portable(evidence: Evidence, targets: tuple[str, ...], tool: ToolInfo, cleaner: Cleaner) -> Kept:
    """The evidence as a bundle keeps it, with the targets as `shown` names them."""
    roots = _roots(targets)
    unread = tuple(_without_roots(item, roots) for item in evidence.unread)
    plain = msgspec.to_builtins((evidence.resources, unread, evidence.suppressions))
    resources, unread, suppressions = _cleaned(plain, cleaner)
    names = tuple(cleaner.text(shown(target)) for target in targets)
    # What is judged is what the document says, read as anybody will read it.
    return decode(encode(Kept(Evidence(resources, unread, suppressions, evidence.files), names, tool)), "evidence.json")


def _from_base64(text: str) -> str | None:
    """The text that a text is in base64; None where it is none."""
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return None
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return None


def _cleaned(value: Any, cleaner: Cleaner) -> Any:
    if isinstance(value, str):
        return cleaner.text(value)
    if isinstance(value, list | tuple):
        return tuple(_cleaned(child, cleaner) for child in value)
    if isinstance(value, dict):
        if value.get("type") == Redacted.__name__ and _DIGEST.fullmatch(str(value.get("digest"))):
            return {**value, "digest": cleaner.number(value["digest"])}
        return {_cleaned(key, cleaner): _cleaned(child, cleaner) for key, child in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no number for it
    return value


def portable_profile(profile: Profile, cleaner: Cleaner) -> Profile:
    """The profile without what may be a secret in it."""
    return msgspec.convert(_cleaned(msgspec.to_builtins(profile), cleaner), Profile)


def shown(path: str) -> str:
    """How a bundle names a path that somebody gave: as it is where it stays below the current folder.

    Of any other path nothing is said but the name of a file: folders would tell whose machine it was.
    """
    plain = os.path.normpath(path).replace(os.sep, "/")
    if not os.path.isabs(path) and plain.split("/")[0] != "..":
        return plain
    return "." if os.path.isdir(path) else os.path.basename(plain)


def _roots(targets: Iterable[str]) -> tuple[str, ...]:
    """The folders of targets as messages may spell them, longest first."""
    found = set()
    for target in targets:
        folder = target if os.path.isdir(target) else os.path.dirname(target)
        found |= {os.path.abspath(folder), os.path.realpath(folder)}
    return tuple(sorted(found - {os.sep}, key=lambda root: (-len(root), root)))


def _without_roots(item: Unread, roots: tuple[str, ...]) -> Unread:
    reason = item.reason
    for root in roots:
        reason = reason.replace(root + os.sep, "").replace(root, ".")
    return msgspec.structs.replace(item, reason=reason)
