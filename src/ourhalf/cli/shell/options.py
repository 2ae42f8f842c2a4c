"""Options that mean the same in every command that has them."""

from __future__ import annotations

import click

FORMAT = click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="table (if left out), json, sarif, html, markdown, junit, gitlab or cyclonedx; may repeat.",
)
OUTPUT = click.option(
    "--output", metavar="FILE", help="Where the format that names no file goes, instead of standard output."
)
FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(["critical", "high", "medium", "low", "none"]),
    default="high",
    show_default=True,
    help="Exit with 1 where something of this severity or above fails.",
)
STRICT = click.option("--strict", is_flag=True, help="Exit with 1 also where something could not be read.")
AS_OF = click.option("--as-of", metavar="DATE", help="Take this day (YYYY-MM-DD) as today.")
