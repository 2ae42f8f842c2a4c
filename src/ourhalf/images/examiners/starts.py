"""Shell scripts that start containers: the servers that they start, and what they install before.

Read as text and never run. Only lines that start a server of the deep-learning world or install something are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from ourhalf.images.examiner import Examiner, Surroundings
from ourhalf.images.filesystem import FileSystem, Missing
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.readers import secrets
from ourhalf.resources.images import Exhibit

SCRIPT = "start-script"

_HEAD = 128 << 10
_MOST_LINES = 40
_LONGEST = 500
_SHELL = re.compile(rb"#![ \t]*\S*/(?:env[ \t]+(?:-S[ \t]+)?)?(?:ba|da|a|z|k)?sh\b")
_TELLS = re.compile(
    r"\b(?:jupyter(?:lab)?|start-(?:notebook|lab|singleuser)|torchserve|multi-model-server|ray\s+start|vllm|sglang"
    r"|tritonserver|mlflow|tensorboard|streamlit|gradio|ollama|llama-server|llama_cpp|text-generation-launcher"
    r"|text-embeddings-router|dask|tensorflow_model_server|sshd|trust[-_]remote[-_]code|dcgm-exporter|uvicorn)\b"
    r"|\b(?:pip[\d.]*|uv\s+pip|conda|mamba|poetry|npm)\s+(?:install|add)\b"
    r"|\b(?:apt-get|apt|yum|dnf|apk)\s+(?:-\S+\s+)*(?:install|add)\b"
    r"|\b(?:curl|wget)\b[^|;&]{0,500}\|\s*(?:sudo\s+)?(?:ba|da|z)?sh\b"
)


class _Script(msgspec.Struct, frozen=True):
    """The telling lines of a script, the number of the first, and whether there is more of it than was looked at."""

    lines: tuple[str, ...]
    first: int = 1
    cut: bool = False


def script(path: str, data: memoryview) -> bytes | None:
    """What is kept of a shell script; None of any other file, and of one that starts and installs nothing."""
    raw = bytes(data)
    if not _SHELL.match(raw):
        return None
    text = secrets.scrub(raw).decode("utf-8", "replace")
    found: list[str] = []
    first = 1
    for number, line in _joined(text):
        if _TELLS.search(line):
            first = first if found else number
            found.append(secrets.redact_text(line)[:_LONGEST])
    cut = len(raw) >= _HEAD or len(found) > _MOST_LINES
    return msgspec.json.encode(_Script(tuple(found[:_MOST_LINES]), first, cut)) if found or cut else None


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """The lines with those that go on joined, without comments, and the number of the first of each."""
    held, begin = "", 0
    for number, written in enumerate(text.splitlines(), 1):
        line = written.strip()
        if not held and line.startswith("#"):
            continue
        begin = begin if held else number
        held = f"{held} {line}".strip()
        if held.endswith("\\"):
            held = held[:-1].rstrip()
            if len(held) < _LONGEST * 4:
                continue
        yield begin, held
        held = ""
    if held:
        yield begin, held


_NAMES = r"(?:.*/)?(?:[^/]*(?:\.sh|\.bash|entrypoint|entry_point)|start|serve|train|launch)"
_WANTED = (Wanted("starts/scripts", _NAMES, head=_HEAD, reduce=script),)


def _examine(files: FileSystem, _: Surroundings) -> Iterator[Exhibit | Unread]:
    for node, kept in files.kept("starts/scripts"):
        if isinstance(kept, Missing):
            yield Unread(node.path, 1, "starts", kept.reason)
            continue
        found = msgspec.json.decode(kept, type=_Script)
        told = "; ".join(line[:80] for line in found.lines[:3]) or "a script that is too long to be read whole"
        details = {"lines": "\n".join(found.lines)} | ({"cut": "true"} if found.cut else {})
        yield Exhibit(
            kind=SCRIPT, what=f"a script that runs: {told}", place=Place(node.path, found.first), layer=node.layer,
            details=details,
        )  # fmt: skip


STARTS = Examiner("starts", _WANTED, _examine)
