"""`ourhalf monitor`: Plan what to switch on and watch for the workloads found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ourhalf.cli.shell.options import AS_OF
from ourhalf.cli.shell.problem import Problem

if TYPE_CHECKING:
    from ourhalf.monitor.formats.format import Planned


@click.group("monitor")
def command() -> None:
    """Plan what to switch on and watch for the workloads found.

    Nothing is switched on: a plan is a file, which you read and apply.
    """


@command.command("plan")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "--format",
    "form",
    default="table",
    show_default=True,
    metavar="FORMAT",
    help="table, json, or a file to apply: terraform, cloudformation or kubernetes.",
)
@click.option("--output", metavar="FILE", help="Where it goes, instead of standard output.")
@click.option("--profile", metavar="FILE", help="The profile. If left out: ourhalf.yaml here, else in TARGET.")
@AS_OF
@click.option("--no-cache", is_flag=True, help="Read everything anew, and keep nothing for the next run.")
def plan(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    form: str,
    output: str | None,
    profile: str | None,
    as_of: str | None,
    no_cache: bool,
) -> None:
    """Say what to switch on for TARGETs: why here, what it cannot see, and what it is billed by.

    TARGET is configuration, as `ourhalf assess` reads it, or the evidence.json of a bundle. One assessment that was
    written with --format json will do too, though it tells less: what it does not hold is said.

    A thing is on only where configuration says so. What no file declares is not known to be on, and what is not known
    to be on is in the files to apply; where the account has it all the same, import it or take it out.

    \b
    ourhalf monitor plan .
    ourhalf monitor plan . --format terraform --output monitoring.tf
    ourhalf monitor plan . --format kubernetes | kubectl diff -f -

    The exit status is 0 where the plan was made, and 2 where it could not be.
    """
    import msgspec

    from ourhalf.cli.shell.output import terminal, to_standard_output, write_whole
    from ourhalf.monitor.formats.format import all_formats

    found = all_formats().get(form)
    if found is None:
        from difflib import get_close_matches

        close = get_close_matches(form, all_formats(), 1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(all_formats())}"
        raise Problem(f"no format is named {form}; {hint}")
    planned = _planned(targets, profile, as_of, no_cache)
    if output is None:
        shown = terminal()
        planned = msgspec.structs.replace(planned, width=shown.width, colour=shown.colour)
        to_standard_output((found.render(planned),))
    else:
        write_whole(output, (found.render(planned),))


def _planned(targets: tuple[str, ...], profile: str | None, as_of: str | None, no_cache: bool) -> Planned:
    from ourhalf.cli.shell.targets import finished, kept_evidence, request
    from ourhalf.collect import Targets, collect
    from ourhalf.monitor.make import from_assessment, from_evidence

    assessment = finished(targets, profile, as_of)
    if assessment is not None:
        return from_assessment(assessment)
    asked = request(targets, profile, as_of)
    kept = kept_evidence(targets)
    evidence = kept.evidence if kept is not None else collect(Targets(targets), keep=not no_cache)
    return from_evidence(evidence, targets, asked.as_of, asked.profile.parameters)
