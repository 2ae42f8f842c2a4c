"""Runs command lines in this process, in a folder of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from ourhalf.cli.main import main


class Done(NamedTuple):
    """What a command line did."""

    status: object
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """`run("assess", ".")`, with the current and the cache folder below `tmp_path`."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("OURHALF_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("OURHALF_DEBUG", raising=False)

    def call(*arguments: str) -> Done:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capfd.readouterr()
        return Done(ended.value.code, out, err)

    return call
