"""Lines of source that a report shows."""

import msgspec

from ourhalf.model.finding import EvidenceItem


class Excerpt(msgspec.Struct, frozen=True):
    """Lines of a file with their numbers, from 1, secrets hidden; `why_not` says why there are none."""

    path: str
    line: int
    lines: tuple[tuple[int, str], ...] = ()
    why_not: str = ""


class Decided(msgspec.Struct, frozen=True):
    """A field that decided a verdict, and its lines; None where they are those of a field before it."""

    item: EvidenceItem
    excerpt: Excerpt | None = None
