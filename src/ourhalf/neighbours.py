"""Which files stand together: those of what a workload is joined with, and those that are read as one."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.collect import Targets, collect, plan
from ourhalf.graph.index import EvidenceGraph
from ourhalf.model.finding import Assessment


def with_files(assessment: Assessment, targets: tuple[str, ...], keep: bool) -> Assessment:
    """`assessment`, with the files of the resources that each workload is joined with.

    The targets are read again, from the cache with `keep`.
    """
    graph = EvidenceGraph(collect(Targets(targets), keep=keep))
    files: dict[tuple[str, str], dict[str, None]] = {}
    for workload in graph.workloads():
        found = files.setdefault((workload.name, workload.resource.place.path), {})
        found.update(dict.fromkeys(resource.place.path for resource in workload.related))
    return msgspec.structs.replace(
        assessment,
        workloads=tuple(
            msgspec.structs.replace(w, files=tuple(files.get((w.name, w.path), ()))) for w in assessment.workloads
        ),
    )


def read_as_one(targets: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The files that mean something only together: a root module, the kustomizations of one tree."""
    every = Targets(targets)
    for target, files in every.files.items():
        for _, unit in plan(files, every.paths[target]):
            if len(unit.members) > 1:
                yield unit.members
