"""Python files and notebooks that use boto3 or the SageMaker SDK, or load models."""

from __future__ import annotations

import re

import msgspec

from ourhalf.model.evidence import Evidence, Unread
from ourhalf.readers.python.clients import operations
from ourhalf.readers.python.loads import MENTIONED
from ourhalf.readers.python.modules import Modules
from ourhalf.readers.python.notebook import notebook_source
from ourhalf.readers.python.source import READER_NAME, python_source
from ourhalf.readers.python.state import State
from ourhalf.readers.reader import Files, Reader, Unit, UnreadableError
from ourhalf.readers.suppressions import find

_JSON_END = re.compile(r"""(?:\\n)?",?$""")


_CALL = re.compile(rb"\.([a-z][a-z0-9_]*)\s*\(")


def _mentions(data: bytes) -> bool:
    """Whether a file can make a resource: it names the SDK, calls what a client has as a method, or loads a model."""
    if b"sagemaker" in data or MENTIONED.search(data):
        return True
    called = {name.decode() for name in _CALL.findall(data)} & operations().keys()
    return bool(called) and (b"boto" in data or any("_" in name for name in called))


def _wants(path: str) -> bool:
    return path.endswith((".py", ".ipynb"))


def _read(unit: Unit, files: Files) -> Evidence:
    data = files.read(unit.path)
    if not _mentions(data):
        return Evidence()
    return read_source(data, unit.path, files)


def read_source(data: bytes, path: str, files: Files) -> Evidence:
    """The resources that a Python file or notebook makes.

    Raises UnreadableError where nothing of it can be parsed.
    """
    from ourhalf.readers.python.sdk_requests import send_all
    from ourhalf.readers.python.shapes import expand
    from ourhalf.readers.python.statements import follow

    source = notebook_source(data, path) if path.endswith(".ipynb") else python_source(data, path)
    state = State(source, Modules(path, files).constants, expand)
    unread = list(source.unread)
    try:
        follow(state)
    except UnreadableError as error:
        unread.append(Unread(path, error.line, READER_NAME, error.reason))
    try:
        send_all(state)
    except UnreadableError as error:
        unread.append(Unread(path, error.line, READER_NAME, error.reason))
    suppressed, refused = find(data, path)
    if path.endswith(".ipynb"):  # a line of code is a text in JSON there, with its end in it
        suppressed = tuple(msgspec.structs.replace(s, reason=_JSON_END.sub("", s.reason)) for s in suppressed)
    return Evidence(tuple(state.resources), (*unread, *refused), suppressed, files=1)


READER = Reader(READER_NAME, _wants, _read)
