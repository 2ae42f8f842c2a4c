"""From targets to an assessment: a finished one, or one made now."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ourhalf.cli.shell.problem import Problem, say

if TYPE_CHECKING:
    from ourhalf.evidence.document import Kept
    from ourhalf.images.options import ImageOptions
    from ourhalf.model.finding import Assessment
    from ourhalf.run import Request
    from ourhalf.vulnerabilities.options import AdvisoryOptions

PROFILE_NAME = "ourhalf.yaml"


def check(targets: tuple[str, ...]) -> None:
    """Raise Problem where a target is not there, or its name cannot be written."""
    for target in targets:
        if any("\ud800" <= character <= "\udfff" for character in target):
            raise Problem(f"{target}: a name that is not UTF-8; rename it")
        if not os.path.exists(target) and not _is_image(target):
            raise Problem(f"{target}: no such file or folder")


def _is_image(target: str) -> bool:
    from ourhalf.run import image_targets

    return bool(image_targets((target,)))


def day_of(text: str | None) -> date:
    """What `--as-of` gives; today where it is left out. Raises Problem."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(f"--as-of {text} is no day; write it as {datetime.now(UTC).date()}") from None


def finished(targets: tuple[str, ...], profile: str | None, as_of: str | None) -> Assessment | None:
    """The assessment that the only target holds, or None where the targets are configuration. Raises Problem."""
    check(targets)
    found = [(target, assessment) for target in targets if (assessment := read_assessment(target)) is not None]
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


def read_assessment(path: str) -> Assessment | None:
    """The assessment in a file; None where it holds anything else. Raises Problem where it cannot be used."""
    from ourhalf.reports.document import AssessmentError, find

    try:
        return find(path)
    except AssessmentError as error:
        raise Problem(str(error)) from None


def fresh(  # noqa: PLR0913, PLR0917 - each an option of the command line
    targets: tuple[str, ...],
    profile: str | None,
    as_of: str | None,
    render: bool = False,
    no_cache: bool = False,
    digests: bool = False,
    images: ImageOptions | None = None,
    advisories: AdvisoryOptions | None = None,
) -> Assessment:
    """The assessment of targets that are configuration, or evidence of a bundle. Raises Problem."""
    from ourhalf.cli.shell.progress import progress
    from ourhalf.run import run
    from ourhalf.vulnerabilities.errors import VulnerabilityError

    asked = request(targets, profile, as_of, render, digests, images, advisories)
    kept = kept_evidence(targets)
    try:
        return run(asked, progress(), not no_cache) if kept is None else _judged(kept, asked)
    except VulnerabilityError as error:
        raise Problem(str(error)) from None


def kept_evidence(targets: tuple[str, ...]) -> Kept | None:
    """The evidence that the only target holds; None where the targets are configuration. Raises Problem."""
    from ourhalf.evidence.document import find
    from ourhalf.evidence.errors import EvidenceError

    try:
        found = [(target, kept) for target in targets if (kept := find(target)) is not None]
    except EvidenceError as error:
        raise Problem(str(error)) from None
    if not found:
        return None
    if len(targets) > 1:
        raise Problem(f"{found[0][0]} is evidence that was kept; give it alone")
    return found[0][1]


def _judged(kept: Kept, asked: Request) -> Assessment:
    from ourhalf.evidence.comparing import assessed
    from ourhalf.evidence.errors import EvidenceError

    if asked.render:
        raise Problem(f"{asked.targets[0]} is evidence that was kept, which --render cannot change")
    try:
        return assessed(kept, asked.as_of, asked.profile, asked.profile_path, asked.targets[0])
    except EvidenceError as error:
        raise Problem(str(error)) from None


def request(  # noqa: PLR0913, PLR0917 - each an option of the command line
    targets: tuple[str, ...],
    profile_path: str | None,
    as_of: str | None,
    render: bool = False,
    digests: bool = False,
    images: ImageOptions | None = None,
    advisories: AdvisoryOptions | None = None,
) -> Request:
    """What is asked of a run over configuration, with the profile that is in force. Raises Problem."""
    from ourhalf.images.options import ImageOptions
    from ourhalf.profile.document import Profile, ProfileError, load
    from ourhalf.run import Request
    from ourhalf.vulnerabilities.options import AdvisoryOptions

    day = day_of(as_of)
    path = profile_path or _profile_nearby(targets[0])
    try:
        profile = load(path) if path is not None else Profile()
    except ProfileError as error:
        raise Problem(str(error)) from None
    asked = advisories or AdvisoryOptions()
    return Request(targets, day, profile, path, render, digests, images or ImageOptions(), asked)


def _profile_nearby(target: str) -> str | None:
    """`ourhalf.yaml` in the current folder, else at the root of the first target."""
    for folder in (".", target):
        path = os.path.normpath(os.path.join(folder, PROFILE_NAME))
        if os.path.isfile(path):
            say(f"using the profile {path}")
            return path
    return None
