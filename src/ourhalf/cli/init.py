"""`ourhalf init`: Write a profile to start from."""

from __future__ import annotations

import os

import click

from ourhalf.cli.shell.problem import Problem


@click.command("init")
@click.argument("path", default="ourhalf.yaml", metavar="[PATH]")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(path: str, force: bool) -> None:
    """Write a commented profile to PATH, ourhalf.yaml if left out.

    All of it but the sensitivity of data is comments: take up the lines that you need.
    """
    from importlib.resources import files

    from ourhalf.cli.shell.output import write_whole

    if os.path.isdir(path):
        path = os.path.join(path, "ourhalf.yaml")
    if os.path.lexists(path) and not force:
        raise Problem(f"{path} is there already; --force writes over it")
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise Problem(f"{path} cannot be written: there is no folder {folder}; make it first")
    write_whole(path, (files("ourhalf.profile").joinpath("template.yaml").read_text("utf-8"),))
    click.echo(f"wrote {path}; `ourhalf assess` uses it from here on")
