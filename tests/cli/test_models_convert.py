from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.artifacts.test_convert import FLOATS, ONE, archive

Run = Callable[..., Any]


def test_convert_says_what_it_wrote_and_left_out(run: Run) -> None:
    Path("m.pt").write_bytes(archive({**ONE, **{f"a\x1b{n}": n for n in range(22)}}, {"0": FLOATS}))
    done = run("models", "convert", "m.pt", "--to", "safetensors")
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[:2] == [
        "m.safetensors: 1 tensor, 48 bytes, each equal to its source",
        "left out: a\ufffd0 (a number)",
    ]
    assert (len(lines), lines[-1]) == (22, "left out: 2 more")
    assert Path("m.safetensors").read_bytes().endswith(FLOATS)
    again = run("models", "convert", "m.pt")
    assert (again.status, again.err) == (2, "ourhalf: m.pt is not converted: m.safetensors exists already\n")
    assert run("models", "convert", "m.pt", "--replace").status == 0
    assert run("models", "convert", "m.pt", "--output", "other").status == 0
    assert Path("other").read_bytes() == Path("m.safetensors").read_bytes()


def test_convert_refuses_what_is_not_proved(run: Run) -> None:
    Path("m.pkl").write_bytes(b"cposix\nsystem\n(S'id'\ntR.")
    done = run("models", "convert", "m.pkl")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("ourhalf: m.pkl is not converted: it is unsafe: it takes posix.system")
    assert (
        run("models", "convert", "none.pt").err
        == "ourhalf: none.pt is not converted: none.pt: No such file or directory\n"
    )
    assert not Path("m.safetensors").exists()
