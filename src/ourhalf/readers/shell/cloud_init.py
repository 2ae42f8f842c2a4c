"""The forms of user data that cloud-init knows: scripts, cloud-config, several parts in one."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from ourhalf.readers.node import Node
from ourhalf.readers.secrets import scrub
from ourhalf.readers.shell.boot import Boot
from ourhalf.readers.shell.holes import unknown
from ourhalf.readers.shell.placing import Placing
from ourhalf.readers.yaml import ParseError, documents

MAX_BYTES = 1024 * 1024
_MAX_PARTS = 50

_BOUNDARY = re.compile(r"""boundary\s*=\s*"?([^"\s;]{1,200})"?""", re.IGNORECASE)
_HEADER = re.compile(r"^[A-Za-z][A-Za-z-]{1,60}[ \t]*:")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{8,}={0,2}\s*$")
_BEGINS = ("#", "MIME", "Content-", "<", "[", "--", "From ", "apiVersion")


def decoded(text: str) -> str | None:
    """`text` without base64 and compression; as it is where it has neither, None where it is no text."""
    bare = text.strip()
    if unknown(bare) or not _BASE64.match(bare) or bare.startswith(_BEGINS):
        return text
    data = _bytes(bare)
    if data is None:
        return text
    plain = _unpacked(data)
    if plain is None:
        return None if data[:2] == b"\x1f\x8b" else text
    return plain if data[:2] == b"\x1f\x8b" or _reads_as_text(plain) else text


def _reads_as_text(plain: str) -> bool:
    """Whether decoded bytes are a script rather than what a word happens to decode to."""
    head = plain[:4096]
    return any(c.isspace() for c in head) and all(c.isprintable() or c.isspace() for c in head)


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _unpacked(data: bytes) -> str | None:
    """The text in `data`, gzip undone within `MAX_BYTES`, secrets of known formats marked."""
    if data[:2] == b"\x1f\x8b":
        try:
            data = zlib.decompressobj(31).decompress(data, MAX_BYTES)
        except zlib.error:
            return None
    try:
        return scrub(data).decode()
    except UnicodeDecodeError:
        return None


def add(text: str, line: int, found: Boot, at: Placing) -> None:
    """Add to `found` what user data of any form does."""
    if len(text) > MAX_BYTES:
        found.lose("the script is larger than 1 MB", line)
        return
    head = text.lstrip()[:4096]
    line += text[: len(text) - len(text.lstrip())].count("\n")
    text = text.lstrip()
    boundary = _BOUNDARY.search(head) if head[:1] not in ("#", "<") else None
    if boundary is not None and head[:20].lower().startswith(("mime-version", "content-type", "from ")):
        _parts(text, line, boundary[1], found, at)
    else:
        _part(text, line, "", found, at)


def _parts(text: str, line: int, boundary: str, found: Boot, at: Placing) -> None:
    pieces = text.split(f"--{boundary}")
    here = line + pieces[0].count("\n")
    for piece in pieces[1 : _MAX_PARTS + 1]:
        if not piece.startswith("--"):
            headers, body, skipped = _headers(piece)
            if "base64" in headers.get("content-transfer-encoding", ""):
                data = _bytes(body)
                body = (_unpacked(data) if data is not None else None) or ""
            _part(body, here + skipped, headers.get("content-type", ""), found, at)
        here += piece.count("\n")
    if len(pieces) > _MAX_PARTS + 2:
        found.lose(f"more than {_MAX_PARTS} parts", line)


def _headers(piece: str) -> tuple[dict[str, str], str, int]:
    """The headers of a part in lower case, its body, and how many lines lie before that."""
    lines = piece.split("\n")
    headers: dict[str, str] = {}
    at = 1
    while at < len(lines) and _HEADER.match(lines[at].strip()):
        name, _, value = lines[at].strip().partition(":")
        headers[name.strip().lower()] = value.strip().lower()
        at += 1
    if at < len(lines) and not lines[at].strip():
        at += 1
    return headers, "\n".join(lines[at:]), at


def _part(text: str, line: int, kind: str, found: Boot, at: Placing) -> None:
    head = text.lstrip()[:200]
    if "cloud-config" in kind or head.startswith(("#cloud-config", "## template: jinja")):
        _cloud_config(text, line, found, at)
    elif "x-include" in kind or head.startswith("#include"):
        found.lose("it includes what an address on the network holds", line)
    elif head.startswith(("<powershell", "<script", "<persist", "version: 1.")):
        if "docker" in text:
            found.lose("scripts of Windows are not read", line)
    elif "node.eks.aws" in kind or head.startswith(("apiVersion", "[")):
        return
    else:
        found.script(text, line)


def _cloud_config(text: str, line: int, found: Boot, at: Placing) -> None:
    try:
        for document in documents(text.encode(), at.path, first_line=line):
            cloud_config(document, found)
    except ParseError as error:
        found.lose(f"the cloud-config is not YAML: {error.reason}", line)


def cloud_config(document: Node, found: Boot) -> None:
    """Add to `found` what a cloud-config runs and writes."""
    for key in ("bootcmd", "write_files", "runcmd"):
        node = document.get(key)
        for child in node.list() if node is not None else ():
            _entry(child, found)


def _entry(child: Node, found: Boot) -> None:
    """One file to write, or one command."""
    value = child.value
    if isinstance(value, str):
        found.script(value, child.line)
    elif isinstance(value, list):
        found.arguments([str(c.value) for c in value if isinstance(c.value, str | int | float)], child.line)
    elif isinstance(value, dict):
        path, content = child.get("path"), child.get("content")
        if path is None or content is None or path.text() is None:
            return
        text = content.text() or ""
        encoding = child.get("encoding")
        if encoding is not None and any(e in (encoding.text() or "") for e in ("b64", "base64", "gz")):
            data = _bytes(text)
            text = (_unpacked(data) if data is not None else None) or ""
        found.write(path.text() or "", text, content.line + 1)
