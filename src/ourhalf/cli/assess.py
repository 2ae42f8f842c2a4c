"""`ourhalf assess`."""

from __future__ import annotations

from datetime import date

import click


@click.command("assess", short_help="Judge configuration by the controls that are yours.")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--format", "formats", multiple=True, metavar="FORMAT[=FILE]", help="table or json; may repeat.")
def command(targets: tuple[str, ...], formats: tuple[str, ...]) -> None:
    """Read TARGETs and say which controls hold, whose each is, and how to make it hold."""
    from ourhalf.reports.report import all_reports
    from ourhalf.run import Request, run

    assessment = run(Request(targets, date.today()))  # noqa: DTZ011
    for name in formats or ("table",):
        click.echo(all_reports()[name].render(assessment), nl=False)
