"""The header WWW-Authenticate, as registries write it and as they might."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.registry.challenges import Challenge, challenges

NAMES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            'Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull"',
            [
                Challenge(
                    "bearer",
                    {"realm": "https://auth.example/token", "service": "r.example", "scope": "repository:a/b:pull"},
                )
            ],
        ),
        ('Basic realm="a", charset=UTF-8', [Challenge("basic", {"realm": "a", "charset": "UTF-8"})]),
        (
            'Negotiate, Basic realm="x, y=\\"z\\"" , Bearer realm="r"',
            [
                Challenge("negotiate", {}),
                Challenge("basic", {"realm": 'x, y="z"'}),
                Challenge("bearer", {"realm": "r"}),
            ],
        ),
        ('Bearer realm="a",realm="b"', [Challenge("bearer", {"realm": "a"})]),
        ("Basic", [Challenge("basic", {})]),
        ('Bearer realm="unclosed', [Challenge("bearer", {})]),
        ("", []),
        (",,,", []),
    ],
)
def test_headers(header: str, expected: list[Challenge]) -> None:
    assert list(challenges(header)) == expected


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for challenge in challenges(text):
        assert challenge.scheme == challenge.scheme.lower()


@given(
    st.lists(st.tuples(NAMES, st.dictionaries(NAMES, st.text(st.characters(codec="ascii"), max_size=20))), max_size=4)
)
def test_what_is_written_is_read(written: list[tuple[str, dict[str, str]]]) -> None:
    def quoted(value: str) -> str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    header = ", ".join(
        scheme + " " + ", ".join(f"{name}={quoted(value)}" for name, value in parameters.items())
        for scheme, parameters in written
    )
    assert list(challenges(header)) == [Challenge(*one) for one in written]
