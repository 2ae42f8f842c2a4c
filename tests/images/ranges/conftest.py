"""Layers that other programs write."""

from __future__ import annotations

import subprocess

import pytest

from tests.images.ranges.shared import PLAIN, first_layer
from tests.registries import Packed, image, layout, program


@pytest.fixture(scope="package")
def zstd_chunked(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """The layer as skopeo packs it."""
    folder = tmp_path_factory.mktemp("chunked")
    source = layout(folder / "in", image([PLAIN]))
    command = [program("skopeo"), "--insecure-policy", "copy", "-q", "--dest-compress-format", "zstd:chunked"]
    subprocess.run([*command, source, f"oci:{folder}/out:it"], check=True, timeout=300)
    return first_layer(folder / "out")
