"""Finds and reads assessments that were written as JSON."""

from __future__ import annotations

import os

import msgspec

from ourhalf.model.finding import SCHEMA_VERSION, Assessment, ToolInfo
from ourhalf.reports.json import load

MAX_BYTES = 1024 * 1024 * 1024
_START = 4096


class AssessmentError(ValueError):
    """A file that is an assessment and yet cannot be used: the file and the reason in words."""


class _Outline(msgspec.Struct):
    """What tells an assessment from any other JSON."""

    schema_version: str
    tool: ToolInfo
    findings: msgspec.Raw
    unread: msgspec.Raw


def find(path: str) -> Assessment | None:
    """The assessment in a file; None where it is a folder or holds anything else.

    Raises AssessmentError where it is an assessment of another version or a damaged one.
    """
    data = _json_object(path)
    if data is None:
        return None
    try:
        outline = msgspec.json.decode(data, type=_Outline)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if outline.schema_version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise AssessmentError(
            f"{path} is an assessment of version {outline.schema_version}, and this program reads "
            f"{SCHEMA_VERSION}; assess the configuration again"
        )
    try:
        return load(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise AssessmentError(f"{path} is an assessment that was changed or damaged: {error}") from None


def _json_object(path: str) -> bytes | None:
    """The bytes of a regular file that begins as a JSON object does."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > MAX_BYTES:
            return None
        with open(path, "rb") as file:
            start = file.read(_START)
            if not start.lstrip().startswith(b"{"):
                return None
            return start + file.read()
    except OSError:
        return None
