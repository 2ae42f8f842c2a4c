"""Which place an image reference names: found by one walk of `sources`."""

from __future__ import annotations

from functools import cache

from ourhalf.discovery import values
from ourhalf.images import sources
from ourhalf.images.source import Access, ImageError, Source, Transport


@cache
def all_transports() -> tuple[Transport, ...]:
    """Every transport, by name."""
    return tuple(sorted(values(sources, Transport), key=lambda one: one.name))


def transport(reference: str) -> Transport | None:
    """The transport that a reference is of; those with a prefix come before those that go by the form alone."""
    claiming = [one for one in all_transports() if one.claims(reference)]
    claiming.sort(key=lambda one: not reference.startswith(one.example.partition(":")[0] + ":"))
    return claiming[0] if claiming else None


def opened(reference: str, access: Access) -> Source:
    """The place that a reference names, opened. Raises ImageError."""
    found = transport(reference)
    if found is None:
        examples = ", ".join(one.example for one in all_transports())
        raise ImageError(f"{reference} names no image: write one as {examples}")
    return found.open(reference, access)
