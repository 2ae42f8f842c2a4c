"""`ourhalf assess`: Assess configuration: what is yours, what fails, and what to write."""

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
from ourhalf.cli.shell.problem import Problem, say
from ourhalf.cli.shell.targets import PROFILE_NAME

if TYPE_CHECKING:
    from ourhalf.model.finding import Assessment


@click.command("assess")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "--profile",
    metavar="FILE",
    help=f"The profile: what your company asks. If left out: {PROFILE_NAME} here, else in TARGET.",
)
@FORMAT
@OUTPUT
@FAIL_ON
@STRICT
@AS_OF
@click.option(
    "--baseline", metavar="FILE", help="An earlier assessment in JSON: what failed in it already is accepted."
)
@click.option("--changed-since", metavar="REF", help="Report only what changes since this git revision touch.")
@click.option(
    "--render", is_flag=True, help="Run your own helm and kustomize on charts and overlays that are read only in part."
)
@IMAGES
@ADVISORIES
@click.option("--no-cache", is_flag=True, help="Read everything anew, and keep nothing for the next run.")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    profile: str | None,
    formats: tuple[str, ...],
    output: str | None,
    fail_on: str,
    strict: bool,
    as_of: str | None,
    baseline: str | None,
    changed_since: str | None,
    render: bool,
    no_cache: bool,
    **options: Any,
) -> int:
    """Read TARGETs and say what holds, whose it is, and what to write where it does not.

    A TARGET is a file or folder of configuration: Terraform, CloudFormation, Kubernetes, ECS,
    SageMaker, Dockerfiles and more. It may also be one assessment that was written with
    --format json: reports are then made from it, and nothing is read again. Or it is the
    evidence.json of an evidence bundle, which is then judged again. Or it is an image: oci:DIR[:TAG],
    oci-archive:FILE, docker-archive:FILE, rootfs:DIR, or REGISTRY/REPOSITORY:TAG, which is read
    without pulling it. Where an image is read, the advisory store is asked about its packages.

    The exit status is 0 where nothing fails at or above --fail-on, 1 where something does, and 2
    where no assessment could be made.
    """
    from ourhalf.cli.shell.output import deliver, wanted
    from ourhalf.cli.shell.targets import finished, fresh

    asked = wanted(formats, output)
    assessment = finished(targets, profile, as_of)
    if assessment is not None and changed_since is not None:
        raise Problem(f"{targets[0]} is a finished assessment, which --changed-since cannot narrow; give its target")
    earlier = _earlier(baseline) if baseline is not None else None
    change = _change(targets, changed_since) if changed_since is not None else None
    if assessment is None:
        assessment = fresh(
            targets,
            profile,
            as_of,
            render,
            no_cache,
            any(one.report.digests for one in asked),
            image_options(options),
            advisory_options(options),
        )
    if earlier is not None:
        assessment = _compared(assessment, earlier)
    if change is not None:
        assessment = _narrowed(assessment, targets, change)
    deliver(assessment, asked)
    return exit_status(assessment, fail_on, strict)


def exit_status(assessment: Assessment, fail_on: str, strict: bool) -> int:
    """1 where a failure that counts is as severe as `fail_on`, or strictly where something is unread."""
    from ourhalf.model.profile import Severity

    if strict and assessment.unread:
        return 1
    if fail_on == "none":
        return 0
    threshold = Severity(fail_on).rank
    return int(any(f.counts and f.severity.rank <= threshold for f in assessment.findings))


def _earlier(path: str) -> Assessment:
    """The assessment that a baseline is."""
    from ourhalf.cli.shell.targets import check, read_assessment

    check((path,))
    found = read_assessment(path)
    if found is None:
        raise Problem(f"--baseline {path} is no assessment; write one with `ourhalf assess --format json=FILE`")
    return found


def _compared(assessment: Assessment, earlier: Assessment) -> Assessment:
    from ourhalf.comparison.baseline import compared, strangers

    if strangers(assessment, earlier):
        say("no finding of the baseline is found here: was it made of the same target, named the same way?")
    return compared(assessment, earlier)


def _change(targets: tuple[str, ...], ref: str) -> tuple[str, frozenset[str]]:
    """The revision, and what changed since in any of the targets."""
    from ourhalf.cli.shell.targets import check, kept_evidence
    from ourhalf.comparison.git import GitError, changed_since

    check(targets)
    if kept_evidence(targets) is not None:
        raise Problem(f"{targets[0]} is evidence that was kept, which --changed-since cannot narrow; give its target")
    try:
        return ref, frozenset().union(*(changed_since(target, ref) for target in targets))
    except GitError as error:
        raise Problem(f"--changed-since {ref}: {error}") from None


def _narrowed(assessment: Assessment, targets: tuple[str, ...], change: tuple[str, frozenset[str]]) -> Assessment:
    from ourhalf.comparison.changes import narrowed
    from ourhalf.comparison.neighbours import read_as_one

    return narrowed(assessment, *change, read_as_one(targets))
