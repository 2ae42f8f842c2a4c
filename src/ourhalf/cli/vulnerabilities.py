"""`ourhalf vulnerabilities`: Tell whose move each vulnerability is, until when, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ourhalf.cli.shell.options import (
    ADVISORIES,
    AS_OF,
    FAIL_ON,
    FORMAT,
    IMAGES,
    OUTPUT,
    STRICT,
    advisory_options,
    image_options,
)
from ourhalf.cli.shell.problem import Problem

if TYPE_CHECKING:
    from ourhalf.run import Request
    from ourhalf.vulnerabilities.flow import Outcome

_HERE = "-"


@click.command("vulnerabilities")
@click.argument("targets", nargs=-1, required=True, metavar="IMAGE|FILE|FOLDER...")
@AS_OF
@click.option("--profile", metavar="FILE", help="The profile: what your company asks, such as days to remediate.")
@FORMAT
@OUTPUT
@FAIL_ON
@STRICT
@ADVISORIES
@IMAGES
@click.option(
    "--plan",
    metavar="[FILE]",
    is_flag=False,
    flag_value="-",
    help="Tell the least actions too, after the reports, or in FILE: as JSON where its name ends so.",
)
@click.option("--no-cache", is_flag=True, help="Read every layer anew, and keep nothing for the next run.")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    as_of: str | None,
    profile: str | None,
    formats: tuple[str, ...],
    output: str | None,
    fail_on: str,
    strict: bool,
    plan: str | None,
    no_cache: bool,
    **options: Any,
) -> int:
    """Match the packages of each IMAGE or FILE against the advisory store, and say whose move each finding is.

    IMAGE is oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, rootfs:DIR, or REGISTRY/REPOSITORY:TAG.
    FILE lists packages: an inventory that `ourhalf inventory` wrote, a bill of materials (CycloneDX,
    SPDX), or requirements.txt, uv.lock, poetry.lock, Pipfile.lock, package-lock.json, Cargo.lock, go.sum.
    Other files and folders are configuration: it says how an image runs, and so whether what it has matters.

    A publisher's clock runs from the publication of a vulnerability, ours from the day a fix can be had.
    What no fresh advisory speaks of is unknown, never clean. The exit status is 0 where nothing fails at
    or above --fail-on, 1 where something does, and 2 where nothing could be judged.
    """
    from ourhalf.advisories.store import Store, StoreError
    from ourhalf.cli.assess import exit_status
    from ourhalf.cli.shell.output import deliver, to_standard_output, wanted, write_whole
    from ourhalf.cli.shell.progress import bytes_progress
    from ourhalf.cli.shell.targets import request
    from ourhalf.vulnerabilities.errors import VulnerabilityError
    from ourhalf.vulnerabilities.flow import judged

    asked = wanted(formats, output)
    advisories = advisory_options(options)
    run = request(targets, profile, as_of, images=image_options(options), advisories=advisories)
    try:
        Store.open(advisories.store).close()
        outcome = judged(run, bytes_progress(), not no_cache)
        actions = _plan(outcome, run, plan) if plan is not None else ""
    except (StoreError, VulnerabilityError) as error:
        raise Problem(str(error)) from None
    deliver(outcome.assessment, asked)
    if plan == _HERE:
        to_standard_output((actions,))
    elif plan is not None:
        write_whole(plan, (actions,))
    return exit_status(outcome.assessment, fail_on, strict)


def _plan(outcome: Outcome, run: Request, file: str) -> str:
    """The least actions: JSON for a file whose name says so, else a table."""
    from ourhalf.vulnerabilities.actions.rendering import as_json, as_table
    from ourhalf.vulnerabilities.least import least_actions

    plan = least_actions(outcome, run)
    return as_json(plan) if file.endswith(".json") else ("\n" if file == _HERE else "") + as_table(plan)
