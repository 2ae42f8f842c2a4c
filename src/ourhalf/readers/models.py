"""Model files beside configuration, by their content."""

from __future__ import annotations

from ourhalf.artifacts.files import model_file, named_so
from ourhalf.model.evidence import Evidence
from ourhalf.readers.reader import Files, Reader, Unit


def _read(unit: Unit, files: Files) -> Evidence:
    with files.mapped(unit.path) as data:
        found = model_file(unit.path, data, wanted=True)
    return Evidence((found,) if found is not None else (), files=1)


READER = Reader("models", named_so, _read, precedence=95, maps=True)
