"""`ourhalf schema`: Print the JSON Schema of an assessment or a profile."""

from __future__ import annotations

import click


@click.command("schema")
@click.argument("name", type=click.Choice(["assessment", "profile"]))
def command(name: str) -> None:
    """Print the JSON Schema of what `assess --format json` writes, or of the profile."""
    from ourhalf.cli.shell.output import to_standard_output
    from ourhalf.schemas import shipped

    to_standard_output((shipped(name),))
