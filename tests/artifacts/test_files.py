"""Which files are told as models: by their content, and by their name where the content is none."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from ourhalf.artifacts.files import model_file
from ourhalf.model.resource import Resource
from ourhalf.resources.model_files import ModelFile


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as writer:
        for name, data in files.items():
            writer.writestr(name, data)
    return out.getvalue()


def made(data: bytes, wanted: bool) -> Resource | None:
    return model_file("folder/m", memoryview(data), wanted)


@pytest.mark.parametrize("data", [archive(a=b"text"), archive(a=b"\x7fELF"), b"PK\x05\x06" + b"\0" * 18])
def test_an_archive_without_a_model_is_told_only_where_one_is_wanted(data: bytes) -> None:
    assert made(data, wanted=False) is None
    assert isinstance(made(data, wanted=True), ModelFile)


def test_one_with_a_model_is_told() -> None:
    assert isinstance(made(archive(a=archive(b=b"\x80\x04}.")), wanted=False), ModelFile)


def test_other_files_are_told_only_where_one_is_wanted() -> None:
    for data in (b"text", b"", gzip.compress(b"text")):
        assert made(data, wanted=False) is None
    assert made(b"", wanted=True) is None
    assert isinstance(made(b"text", wanted=True), ModelFile)
