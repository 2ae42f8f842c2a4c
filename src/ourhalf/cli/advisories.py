"""`ourhalf advisories`: Keep the store of what is known of vulnerable packages: update, import, status, show."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ourhalf.cli.shell.options import AS_OF, TABLE_OR_JSON
from ourhalf.cli.shell.problem import Problem, say

if TYPE_CHECKING:
    from datetime import date

    from ourhalf.advisories.sources import SourceRow
    from ourhalf.advisories.store import Store
    from ourhalf.web import Web

_STORE = click.option("--store", metavar="FILE", help="The store; advisories.db in the cache folder if left out.")
_TOLD = 20


@click.group("advisories")
def command() -> None:
    """Keep the store of what is known of vulnerable packages.

    The store is one file. It is only ever replaced as a whole, so that copying it keeps a day, and --store reads that
    copy again. Reports say of what day each source in it is; what a source that is missing or stale would judge is
    unknown, never clean.
    """


@command.command("update")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@_STORE
@click.option("--list", "list_", is_flag=True, help="List the sources that can be fetched, with their addresses.")
def update(sources: tuple[str, ...], store: str | None, list_: bool) -> int:
    """Fetch what changed of SOURCEs, or of all of them.

    Each source is asked whether it changed; a download that breaks off is taken up where it ended. Each goes into the
    store as a whole, and one that fails keeps what was there. The exit status is 1 where some failed, 2 where all did.
    """
    from ourhalf.advisories.updating import updatable, update

    rows = {row.name: row for row in updatable()}
    if list_:
        for row in rows.values():
            for address in row.addresses:
                click.echo(f"{row.name:16}  {address}")
        return 0
    chosen = [_known(name, rows) for name in sources] or list(rows.values())
    failed = 0
    with _problems():
        web = _web()
        for outcome in update(_path(store), chosen, _today(None), web, say):
            failed += bool(outcome.problem)
            if outcome.problem:
                say(f"{outcome.source} stays as it was: {outcome.problem}")
            else:
                how = "updated" if outcome.changed else "not changed since"
                unusable = f", {outcome.quarantined:,} unusable" if outcome.quarantined else ""
                click.echo(f"{outcome.source}: {how}, {outcome.records:,} records{unusable}")
    return 0 if not failed else 2 if failed == len(chosen) else 1


@command.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_STORE
@click.option("--source", metavar="NAME", help="What the files are of; found out from each record if left out.")
@click.option("--taken", metavar="DATE", help="The day (YYYY-MM-DD) on which the files were taken from their source.")
@click.option("--replace", is_flag=True, help="The files are the whole of SOURCE: what the store held of it goes.")
@click.option("--partial", is_flag=True, help="The files are an extract: what they do not name stays unknown.")
def import_(  # noqa: PLR0913, PLR0917 - one for each option
    files: tuple[str, ...], store: str | None, source: str | None, taken: str | None, replace: bool, partial: bool
) -> int:
    """Add the advisories in FILEs, for machines that reach no network.

    FILE is a file or a folder: OSV (also as zip or JSON lines), data of Debian's tracker, Ubuntu's notices, CSAF and
    OVAL of Red Hat, updateinfo.xml, CVE records, KEV or EPSS, compressed or not. Of two records with one id the newer
    one counts, so that the order does not matter. FILEs count as the whole of their sources, or as what is new since,
    unless they are --partial. Records that cannot be used are listed by `status --unusable`. A
    source is of the day that --taken says or the files do, else of its newest record.
    """
    from ourhalf.advisories.importing import import_file
    from ourhalf.advisories.sources import all_sources
    from ourhalf.advisories.writing import writing

    row = _known(source, all_sources()) if source is not None else None
    if (replace or taken is not None) and row is None:
        raise Problem(f"--{'replace' if replace else 'taken'} is said of one source: name it with --source")
    day = _today(taken, "--taken") if taken is not None else None
    unusable = 0
    with _problems(), writing(_path(store)) as writer:
        if replace and row is not None:
            writer.replace(row.name)
        for file in files:
            try:
                done = import_file(writer, file, _today(None), row, partial=partial)
            except OSError as error:
                raise Problem(f"{file}: {error.strerror or error}; nothing was imported") from None
            unusable += done.quarantined
            told = ", ".join(f"{name} {count:,}" for name, count in sorted(done.records.items())) or "no advisory"
            click.echo(_line(f"{file}: {told}" + (f"; {done.quarantined:,} unusable" if done.quarantined else "")))
            if not done.records:
                raise Problem(f"{file} holds no advisory that ourhalf reads; nothing was imported")
        if day is not None and row is not None:
            writer.dated(row.name, day.isoformat())
    if unusable:
        say("what is unusable, and why: ourhalf advisories status --unusable")
    return 0


@command.command("status")
@_STORE
@TABLE_OR_JSON
@AS_OF
@click.option("--max-age", type=click.IntRange(0, 3650), default=7, show_default=True, help="Days before it is stale.")
@click.option("--unusable", is_flag=True, help="List every record that could not be used, and why.")
def status(store: str | None, form: str, as_of: str | None, max_age: int, unusable: bool) -> int:
    """Tell what the store holds: each source, of what day it is, and what could not be used.

    An importer is proved where it was tried on real records of its source, else unproved.
    """
    from ourhalf.advisories.telling import quarantine_list, status_table
    from ourhalf.cli.shell.output import to_standard_output

    today = _today(as_of)
    with _problems(), _open(store) as held:
        if form == "json":
            document = {
                "store": held.path,
                "digest": held.digest,
                "sources": held.sources(),
                "unusable": list(held.quarantined()),
            }
            to_standard_output((_json(document),))
        elif unusable:
            to_standard_output(f"{line}\n" for line in quarantine_list(held.quarantined()))
        else:
            to_standard_output((status_table(held.path, held.digest, held.sources(), today, max_age),))
    return 0


@command.command("show")
@click.argument("identifier", metavar="ID")
@_STORE
@TABLE_OR_JSON
def show(identifier: str, store: str | None, form: str) -> int:
    """Show all that the store says of ID: a CVE, GHSA, PYSEC, ALSA or any other id."""
    from ourhalf.advisories.telling import page
    from ourhalf.cli.shell.output import to_standard_output

    with _problems(), _open(store) as held:
        records = held.known_as(identifier)
        enriched = held.enrichments([identifier]).get(identifier, ())
        if not records and not enriched:
            raise Problem(f"{_line(identifier)} is not in the store; `ourhalf advisories status` tells what is")
        if form == "table":
            to_standard_output((page(identifier, records, enriched),))
            return 0
        document = {
            "id": identifier,
            "records": [
                {
                    "source": one.source,
                    "advisory": _named(one.advisory),
                    "affected": [_named(a) for a in parts],
                    "details": text,
                }
                for one, parts, text in records
            ],
            "enrichments": [{"source": source, "enrichment": _named(one)} for source, one in enriched],
        }
        to_standard_output((_json(document),))
    return 0


def _named(value: object) -> object:
    """Structs that are kept as arrays as objects, for people."""
    import msgspec

    if isinstance(value, msgspec.Struct):
        return {name: _named(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, tuple):
        return [_named(one) for one in value]
    return value


def _json(value: object) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _path(store: str | None) -> str:
    from ourhalf.advisories.store import default_path

    return os.path.abspath(store) if store is not None else str(default_path())


def _open(store: str | None) -> Store:
    from ourhalf.advisories.store import Store

    return Store.open(_path(store))


def _web() -> Web:
    from ourhalf.web import Limits, Web

    return Web(limits=Limits(total_seconds=3600))


def _today(text: str | None, option: str = "--as-of") -> date:
    from ourhalf.cli.shell.targets import day_of

    try:
        return day_of(text)
    except Problem as error:
        raise Problem(error.message.replace("--as-of", option)) from None


def _known(name: str, rows: dict[str, SourceRow]) -> SourceRow:
    found = rows.get(name)
    if found is None:
        from difflib import get_close_matches

        close = get_close_matches(name, rows, 1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(rows)}"
        raise Problem(f"no source is named {_line(name)}; {hint}")
    return found


@contextmanager
def _problems() -> Iterator[None]:
    """Tells what the store or the network cannot do as one line."""
    import sqlite3

    from ourhalf.advisories.store import StoreError
    from ourhalf.web import WebError

    try:
        yield
    except (StoreError, WebError) as error:
        raise Problem(str(error)) from None
    except sqlite3.Error as error:
        raise Problem(f"a damaged advisory store ({error}); remove it and fetch it again") from None


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
