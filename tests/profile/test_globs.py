"""Patterns match the same whichever way they are followed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.profile import globs
from ourhalf.profile.globs import glob


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("a/*.tf", "a/b/c.tf", True),
        ("**/c.tf", "c.tf", True),
        ("**/c.tf", "a/b/c.tf", True),
        ("**/c.tf", "abc.tf", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*a*b*c*d*e*", "xaxbxcxdxex", True),
        ("*a*b*c*d*e*", "xaxbxcxdx", False),
        ("a" + "*a" * 30 + "b", "a" * 500, False),
    ],
)
def test_patterns(pattern: str, text: str, matches: bool) -> None:
    assert bool(glob(pattern).match(text)) is matches


@given(st.text("ab/*?", max_size=7), st.text("ab/\n", max_size=7))
def test_both_ways_agree(pattern: str, text: str) -> None:
    steps = globs._Steps(tuple(globs._TOKENS.findall(pattern)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(globs, "_FEW", 100)
        glob.cache_clear()
        assert bool(glob(pattern).match(text)) is steps.match(text)
    glob.cache_clear()
