"""Places as people read them: in a file there is a line to go to, in an image there is none."""

from __future__ import annotations

import re

_IN_IMAGE = re.compile(
    r"(?:oci|oci-archive|docker-archive|rootfs|docker-daemon|containers-storage):.*|.*!/.*"
    r"|[\w.-]+(?::\d+)?/[^:@]*(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})",
    re.DOTALL,
)


def in_image(path: str) -> bool:
    """Whether a place is in an image, or in an archive, where there are no lines to go to."""
    return _IN_IMAGE.fullmatch(path) is not None


def located(path: str, line: int, folder: str = "") -> str:
    """A place as people read it: `file:line` below a folder (see `prefix`), and in an image the file alone."""
    return path if in_image(path) else f"{folder}{path}:{line}"


def below(folder: str, path: str) -> str:
    """A path below a folder (see `summary.prefix`); one in an image stands for itself."""
    return path if in_image(path) else f"{folder}{path}"
