"""The page of the command line: the help of every command."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ourhalf.cli.main import ourhalf
from ourhalf.documentation.pages import Pages, code, page

_WIDTH = 100

_INTRODUCTION = """\
What each command prints for `--help`. Every command exits with 2 where the call or an input is wrong, and says
why in one line on standard error. Those that judge (`assess`, `import`, `models scan`) exit with 0 where nothing
fails at or above `--fail-on`, and with 1 where something does; `evidence verify` with 1 where a bundle does not hold;
the others with 0."""

_ENVIRONMENT = """\
## Environment

`OURHALF_CACHE_DIR` is the folder of the cache, which can be deleted at any time; without it the cache lies in
the user's cache folder. `NO_COLOR` switches colours off. `OURHALF_DEBUG=1` shows where a mistake of the program
itself was made."""


def helps() -> Iterator[tuple[str, str]]:
    """Each command line, such as `ourhalf controls list`, and its help."""
    yield from _helps(ourhalf, ourhalf.make_context("ourhalf", [], resilient_parsing=True, terminal_width=_WIDTH))


def _helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _helps(below, click.Context(below, parent=context, info_name=name))


def _make() -> dict[str, str]:
    blocks = [f"## {name}\n\n{code(text, 'text')}" for name, text in helps()]
    return {"reference/cli.md": page("Commands", _INTRODUCTION, *blocks, _ENVIRONMENT)}


COMMANDS = Pages(_make)
