"""What can be read of a YAML file that cannot be read whole: its documents one by one."""

from __future__ import annotations

from ourhalf.model.evidence import Unread
from ourhalf.readers.node import Node
from ourhalf.readers.yaml import ParseError, documents

TEMPLATE = "a template, not YAML until it is rendered"
_MOST_TOLD = 20
_MOST_DOCUMENTS = 10_000


def salvaged(data: bytes, path: str, reader: str) -> tuple[list[Node], tuple[Unread, ...]]:
    """The documents of a file that parse when each is read by itself, and why the others do not."""
    found: list[Node] = []
    refused: list[Unread] = []
    pieces = _pieces(data)
    if len(pieces) > _MOST_DOCUMENTS:
        return [], (Unread(path, pieces[_MOST_DOCUMENTS][0], reader, f"more than {_MOST_DOCUMENTS:,} documents"),)
    for first_line, piece in pieces:
        try:
            found.extend(documents(piece, path, first_line=first_line))
        except ParseError as error:
            refused.append(Unread(path, error.line, reader, reason(error.reason, piece)))
    if len(refused) > _MOST_TOLD:
        more = f"{len(refused) - _MOST_TOLD + 1} more documents that cannot be read"
        refused[_MOST_TOLD - 1 :] = [Unread(path, refused[_MOST_TOLD - 1].line, reader, more)]
    return found, tuple(refused)


def _pieces(data: bytes) -> list[tuple[int, bytes]]:
    """The texts between the lines that begin with `---`, each with its first line."""
    pieces: list[tuple[int, bytes]] = []
    start = 1
    lines: list[bytes] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.startswith(b"---") and line[3:4] in b" \t\r" and lines:
            pieces.append((start, b"\n".join(lines)))
            start, lines = number, []
        lines.append(line)
    pieces.append((start, b"\n".join(lines)))
    return pieces


def reason(error: str, text: bytes) -> str:
    """Why a text is not YAML: that it is a template, or what the parser says."""
    return TEMPLATE if b"{{" in text or b"{%" in text else error
