"""What goes wrong with the pages and glossaries that people write."""

from __future__ import annotations


class GuideError(ValueError):
    """A page, glossary or folder that cannot be used: the file, the line (from 1) where there is one, and why."""

    def __init__(self, path: str, line: int | None, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if line is None else f"{path}:{line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason
