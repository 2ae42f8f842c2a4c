"""Which files of a target are read as one."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.collect import Targets, plan


def read_as_one(targets: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The files that mean something only together: a root module, the kustomizations of one tree."""
    every = Targets(targets)
    for target, files in every.files.items():
        for _, unit in plan(files, every.paths[target]):
            if len(unit.members) > 1:
                yield unit.members
