"""Intrinsic functions: each case of functions.yaml, and templates that nobody should write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.model.field import Unresolved
from ourhalf.readers.cloudformation.intrinsics import Evaluator
from ourhalf.readers.node import Node, from_plain, plain
from ourhalf.readers.yaml import documents


def _parsed(text: str) -> Node:
    return next(documents(text.encode(), "t.yaml"))


GOLDEN = _parsed((Path(__file__).parent / "functions.yaml").read_text())
EVALUATOR = Evaluator(GOLDEN)
CASES = dict((GOLDEN.dig("Resources.Cases.Properties") or GOLDEN).items())


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case = CASES[name].value
    found = EVALUATOR.evaluate(case["Value"])
    assert plain(found) == plain(case["Is"])
    assert (found.line, found.column) == (case["Value"].line, case["Value"].column)
    parts = [part if part is None else str(part) for part in getattr(found.value, "parts", ())]
    assert parts == (plain(case["Parts"]) if "Parts" in case else [])
    assert (found.rest.reason if found.rest else None) == (plain(case["Rest"]) if "Rest" in case else None)


def test_text_under_base64_is_marked_as_plain() -> None:
    assert EVALUATOR.evaluate(CASES["Base64"].value["Value"]).tag == "!plain"


def test_a_secret_default_is_never_shown() -> None:
    found = EVALUATOR.evaluate(_parsed("!Sub 'password=${HardCoded}'"))
    assert "correct-horse" not in str(plain(found))
    assert "REDACTED-" in str(found.value)


def test_every_function_has_a_case() -> None:
    from ourhalf.readers.cloudformation.intrinsics import _FUNCTIONS

    text = (Path(__file__).parent / "functions.yaml").read_text()
    assert [name for name in _FUNCTIONS if f"!{name} " not in text and f"Fn::{name}" not in text] == []


def _bomb(start: Node, step: Callable[[list[Node]], Node]) -> Node:
    """A tree of 30 levels in which each holds the one below eight times, as aliases make it."""
    node = start
    for _ in range(30):
        node = step([node] * 8)
    return node


def test_a_text_of_shared_pieces_is_bounded() -> None:
    def join(pieces: list[Node]) -> Node:
        return Node([Node("", "t.yaml"), Node(pieces, "t.yaml")], "t.yaml", tag="!Join")

    for start in (Node("x", "t.yaml"), Node("Given", "t.yaml", tag="!Ref")):
        found = EVALUATOR.evaluate(_bomb(start, join))
        assert isinstance(found.value, Unresolved)
        assert found.value.reason.startswith("a text ")


def test_trees_of_shared_branches_are_compared_and_written_within_bounds() -> None:
    one, other = (_bomb(Node("x", "t.yaml"), lambda pieces: Node(pieces, "t.yaml")) for _ in range(2))
    choice = Node([Node("Unknown", "t.yaml"), one, other], "t.yaml", tag="!If")
    assert isinstance(EVALUATOR.evaluate(choice).value, Unresolved)
    assert isinstance(EVALUATOR.evaluate(Node({"Fn::ToJsonString": one}, "t.yaml")).value, Unresolved)


_NAMES = ["Ref", *(f"Fn::{name}" for name in ("GetAtt", "Sub", "Join", "Select", "Split", "If", "FindInMap", "Base64"))]
_NAMES += [f"Fn::{name}" for name in ("Cidr", "Length", "ToJsonString", "ImportValue", "Transform", "And", "Equals")]
_SCALARS = st.sampled_from(
    [None, True, 0, -1, 3, 1.5, "", "a", "Name", "C", "${Name}", "${!x}", "${a.b}", "${", "M", "k"]
)
_TREES: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*_NAMES, "a", "DefaultValue", "Condition"]), inner, max_size=2)
    ),
    max_leaves=20,
)


def _keys(tree: Any) -> list[str]:
    """Every name in a plain tree."""
    match tree:
        case dict():
            return [*tree, *(key for child in tree.values() for key in _keys(child))]
        case list():
            return [key for child in tree for key in _keys(child)]
    return []


@settings(max_examples=200, deadline=None)
@given(_TREES, _TREES, _TREES, _TREES)
def test_no_template_is_too_strange(value: Any, condition: Any, mapping: Any, default: Any) -> None:
    template = {
        "Parameters": {"Name": {"Type": "String", "Default": default}, "Odd": default},
        "Conditions": {"C": condition, "D": {"Fn::Not": [{"Condition": "C"}]}},
        "Mappings": {"M": mapping, "N": {"k": mapping}},
        "Resources": {"a": value, "b": {"Type": value}},
    }
    evaluator = Evaluator(from_plain(template))
    for tree in (value, mapping, {"x": value, "y": mapping}):
        assert not any(name.startswith("Fn::") for name in _keys(plain(evaluator.evaluate(from_plain(tree)))))
    evaluator.evaluate(from_plain({"Fn::If": ["D", value, mapping]}))
