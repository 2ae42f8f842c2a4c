"""The provider's audits: which programs cover which services, by whom that is said and since when."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from ourhalf.compliance.results import Inherited
from ourhalf.model.finding import Assessment, WorkloadSummary
from ourhalf.model.responsibility import Party, Platform
from ourhalf.model.word import Word

_MOST_BYTES = 4 * 1024 * 1024
_COLUMNS = ("program", "service", "status", "as_of", "source", "where")


class ProgramsError(ValueError):
    """A list of programs that cannot be used: the file, the place in it and the reason in words."""


class Scope(Word):
    """Whether a program covers a service."""

    IN = "in-scope"
    OUT = "not-in-scope"
    UNKNOWN = "unknown"


class Entry(msgspec.Struct, frozen=True):
    """One program and one service, as `source` says on the day `as_of`; `where` is empty for everywhere."""

    program: str
    service: str
    status: Scope
    as_of: date
    source: str
    where: str = ""


class Program(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program of audits: the frameworks whose requirements it covers, and its other names."""

    title: str
    frameworks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Programs(msgspec.Struct, frozen=True):
    """Every program, the names of services, and what is known of which covers which."""

    programs: dict[str, Program]
    services: dict[str, tuple[str, ...]]
    entries: tuple[Entry, ...]

    def covering(self, framework: str) -> tuple[str, ...]:
        """The programs whose audits bear on a framework."""
        return tuple(name for name, program in self.programs.items() if framework in program.frameworks)

    def entry(self, program: str, platform: str, service: str) -> Entry | None:
        """The latest entry on a platform, else on its service; None where no source says anything."""
        for name in (platform, service):
            found = [e for e in self.entries if e.program == program and e.service == name]
            if found:
                return max(found, key=lambda entry: entry.as_of)
            if name in _APART:
                return None
        return None

    def with_entries(self, more: Iterable[Entry]) -> Programs:
        """These and `more`, which stand before what ships for the same program and service."""
        own = tuple(more)
        replaced = {(e.program, e.service) for e in own}
        return msgspec.structs.replace(
            self, entries=(*(e for e in self.entries if (e.program, e.service) not in replaced), *own)
        )


_APART = frozenset({Platform.ECS_FARGATE, Platform.EKS_FARGATE})
"""Platforms that programs list apart: what covers their service says nothing of them."""


class _Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str
    as_of: date


class _Entries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    programs: tuple[str, ...]
    services: tuple[str, ...]
    status: Scope
    source: str
    where: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    programs: dict[str, Program]
    services: dict[str, tuple[str, ...]]
    sources: dict[str, _Source]
    entries: tuple[_Entries, ...]


@cache
def shipped() -> Programs:
    """The programs that ship with the package."""
    from yaml import CSafeLoader, load

    data = files(__package__).joinpath("programs.yaml").read_bytes()
    made = msgspec.convert(load(data, Loader=CSafeLoader), _File)
    entries = tuple(
        Entry(program, service, e.status, made.sources[e.source].as_of, made.sources[e.source].url, e.where)
        for e in made.entries
        for program in e.programs
        for service in e.services
    )
    return Programs(made.programs, made.services, entries)


def load_programs(path: str | None = None) -> Programs:
    """What ships, and the customer's own list in `path` before it. Raises ProgramsError."""
    known = shipped()
    return known if path is None else known.with_entries(read(path, known)[0])


def read(path: str, known: Programs) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The entries of a customer's own list, and why others were left out.

    The file is CSV with a header, or JSON or YAML with a list of mappings; its columns are program, service,
    status, as_of and source, and where. Raises ProgramsError where it cannot be read or an entry is wrong.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ProgramsError(f"{path}: {error.strerror}") from None
    if len(data) > _MOST_BYTES:
        raise ProgramsError(f"{path}: larger than the {_MOST_BYTES // 1048576} MB bound of a list of programs")
    found: list[Entry] = []
    left_out: list[str] = []
    for place, row in _rows(path, data):
        service = _known(str(row.get("service", "")), {name: (*names,) for name, names in known.services.items()})
        program = _known(str(row.get("program", "")), {name: p.names for name, p in known.programs.items()})
        if service is None or program is None:
            what = "service" if service is None else "program"
            left_out.append(f"{place}: {what} {str(row.get(what, ''))[:60]!r} is none that bears on containers here")
            continue
        found.append(_entry(place, row, program, service))
    return tuple(found), tuple(left_out)


