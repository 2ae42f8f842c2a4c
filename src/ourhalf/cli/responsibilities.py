"""`ourhalf responsibilities`: Show who answers for each layer, by service."""

from __future__ import annotations

import click


@click.command("responsibilities")
@click.option(
    "--service",
    type=click.Choice(["ec2", "ecs", "eks", "sagemaker"]),
    help="Only the ways to run a container on this service.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "markdown", "html", "json"]),
    default="table",
    show_default=True,
    help="How to write it.",
)
def command(service: str | None, form: str) -> None:
    """Show who answers for what: each layer, by the way in which a container runs.

    Where no source states who answers, the cell says unknown and names the candidates. For the
    workloads in your own configuration, `ourhalf assess` resolves each layer and says why.
    """
    from ourhalf.model.responsibility import Service
    from ourhalf.responsibility.pages import FORMATS

    click.echo(FORMATS[form](Service(service) if service else None), nl=False)
