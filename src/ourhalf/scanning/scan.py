"""Model files alone: every file of the targets, looked into by its content, on all cores."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from functools import cache

import msgspec

from ourhalf.assess import assess
from ourhalf.collect import decode, encode
from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.finding import Assessment
from ourhalf.readers.reader import merged
from ourhalf.run import Request, with_origins
from ourhalf.scanning.files import judged
from ourhalf.scanning.place import place_of

_AT_ONCE = 16
_BYTES_AT_ONCE = 1 << 25
"""How many files, or bytes of them, one process takes at a time: few enough that none is left with the rest."""


class _Job(msgspec.Struct, frozen=True):
    """Files of one target; `wanted` ones are judged whatever they hold."""

    target: str
    paths: tuple[str, ...]
    wanted: bool


def scanned(request: Request) -> Assessment:
    """The assessment of every model file in the targets of a request. Raises PlaceError for one that is no path."""
    elsewhere = {target: place_of(target) for target in request.targets if not os.path.exists(target)}
    targets = {target: TargetFiles(target) for target in request.targets if target not in elsewhere}
    parts = [Evidence(), *(one.evidence(name, request.images) for name, one in elsewhere.items() if one is not None)]
    jobs: list[_Job] = []
    for target, files in targets.items():
        paths = files.paths()
        parts.append(Evidence(unread=tuple(files.unread)))
        place = os.path.join(os.getcwd(), target)
        jobs.extend(_Job(place, some, len(paths) == 1) for some in _shares(files, paths))
    evidence = merged([*parts, *_judged(jobs)])
    evidence = with_origins(evidence, request, targets)
    return assess(evidence, request.targets, request.as_of, request.profile, request.profile_path)


def _shares(files: TargetFiles, paths: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Files in groups that take about the same time, in their order."""
    group: list[str] = []
    size = 0
    for path in paths:
        group.append(path)
        size += files.size(path)
        if len(group) >= _AT_ONCE or size >= _BYTES_AT_ONCE:
            yield tuple(group)
            group, size = [], 0
    if group:
        yield tuple(group)


def _judged(jobs: list[_Job]) -> Iterator[Evidence]:
    cores = os.cpu_count() or 1
    if len(jobs) < 2 or cores == 1:
        yield from map(_evidence, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(cores, len(jobs)), initializer=gc.disable) as pool:
        yield from map(decode, pool.map(_encoded, jobs))


def _encoded(job: _Job) -> bytes:
    try:
        return encode(_evidence(job))
    except (ValueError, OverflowError) as error:  # a text that cannot be written must not end the run
        why = f"what was found cannot be written: {type(error).__name__}"
        return encode(Evidence(unread=tuple(Unread(path, 1, "models", why) for path in job.paths)))


@cache
def _files(target: str) -> TargetFiles:
    return TargetFiles(target)


def _evidence(job: _Job) -> Evidence:
    files = _files(job.target)
    return merged([judged(files, path, job.wanted) for path in job.paths])
