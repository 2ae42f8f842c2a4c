"""Images whose bytes were damaged anywhere: they are refused, or read with the doubt told, and nothing is written."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.images.bounds import Bounds
from ourhalf.images.folders import FolderBlob
from ourhalf.images.layers import Asked, read_layer
from ourhalf.images.matching import Matching
from ourhalf.images.merging import Merged
from ourhalf.images.reading import read_image
from ourhalf.images.source import Descriptor, ImageError
from ourhalf.model.field import doubt
from tests.images.layouts import EVERYTHING, folder, layout, link, member, tar

_LAYER = tar(folder("etc"), member("etc/os-release", b"ID=debian\n"), link("x", "etc"), member("n" * 150, b"y" * 600))


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_damage_anywhere_is_refused_or_told(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as place:
        reference = layout(Path(place) / "i", _LAYER, tar(member("etc/x", b"1")))
        files = sorted(path for path in Path(place).rglob("*") if path.is_file() and path.name != "oci-layout")
        chosen = data.draw(st.sampled_from(files))
        whole = bytearray(chosen.read_bytes())
        at = data.draw(st.integers(0, len(whole) - 1))
        if data.draw(st.booleans()):
            del whole[at:]
        else:
            whole[at] ^= data.draw(st.integers(1, 255))
        chosen.write_bytes(whole)
        try:
            (found,) = read_image(reference, keep=False)
        except ImageError:
            pass
        else:
            # Only what names no bytes, such as a tag in the index, may change without a word.
            assert chosen.name == "index.json" or doubt(found.image.packages) is not None
        assert sorted(os.listdir(place)) == ["i"]


def test_a_layer_with_any_byte_changed_ends_and_is_told(tmp_path: Path) -> None:
    reference = layout(tmp_path / "i", _LAYER)
    packed = next(one for one in sorted((tmp_path / "i/blobs/sha256").iterdir()) if one.read_bytes()[:2] == b"\x1f\x8b")
    whole = packed.read_bytes()
    for at in range(0, len(whole), 3):
        packed.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        (found,) = read_image(reference, keep=False)
        assert doubt(found.image.packages) is not None, at


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_what_an_overlay_deletes_is_gone(tmp_path: Path) -> None:
    lower, upper = tmp_path / "lower", tmp_path / "upper"
    for path in ("gone", "old/a", "kept/a"):
        (lower / path).parent.mkdir(parents=True, exist_ok=True)
        (lower / path).write_text("1")
    (upper / "old").mkdir(parents=True)
    (upper / "old/b").write_text("2")
    try:
        os.mknod(upper / "gone", stat.S_IFCHR | 0o600, os.makedev(0, 0))
        os.setxattr(upper / "old", "trusted.overlay.opaque", b"y")
    except OSError as error:
        pytest.skip(f"this file system makes no overlays: {error}")
    files = Merged()
    for index, place in enumerate((lower, upper)):
        asked = Asked(Descriptor("", "", 0), "", Matching([EVERYTHING]), Bounds())
        files.add(index, read_layer(FolderBlob(str(place), overlay=True), asked))
    assert [node.path for node in files.nodes()] == ["kept", "kept/a", "old", "old/b"]
    assert files.problems() == ()
