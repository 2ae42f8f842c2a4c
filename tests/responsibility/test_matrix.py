"""The matrix is whole, and every cell is cited or says that it is inferred."""

from __future__ import annotations

import copy
from importlib.resources import files
from typing import Any

import pytest
import yaml

from ourhalf.model.responsibility import Layer, Party, Platform
from ourhalf.responsibility.matrix import matrix, parse


def document() -> Any:
    return yaml.safe_load(files("ourhalf.responsibility").joinpath("matrix.yaml").read_bytes())


def test_every_layer_has_a_cell_on_every_platform() -> None:
    table = matrix()
    assert len(table.rows) == 37
    assert all(set(row.cells) == set(Platform) for row in table.rows.values())
    assert len(Platform) == 11


def test_what_aws_answers_for_everywhere() -> None:
    everywhere = {
        layer for layer, row in matrix().rows.items() if {c.party for c in row.cells.values()} == {Party.PROVIDER}
    }
    assert everywhere == {Layer.FACILITIES, Layer.HYPERVISOR, Layer.REGISTRY_SERVICE, Layer.SERVICE_ENDPOINTS}


def test_host_patching_moves_to_aws() -> None:
    row = matrix().rows[Layer.HOST_PATCHING].cells
    assert row[Platform.EC2].party is Party.CUSTOMER
    assert row[Platform.EKS_NODES].party is Party.SHARED
    assert row[Platform.EKS_NODES].action
    assert row[Platform.ECS_FARGATE].party is Party.PROVIDER


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: d["layers"].pop("legal"), "layers missing"),
        (lambda d: d["layers"].update(lega={}), "layers missing or unknown"),
        (lambda d: d["layers"]["identity"]["cells"].pop("others"), "no cell for"),
        (lambda d: d["layers"]["identity"]["cells"].update({"ecs-ec2": {}}), "named twice"),
        (lambda d: d["layers"]["legal"]["cells"]["others"].update(sources=["S99"]), "unknown sources"),
        (lambda d: d["layers"]["legal"]["cells"]["others"].update(sources=[]), "no source"),
    ],
)
def test_a_broken_matrix_is_refused(change: Any, complaint: str) -> None:
    broken = copy.deepcopy(document())
    change(broken)
    with pytest.raises(ValueError, match=complaint):
        parse(yaml.safe_dump(broken, sort_keys=False).encode())
