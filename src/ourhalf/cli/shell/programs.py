"""`ourhalf compliance programs`: which audits of the provider cover which services."""

from __future__ import annotations

import click

from ourhalf.cli.shell.problem import Problem, say


@click.group("programs", invoke_without_command=True)
@click.option("--service", metavar="SERVICE", help="Only this service or way to run containers: eks, ecs-fargate, …")
@click.option("--programs", "path", metavar="FILE", help="Your own list of programs, which stands before what ships.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How to write it.",
)
@click.pass_context
def group(context: click.Context, service: str | None, path: str | None, form: str) -> None:
    """Show which programs of the provider's audits cover which services, since when, and who says so.

    What no dated source states is unknown: look it up in AWS Artifact and on the page of services in scope, and
    import what you find there.
    """
    if context.invoked_subcommand is not None:
        return
    from ourhalf.compliance.programs import ProgramsError, load_programs
    from ourhalf.compliance.scope_table import FORMATS

    try:
        programs = load_programs(path)
    except ProgramsError as error:
        raise Problem(str(error)) from None
    if service is not None and service not in programs.services:
        raise Problem(f"no service is named {service}; there are {', '.join(programs.services)}")
    click.echo(FORMATS[form](programs, service), nl=False)


@group.command("import")
@click.argument("file", metavar="FILE")
@click.option(
    "--output", metavar="FILE", default="programs.yaml", show_default=True, help="Where the list goes, in YAML."
)
def importing(file: str, output: str) -> None:
    """Read your own list of programs and services in scope, and write it as `--programs` takes it.

    FILE is CSV, JSON or YAML with the columns program, service, status (in-scope, not-in-scope, unknown), as_of
    and source, and where for a partition or regions. Names may be those of AWS's page. Rows about other services
    are told and left out.
    """
    from ourhalf.cli.shell.output import write_whole
    from ourhalf.compliance.programs import ProgramsError, read, shipped
    from ourhalf.compliance.scope_table import entries_yaml

    try:
        entries, left_out = read(file, shipped())
    except ProgramsError as error:
        raise Problem(str(error)) from None
    for line in left_out:
        say(f"left out: {line}")
    if not entries:
        raise Problem(f"{file}: no entry about a program and a service that are known here")
    write_whole(output, [entries_yaml(entries)])
    click.echo(f"{len(entries)} entries written to {output}; give it as --programs {output}")
