"""Judges one file of a target by its content."""

from __future__ import annotations

from ourhalf.artifacts.files import model_file, named_so
from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.readers.reader import UnreadableError


def judged(files: TargetFiles, path: str, wanted: bool) -> Evidence:
    """The model file at `path`; nothing where it is none, and neither `wanted` nor named as one."""
    try:
        with files.mapped(path) as data:
            found = model_file(path, data, wanted or named_so(path))
    except UnreadableError as error:
        return Evidence(unread=(Unread(path, 1, "models", error.reason),))
    return Evidence((found,) if found is not None else (), files=1)
