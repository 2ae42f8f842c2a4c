"""`ourhalf`: the group of commands, each imported only when it is called."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import click

from ourhalf import __version__, cli


class _Commands(click.Group):
    """The files of this folder whose `command` is a click command; `help` text from `SUMMARY`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(m.name for m in pkgutil.iter_modules(cli.__path__) if m.name != "main")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: Any = importlib.import_module(f"{cli.__name__}.{cmd_name}").command
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ourhalf")
def main() -> None:
    """Which controls of your deep-learning containers are yours, and whether each holds."""
