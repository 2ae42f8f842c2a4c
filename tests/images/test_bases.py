"""Which layers are those of a base."""

from __future__ import annotations

from pathlib import Path

import pytest

from ourhalf.images.bases import Base, base_of, marked, stated_base, with_bases
from ourhalf.images.reading import read_image
from ourhalf.model.field import effective
from ourhalf.model.inventory import Layer
from tests.images.layouts import layout, member, tar


def _layers(*diff_ids: str) -> tuple[Layer, ...]:
    return tuple(Layer(index=index, digest="", diff_id=one) for index, one in enumerate(diff_ids))


@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        ([Base("d", ("a",))], ["d", "", ""]),
        ([Base("t", ("a", "b")), Base("d", ("a",))], ["d", "t", ""]),
        ([Base("x", ("b",))], ["", "", ""]),
        ([Base("x", ("a", "x"))], ["", "", ""]),
        ([Base("x", ("a", "b", "c", "d"))], ["", "", ""]),
        ([Base("x", ())], ["", "", ""]),
        ([Base("self", ("a", "b", "c"))], ["self", "self", "self"]),
    ],
)
def test_layers_are_those_of_the_nearest_base(bases: list[Base], expected: list[str]) -> None:
    assert [layer.base for layer in marked(_layers("a", "b", "c"), bases)] == expected


def test_layers_without_digests_belong_to_nobody() -> None:
    assert [layer.base for layer in marked(_layers("", ""), [Base("x", ("",))])] == ["", ""]


def test_a_base_that_was_read_is_known_again(tmp_path: Path) -> None:
    lower, upper = tar(member("a", b"1")), tar(member("b", b"2"))
    (base,) = read_image(layout(tmp_path / "base", lower), keep=False)
    (own,) = read_image(layout(tmp_path / "own", lower, upper), keep=False)
    found = with_bases(own, [base_of(base.inventory)])
    assert [layer.base for layer in found.inventory.layers] == [base.inventory.reference, ""]
    assert found.image.base_layers == 1
    assert effective(found.image.base) == found.inventory.base == base.inventory.reference
    assert with_bases(base, [Base("other", ("sha256:0",))]) is base


def test_what_annotations_state(tmp_path: Path) -> None:
    stated = {"org.opencontainers.image.base.name": "r/b:1", "org.opencontainers.image.base.digest": "sha256:1"}
    assert stated_base({}, stated) == "r/b:1@sha256:1"
    assert stated_base({}, {}) == ""
    (found,) = read_image(layout(tmp_path / "i", tar(member("a")), annotations=stated), keep=False)
    assert found.inventory.base == "r/b:1@sha256:1"
    assert found.image.base_layers == 0
