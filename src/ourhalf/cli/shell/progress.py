"""Progress of long work, shown only to a person who waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_SILENT = 0.7
_BETWEEN = 0.1


def progress() -> Callable[[int, int], None] | None:
    """What to call with how much of how much is done; None where standard error is no terminal.

    Nothing is shown for work that is over in less than 0.7 s, and the line is wiped at the end.
    """
    if not sys.stderr.isatty():
        return None
    begun = time.monotonic()
    shown = 0.0

    def report(done: int, of: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if done >= of:
            if shown:
                _write("\r\x1b[K")
                shown = 0.0
        elif now - begun > _SILENT and now - shown > _BETWEEN:
            shown = now
            _write(f"\rreading {done:,} of {of:,} ({100 * done // of} %)\x1b[K")

    return report


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
