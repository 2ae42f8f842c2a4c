"""Every control case that a test module states."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from tests.support import Case

_ROOT = Path(__file__).parents[1]


@cache
def all_cases() -> tuple[Case, ...]:
    """The `CASES` of every module below tests/controls."""
    found: list[Case] = []
    for path in sorted((_ROOT / "controls").rglob("test_*.py")):
        name = ".".join(("tests", *path.relative_to(_ROOT).with_suffix("").parts))
        found.extend(getattr(importlib.import_module(name), "CASES", ()))
    return tuple(found)
