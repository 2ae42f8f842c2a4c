"""The assessment as JSON: the document that every other report can be made from again."""

import msgspec

from ourhalf.model.finding import Assessment
from ourhalf.reports.report import Report


def render(assessment: Assessment) -> str:
    """The document, indented by two."""
    return msgspec.json.format(msgspec.json.encode(assessment), indent=2).decode() + "\n"


def load(text: bytes) -> Assessment:
    """The assessment that `render` wrote. Raises msgspec.DecodeError, a ValueError, where it is none."""
    return msgspec.json.decode(text, type=Assessment)


JSON = Report("json", "the whole assessment, for programs", render)
