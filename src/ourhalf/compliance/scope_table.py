"""Programs and services in scope as people and programs read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator

import msgspec

from ourhalf.compliance.programs import Entry, Programs, Scope


def rows(programs: Programs, service: str | None = None) -> Iterator[tuple[str, str, Entry | None]]:
    """Every program with every service, or with one, and what is known of the two."""
    for program in programs.programs:
        for name in programs.services if service is None else (service,):
            yield program, name, programs.entry(program, name, name)


def table(programs: Programs, service: str | None = None) -> str:
    """One line a program: what it covers, what it does not, and of what nothing is known; then the sources."""
    lines = []
    sources: dict[tuple[str, str], int] = {}
    width = max(len(program.title) for program in programs.programs.values())
    for name, program in programs.programs.items():
        known = [(s, e) for p, s, e in rows(programs, service) if p == name]
        told: dict[str, list[str]] = {}
        for one, entry in known:
            if entry is None or entry.status is Scope.UNKNOWN:
                told.setdefault("unknown", []).append(one)
                continue
            mark = sources.setdefault((entry.source, entry.as_of.isoformat()), len(sources) + 1)
            where = f" ({entry.where} only)" if entry.where else ""
            told.setdefault(f"{entry.status}{where} [{mark}]", []).append(one)
        for number, (what, services) in enumerate(told.items()):
            title = program.title if number == 0 else ""
            lines.append(f"{title:{width}}  {what}: {', '.join(services)}")
    lines.append("")
    lines.extend(f"[{mark}] as of {as_of}: {source}" for (source, as_of), mark in sources.items())
    lines.append("What is unknown, no dated source states: look in AWS Artifact and at the services in scope, and")
    lines.append("bring what you find with `ourhalf compliance programs import FILE`.")
    return "\n".join(lines) + "\n"


def as_csv(programs: Programs, service: str | None = None) -> str:
    """One row a program and service."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("program", "service", "status", "as_of", "source", "where"))
    for program, name, entry in rows(programs, service):
        if entry is None:
            writer.writerow((program, name, Scope.UNKNOWN, "", "", ""))
        else:
            writer.writerow((program, name, entry.status, entry.as_of, entry.source, entry.where))
    return text.getvalue()


def as_json(programs: Programs, service: str | None = None) -> str:
    """A list of objects, one a program and service; `as_of` and `source` are null where nothing is known."""
    listed = [
        {
            "program": program,
            "title": programs.programs[program].title,
            "service": name,
            "status": entry.status if entry else Scope.UNKNOWN,
            "as_of": entry.as_of if entry else None,
            "source": entry.source if entry else None,
            "where": entry.where if entry else "",
        }
        for program, name, entry in rows(programs, service)
    ]
    return msgspec.json.format(msgspec.json.encode(listed), indent=2).decode() + "\n"


def entries_yaml(entries: Iterable[Entry]) -> str:
    """Entries as `programs.read` reads them."""
    import yaml

    text: str = yaml.safe_dump(
        {"entries": [msgspec.to_builtins(entry) for entry in entries]}, sort_keys=False, allow_unicode=True
    )
    return text


FORMATS: dict[str, Callable[[Programs, str | None], str]] = {"table": table, "csv": as_csv, "json": as_json}
