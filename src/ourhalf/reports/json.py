"""The assessment as JSON: the document that every other report can be made from again."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.model.finding import Assessment
from ourhalf.reports.report import Report


def render(assessment: Assessment) -> str:
    """The document, one finding, workload or other element a line, so that a change shows in a diff."""
    return "".join(pieces(assessment))


def pieces(assessment: Assessment) -> Iterator[str]:
    """See `Report.pieces`."""
    encoder = msgspec.json.Encoder()
    opening = "{"
    for field in msgspec.structs.fields(Assessment):
        value = getattr(assessment, field.name)
        yield f'{opening}\n  "{field.encode_name}": '
        opening = ","
        if isinstance(value, tuple) and value:
            for start in range(0, len(value), _AT_ONCE):
                lines = encoder.encode_lines(value[start : start + _AT_ONCE]).decode().rstrip("\n")
                yield f"{',' if start else '['}\n    " + lines.replace("\n", ",\n    ")
            yield "\n  ]"
        else:
            yield encoder.encode(value).decode()
    yield "\n}\n"


_AT_ONCE = 1000
"""How many elements are written in one piece: enough to be fast, few enough to stay small."""


def load(text: bytes) -> Assessment:
    """The assessment that `render` wrote. Raises msgspec.DecodeError, a ValueError, where it is none."""
    return msgspec.json.decode(text, type=Assessment)


JSON = Report("json", "the whole assessment, for programs", render, pieces=pieces)
