"""Who answers for one layer, platform by platform."""

from __future__ import annotations

from ourhalf.model.responsibility import Layer, Platform, Responsibility
from ourhalf.responsibility.matrix import matrix
from ourhalf.responsibility.resolver import of_cell


def by_platform(layer: Layer) -> tuple[tuple[tuple[Platform, ...], Responsibility], ...]:
    """The different answers for `layer`, each with the platforms that it holds on.

    These are the cells of the matrix: the image or the settings of a workload can move the line.
    """
    found: dict[Responsibility, list[Platform]] = {}
    for platform, cell in matrix().rows[layer].cells.items():
        found.setdefault(of_cell(layer, cell), []).append(platform)
    return tuple((tuple(platforms), who) for who, platforms in found.items())
