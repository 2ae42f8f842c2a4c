"""JSON texts inside other files, those that are known in part included."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.field import Place, Reference, Unresolved
from ourhalf.readers.embedded.json import parse
from ourhalf.readers.node import Node, plain

ROLE = Reference("Role", "Arn")
HERE = Place("t.yaml", 4, 3)


def parsed(*parts: str | Reference | None) -> Node:
    """The tree of a text with these pieces."""
    text: Any = parts[0] if parts and isinstance(parts[0], str) and len(parts) == 1 else None
    return parse(Node(text if text is not None else Unresolved("why", HERE, parts), "t.yaml", 4, 3))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (('{"a": [1, true, null, "x"]}',), {"a": [1, True, None, "x"]}),
        (("",), {}),
        (("{",), "<not JSON: did not find expected node content>"),
        (('{"a": "', ROLE, '"}'), {"a": "${Role.Arn}"}),
        (('{"a": "', None, '"}'), {"a": "<why>"}),
        (('{"a": ', ROLE, ', "b": 1}'), {"a": "${Role.Arn}", "b": 1}),
        (('[{"a": 1}, ', None, "]"), [{"a": 1}, "<why>"]),
        (('{"a": "x', None, '"}'), {"a": "<why>"}),
        (('{"a": "\\"', None, '"}'), {"a": "<why>"}),
        (('{"', None, '": 1, "b": 2}'), {"b": 2}),
        (('{"a": 1, ', None, "}"), {"a": 1}),
    ],
)
def test_trees(parts: tuple[Any, ...], expected: Any) -> None:
    assert plain(parsed(*parts)) == expected


@pytest.mark.parametrize(
    "parts",
    [
        ('{"a": 1 ', None, "}"),
        (None, '{"a": 1}'),
        ('{"a": 1', None),
        ('{"a": 1}', None),
        ('{"a": ', None, None, "}"),
        ("plain ", None),
        ('{"a": "\ue0000\ue001', None, '"}'),
    ],
)
def test_pieces_that_may_change_the_structure_leave_all_of_it_open(parts: tuple[Any, ...]) -> None:
    assert parsed(*parts).value == Unresolved("why", HERE, parts)


def test_known_pieces_are_kept() -> None:
    found = parsed('{"a": "arn:', ROLE, "/", None, '"}').value["a"]
    assert found.value.parts == ("arn:", ROLE, "/", None)


def test_a_mapping_with_an_unknown_name_may_hold_more() -> None:
    assert parsed('{"', None, '": 1}').rest is not None


def test_lines_count_from_the_text() -> None:
    found = parsed('{\n"a": 1}')
    assert (found.line, found.value["a"].line, found.tag) == (4, 5, "!json")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(alphabet='ab "\\{}[]:,\n', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='ab"', max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from("abc"), _JSON, max_size=3), _JSON)
def test_a_hole_changes_nothing_else(tree: dict[str, Any], after: Any) -> None:
    before, rest = json.dumps({**tree, "hole": "@", "z": after}).split('"@"')
    found = parsed(before + '"', None, '"' + rest)
    assert plain(found) == {**tree, "hole": "<why>", "z": after}


@given(st.lists(st.text(max_size=8) | st.none() | st.just(ROLE), max_size=8))
def test_no_text_is_too_strange(parts: list[Any]) -> None:
    plain(parsed(*parts))
