"""Values that something fills in before a manifest is applied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.field import Unresolved
from ourhalf.readers.kubernetes.placeholders import with_holes
from ourhalf.readers.node import Node, from_plain


def filled(value: object, key: str = "image") -> object:
    found = with_holes(from_plain({"spec": {key: value}})).dig(f"spec.{key}")
    assert found is not None
    return found.value


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("${IMAGE}", (None,)),
        ("$IMAGE", (None,)),
        ("repo/train:${TAG}", ("repo/train:", None)),
        ("${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/x", (None, ".dkr.ecr.", None, ".amazonaws.com/x")),
        ("{{ .Values.image }}", (None,)),
        ("$(POD_IP):11434", (None, ":11434")),
        ("<your-image>:1", (None, ":1")),
    ],
)
def test_holes(text: str, parts: tuple[str | None, ...]) -> None:
    found = filled(text)
    assert isinstance(found, Unresolved)
    assert found.parts == parts


def test_a_word_of_a_command_line_is_known_unless_it_is_filled_in_whole() -> None:
    words = ["sh", "-c", "ray start --port=${PORT}", "${ARGS}", "{{ .Values.more }}"]
    found = filled(words, "args")
    assert isinstance(found, list)
    assert [isinstance(word.value, Unresolved) for word in found] == [False, False, False, True, True]


@pytest.mark.parametrize("text", ["repo/train:1", "$(5)", "a $ b", "cost: $5", "1 < 2", "{}", ""])
def test_texts_without_holes(text: str) -> None:
    assert filled(text) == text


@pytest.mark.parametrize("key", ["data", "annotations", "labels", "name", "namespace"])
def test_texts_that_are_scripts_files_or_names_are_kept(key: str) -> None:
    assert filled("${KEPT}", key) == "${KEPT}"


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


@given(TREES)
def test_the_rest_of_a_tree_stays(tree: object) -> None:
    node = from_plain(tree)
    found = with_holes(node)
    assert _shape(found) == _shape(node)


def _shape(node: Node) -> object:
    if isinstance(node.value, dict):
        return {key: _shape(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_shape(child) for child in node.value]
    return "leaf"
