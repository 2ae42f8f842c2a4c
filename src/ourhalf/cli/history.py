"""`ourhalf history`: Show what `ourhalf watch` found over time, and what changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ourhalf.cli.shell.options import TABLE_OR_JSON
from ourhalf.cli.shell.problem import Problem

if TYPE_CHECKING:
    from ourhalf.history.store import History

_HISTORY = click.option(
    "--history", "path", metavar="FILE", help="The history; history.sqlite in the cache if left out."
)


@click.group("history")
def command() -> None:
    """Show what `ourhalf watch` found over time, and what changed.

    An assessment that finds what the one before it found is counted to that one, so that each number stands for a
    change. Nothing is read again, and nothing is changed.
    """


@command.command("list")
@_HISTORY
@TABLE_OR_JSON
def listing(path: str | None, form: str) -> None:
    """List the assessments, and how many alerts wait."""
    from ourhalf.history.outbox import Outbox
    from ourhalf.history.telling import Listing, list_table, to_json

    with _opened(path) as history:
        entries, alerts = history.entries(), Outbox(history).counts()
    _write(to_json(Listing(entries, alerts)) if form == "json" else list_table(entries, alerts))


@command.command("show")
@click.argument("number", type=click.IntRange(1), metavar="N")
@_HISTORY
@TABLE_OR_JSON
def show(number: int, path: str | None, form: str) -> None:
    """Show assessment N of the list: its figures, and what was new in it.

    As JSON, all its findings too.
    """
    from ourhalf.history.telling import Shown, show_table, to_json

    with _opened(path) as history:
        entry = history.entry(number)
        states, changes = history.states(entry), history.changes(entry)
    shown = Shown(entry, changes, tuple(state for _, state in sorted(states.items())))
    _write(to_json(shown) if form == "json" else show_table(entry, changes, states))


@command.command("diff")
@click.argument("first", type=click.IntRange(1), metavar="A")
@click.argument("second", type=click.IntRange(1), metavar="B")
@_HISTORY
@TABLE_OR_JSON
def diff(first: int, second: int, path: str | None, form: str) -> None:
    """Show what changed from assessment A to assessment B of the same targets."""
    from ourhalf.history.telling import Difference, diff_table, to_json

    with _opened(path) as history:
        before, after = history.entry(first), history.entry(second)
        changes = history.between(before, after)
    _write(to_json(Difference(before, after, changes)) if form == "json" else diff_table(before, after, changes))


@contextmanager
def _opened(path: str | None) -> Iterator[History]:
    from ourhalf.history.errors import HistoryError
    from ourhalf.history.store import History, default_path

    try:
        with History(path or default_path()) as history:
            yield history
    except HistoryError as error:
        raise Problem(str(error)) from None


def _write(text: str) -> None:
    from ourhalf.cli.shell.output import to_standard_output

    to_standard_output((text,))
