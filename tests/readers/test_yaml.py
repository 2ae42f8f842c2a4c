"""YAML and JSON as nodes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.resource import Dialect
from ourhalf.readers import scalars
from ourhalf.readers import yaml as module
from ourhalf.readers.node import Node, plain
from ourhalf.readers.salvage import salvaged
from ourhalf.readers.yaml import MAX_DEPTH, ParseError, documents

TEXTS = st.text("abxy é\u2028 -:#'\"{}[],&*|>%@\n", max_size=12)  # what YAML has a meaning for, and what it has not
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


def parsed(text: str, as_json: bool = False) -> list[Any]:
    return [plain(document) for document in documents(text.encode(), "f", json=as_json)]


def only(text: str) -> Node:
    (document,) = documents(text.encode(), "f")
    return document


@given(st.dictionaries(st.text(max_size=6), VALUES, min_size=1))
def test_json_reads_as_json(value: dict[str, Any]) -> None:
    assert parsed(json.dumps(value), as_json=True) == [value]


@given(st.dictionaries(st.text("abc", min_size=1), VALUES, min_size=1))
def test_what_another_writer_writes(value: dict[str, Any]) -> None:
    assert parsed(yaml.dump(value, Dumper=yaml.CSafeDumper)) == [value]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = list(documents(data, "f"))
    except ParseError as error:
        assert error.reason  # noqa: PT017 - either outcome is right
        assert error.line >= 1  # noqa: PT017
    else:
        assert all(isinstance(document, Node) for document in found)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-7", -7),
        ("0x1f", 31),
        ("-0x1f", -31),
        ("0o17", 15),
        ("017", 15),
        ("-017", -15),
        ("0", 0),
        ("09", "09"),
        ("-08", "-08"),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", "18446744073709551616"),
        ("-9223372036854775808", -(2**63)),
        ("-9223372036854775809", "-9223372036854775809"),
        ("0x" + "f" * 20, "0x" + "f" * 20),
        ("0" + "7" * 30, "0" + "7" * 30),
        ("018765432109", "018765432109"),
        ("09.5", 9.5),
        ("1.5e3", 1500.0),
        ("~", None),
        ("null", None),
        ("True", True),
        ("false", False),
        ("yes", "yes"),
        ("on", "on"),
        ("nothing", "nothing"),
        ("falsehood", "falsehood"),
        ("1.2.3", "1.2.3"),
        ("1_000", "1_000"),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("2024-01-01", "2024-01-01"),
        (".5", 0.5),
        ("1" * 100, "1" * 100),
    ],
)
def test_scalars(text: str, value: object) -> None:
    assert plain(only(f"a: {text}\nb: x"))["a"] == value


def test_an_account_number_with_zeros_before_it_stays_one() -> None:
    node = only("a: 018765432109\nb: 09\nc: 07")
    found = {key: scalars.text(child, Dialect.CLOUDFORMATION, key) for key, child in node.items()}
    assert found == {"a": "018765432109", "b": "09", "c": "7"}
    numbers = [scalars.integer(child, Dialect.KUBERNETES, key) for key, child in node.items()]
    assert numbers == [18765432109, 9, 7]
    assert scalars.number(node.value["b"], Dialect.KUBERNETES, "b") == 9


def test_places() -> None:
    document = only("# c\na:\n  - b: 1\n    c: &x\n      d: 2\ne: *x\n")
    item = document.value["a"].value[0]
    assert (item.line, item.column) == (3, 5)
    assert (item.value["c"].line, item.value["c"].column) == (4, 5)
    assert (item.value["c"].value["d"].line, document.value["e"].line) == (5, 6)


def test_merge_keys_do_not_override() -> None:
    document = only("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz:\n  <<: [*x, {c: 4}]\n")
    assert plain(document)["y"] == {"a": 1, "b": 3}
    assert plain(document)["z"] == {"a": 1, "b": 2, "c": 4}


def test_lines_of_a_text_inside_another_file() -> None:
    assert next(documents(b"a: 1\n", "f", first_line=10)).value["a"].line == 10
    with pytest.raises(ParseError) as caught:
        list(documents(b"a: 1\nb: [\n", "f", first_line=10))
    assert caught.value.line >= 11


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [1", "did not find"),
        ("a: *x", "alias"),
        ("? [a]\n: b", "key"),
        ("[" * (MAX_DEPTH + 5) + "]" * (MAX_DEPTH + 5), "deeper"),
        ("\x00", "control characters"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        parsed(text)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(ParseError) as caught:
        list(documents(b"a: 1\nb: \xff\n", "f"))
    assert (caught.value.reason, caught.value.line) == ("not UTF-8 text", 2)


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(ParseError, match="aliases"):
        parsed("\n".join(lines))


def test_the_number_of_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_NODES", 100)
    with pytest.raises(ParseError, match="more than 100 values"):
        parsed("[" + "1," * 200 + "]")


def test_documents_of_a_broken_file_are_read_one_by_one() -> None:
    data = b"a: 1\n---\nb: [\n--- # c\nc: 3\n...\n---\nd: {{ x }}: {\n"
    found, refused = salvaged(data, "f", "r")
    assert [plain(document) for document in found] == [{"a": 1}, {"c": 3}]
    assert [document.line for document in found] == [1, 5]
    assert [(u.line >= 2, u.reader) for u in refused] == [(True, "r"), (True, "r")]
    assert "template" in refused[1].reason


def test_many_broken_documents_are_told_in_few_lines() -> None:
    _, refused = salvaged(b"---\na: [\n" * 500, "f", "r")
    assert len(refused) == 20
    assert "more documents" in refused[-1].reason


def test_the_number_of_broken_documents_is_bounded() -> None:
    found, refused = salvaged(b"---\na: [\n" * 20_000, "f", "r")
    assert (found, len(refused)) == ([], 1)


@given(st.binary(max_size=200))
def test_salvage_never_fails(data: bytes) -> None:
    found, refused = salvaged(data, "f", "r")
    assert all(isinstance(document, Node) for document in found)
    assert all(u.reason for u in refused)
