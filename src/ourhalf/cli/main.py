"""`ourhalf`: the group of commands, each imported only when it is called."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import keyword
import os
import pkgutil
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from ourhalf import __version__, cli
from ourhalf.cli.shell.problem import say

_FIRST_LINE = re.compile(r'"""`ourhalf (?P<name>[a-z-]+)`: (?P<summary>.+?)(?:"""|$)')

BROKEN_PIPE = 141
INTERRUPTED = 130


class _Commands(click.Group):
    """The files of this folder whose `command` is a click command.

    The first line of a file is its docstring and says what the command does, so that help needs to
    import none of them.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, sorted."""
        names = (m.name for m in pkgutil.iter_modules(cli.__path__) if not m.ispkg and m.name != "main")
        return sorted(name.removesuffix("_") for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: Any = importlib.import_module(_module(cmd_name)).command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """See click; an unknown name is answered with those that are near."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.list_commands(ctx):
            from difflib import get_close_matches

            close = get_close_matches(name, self.list_commands(ctx), 1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(self.list_commands(ctx))}"
            raise click.UsageError(f"no command is named {name}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(name)) for name in self.list_commands(ctx)])


def _module(name: str) -> str:
    """The file of a command; one whose name Python keeps for itself ends in `_`, as in `import_.py`."""
    return f"{cli.__name__}.{name}{'_' if keyword.iskeyword(name) else ''}"


def summary(name: str) -> str:
    """What a command does, from the first line of its file; empty where that does not say."""
    spec = importlib.util.find_spec(_module(name))
    source = getattr(spec.loader, "get_source", None) if spec is not None else None
    text = source(spec.name) if source is not None and spec is not None else None
    found = _FIRST_LINE.match(text or "")
    return found["summary"] if found else ""


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Completion: eval "$(_OURHALF_COMPLETE=bash_source ourhalf)", or zsh_source, fish_source.',
)
@click.version_option(__version__, prog_name="ourhalf")
def ourhalf() -> None:
    """Say which part of securing your deep-learning containers is yours, and whether it holds."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line and exit: 0, 1 by the command's rule, 2 where the call or an input is wrong.

    Any mistake of ours becomes one line too; OURHALF_DEBUG=1 shows where it was made.
    """
    try:
        status = ourhalf.main(arguments, prog_name="ourhalf", standalone_mode=False)
        sys.stdout.flush()
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx is not None else "ourhalf"
        say(f"{error.format_message().rstrip('.')} (see {where} --help)")
    except click.ClickException as error:
        error.show()
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has left: Python must not complain when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)
    except Exception as error:
        if os.environ.get("OURHALF_DEBUG") == "1":
            raise
        say(f"a mistake of ourhalf itself: {type(error).__name__}: {error}; OURHALF_DEBUG=1 shows where")
    sys.exit(2)


def program() -> NoReturn:
    """`main` as a process of its own: the system frees what it holds, faster than taking it apart piece by piece."""
    status: object = 0
    try:
        main()
    except SystemExit as done:
        status = done.code
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 2)
