"""One watch for one history: two would tell of everything twice."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ourhalf.history.errors import HistoryError

try:
    import fcntl
except ImportError:  # pragma: no cover - not on this system
    fcntl = None  # type: ignore[assignment]


@contextmanager
def alone(history: str) -> Iterator[None]:
    """Hold the history at this path for this process; the system lets go of it however the process ends.

    Raises HistoryError where another process holds it.
    """
    path = f"{history}.lock"
    try:
        os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise HistoryError(f"{path} cannot be written: {error.strerror}") from None
    try:
        _take(descriptor, history)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, history: str) -> None:
    if fcntl is None:  # pragma: no cover - not on this system
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        raise HistoryError(
            f"{history} is in use by another `ourhalf watch` (process {holder}); end that, or give another --history"
        ) from None
    with contextlib.suppress(OSError):  # a full disk must not keep a watch from its history
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
