from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_explain_tells_each_instruction(run: Run) -> None:
    Path("m.pkl").write_bytes(b"cposix\nsystem\n(S'i\x1bd'\ntR.")
    done = run("models", "explain", "m.pkl")
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "m.pkl, as pickle.load runs it:"
    assert lines[1].split() == ["0", "GLOBAL", "takes", "posix.system,", "which", "runs", "commands", "[unsafe]"]
    assert lines[-1] == "all in all unsafe"
    assert "\x1b" not in done.out


def test_explain_is_bounded(run: Run) -> None:
    Path("m.pkl").write_bytes(b"(" * 1000 + b"N.")
    lines = run("models", "explain", "m.pkl", "--lines", "5").out.splitlines()
    assert len(lines) == 8
    assert lines[-2:] == ["and more: --lines tells more than 5", "all in all safe"]


def test_explain_says_what_it_cannot_tell(run: Run) -> None:
    Path("m.txt").write_text("a text")
    assert run("models", "explain", "m.txt").out == "m.txt holds no pickle\n"
    assert (run("models", "explain", "none").status, run("models", "explain", ".").status) == (2, 2)
