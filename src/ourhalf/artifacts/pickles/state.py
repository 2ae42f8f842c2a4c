"""What a pickle that is being run has come to: its bytes, its values, and all that speaks against it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TypeAlias

from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.stack import Stack, Stream
from ourhalf.artifacts.pickles.values import Global

_MOST_REASONS = 50
"""So many of each judgement, so that many small ones never hide a great one."""


class Loader(Enum):
    """Who reads the pickle, for some give a meaning to what others refuse.

    To `PLAIN` persistent ids are unknown. To `TORCH` they are tuples that name a storage. `JOBLIB` reads the bytes
    of arrays that lie behind the opcode that sets the state of their wrapper.
    """

    PLAIN = "plain"
    TORCH = "torch"
    JOBLIB = "joblib"


class State:
    """A pickle from `start` on, as far as it was run.

    `opcode` is where its present opcode lies, `stopped` says that it came to its STOP, `depth` how many arrays of
    objects it is in. `called`, `arrays` and `storages` are those of its `Outcome`.
    """

    __slots__ = (
        "arrays", "called", "depth", "globals", "loader", "opcode", "part", "reasons", "stack", "stopped",
        "storages", "stream", "told",
    )  # fmt: skip

    def __init__(self, data: memoryview, start: int, part: str, loader: Loader, depth: int = 0) -> None:
        self.stream = Stream(data, start)
        self.stack = Stack()
        self.opcode = start
        self.part = part
        self.loader = loader
        self.depth = depth
        self.reasons: dict[tuple[Judgement, str], Reason] = {}
        self.told = dict.fromkeys(Judgement, 0)
        self.globals: dict[Global, None] = {}
        self.called = self.stopped = False
        self.arrays = 0
        self.storages: dict[str, tuple[str, int]] = {}

    def tell(self, judgement: Judgement, what: str) -> None:
        """Something that speaks against it, at the present opcode."""
        if self.told[judgement] < _MOST_REASONS and (judgement, what) not in self.reasons:
            self.told[judgement] += 1
            self.reasons[judgement, what] = Reason(judgement, what, self.opcode, self.part)


Step: TypeAlias = Callable[[State], None]
