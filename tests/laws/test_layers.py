"""Controls stand on layers for which somebody but the provider may have to answer."""

from __future__ import annotations

import pytest

from ourhalf.catalogue import all_controls
from ourhalf.model.control import Control
from ourhalf.model.responsibility import Party
from ourhalf.responsibility.matrix import matrix

CONTROLS = all_controls()


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_no_control_is_on_a_layer_of_the_provider_alone(control: Control[object]) -> None:
    parties = {cell.party for cell in matrix().rows[control.layer].cells.values()}
    assert parties != {Party.PROVIDER}, f"{control.layer} is the provider's everywhere: this is never judged"
