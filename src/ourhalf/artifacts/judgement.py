"""What can be said of a model file: proved safe, unsafe, unproved or unread, and why."""

from __future__ import annotations

import msgspec

from ourhalf.model.word import Word


class Judgement(Word):
    """From best to worst is `SAFE`, `UNPROVED`, `UNREAD`, `UNSAFE`; a file is judged by the worst of its parts.

    `SAFE`: loading can only build data, and that is proved. `UNSAFE`: it does what no data needs.
    `UNPROVED`: it asks for something that is not known to be harmless. `UNREAD`: it cannot be followed.
    """

    SAFE = "safe"
    UNPROVED = "unproved"
    UNREAD = "unread"
    UNSAFE = "unsafe"

    @property
    def rank(self) -> int:
        """0 for safe, growing as it gets worse."""
        return _ORDER.index(self)


_ORDER = tuple(Judgement)


class Reason(msgspec.Struct, frozen=True):
    """Why a file is not proved safe: `what` in a sentence, at byte `offset` of the part named `part`."""

    judgement: Judgement
    what: str
    offset: int = 0
    part: str = ""


def worst(reasons: tuple[Reason, ...]) -> Judgement:
    """What a file is for all these reasons; safe where there is none."""
    return max((reason.judgement for reason in reasons), key=lambda one: one.rank, default=Judgement.SAFE)
