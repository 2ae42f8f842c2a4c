"""A few of the thousand kills of `python -m tests.watch.killing`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.watch.killing import run


@pytest.mark.parametrize(("whole", "kills"), [(False, 60), (True, 3)])
def test_nothing_is_lost_or_told_twice_across_kills(tmp_path: Path, whole: bool, kills: int) -> None:
    figures = run(tmp_path, kills, seed=1, whole=whole)
    assert figures["kills"] == kills
    assert figures["changes"] == figures["events in the file"] > 10
