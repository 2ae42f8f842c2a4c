"""Makes evidence the same on every machine: nothing in it depends on where, or by whom, it was read."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from ourhalf.evidence.document import Kept
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.field import Redacted
from ourhalf.model.finding import ToolInfo
from ourhalf.profile.document import Profile
from ourhalf.readers.secrets import redact_text, scrub

_MARK = re.compile(r"(?<=REDACTED-)([a-z-]+?-)([0-9a-f]{12})")
_DIGEST = re.compile(r"[0-9a-f]{12}")


class _Numbers:
    """Stands a number for each keyed digest, by first appearance: equal secrets stay equal, and no more is told.

    The key of the digests is another in each cache folder, so that they would differ between machines.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, digest: str) -> str:
        """The number of a digest, written as a digest is."""
        return self._known.setdefault(digest, f"{len(self._known) + 1:012x}")

    def in_text(self, text: str) -> str:
        """A text with the numbers of the digests in it; secrets that a reader put together become marks too."""
        cleaned = scrub(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")
        if "REDACTED-" not in cleaned:
            return cleaned
        return _MARK.sub(lambda found: found[1] + self.of(found[2]), cleaned)


def portable(evidence: Evidence, targets: tuple[str, ...], tool: ToolInfo) -> Kept:
    """The evidence as a bundle keeps it, with the targets as `shown` names them."""
    from ourhalf.evidence.document import decode, encode

    numbers = _Numbers()
    roots = _roots(targets)
    unread = tuple(_without_roots(item, roots) for item in evidence.unread)
    plain = msgspec.to_builtins((evidence.resources, unread, evidence.suppressions))
    resources, unread, suppressions = _cleaned(plain, numbers)
    names = tuple(shown(target) for target in targets)
    # What is judged is what the document says, read as anybody will read it.
    return decode(encode(Kept(Evidence(resources, unread, suppressions, evidence.files), names, tool)), "evidence.json")


def _cleaned(value: Any, numbers: _Numbers) -> Any:
    if isinstance(value, str):
        return numbers.in_text(value)
    if isinstance(value, list | tuple):
        return tuple(_cleaned(child, numbers) for child in value)
    if isinstance(value, dict):
        if value.get("type") == Redacted.__name__ and _DIGEST.fullmatch(str(value.get("digest"))):
            return {**value, "digest": numbers.of(value["digest"])}
        return {_cleaned(key, numbers): _cleaned(child, numbers) for key, child in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no number for it
    return value


def portable_profile(profile: Profile) -> Profile:
    """The profile without what may be a secret in it."""
    numbers = _Numbers()
    told = msgspec.structs.replace(
        profile,
        disabled={control: redact_text(reason) for control, reason in profile.disabled.items()},
        exceptions=tuple(msgspec.structs.replace(e, reason=redact_text(e.reason)) for e in profile.exceptions),
    )
    return msgspec.convert(_cleaned(msgspec.to_builtins(told), numbers), Profile)


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
