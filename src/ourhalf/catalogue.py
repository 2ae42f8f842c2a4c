"""Every control that there is."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

from ourhalf import controls
from ourhalf.discovery import values
from ourhalf.model.control import Control


@cache
def all_controls() -> tuple[Control[Any], ...]:
    """Every control, by id. Raises ValueError when two share one."""
    found = sorted(values(controls, Control), key=lambda control: control.id)
    for one, other in pairwise(found):
        if one.id == other.id:
            raise ValueError(f"two controls are named {one.id}")
    return tuple(found)
