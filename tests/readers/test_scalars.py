"""Single values: what no service takes is unresolved."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Dialect
from ourhalf.readers import scalars
from ourhalf.readers.node import MAX_INTEGER, MIN_INTEGER, Node, from_plain, plain
from ourhalf.readers.text import well_formed

BEYOND = (MAX_INTEGER + 1, MIN_INTEGER - 1, 10**5_000)


@pytest.mark.parametrize("convert", [scalars.text, scalars.integer, scalars.number])
@pytest.mark.parametrize("number", BEYOND, ids=("above", "below", "far above"))
def test_numbers_beyond_64_bits_are_not_known(convert: Any, number: int) -> None:
    assert isinstance(convert(Node(number, "f"), Dialect.API, "x"), Unresolved)


@pytest.mark.parametrize("number", [MAX_INTEGER, MIN_INTEGER, 0, -1])
def test_others_are(number: int) -> None:
    node = Node(number, "f")
    found = [convert(node, Dialect.API, "x") for convert in (scalars.text, scalars.integer, scalars.number)]
    assert found == [str(number), number, float(number)]
    assert plain(node) == number


def test_a_tree_holds_no_number_beyond_64_bits() -> None:
    assert plain(from_plain({"a": [BEYOND[0], 1]})) == {"a": ["a number beyond 64 bits", 1]}


@pytest.mark.parametrize(
    ("text", "written"),
    [("abc", "abc"), ("é\U0001f600", "é\U0001f600"), ("\ud800x", "\ufffdx"), ("\ud83d\ude00", "\U0001f600")],
)
def test_halves_of_characters_are_replaced(text: str, written: str) -> None:
    assert well_formed(text) == written
