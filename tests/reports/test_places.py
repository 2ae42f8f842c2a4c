"""A place in a file has a line to go to; one in an image has none."""

from __future__ import annotations

import pytest

from ourhalf.reports.places import below, located

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    "path",
    [
        "oci:dir:tag!/etc/passwd",
        "oci:dir:tag",
        "registry.example/team/train:1",
        "registry.example:5000/team/train:1!/etc/x",
        f"registry.example/team/train@{DIGEST}",
        "docker-archive:x.tar",
    ],
)
def test_in_images(path: str) -> None:
    assert located(path, 1, "conf/") == below("conf/", path) == path


@pytest.mark.parametrize("path", ["k8s/train.yaml", "a", "a:b/c.yaml", "k8s/job 1.yaml", "x@y/z.tf"])
def test_in_files(path: str) -> None:
    assert located(path, 7, "conf/") == f"conf/{path}:7"
    assert below("conf/", path) == f"conf/{path}"
