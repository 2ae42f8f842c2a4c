"""Scripts are told by the lines that start servers or install something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.examiners.starts import STARTS, script
from tests.images.examiners.examining import examined


def _lines(text: bytes) -> list[str]:
    made = script("x.sh", memoryview(text))
    return [] if made is None else msgspec.json.decode(made, type=dict[str, Any]).get("lines", [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"#!/bin/bash\nset -e\npip install -r /opt/ml/model/code/requirements.txt\nexec \"$@\"\n",
         ["pip install -r /opt/ml/model/code/requirements.txt"]),
        (b"#!/usr/bin/env bash\n# pip install x\njupyter lab \\\n  --ip 0.0.0.0 \\\n  --ServerApp.token=''\n",
         ["jupyter lab --ip 0.0.0.0 --ServerApp.token=''"]),
        (b"#!/bin/sh\ncurl -sL https://x.example/i | sh\n", ["curl -sL https://x.example/i | sh"]),
        (b"#!/bin/sh\necho hello\n", []),
        (b"#!/usr/bin/python3\npip install x\n", []),
        (b"pip install x\n", []),
    ],
)  # fmt: skip
def test_telling_lines(text: bytes, expected: list[str]) -> None:
    assert _lines(text) == expected


def test_a_secret_in_a_script_is_not_kept() -> None:
    [line] = _lines(b"#!/bin/sh\nvllm serve m --api-key sk-live-9dQ2xYpR7tLmZ4\n")
    assert "9dQ2xYpR7tLmZ4" not in line
    assert "--api-key" in line


def test_a_script_too_long_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "start.sh").write_bytes(b"#!/bin/sh\n" + b": nothing\n" * 20_000 + b"pip install x\n")
    [found] = examined(STARTS, tmp_path)
    assert found.details == {"lines": "", "cut": "true"}


def test_the_place_is_the_first_telling_line(tmp_path: Path) -> None:
    (tmp_path / "entrypoint").write_text("#!/bin/sh\n\nray start --head\npip install y\n")
    [found] = examined(STARTS, tmp_path)
    assert (found.place.path, found.place.line) == ("entrypoint", 3)
    assert found.details["lines"].splitlines() == ["ray start --head", "pip install y"]


@given(st.binary(max_size=400), st.sampled_from([b"#!/bin/sh\n", b"#!/bin/bash\npip install x\\\n", b""]))
def test_no_bytes_stop_it(data: bytes, head: bytes) -> None:
    assert all(len(line) <= 500 for line in _lines(head + data))
