"""Whatever a test has judged is judged once more as it would stream by, with holes in it."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch
from zlib import crc32

import pytest

from ourhalf.artifacts import judging
from ourhalf.artifacts.format import Content, Found
from ourhalf.artifacts.judging import together
from tests.artifacts.streams import never_better

_MOST = 200_000
_OFTEN = 4
"""One of so many is, told by its bytes, so that the same one always is."""


@pytest.fixture(autouse=True)
def _streamed_too() -> Iterator[None]:
    original, within = judging._Walk.judge, [False]

    def judge(walk: judging._Walk, content: Content, depth: int, outer: object = None) -> tuple[Found, ...]:
        found = original(walk, content, depth, outer)
        if depth or within[0] or not 0 < len(content.data) <= _MOST or not isinstance(content.data, memoryview):
            return found
        data = bytes(content.data)
        if len(data) < 2000 and crc32(data) % _OFTEN:
            return found
        within[0] = True
        try:
            never_better(data, content.name, together(found)[0])
        finally:
            within[0] = False
        return found

    with patch.object(judging._Walk, "judge", judge):
        yield
