"""The variables of a script, and what becomes of them where it branches."""

from __future__ import annotations

import msgspec

from ourhalf.readers.shell.holes import Holes

MAX_TEXT = 65_536
_MAX_VARIABLES = 4_096

Value = str | tuple[str, ...]
"""A text, or the elements of an array."""


class _Branch(msgspec.Struct):
    """An open `if`, loop or function: what its variables were before, and at each branch's end."""

    before: dict[str, Value | None] = msgspec.field(default_factory=dict)
    ends: list[dict[str, Value | None]] = msgspec.field(default_factory=list)
    exhaustive: bool = False


class Variables:
    """What each variable holds at the point that has been read.

    A variable that branches set differently is a hole after them, its own value within them.
    `lines` are those on which each was set last.
    """

    def __init__(self, holes: Holes) -> None:
        self._holes = holes
        self._values: dict[str, Value] = {}
        self._open: list[_Branch] = []
        self.lines: dict[str, int] = {}

    def get(self, name: str) -> Value | None:
        """The value of `name`; None where the script has not set it."""
        return self._values.get(name)

    def set(self, name: str, value: Value, line: int = 0) -> None:
        """Let `name` hold `value` from here on, as `line` says."""
        if line:
            self.lines[name] = line
        length = len(value) if isinstance(value, str) else sum(map(len, value)) + len(value)
        if length > MAX_TEXT:
            value = self._holes.mark(f"${name} is too long to follow")
        if name not in self._values and len(self._values) >= _MAX_VARIABLES:
            return
        self._remember(name)
        self._values[name] = value

    def _remember(self, name: str) -> None:
        if self._open:
            self._open[-1].before.setdefault(name, self._values.get(name))

    def enter(self) -> None:
        """A branch begins that may not be run."""
        self._open.append(_Branch())

    def otherwise(self, exhaustive: bool) -> None:
        """The branch ends and its alternative begins, the last one if `exhaustive`."""
        if self._open:
            self._end_branch(self._open[-1])
            self._open[-1].exhaustive = exhaustive

    def leave(self) -> None:
        """The innermost branch and its alternatives end."""
        if not self._open:
            return
        branch = self._open[-1]
        self._end_branch(branch)
        self._open.pop()
        for name, before in branch.before.items():
            ends = [end.get(name, before) for end in branch.ends]
            if not branch.exhaustive:
                ends.append(before)
            first = ends[0]
            if all(end == first for end in ends):
                merged = first
            else:
                merged = self._holes.mark(f"${name} is set in a branch of the script")
            if merged is not None:
                self.set(name, merged)

    def _end_branch(self, branch: _Branch) -> None:
        branch.ends.append({name: self._values.get(name) for name in branch.before})
        for name, before in branch.before.items():
            if before is None:
                self._values.pop(name, None)
            else:
                self._values[name] = before

    def all(self) -> dict[str, Value]:
        """Every variable with what it holds."""
        return dict(self._values)
