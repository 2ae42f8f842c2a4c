"""Files as they stream by, with bounds so small that there are holes in every one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from ourhalf.artifacts import plans
from ourhalf.artifacts.format import Content, Found
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.judging import judge, together
from ourhalf.artifacts.streaming import MOST, Streamed

TIGHT = {"WHOLE": 0, "HEAD": 64, "TAIL": 32, "ZIP_TAIL": 64, "LARGE": 8, "GGUF_HEADER": 64}
LOOSE = {"WHOLE": 100, "HEAD": 600, "TAIL": 70, "ZIP_TAIL": 700, "LARGE": 16, "GGUF_HEADER": 600}


@contextmanager
def bounds(small: dict[str, int]) -> Iterator[None]:
    """Other bounds of plans."""
    with ExitStack() as until:
        for name, value in small.items():
            until.enter_context(patch.object(plans, name, value))
        yield


def streamed(data: bytes, piece: int, most: int = MOST) -> Streamed:
    """A file that came in pieces of a size."""
    made = Streamed(len(data), most)
    for at in range(0, len(data), piece):
        made.feed(memoryview(bytearray(data[at : at + piece])))
    return made


def judged(data: bytes, name: str, piece: int, most: int = MOST) -> tuple[Found, ...]:
    """What such a file is."""
    return judge(Content(name, streamed(data, piece, most).done()))


def never_better(data: bytes, name: str, whole: Judgement) -> None:
    """A file that streams by is what it is as a whole, or unread."""
    for small, piece in ((TIGHT, 7), (LOOSE, 1000)):
        with bounds(small):
            found = judged(data, name, piece, 2 * len(data) + 4096)
        told = together(found)[0]
        assert told in (whole, Judgement.UNREAD), (name, told, whole, data[:200])
