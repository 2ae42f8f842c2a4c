"""Who wants a file: the quick answer is that of asking every pattern."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.matching import Matching, asks
from ourhalf.images.wanted import Wanted
from ourhalf.images.whole import all_wanted

_PATTERNS = (
    ".*", "a.*", ".*/a", "(?:.*/)?a", "(?:a|b/c)d", "a(?:b|cd)?", "[ab]c", "[^/]+/b", "(?i:A)b", "(?i)AB", "a{2}b",
    r"a\.b", "(?P<x>a)b(?P=x)", r"ab$", "(?:a|.*)b", "a+", "(?<!b)a", "(?:(?:a|b)(?:c|d)){1}a", "a?b?c?d?", "",
    "ab|cd/.+",    "(?:.*/)?a[^/]*/b/c[ab]",
)  # fmt: skip
_PATHS = st.text("abcdA/.", max_size=12)


@given(st.lists(st.sampled_from(_PATTERNS), max_size=8), _PATHS, st.integers(0, 100), st.sampled_from([0o644, 0o755]))
def test_it_agrees_with_every_pattern(patterns: list[str], path: str, size: int, mode: int) -> None:
    wanted = [Wanted(key=str(n), pattern=one, least=n * 10, executable=bool(n % 2)) for n, one in enumerate(patterns)]
    expected = [one for one in wanted if re.fullmatch(one.pattern, path) and asks(one, path, size, mode)]
    found = Matching(wanted).of(path, size, mode)
    assert sorted(one.key for one in found) == [one.key for one in expected]


_ON_EVERY_PATH = frozenset({"secrets/text"})
"""What looks at all but some folders, and so cannot be told apart by how paths begin or end."""


def test_the_patterns_of_the_house_are_told_apart() -> None:
    """A pattern that is tried on every path costs every image: only those of programs are, and these."""
    assert {one.key for _, one in Matching(all_wanted())._always} <= _ON_EVERY_PATH


def test_shared_libraries_are_programs() -> None:
    one = Wanted(key="k", pattern=".*", executable=True)
    matching = Matching([one])
    assert matching.of("usr/lib/libz.so.1", 10, 0o644) == [one]
    assert matching.of("usr/lib.so/x", 10, 0o644) == []
    assert matching.of("usr/bin/x", 10, 0o755) == [one]
