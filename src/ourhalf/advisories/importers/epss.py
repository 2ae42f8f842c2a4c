"""EPSS scores as CSV (first.org/epss/data_stats): `cve,epss,percentile` under a line with the day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourhalf.advisories.importers.importer import MAX_DOCUMENT, Importer, Piece, UnusableError, is_cve, quarantined
from ourhalf.advisories.record import Dated, Enriched, Enrichment, Item
from ourhalf.advisories.sources import SourceRow
from ourhalf.model.advisories import Likelihood

_SOURCE = "epss"
_DAY = re.compile(r"score_date:(\d{4}-\d\d-\d\d)")
_MOST_TOLD = 100


def recognises(piece: Piece) -> bool:
    """Whether it begins as these files do."""
    return piece.data.startswith((b"#model_version", b"cve,epss"))


def read(piece: Piece, _: SourceRow | None) -> Iterator[Item]:
    """Each score. Raises UnusableError where the day is not told: a score is of a day."""
    lines = piece.data.decode(errors="replace").splitlines()
    found = _DAY.search(lines[0]) if lines else None
    if found is None:
        raise UnusableError("it does not say of what day its scores are")
    day = found[1]
    yield Dated(_SOURCE, day)
    bad = 0
    for number, line in enumerate(lines, 1):
        cve, _comma, rest = line.partition(",")
        if line.startswith("#") or cve == "cve" or not line:
            continue
        score, percentile = _numbers(rest)
        if is_cve(cve) and 0 <= score <= 1 and 0 <= percentile <= 1:
            yield Enriched(_SOURCE, Enrichment(cve, likelihood=Likelihood(score, percentile, day)))
        elif (bad := bad + 1) <= _MOST_TOLD:
            yield quarantined(_SOURCE, f"line {number}", f"{line[:60]!r} is no score")


def _numbers(text: str) -> tuple[float, float]:
    """Two numbers; -1 for what is none."""
    score, _, percentile = text.partition(",")
    try:
        return float(score), float(percentile)
    except ValueError:
        return -1, -1


EPSS = Importer("epss", recognises, read, MAX_DOCUMENT)
