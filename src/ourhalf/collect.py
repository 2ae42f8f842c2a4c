"""Runs the readers over targets: plans units, reads them on all cores, and keeps what they gave."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Protocol

import msgspec

from ourhalf import readers
from ourhalf.discovery import values
from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence, Suppression, Unread
from ourhalf.model.resource import Resource
from ourhalf.readers.reader import Files, Reader, Unit, UnreadableError, merged, unread
from ourhalf.resources import resource_types

Progress = Callable[[int, int], None]

_PARALLEL_FROM = 40


class Listing(Files, Protocol):
    """Files that can also be listed."""

    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""
        ...


class _Job(msgspec.Struct, frozen=True):
    target: str
    reader: str
    unit: Unit


@cache
def all_readers() -> tuple[Reader, ...]:
    """Every reader, in the order in which they claim files."""
    return tuple(sorted(values(readers, Reader), key=lambda r: (r.precedence, r.name)))


@cache
def _decoder() -> msgspec.json.Decoder[tuple[tuple[Resource, ...], tuple[Unread, ...], tuple[Suppression, ...], int]]:
    union = resource_types()[0]
    for kind in resource_types()[1:]:
        union = union | kind  # type: ignore[assignment]
    return msgspec.json.Decoder(
        tuple[tuple[union, ...], tuple[Unread, ...], tuple[Suppression, ...], int]  # type: ignore[valid-type]
    )


def encode(evidence: Evidence) -> bytes:
    """Evidence as JSON, from which `decode` makes an equal value."""
    return msgspec.json.encode((evidence.resources, evidence.unread, evidence.suppressions, evidence.files))


def decode(data: bytes) -> Evidence:
    """The evidence that `encode` wrote. Raises msgspec.DecodeError where it is of another version."""
    return Evidence(*_decoder().decode(data))


def collect(targets: Iterable[str], progress: Progress | None = None) -> Evidence:
    """The evidence of all targets, in their order. What cannot be read is in its `unread`."""
    jobs: list[_Job] = []
    parts: list[Evidence] = []
    for target in targets:
        files = TargetFiles(target)
        jobs.extend(_Job(target, reader.name, unit) for reader, unit in plan(files))
        parts.append(Evidence(unread=tuple(files.unread)))
    for number, part in enumerate(_run(jobs), 1):
        parts.append(part)
        if progress:
            progress(number, len(jobs))
    return merged(parts)


def read_all(files: Listing) -> Evidence:
    """The evidence in files that are at hand, read one by one in this process."""
    return merged([read_unit(reader, unit, files) for reader, unit in plan(files)])


def plan(files: Listing) -> Iterator[tuple[Reader, Unit]]:
    """What each reader shall read: every file at most once."""
    left = dict.fromkeys(files.paths())
    for reader in all_readers():
        wanted = tuple(path for path in left if reader.wants(path))
        if not wanted:
            continue
        for unit in reader.plan(wanted, files):
            yield reader, unit
            for member in unit.members:
                left.pop(member, None)


def _run(jobs: list[_Job]) -> Iterable[Evidence]:
    cores = os.cpu_count() or 1
    if len(jobs) < _PARALLEL_FROM or cores == 1:
        yield from map(_read, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(cores) as pool:
        for data in pool.map(_read_encoded, jobs, chunksize=max(1, min(32, len(jobs) // (cores * 4)))):
            yield decode(data)


def _read_encoded(job: _Job) -> bytes:
    return encode(_read(job))


def _read(job: _Job) -> Evidence:
    reader = next(r for r in all_readers() if r.name == job.reader)
    return read_unit(reader, job.unit, TargetFiles(job.target))


def read_unit(reader: Reader, unit: Unit, files: Files) -> Evidence:
    """What `reader` makes of `unit`, or the reason why it could not be read; never raises."""
    try:
        return reader.read(unit, files)
    except UnreadableError as error:
        return unread(unit.path, reader.name, error)
    except RecursionError:
        return unread(unit.path, reader.name, UnreadableError("nested too deep to read"))
    except Exception as error:  # noqa: BLE001 - a reader's own mistake must not end the assessment
        reason = f"the reader failed: {type(error).__name__}: {error}"
        return unread(unit.path, reader.name, UnreadableError(reason))
