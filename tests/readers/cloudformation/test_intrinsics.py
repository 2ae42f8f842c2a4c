"""Intrinsic functions: each case of functions.yaml, and templates that nobody should write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.model.field import Unresolved
from ourhalf.readers.cloudformation.intrinsics import Evaluator
from ourhalf.readers.node import Node, from_plain, plain
from ourhalf.readers.text import MAX_TEXT
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


def test_an_alias_bomb_is_evaluated_once_and_bounded() -> None:
    lines = ["Resources:", "  A: &a0 !Join ['', [x, x, x, x, x, x, x, x]]"]
    lines += [f"  A{n}: &a{n} !Join ['', [{', '.join([f'*a{n - 1}'] * 8)}]]" for n in range(1, 30)]
    evaluator = Evaluator(_parsed("\n".join(lines)))
    found = evaluator.evaluate(_parsed("\n".join(lines)).dig("Resources.A29") or GOLDEN)
    assert isinstance(found.value, Unresolved)
    assert str(MAX_TEXT // 1_000_000) in found.value.reason


def test_two_alias_bombs_are_compared_within_bounds() -> None:
    def bomb(name: str) -> list[str]:
        lines = [f"  {name}0: &{name}0 [!Ref X, 1]"]
        return lines + [f"  {name}{n}: &{name}{n} [{', '.join([f'*{name}{n - 1}'] * 8)}]" for n in range(1, 30)]

    text = "\n".join(
        [
            "Parameters: {X: {Type: String, Default: x}, P: {Type: String}}",
            "Conditions: {C: !Equals [!Ref P, '']}",
            "Metadata:",
            *bomb("a"),
            *bomb("b"),
            "  if: !If [C, *a29, *b29]",
            "  json: {'Fn::ToJsonString': *a29}",
        ]
    )
    document = _parsed(text)
    evaluator = Evaluator(document)
    for path in ("Metadata.if", "Metadata.json"):
        found = document.dig(path)
        assert found is not None
        assert isinstance(evaluator.evaluate(found).value, Unresolved), path


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
