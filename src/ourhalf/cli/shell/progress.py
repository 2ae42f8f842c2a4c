"""Progress of long work, shown only to a person who waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_SILENT = 0.7
_BETWEEN = 0.1


class _Line:
    """One line of standard error that is written over; nothing is shown for work that is over in less than 0.7 s."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._shown = 0.0

    def tell(self, done: int, of: int, text: Callable[[], str]) -> None:
        """Show `text` with the part that is done; the line is wiped at the end."""
        now = time.monotonic()
        if done >= of:
            if self._shown:
                _write("\r\x1b[K")
                self._shown = 0.0
        elif now - self._begun > _SILENT and now - self._shown > _BETWEEN:
            self._shown = now
            _write(f"\r{text()} ({100 * done // of} %)\x1b[K")


def progress() -> Callable[[int, int], None] | None:
    """What to call with how much of how much is done; None where standard error is no terminal."""
    if not sys.stderr.isatty():
        return None
    line = _Line()
    return lambda done, of: line.tell(done, of, lambda: f"reading {done:,} of {of:,}")


def bytes_progress() -> Callable[[str, int, int], None] | None:
    """What to call with a name and how many of how many bytes of it are read; None as for `progress`."""
    if not sys.stderr.isatty():
        return None
    line = _Line()
    return lambda name, done, of: line.tell(
        done, of, lambda: f"reading {name[:50]}: {done / 1e6:,.0f} of {of / 1e6:,.0f} MB"
    )


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
