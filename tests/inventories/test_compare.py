"""Comparing two inventories tells each difference once, and nothing else."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings

from ourhalf.inventories.compare import Change, changes
from ourhalf.model.inventory import Inventory, Layer, ModelSummary
from tests.inventories.samples import ANY, NUMPY, PARTIAL, WHOLE


def test_a_new_version_is_told_with_what_brought_it() -> None:
    new = msgspec.structs.replace(NUMPY, version="2.2.0", layer=2)
    layer = Layer(index=2, digest="sha256:" + "f" * 64, size=500, history="RUN pip install -U numpy")
    after = msgspec.structs.replace(
        WHOLE,
        packages=tuple(new if one is NUMPY else one for one in WHOLE.packages[1:]),
        layers=(*WHOLE.layers, layer),
        config=msgspec.structs.replace(WHOLE.config, user=None, environment={"A": "c"}),
        models=(ModelSummary("opt/model.pt", 100, 1, ("safetensors",), "safe"),),
    )
    found = changes(WHOLE, after)
    numpy, torch = found.packages
    assert (numpy.change, numpy.before, numpy.after) == (Change.CHANGED, ("2.1.0",), ("2.2.0",))
    assert numpy.brought == "layer 2: RUN pip install -U numpy"
    assert (torch.name, torch.change) == ("torch", Change.REMOVED)
    assert [(one.change, one.size) for one in found.layers] == [(Change.ADDED, 500)]
    assert [(one.name, one.before, one.after) for one in found.settings] == [
        ("user", "1000", ""),
        ("environment.A", "b", "c"),
    ]
    assert [one.change for one in found.models] == [Change.CHANGED]
    assert (found.shared_layers, found.size) == (2, (3000, 3500))


@given(one=ANY, other=ANY)
@settings(max_examples=100)
def test_nothing_differs_from_itself_and_both_ways_tell_the_same(one: Inventory, other: Inventory) -> None:
    assert changes(one, one).same
    there, back = changes(one, other), changes(other, one)
    assert [(p.name, p.before, p.after) for p in there.packages] == [(p.name, p.after, p.before) for p in back.packages]


def test_an_inventory_with_holes_is_doubted() -> None:
    assert "rpm is not complete" in changes(PARTIAL, WHOLE).doubts[0]
