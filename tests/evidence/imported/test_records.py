"""Files are taken apart into records with their lines, and damage costs no more than what it hits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.evidence.imported.records import Damage, Path, Record, marks, records, text_of

TOP: frozenset[Path] = frozenset({()})
ITEMS: frozenset[Path] = frozenset({("items",)})


def found(text: str, paths: frozenset[Path]) -> tuple[list[tuple[Any, int]], list[Damage]]:
    every = list(records(text, paths))
    return [(json.loads(r.json), r.line) for r in every if isinstance(r, Record)], [
        d for d in every if isinstance(d, Damage)
    ]


@pytest.mark.parametrize(
    ("text", "paths", "expected"),
    [
        ('{"a": 1}', TOP, [({"a": 1}, 1)]),
        ('[\n {"a": 1},\n {"a": 2}\n]', TOP, [({"a": 1}, 2), ({"a": 2}, 3)]),
        ('{"a": 1}\n{"a": 2}\n\n{"a": 3}\n', TOP, [({"a": 1}, 1), ({"a": 2}, 2), ({"a": 3}, 4)]),
        ('{"before": [1],\n"items": [{"a": 1}], "after": {"items": [{"a": 9}]}}', ITEMS, [({"a": 1}, 2)]),
        ('{"items": {"a": 1}}', ITEMS, [({"a": 1}, 1)]),
        ('{"items": []}', ITEMS, []),
        ('{"items": null}', ITEMS, []),
        ('{"items": [1, "x", [{"a": 1}]]}', ITEMS, []),
        ('{"items": [{"a": 1},]}', ITEMS, [({"a": 1}, 1)]),
        ('{"it\\u0065ms": [{"a": 1}]}', ITEMS, [({"a": 1}, 1)]),
        ('"text"', TOP, []),
        ("", TOP, []),
    ],
)
def test_records_and_their_lines(text: str, paths: frozenset[Path], expected: list[tuple[Any, int]]) -> None:
    assert found(text, paths) == (expected, [])


def test_what_stands_around_a_record_is_known_wherever_it_stands() -> None:
    text = '{"name": "a", "groups": [{"items": [{"x": 1}], "kind": "k", "big": "%s"}], "when": "now"}' % ("x" * 70_000)
    (record,) = list(records(text, frozenset({("groups", "items")})))
    assert isinstance(record, Record)
    assert [json.loads(one.json()) for one in record.around] == [{"name": "a", "when": "now"}, {"kind": "k"}]


@pytest.mark.parametrize(
    ("text", "kept", "line", "reason"),
    [
        ('[{"a": 1},\n{"a": 2', 1, 2, "cut off"),
        ('[{"a": 1},\n', 1, 2, "cut off"),
        ('[{"a": 1},\n{"a": "text', 1, 2, "a text is never closed: the file is cut off"),
        ('[{"a": 1} {"a": 2}]', 1, 1, "a comma or ] is missing"),
        ('[{"a": 1}\n{"a": 2}]', 2, 1, "a comma or ] is missing"),
        ('[{"a": 1},\n{"a" 2},\n{"a": 3}]', 2, 2, "no JSON"),
        ('[{"a": 1},\n{"a": nothing}]', 1, 2, "no JSON"),
        ("[" * 200_000, 0, 1, "nested too deeply"),
        ('{"a": ' * 200_000, 0, 1, "nested too deeply"),
    ],
)
def test_damage_is_told_with_its_line(text: str, kept: int, line: int, reason: str) -> None:
    sound, damages = found(text, TOP)
    assert len(sound) == kept
    assert len(damages) >= 1
    assert damages[0].line == line
    assert reason in damages[0].reason


def test_a_damaged_line_costs_no_other_line() -> None:
    sound, damages = found('{"a": 1}\n{"a": \n{"a": 3}\n{"a" 4}\n{"a": 5}\n', TOP)
    assert [one["a"] for one, _ in sound] == [1, 3, 5]
    assert [d.line for d in damages] == [2, 4]


def test_many_damaged_lines_are_not_looked_at_for_ever() -> None:
    sound, damages = found('{"a" 1}\n' * 1000 + '{"a": 2}\n', TOP)
    assert not sound
    assert len(damages) == 201
    assert "the rest was not read" in damages[-1].reason


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=3), st.one_of(st.integers(), st.text(), st.none()), max_size=3)))
def test_any_list_is_read_in_whole(many: list[dict[str, Any]]) -> None:
    for text in (json.dumps(many), json.dumps(many, indent=2), json.dumps(many, ensure_ascii=False)):
        sound, damages = found(text, TOP)
        assert [one for one, _ in sound] == many
        assert not damages


@settings(deadline=None)
@given(st.data())
def test_a_cut_file_gives_what_stands_before_the_cut(data: st.DataObject) -> None:
    many = [{"n": n, "text": '[{"}]\\' * n} for n in range(5)]
    text = json.dumps({"x": 1, "items": many}, indent=1)
    cut = data.draw(st.integers(1, len(text) - 2))
    sound, damages = found(text[:cut], ITEMS)
    assert [one for one, _ in sound] == many[: len(sound)]
    assert len(damages) == 1
    whole = [text.index(json.dumps(one["text"])) for one in many]
    assert len(sound) == sum(
        place + len(json.dumps(one["text"])) + 4 <= cut for place, one in zip(whole, many, strict=True)
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'\xef\xbb\xbf{"a": 1}', '{"a": 1}'),
        ('{"a": "ä"}'.encode("utf-16"), '{"a": "ä"}'),
        ('{"a": "ä"}'.encode("utf-16-be").join([b"\xfe\xff", b""]), '{"a": "ä"}'),
        (b'{"a": "\xe4"}', '{"a": "\udce4"}'),
    ],
)
def test_encodings(data: bytes, text: str) -> None:
    assert text_of(data) == text


def test_secrets_that_identify_themselves_are_taken_out_before_anything_is_read() -> None:
    token = "ghp_" + "a" * 36
    assert token not in text_of(f'{{"a": "{token}"}}'.encode())


def test_marks_tell_what_is_near_the_top() -> None:
    assert list(marks('{"a": [{"b": {"c": 1}}], "d": []}')) == ["a", "a[].b", "a[].b.c", "d", "d=[]"]
    assert list(marks('[{"a": 1}, 2, {"b": 1}]')) == ["[].a", "[].b"]
    assert list(marks("[]")) == ["=[]"]
    assert list(marks('{"a": 1} {"b": 2}')) == ["a"]
    assert list(marks('{"a": [{"b": 1}, {')) == ["a", "a[].b"]
    assert list(marks("no json")) == []
