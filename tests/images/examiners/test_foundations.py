"""The reporting script of Deep Learning Containers, and libraries that stand in for a driver."""

from __future__ import annotations

from pathlib import Path

from ourhalf.images.examiners.foundations import FOUNDATIONS
from tests.images.examiners.examining import examined


def test_the_reporting_script(tmp_path: Path) -> None:
    (tmp_path / "usr/local/bin").mkdir(parents=True)
    (tmp_path / "usr/local/bin/deep_learning_container.py").write_text("import os\n")
    [found] = examined(FOUNDATIONS, tmp_path)
    assert (found.kind, found.layer) == ("usage-reporting-script", 0)


def test_a_driver_is_told_once_through_the_link_to_its_toolkit(tmp_path: Path) -> None:
    compat = tmp_path / "usr/local/cuda-12.4/compat"
    compat.mkdir(parents=True)
    (compat / "libcuda.so.550.54.15").write_bytes(b"")
    (compat / "libcuda.so.1").symlink_to("libcuda.so.550.54.15")
    (tmp_path / "usr/local/cuda").symlink_to("cuda-12.4")
    [found] = examined(FOUNDATIONS, tmp_path)
    assert found.details == {"driver": "550.54.15"}
    assert found.place.path == "usr/local/cuda-12.4/compat/libcuda.so.550.54.15"


def test_links_out_of_the_folder_are_told(tmp_path: Path) -> None:
    compat = tmp_path / "usr/local/cuda/compat"
    compat.mkdir(parents=True)
    (compat / "libcuda.so.1").symlink_to("../../../../host/etc")
    (compat / "libnvidia-nvvm.so").symlink_to("/proc/self/root")
    (compat / "libcuda.so").symlink_to("/usr/local/cuda/compat/libcuda.so.1")
    found = examined(FOUNDATIONS, tmp_path)
    assert [one.details for one in found] == [{"leads-to": "../../../../host/etc"}, {"leads-to": "/proc/self/root"}]


def test_an_image_without_either_shows_nothing(tmp_path: Path) -> None:
    (tmp_path / "usr/local/cuda/lib64").mkdir(parents=True)
    (tmp_path / "usr/local/cuda/lib64/libcuda.so.550.54.15").write_bytes(b"")
    assert examined(FOUNDATIONS, tmp_path) == []
