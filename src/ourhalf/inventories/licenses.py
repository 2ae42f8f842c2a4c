"""Licences as records write them, told apart: expressions of SPDX, and other words."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(4096)
def expression(text: str) -> str | None:
    """The SPDX expression that `text` is, in its canonical spelling; None where it is none.

    Source: spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions.
    """
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return canonicalize_license_expression(text)
    except (InvalidLicenseExpression, RecursionError, MemoryError):
        return None


def joined(texts: tuple[str, ...]) -> str | None:
    """One expression that states all of them; None where any is none of SPDX's own, or there are none."""
    found = [expression(text) for text in dict.fromkeys(texts)]
    if not found or any(one is None or "LicenseRef-" in one for one in found):
        return None
    parts = [f"({one})" if len(found) > 1 and " OR " in f"{one}" else f"{one}" for one in found]
    return " AND ".join(parts)
