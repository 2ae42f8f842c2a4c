"""The report as JSON, one requirement a line."""

from __future__ import annotations

import msgspec

from ourhalf.compliance.formats.format import Format, Held
from ourhalf.compliance.results import ComplianceReport


def render(held: Held) -> str:
    """Every field of the report; findings are told by their ids in the assessment."""
    encoder = msgspec.json.Encoder()
    pieces = []
    for field in msgspec.structs.fields(ComplianceReport):
        value = getattr(held.report, field.name)
        if field.name == "results" and value:
            lines = encoder.encode_lines(value).decode().rstrip("\n")
            text = "[\n    " + lines.replace("\n", ",\n    ") + "\n  ]"
        else:
            text = encoder.encode(value).decode()
        pieces.append(f'  "{field.encode_name}": {text}')
    return "{\n" + ",\n".join(pieces) + "\n}\n"


JSON = Format("json", "the whole report, for programs", render)
