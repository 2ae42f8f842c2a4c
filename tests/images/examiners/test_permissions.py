"""Bits of modes are told for what they allow."""

from __future__ import annotations

import os
from pathlib import Path

from ourhalf.images.examiners import permissions
from ourhalf.resources.images import Exhibit
from tests.images.examiners.examining import examined


def _made(root: Path, path: str, mode: int) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x")
    file.chmod(mode)


def _told(root: Path) -> dict[str, Exhibit]:
    return {one.place.path: one for one in examined(permissions.PERMISSIONS, root)}


def test_programs_that_run_as_another_are_told(tmp_path: Path) -> None:
    _made(tmp_path, "usr/bin/su", 0o4755)
    _made(tmp_path, "usr/bin/chage", 0o2755)
    _made(tmp_path, "usr/bin/odd", 0o4777)
    _made(tmp_path, "usr/share/text", 0o4644)
    _made(tmp_path, "usr/bin/ls", 0o755)
    found = _told(tmp_path)
    assert set(found) == {"usr/bin/su", "usr/bin/chage", "usr/bin/odd"}
    assert found["usr/bin/odd"].details["changeable"] == "true"
    if os.getuid() == 0:
        assert found["usr/bin/su"].what == "whoever starts it runs it as root"


def test_what_anybody_may_change_is_told_and_sticky_folders_are_not(tmp_path: Path) -> None:
    _made(tmp_path, "opt/app.py", 0o666)
    _made(tmp_path, "tmp/scratch", 0o666)
    for path, mode in (("srv/open", 0o777), ("srv/sticky", 0o1777), ("opt", 0o755)):
        (tmp_path / path).mkdir(parents=True, exist_ok=True)
        (tmp_path / path).chmod(mode)
    assert set(_told(tmp_path)) == {"opt/app.py", "srv/open"}


def test_of_very_many_the_number_is_told(tmp_path: Path) -> None:
    for number in range(permissions.MAX_TOLD + 7):
        _made(tmp_path, f"opt/{number}", 0o666)
    found = list(examined(permissions.PERMISSIONS, tmp_path))
    assert len(found) == permissions.MAX_TOLD + 1
    assert found[-1].what == "7 more files like these"
