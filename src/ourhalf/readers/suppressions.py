"""Comments that accept the failure of a control: `# ourhalf:ignore CONTROL_ID reason`."""

from __future__ import annotations

import re

from ourhalf.model.evidence import Suppression, Unread

_MARK = b"ourhalf:ignore"
_COMMENT = re.compile(rb"(?:#|//|/\*)[ \t]*ourhalf:ignore\b[ \t]*([\w.-]*)[ \t]*([^\r\n]*)")


def find(data: bytes, path: str) -> tuple[tuple[Suppression, ...], tuple[Unread, ...]]:
    """The suppressions in the comments of a file, and those that do not count, with why.

    A reason is required: a suppression without one is not obeyed.
    """
    if _MARK not in data:
        return (), ()
    found: list[Suppression] = []
    refused: list[Unread] = []
    line = 1
    position = 0
    for comment in _COMMENT.finditer(data):
        line += data.count(b"\n", position, comment.start())
        position = comment.start()
        control = comment[1].decode()
        reason = comment[2].decode("utf-8", "replace").removesuffix("*/").strip(" \t:-")
        if control and reason:
            found.append(Suppression(path, line, control, reason))
        else:
            missing = "reason" if control else "control"
            refused.append(Unread(path, line, "suppressions", f"a suppression without a {missing} is not obeyed"))
    return tuple(found), tuple(refused)
