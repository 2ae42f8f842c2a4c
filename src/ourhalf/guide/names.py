"""Names of pages and places in them, made of texts that may be anything."""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LONGEST = 48


class Names:
    """Gives each text a name of its own: small letters, digits and hyphens."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, text: str, otherwise: str) -> str:
        """The name of `text`, or of `otherwise` where nothing of it remains; a number behind it where it is taken."""
        plain = re.sub(r"[^a-z0-9]+", "-", text.lower())[:_LONGEST].strip("-") or otherwise
        name, number = plain, 1
        while name in self._taken:
            number += 1
            name = f"{plain}-{number}"
        self._taken.add(name)
        return name


def finding_anchor(id_: str) -> str:
    """The place of a finding on its page."""
    return f"f-{_safe(id_)}"


def control_anchor(id_: str) -> str:
    """The place of a control in its chapter."""
    return f"c-{_safe(id_)}"


def _safe(id_: str) -> str:
    return id_ if _PLAIN.fullmatch(id_) else hashlib.blake2b(id_.encode(errors="replace"), digest_size=8).hexdigest()


def heading_anchor(text: str) -> str:
    """The place of a heading, as sites made of Markdown name it."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
