"""Runs the readers over targets: plans units, reads them on all cores, and keeps what they gave."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Protocol

import msgspec

from ourhalf import cache as store
from ourhalf import readers
from ourhalf.discovery import values
from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence, Suppression, Unread
from ourhalf.model.resource import Resource
from ourhalf.readers.reader import Files, Reader, Unit, UnreadableError, merged, unread
from ourhalf.resources import resource_types

Progress = Callable[[int, int], None]

_PARALLEL_FROM = 40
_NO_READER = "no reader is for a file of this name and kind"


class Listing(Files, Protocol):
    """Files that can also be listed."""

    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""
        ...


class _Job(msgspec.Struct, frozen=True):
    """One unit to read: what the worker is given."""

    target: str
    reader: str
    unit: Unit


class _Read(msgspec.Struct, frozen=True, array_like=True):
    """What reading a unit gave, encoded, and the digest of every file and folder that it looked at."""

    evidence: bytes
    seen: dict[str, str]


class Targets:
    """The targets of one run, each walked once."""

    def __init__(self, targets: Iterable[str]) -> None:
        self.files = {target: TargetFiles(target) for target in targets}
        self.paths = {target: files.paths() for target, files in self.files.items()}

    def digests(self) -> list[tuple[str, str, str]]:
        """Target, path and what `seen` would say of every file that a reader may want; other files by name only."""
        return [
            (target, path, self._today(self.files[target], path))
            for target, paths in self.paths.items()
            for path in paths
        ]

    @staticmethod
    def _today(files: TargetFiles, path: str) -> str:
        wanted = [reader for reader in all_readers() if reader.wants(path)]
        if not wanted:
            return ""
        return files.state(path) if all(reader.maps for reader in wanted) else files.digest(path)


@cache
def all_readers() -> tuple[Reader, ...]:
    """Every reader, in the order in which they claim files."""
    return tuple(sorted(values(readers, Reader), key=lambda r: (r.precedence, r.name)))


@cache
def _readers_by_name() -> dict[str, Reader]:
    return {reader.name: reader for reader in all_readers()}


@cache
def _decoder() -> msgspec.msgpack.Decoder[
    tuple[tuple[Resource, ...], tuple[Unread, ...], tuple[Suppression, ...], int]
]:
    union = resource_types()[0]
    for kind in resource_types()[1:]:
        union = union | kind  # type: ignore[assignment]
    return msgspec.msgpack.Decoder(
        tuple[tuple[union, ...], tuple[Unread, ...], tuple[Suppression, ...], int]  # type: ignore[valid-type]
    )


def encode(evidence: Evidence) -> bytes:
    """Evidence in MessagePack, from which `decode` makes an equal value."""
    return msgspec.msgpack.encode((evidence.resources, evidence.unread, evidence.suppressions, evidence.files))


def decode(data: bytes) -> Evidence:
    """The evidence that `encode` wrote. Raises msgspec.DecodeError where it is of another version."""
    return Evidence(*_decoder().decode(data))


def collect(
    targets: Targets, progress: Progress | None = None, keep: bool = False, meanwhile: Callable[[], object] = tuple
) -> Evidence:
    """The evidence of all targets, in their order. What cannot be read is in its `unread`.

    With `keep`, units whose files did not change are taken from the cache, and all are kept there. `meanwhile`
    is done here while other processes read.
    """
    parts: list[Evidence] = []
    for target, files in targets.files.items():
        parts.append(Evidence(unread=tuple(files.unread)))
        jobs = [_Job(target, reader.name, unit) for reader, unit in plan(files, targets.paths[target])]
        if files.single and not jobs:  # among many files it is passed over, but this one was asked for by name
            parts.append(unread(files.single, "files", UnreadableError(_NO_READER)))
        kept = _Kept(files) if keep else None
        known = {job.unit: found for job in jobs if kept and (found := kept.get(job)) is not None}
        fresh = _run([job for job in jobs if job.unit not in known], meanwhile)
        for number, job in enumerate(jobs, 1):
            read = known.get(job.unit) or next(fresh)
            files.note(read.seen)
            parts.append(decode(read.evidence))
            if kept:
                kept.put(job, read)
            if progress:
                progress(number, len(jobs))
        if kept:
            kept.store()
    return merged(parts)


class _Kept:
    """What the units of one target gave the last time, in one entry of the cache."""

    def __init__(self, files: TargetFiles) -> None:
        self._files = files
        name = f"{store.rule_set()}\0{files.place}"
        self._key = hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
        self._new: dict[str, _Read] = {}
        self._old: dict[str, _Read] = {}
        data = store.load("evidence", self._key)
        if data is not None:
            try:
                self._old = msgspec.msgpack.decode(data, type=dict[str, _Read])
            except msgspec.DecodeError:
                self._old = {}

    @staticmethod
    def _name(job: _Job) -> str:
        return "\0".join((job.reader, job.unit.path, *job.unit.members))

    def get(self, job: _Job) -> _Read | None:
        found = self._old.get(self._name(job))
        if found is None or any(self._files.now(path, digest) != digest for path, digest in found.seen.items()):
            return None
        return found

    def put(self, job: _Job, read: _Read) -> None:
        self._new[self._name(job)] = read

    def store(self) -> None:
        if self._new != self._old:
            store.store("evidence", self._key, msgspec.msgpack.encode(self._new))


def read_all(files: Listing) -> Evidence:
    """The evidence in files that are at hand, read one by one in this process."""
    return merged([read_unit(reader, unit, files) for reader, unit in plan(files, files.paths())])


def plan(files: Files, paths: tuple[str, ...]) -> Iterator[tuple[Reader, Unit]]:
    """What each reader shall read: every file at most once."""
    left = dict.fromkeys(paths)
    for reader in all_readers():
        wanted = tuple(path for path in left if reader.wants(path))
        if not wanted:
            continue
        for unit in reader.plan(wanted, files):
            yield reader, unit
            for member in unit.members:
                left.pop(member, None)


def _run(jobs: list[_Job], meanwhile: Callable[[], object]) -> Iterator[_Read]:
    cores = os.cpu_count() or 1
    if len(jobs) < _PARALLEL_FROM or cores == 1:
        yield from map(_read, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(cores, initializer=gc.disable) as pool:
        found = pool.map(_read, jobs, chunksize=max(1, min(32, len(jobs) // (cores * 4))))
        meanwhile()
        yield from found


@cache
def _target_files(target: str) -> TargetFiles:
    return TargetFiles(target)


def _read(job: _Job) -> _Read:
    files = _target_files(os.path.join(os.getcwd(), job.target))
    files.seen = {}
    evidence = read_unit(_readers_by_name()[job.reader], job.unit, files)
    try:
        return _Read(encode(evidence), files.seen)
    except (ValueError, OverflowError) as error:  # a reader's own mistake must not end the assessment
        reason = f"the reader failed: {type(error).__name__}: {error}"
        return _Read(encode(unread(job.unit.path, job.reader, UnreadableError(reason))), files.seen)


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
