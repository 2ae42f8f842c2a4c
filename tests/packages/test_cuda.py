"""CUDA toolkits, the libraries of drivers, and which drivers are needed."""

from __future__ import annotations

import json

import pytest

from ourhalf.model.packages import Certainty
from ourhalf.packages.cuda import CUDA, drivers, needed
from tests.packages.support import of

VERSIONS = {
    "cuda": {"name": "CUDA SDK", "version": "12.6.3"},
    "cuda_nvcc": {"name": "CUDA NVCC", "version": "12.6.85"},
    "libcublas": {"name": "CUDA cuBLAS", "version": "12.6.4.1"},
    "nvidia_driver": {"name": "NVIDIA Linux Driver", "version": "560.35.05"},
}


def test_a_toolkit_and_its_parts() -> None:
    found, unread = of(
        CUDA, {"usr/local/cuda-12.6/version.json": json.dumps(VERSIONS)}, links={"usr/local/cuda": "cuda-12.6"}
    )
    (package,) = (one.package for one in found)
    assert package.purl == "pkg:generic/cuda-toolkit@12.6.3"
    assert package.certainty is Certainty.STATED
    assert package.facts == {
        "cuda": "12.6",
        "minimum-driver": "525.60.13",
        "driver-of-the-toolkit": "560.35.05",
        "cuda-nvcc": "12.6.85",
        "libcublas": "12.6.4.1",
        "nvidia-driver": "560.35.05",
    }
    assert not unread


def test_an_old_toolkit() -> None:
    found, unread = of(CUDA, {"usr/local/cuda-10.2/version.txt": "CUDA Version 10.2.89\nCUDA Patch Version 10.2.1\n"})
    (package,) = (one.package for one in found)
    assert package.version == "10.2.89"
    assert package.facts == {"cuda": "10.2", "minimum-driver": "440.33", "driver-of-the-toolkit": "440.33"}
    assert not unread


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("usr/local/cuda/version.json", "[]", "cannot be read"),
        ("usr/local/cuda/version.json", "[" * 10_000, "cannot be read"),
        ("usr/local/cuda/version.json", "{}", "names no version"),
        ("usr/local/cuda/version.json", '{"cuda": {"version": "twelve"}}', "names no version"),
        ("usr/local/cuda/version.txt", "none", "names no version"),
    ],
)
def test_what_cannot_be_read_is_told(path: str, content: str, reason: str) -> None:
    found, unread = of(CUDA, {path: content})
    assert not found
    assert [reason in one.reason for one in unread] == [True]


def test_libraries_of_drivers() -> None:
    elf = b"\x7fELF" + bytes(60)
    found, _ = of(
        CUDA,
        {
            "usr/local/cuda-12.6/compat/libcuda.so.560.35.05": elf,
            "usr/lib/x86_64-linux-gnu/libcuda.so.535.183.01": elf,
            "opt/stubs/libcuda.so.1": elf,
            "opt/text/libcuda.so.550.54": "no library",
        },
    )
    assert {(one.package.name, one.package.version, one.package.certainty) for one in found} == {
        ("cuda-compat", "560.35.05", Certainty.GUESSED),
        ("nvidia-driver-libraries", "535.183.01", Certainty.GUESSED),
    }


@pytest.mark.parametrize(
    ("version", "toolkit", "expected"),
    [
        ("13.0.1", True, {"cuda": "13.0", "minimum-driver": "580", "driver-of-the-toolkit": "580.82.07"}),
        ("12.4", True, {"cuda": "12.4", "minimum-driver": "525.60.13", "driver-of-the-toolkit": "550.54.14"}),
        # The third number of a library is its own.
        ("12.6.1", False, {"cuda": "12.6", "minimum-driver": "525.60.13"}),
        ("11.8.89", False, {"cuda": "11.8", "minimum-driver": "450.80.02"}),
        # Nothing is known of what the table has not.
        ("13.9.0", True, {"cuda": "13.9", "minimum-driver": "580"}),
        ("99.1.0", True, {"cuda": "99.1"}),
        ("10.9.9", True, {"cuda": "10.9"}),
        ("none", True, {}),
    ],
)
def test_which_driver_is_needed(version: str, toolkit: bool, expected: dict[str, str]) -> None:
    assert needed(version, toolkit=toolkit) == expected


def test_no_toolkit_came_with_a_driver_below_what_its_own_needs() -> None:
    def numbers(said: str) -> list[int]:
        return [int(one) for one in said.split(".")]

    table = drivers()
    for version, driver in table.given.items():
        least = table.least.get(numbers(version)[0])
        # CUDA 11.0 was given before compatibility was promised.
        assert least is None or version.startswith("11.0.") or numbers(driver) >= numbers(least)
