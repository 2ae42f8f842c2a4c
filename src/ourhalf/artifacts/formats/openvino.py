"""OpenVINO: a graph of operations as XML; its weights lie beside it as bytes.

The format: docs.openvino.ai, "OpenVINO IR format" and "Operation sets". Operations of its sets calculate; those of
other sets need a library that is loaded as an extension. Documents with types or entities of their own are not read.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.jsons import begins
from ourhalf.artifacts.judgement import Judgement, Reason

MAX_XML = 1 << 28
_LOOKED_AT = 1 << 20
_SETS = re.compile(r"opset\d{1,2}")
_NET = re.compile(rb"<net\b[^>]*\bversion\s*=")


class _RefusedError(Exception):
    pass


def recognises(content: Content) -> bool:
    """Whether its first element is a network with a version."""
    return begins(content.data, b"<") and _NET.search(bytes(content.data[:_LOOKED_AT])) is not None


def judge(content: Content, _: Deeper) -> Found:
    """The set of every operation."""
    told: dict[str, Judgement] = {}
    layers = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal layers
        if name != "layer":
            return
        layers += 1
        version, kind = attributes.get("version", ""), attributes.get("type", "")
        if not _SETS.fullmatch(version):
            what = f"its operation {kind[:60]} is of the set {version[:40] or 'of no name'}, which a library must have"
            if len(told) < 50:
                told.setdefault(what, Judgement.UNPROVED)

    def refuse(*_: object) -> None:
        raise _RefusedError

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        if len(content.data) > MAX_XML:
            raise _RefusedError
        parser.Parse(bytes(content.data), True)
    except _RefusedError:
        told["it has types or entities of its own, or is longer than is read"] = Judgement.UNREAD
    except expat.ExpatError as error:
        told[f"it is no sound XML: {str(error)[:80]}"] = Judgement.UNREAD
    reasons = tuple(Reason(judgement, what, 0, content.name) for what, judgement in told.items())
    return Found("openvino", reasons, {"operations": str(layers)})


OPENVINO = Format("openvino", "a graph of OpenVINO", recognises, judge)
