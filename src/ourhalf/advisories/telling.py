"""The store for a terminal: its sources, what could not be used, and one vulnerability."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from datetime import date

from ourhalf.advisories.record import Affected, Enrichment
from ourhalf.advisories.severity import of_rating
from ourhalf.advisories.store import Held
from ourhalf.model.advisories import Quarantined, Rating, SourceStatus

_WIDTH = 100
_MOST_PACKAGES = 40
_MOST_TOLD = 20


def status_table(path: str, digest: str, sources: Sequence[SourceStatus], today: date, max_age: int) -> str:
    """One line a source, then what is to be known of them."""
    rows: list[tuple[str, ...]] = [("source", "as of", "age", "records", "unusable", "importer", "speaks of")]
    rows.extend(_row(one, today, max_age) for one in sources)
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = [
        "  ".join([*(f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)), row[6]]) for row in rows
    ]
    notes = [f"{one.name}: {one.note}" for one in sources if one.note]
    thanks = [f"{one.name}: {one.attribution} ({one.licence})" for one in sources]
    told = [path, digest, "", *(line.rstrip() for line in lines), "", *notes, "", "Made from:", *thanks]
    return "\n".join(clean(line) for line in told) + "\n"


def _row(one: SourceStatus, today: date, max_age: int) -> tuple[str, ...]:
    try:
        days = (today - date.fromisoformat(one.as_of)).days
    except ValueError:
        age = "unknown"
    else:
        age = f"{days} day{'' if days == 1 else 's'}{', stale' if days > max_age else ''}" if days >= 0 else "later"
    proved = "proved" if one.proved else "unproved"
    about = ", ".join(one.covers) + (" (in part)" if one.partial and one.covers else "")
    return (one.name, one.as_of or "-", age, f"{one.records:,}", f"{one.quarantined:,}", proved, about or "CVEs")


def quarantine_list(found: Iterable[Quarantined]) -> Iterable[str]:
    """One line for each record that could not be used."""
    for one in found:
        about = f" ({', '.join(one.names)})" if one.names else ""
        yield clean(f"{one.source}  {one.record}: {one.reason}{about}")


def page(
    identifier: str,
    records: Sequence[tuple[Held, tuple[Affected, ...], str]],
    enriched: Sequence[tuple[str, Enrichment]],
) -> str:
    """All that the store says of one vulnerability."""
    lines = [identifier]
    lines += [f"{source}: {text}" for source, one in enriched for text in _enriched(one)]
    for held, affected, details in records:
        lines += ["", *_record(held, affected, details)]
    return "\n".join(clean(line) for line in lines) + "\n"


def _enriched(one: Enrichment) -> Iterable[str]:
    if one.exploited is not None:
        yield f"exploited, added {one.exploited.added}, ransomware {one.exploited.ransomware.lower() or 'not told'}"
    if one.likelihood is not None:
        yield f"probability of being exploited {one.likelihood.score:.4f} on {one.likelihood.day}"
    if one.published:
        yield f"published {one.published[:10]}"
    for rating in one.ratings:
        yield f"{rating.by} rates {rating.value}"


def _record(held: Held, affected: Sequence[Affected], details: str) -> Iterable[str]:
    advisory = held.advisory
    yield f"{held.source}: {advisory.id}" + (f", withdrawn {advisory.withdrawn[:10]}" if advisory.withdrawn else "")
    days = [("published", advisory.published), ("modified", advisory.modified)]
    yield "  " + ", ".join(f"{name} {day[:10]}" if day else f"not told when {name}" for name, day in days)
    if advisory.aliases:
        yield f"  also {', '.join(advisory.aliases)}"
    if advisory.fixes:
        yield from _wrapped(f"fixes {', '.join(advisory.fixes)}")
    for rating in advisory.ratings:
        yield f"  severity {_rated(rating)}"
    yield from _wrapped(details or advisory.summary)
    for one in affected[:_MOST_PACKAGES]:
        yield f"  {one.space} {one.name}: {_versions(one)}"
        for rating in one.ratings:
            yield f"    severity {_rated(rating)}"
    if len(affected) > _MOST_PACKAGES:
        yield f"  and {len(affected) - _MOST_PACKAGES:,} more packages"
    for url in advisory.references:
        yield f"  {url}"


def _rated(rating: Rating) -> str:
    level = of_rating(rating).level
    return f"{level.value if level is not None else 'unknown'} by {rating.by} ({rating.value})"


def _versions(one: Affected) -> str:
    told: list[str] = []
    for part in one.intervals:
        begin = f"from {part.low} " if part.low else ""
        end = f"{'to' if part.closed else 'before'} {part.high}" if part.high else "on, without a fix"
        told.append(begin + end if begin or part.high else "all, without a fix")
    if one.versions and not told:
        listed = ", ".join(one.versions[:_MOST_TOLD])
        told.append(listed + (f" and {len(one.versions) - _MOST_TOLD} more" if len(one.versions) > _MOST_TOLD else ""))
    channels = sorted({fix.channel for fix in one.fixes if fix.channel})
    told.extend(f"(the fix is in {channel})" for channel in channels)
    return "; ".join(told) or "no version is told"


def _wrapped(text: str) -> Iterable[str]:
    for paragraph in text[:4000].split("\n\n")[:_MOST_TOLD]:
        for line in textwrap.wrap(paragraph, _WIDTH - 2):
            yield f"  {line}"


def clean(text: str) -> str:
    """Without signs that a terminal would obey."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