def _rows(path: str, data: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row with its place."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ProgramsError(f"{path}: not UTF-8 text") from None
    if path.lower().endswith(".csv"):
        try:
            rows = list(csv.DictReader(io.StringIO(text)))
        except csv.Error as error:
            raise ProgramsError(f"{path}: {error}") from None
        _check_columns(path, rows)
        for number, row in enumerate(rows, 2):
            yield f"{path}:{number}", {str(key).strip().lower(): value for key, value in row.items()}
        return
    from yaml import CSafeLoader, YAMLError, load

    try:
        document = load(text, Loader=CSafeLoader)
    except (YAMLError, RecursionError, ValueError) as error:
        raise ProgramsError(f"{path}: {str(error).splitlines()[0]}") from None
    listed = document.get("entries") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise ProgramsError(f"{path}: no list of entries, each a mapping of {', '.join(_COLUMNS)}")
    for number, row in enumerate(listed, 1):
        yield f"{path}: entry {number}", row


def _check_columns(path: str, rows: list[dict[str, str]]) -> None:
    given = {str(name).strip().lower() for name in (rows[0] if rows else {})}
    missing = [name for name in _COLUMNS[:-1] if name not in given]
    if missing:
        raise ProgramsError(f"{path}:1: no column {', '.join(missing)}; the columns are {', '.join(_COLUMNS)}")


def _known(text: str, names: dict[str, tuple[str, ...]]) -> str | None:
    """The name that `text` is another writing of."""
    plain = " ".join(text.lower().split())
    head = plain.partition(" (")[0]
    for name, others in names.items():
        if plain in (name, *others) or head in (name, *others):
            return name
    return None


def _entry(place: str, row: dict[str, Any], program: str, service: str) -> Entry:
    given = {name: row.get(name) or "" for name in ("status", "as_of", "source", "where")}
    try:
        made = msgspec.convert({**given, "program": program, "service": service}, Entry, strict=False)
    except msgspec.ValidationError as error:
        raise ProgramsError(f"{place}: {error}; status is one of {', '.join(Scope)}, as_of a date") from None
    if made.status is not Scope.UNKNOWN and not made.source:
        raise ProgramsError(f"{place}: no source; say where this was read")
    return made


def inherited(
    assessment: Assessment, layers: Iterable[str], framework: str, programs: Programs
) -> tuple[Inherited, ...]:
    """What the provider answers for of `layers`, and which program covers it.

    A workload that may run in several ways is covered where all of them are. An entry for a partition or some
    regions leaves it unknown: where a workload runs is not part of an assessment.
    """
    wanted = set(layers)
    workloads = {workload.name: workload for workload in assessment.workloads}
    found: list[Inherited] = []
    for row in assessment.responsibilities:
        if row.layer not in wanted or row.party is not Party.PROVIDER:
            continue
        here = tuple(workloads[name] for name in row.workloads if name in workloads)
        for program in programs.covering(framework) or ("",):
            found.extend(_of_program(row.layer, here, program, programs))
    return tuple(found)


def _of_program(
    layer: str, workloads: tuple[WorkloadSummary, ...], program: str, programs: Programs
) -> Iterator[Inherited]:
    """One line for all workloads of a service of which the same is known."""
    alike: dict[tuple[str, str, date | None, str | None], list[str]] = {}
    for workload in workloads:
        entries = [programs.entry(program, platform, _service(platform)) for platform in workload.platforms]
        status, as_of, source = _together(entries)
        service = workload.service or ", ".join(dict.fromkeys(_service(p) for p in workload.platforms)) or "unknown"
        alike.setdefault((service, status, as_of, source), []).append(workload.name)
    for (service, status, as_of, source), names in alike.items():
        yield Inherited(layer, tuple(names), service, program or "none", status, as_of, source)


def _service(platform: str) -> str:
    return Platform(platform).service.value


def _together(entries: list[Entry | None]) -> tuple[str, date | None, str | None]:
    """What holds of all of them: in scope where each is, out of scope where one is, else unknown."""
    told = [entry for entry in entries if entry is not None]
    out = next((entry for entry in told if entry.status is Scope.OUT), None)
    if out is not None:
        return out.status, out.as_of, out.source
    if entries and len(told) == len(entries) and all(e.status is Scope.IN and not e.where for e in told):
        oldest = min(told, key=lambda entry: entry.as_of)
        return oldest.status, oldest.as_of, oldest.source
    return Scope.UNKNOWN, None, None
