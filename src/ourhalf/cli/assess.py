"""`ourhalf assess`: Judge configuration by the controls that are yours."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from ourhalf.cli.shell.problem import Problem, say

if TYPE_CHECKING:
    from ourhalf.model.finding import Assessment
    from ourhalf.run import Request

PROFILE_NAME = "ourhalf.yaml"


@click.command("assess")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "--profile", metavar="FILE", help=f"What your company asks; {PROFILE_NAME} here or in TARGET if left out."
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="table (if left out), json, sarif, html or markdown; may repeat.",
)
@click.option("--output", metavar="FILE", help="Where the format without a file goes, instead of standard output.")
@click.option(
    "--fail-on",
    type=click.Choice(["critical", "high", "medium", "low", "none"]),
    default="high",
    show_default=True,
    help="Exit with 1 where something of this severity or above fails.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 too where something could not be read.")
@click.option("--as-of", metavar="DATE", help="Judge as of this day (YYYY-MM-DD) instead of today.")
@click.option("--render", is_flag=True, help="Let your own helm and kustomize render what is read only in part.")
@click.option("--no-cache", is_flag=True, help="Read everything again, and keep nothing.")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    profile: str | None,
    formats: tuple[str, ...],
    output: str | None,
    fail_on: str,
    strict: bool,
    as_of: str | None,
    render: bool,
    no_cache: bool,
) -> int:
    """Read TARGETs and say which controls hold, whose each is, and how to make it hold.

    A TARGET is a file or folder of configuration: Terraform, CloudFormation, Kubernetes, ECS,
    SageMaker, Dockerfiles and more. It may also be one assessment that was written with
    --format json: reports are then made from it, and nothing is read again.

    The exit status is 0 where nothing fails at or above --fail-on, 1 where something does, and 2
    where no assessment could be made.
    """
    from ourhalf.cli.shell.output import deliver, wanted

    asked = wanted(formats, output)
    _check_targets(targets)
    assessment = _finished(targets, profile, as_of)
    if assessment is None:
        assessment = _fresh(_request(targets, profile, _day(as_of), render), use_cache=not no_cache)
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


def _check_targets(targets: tuple[str, ...]) -> None:
    for target in targets:
        if any("\ud800" <= character <= "\udfff" for character in target):
            raise Problem(f"{target}: a name that is not UTF-8; rename it")
        if not os.path.exists(target):
            raise Problem(f"{target}: no such file or folder")


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(f"--as-of {text} is no day; write it as {datetime.now(UTC).date()}") from None


def _finished(targets: tuple[str, ...], profile: str | None, as_of: str | None) -> Assessment | None:
    """The assessment that the only target holds, or None where the targets are configuration."""
    from ourhalf.reports.document import AssessmentError, find

    try:
        found = [(target, assessment) for target in targets if (assessment := find(target)) is not None]
    except AssessmentError as error:
        raise Problem(str(error)) from None
    if not found:
        return None
    target, assessment = found[0]
    if len(targets) > 1:
        raise Problem(f"{target} is a finished assessment; give it alone")
    if profile is not None or as_of is not None:
        option = "--profile" if profile is not None else "--as-of"
        raise Problem(
            f"{target} is a finished assessment, which {option} cannot change; assess the configuration again"
        )
    return assessment


def _fresh(request: Request, use_cache: bool) -> Assessment:
    from ourhalf.cli.shell.progress import progress
    from ourhalf.run import run

    return run(request, progress(), use_cache)


def _request(targets: tuple[str, ...], profile_path: str | None, as_of: date, render: bool) -> Request:
    from ourhalf.profile.document import Profile, ProfileError, load
    from ourhalf.run import Request

    path = profile_path or _profile_nearby(targets[0])
    try:
        profile = load(path) if path is not None else Profile()
    except ProfileError as error:
        raise Problem(str(error)) from None
    return Request(targets, as_of, profile, path, render)


def _profile_nearby(target: str) -> str | None:
    """`ourhalf.yaml` in the current folder, else at the root of the first target."""
    for folder in (".", target):
        path = os.path.normpath(os.path.join(folder, PROFILE_NAME))
        if os.path.isfile(path):
            say(f"using the profile {path}")
            return path
    return None
