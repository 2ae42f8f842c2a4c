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
    encode = msgspec.json.Encoder().encode
    opening = "{"
    for field in msgspec.structs.fields(Assessment):
        value = getattr(assessment, field.name)
        yield f'{opening}\n  "{field.encode_name}": '
        opening = ","
        if isinstance(value, tuple) and value:
            for number, element in enumerate(value):
                yield f"{',' if number else '['}\n    {encode(element).decode()}"
            yield "\n  ]"
        else:
            yield encode(value).decode()
    yield "\n}\n"


def load(text: bytes) -> Assessment:
    """The assessment that `render` wrote. Raises msgspec.DecodeError, a ValueError, where it is none."""
    return msgspec.json.decode(text, type=Assessment)


JSON = Report("json", "the whole assessment, for programs", render, pieces=pieces)
