"""Which severity counts: that of the distribution for its packages, else the newest CVSS, else a word."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ourhalf.model.advisories import Rating, Scheme, Severe
from ourhalf.model.profile import Severity

_WORDS = {
    "critical": Severity.CRITICAL,
    "important": Severity.HIGH,
    "high": Severity.HIGH,
    "moderate": Severity.MEDIUM,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
}
_BELOW_LOW = frozenset({"negligible", "unimportant", "none"})
_SCHEMES = (Scheme.CVSS4, Scheme.CVSS3, Scheme.CVSS2, Scheme.WORD)
MAX_VECTOR = 200


def severe(own: Iterable[Rating], others: Iterable[Rating]) -> Severe:
    """The severity from ratings: `own` of the distribution whose package it is, then all `others`.

    The distribution's word counts first: it knows how it builds the package. Then the newest CVSS, of several of one
    version the highest, then a word. Unknown stays unknown.
    """
    rated = [judged for rating in own if (judged := of_rating(rating)).level is not None]
    if not rated:
        rated = [judged for rating in others if (judged := of_rating(rating)).level is not None]
    return min(rated, key=_rank, default=Severe())


def _rank(one: Severe) -> tuple[object, ...]:
    level = one.level.rank if one.level is not None else 9
    return _SCHEMES.index(one.scheme), -(one.score or 0), level, one.by, one.value


@lru_cache(1 << 12)
def of_rating(rating: Rating) -> Severe:
    """What one rating means; without a level where it cannot be read."""
    if rating.scheme is Scheme.WORD:
        word = rating.value.strip().lower()
        level = Severity.LOW if word in _BELOW_LOW else _WORDS.get(word)
        return Severe(level, rating.by, Scheme.WORD, rating.value, negligible=word in _BELOW_LOW)
    score = _score(rating)
    return Severe(_level(score, rating.scheme), rating.by, rating.scheme, rating.value, score, score == 0)


def _score(rating: Rating) -> float | None:
    """The base score of a vector, as cvss works it out (first.org/cvss); None for what is no vector."""
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    kind = {Scheme.CVSS2: CVSS2, Scheme.CVSS3: CVSS3, Scheme.CVSS4: CVSS4}[rating.scheme]
    if len(rating.value) > MAX_VECTOR:
        return None
    try:
        return float(kind(rating.value).scores()[0])
    except (CVSSError, ValueError, KeyError, ArithmeticError):
        return None


def _level(score: float | None, scheme: Scheme) -> Severity | None:
    """The level of a score: the qualitative scale of CVSS 3 and 4; version 2 as NVD grouped it, without critical."""
    if score is None:
        return None
    if score >= 9 and scheme is not Scheme.CVSS2:
        return Severity.CRITICAL
    if score >= 7:
        return Severity.HIGH
    return Severity.MEDIUM if score >= 4 else Severity.LOW
