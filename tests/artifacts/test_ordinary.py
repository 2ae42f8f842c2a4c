"""Ordinary files of weights, written by the libraries themselves, are proved safe.

The light libraries write theirs here; `benchmarks/models/compare.py` does the same with all of them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.judging import judge_file, together

MAKE = Path(__file__).parents[2] / "benchmarks" / "models" / "make.py"
LIBRARIES = ("numpy", "safetensors")
LEAST = 0.95
"""The proportion that the project promises; what is not proved is named where it is less than all."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ordinary")
    subprocess.run([sys.executable, MAKE, folder], check=True, capture_output=True, timeout=300)
    return folder


@pytest.mark.parametrize("library", LIBRARIES)
def test_weights_are_proved_safe(made: Path, library: str) -> None:
    files = sorted((made / library / "weights").iterdir())
    assert len(files) >= 2
    judged = {path.name: together(judge_file(str(path), path.name)) for path in files}
    others = {name: [one.what for one in why] for name, (said, why) in judged.items() if said is not Judgement.SAFE}
    assert 1 - len(others) / len(files) >= LEAST, others


def test_each_is_known_for_what_it_is(made: Path) -> None:
    formats = {
        path.suffix: {one.format for one in judge_file(str(path), path.name)}
        for library in LIBRARIES
        for path in (made / library / "weights").iterdir()
    }
    assert formats == {
        ".npy": {"numpy"}, ".npz": {"numpy-archive"}, ".pkl": {"pickle"}, ".safetensors": {"safetensors"},
    }  # fmt: skip
