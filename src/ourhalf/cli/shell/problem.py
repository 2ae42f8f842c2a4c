"""Errors as people see them: one line, exit status 2."""

from __future__ import annotations

from typing import IO, Any

import click


class Problem(click.ClickException):
    """The call or an input is wrong: the message says what and where, and what to do about it."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message as one line to standard error."""
        say(self.format_message())


def say(text: str) -> None:
    """One line of `ourhalf` on standard error."""
    line = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    click.echo(f"ourhalf: {line.encode(errors='replace').decode()}", err=True)
