"""Jupyter notebooks: their code cells as one source, each line at its line of the file."""

from __future__ import annotations

import re

from ourhalf.readers.node import Node
from ourhalf.readers.python.source import Line, Source
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.yaml import ParseError, documents

_PAIR = re.compile(rb"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
_LONE = re.compile(rb"(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}", re.IGNORECASE)
_SURROGATE = re.compile(rb"\\ud[89ab]", re.IGNORECASE)
_ASSIGNED_MAGIC = re.compile(r"^(\s*[\w, ]+=\s*)[!%].*$")
# Cell magics whose body still is Python that runs in the notebook.
_PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "debug", "memit", "local"})


def notebook_source(data: bytes, path: str) -> Source:
    """The code of a notebook; a cell that cannot be parsed is left out and noted.

    Raises UnreadableError where the file is not a notebook.
    """
    try:
        found = list(documents(_without_surrogates(data), path, json=True))
    except ParseError as error:
        raise UnreadableError(f"not JSON: {error.reason}", error.line) from None
    document = found[0] if found else None
    if document is None or not isinstance(document.value, dict):
        raise UnreadableError("not a notebook: no mapping at the top")
    source = Source(path)
    cells = [document.get("cells")]
    for sheet in _list(document.get("worksheets")):  # the format before version 4
        cells.append(sheet.get("cells"))
    for listed in cells:
        for cell in _list(listed):
            kind = cell.get("cell_type")
            if kind is not None and kind.value == "code":
                _add_cell(source, cell.get("source") or cell.get("input"))
    return source


def _list(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _without_surrogates(data: bytes) -> bytes:
    """JSON may write one character as two escapes, which the YAML parser refuses."""
    if not _SURROGATE.search(data):
        return data

    def pair(found: re.Match[bytes]) -> bytes:
        high, low = int(found[2], 16), int(found[3], 16)
        return found[1] + chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).encode()

    return _LONE.sub(rb"\1?", _PAIR.sub(pair, data))


def _add_cell(source: Source, node: Node | None) -> None:
    if node is None:
        return
    lines = list(_lines(node))
    text = "\n".join(line.text for line in lines)
    magic = re.match(r"\s*%%(\w+)", text)
    if magic:
        if magic[1] not in _PYTHON_MAGICS:
            return
        lines[0] = lines[0]._replace(text="")
        text = "\n".join(line.text for line in lines)
    try:
        source.add(text, lines, without_magics(text))
    except UnreadableError as error:
        source.lose(text, error)


def _lines(node: Node) -> list[Line]:
    """The lines of a cell: a list of texts, one a line, or one text on one line of the file."""
    found: list[Line] = []
    texts = node.value if isinstance(node.value, list) else [node]
    for text in texts:
        if not isinstance(text.value, str):
            continue
        first = not isinstance(node.value, list)
        pieces = text.value.split("\n")
        if not first and pieces[-1] == "" and len(pieces) > 1:
            pieces.pop()
        for number, piece in enumerate(pieces):
            # A text under a key stands at its key, so only list elements know their column.
            exact = not first and number == 0
            found.append(Line(text.line, text.column + 1 if exact else text.column, piece, exact))
    return found


def without_magics(text: str) -> str:
    """Source with the lines that only IPython understands replaced, line for line."""
    out: list[str] = []
    continued = False
    for line in text.split("\n"):
        bare = line.lstrip()
        if continued:
            out.append("")
            continued = bare.endswith("\\")
            continue
        assigned = _ASSIGNED_MAGIC.match(line)
        if bare[:1] in ("%", "!", "?"):
            out.append(line[: len(line) - len(bare)] + "pass")
            continued = bare.endswith("\\")
        elif assigned:
            out.append(assigned[1] + "__magic__")
            continued = bare.endswith("\\")
        elif bare.endswith("?") and not bare.startswith("#"):
            out.append(line[: len(line) - len(bare)] + "pass")
        else:
            out.append(line)
    return "\n".join(out)
