"""Work that a forked child does beside this process, on the values that both have."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def can_fork() -> bool:
    """Whether there is a second core, and a system on which a fork is safe."""
    return sys.platform == "linux" and (os.cpu_count() or 1) > 1


def beside(theirs: Callable[[], bytes], ours: Callable[[], T]) -> tuple[bytes | None, T]:
    """What `theirs` gives in a child and `ours` gives here, at the same time.

    None for the child's where it did not end well: the caller then does that work itself.
    """
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(readable)
            with os.fdopen(writable, "wb") as pipe:
                pipe.write(theirs())
            status = 0
        finally:
            os._exit(status)
    os.close(writable)
    try:
        mine = ours()
        with os.fdopen(readable, "rb") as pipe:
            data = pipe.read()
    finally:
        _, status = os.waitpid(child, 0)
    return (data if status == 0 else None), mine
