"""Secrets that a build writes into its image."""

from __future__ import annotations

import re

from ourhalf.controls.data_protection.secrets import names_a_secret
from ourhalf.controls.dockerfile import READ, judge_commands, matching
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Entries, Field, Known, Redacted, Text, Unresolved, effective, entries
from ourhalf.model.references import Trivy, WebPage
from ourhalf.model.verdict import Status, Verdict
from ourhalf.resources.dockerfile import Dockerfile

_MARK = re.compile(r"REDACTED-[a-z-]+-[0-9a-f]{12}")


def _written(settings: Field[Entries[Text]]) -> list[Field[Text]]:
    """Values in clear that are secrets."""
    if not isinstance(settings, Known):
        return []
    return [f for f in settings.value.items.values() if isinstance(f, Known) and isinstance(f.value, Redacted)]


def _passed_in(file: Dockerfile) -> list[Field[Text]]:
    """Settings named like secrets whose value the build is given, and keeps.

    The build gives values to arguments alone: an ENV can hold one only where an argument is left to it.
    """
    given = {name: f for name, f in entries(file.arguments) if isinstance(f, Unresolved) or effective(f) == ""}
    kept = [(name, f) for name, f in entries(file.environment) if isinstance(f, Unresolved)] if given else []
    return [Known(name, f.place) for name, f in (*given.items(), *kept) if names_a_secret(name)]


def _no_secrets(file: Dockerfile, _: Context) -> Verdict:
    written = [*_written(file.environment), *_written(file.arguments)]
    if written:
        return Verdict.failed("a secret stands in clear in the file and in the image", *written)
    passed_in = _passed_in(file)
    if passed_in:
        reason = "what the build is given for it stays in the history of the image"
        return Verdict.failed(reason, *passed_in, severity=Severity.HIGH)
    for name, field in entries(file.environment):
        if isinstance(field, Unresolved) and names_a_secret(name):
            return Verdict.unknown(field)
    for settings in (file.environment, file.arguments):
        if isinstance(settings, Unresolved):
            return Verdict.unknown(settings)
        if isinstance(settings, Known) and settings.value.rest is not None:
            return Verdict.unknown(settings.value.rest)
    commands = judge_commands(file, matching(_MARK, "a secret stands in clear in a command"), "no secret is written")
    if commands.status is not Status.PASS:
        return commands
    return Verdict.passed("no ENV, ARG or RUN holds a secret", file.environment, file.arguments, file.commands)


NO_SECRETS = Control(
    id="dockerfile-no-secret",
    title="Dockerfiles write no secret into the image",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.CRITICAL,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_no_secrets,
    rationale="ENV and ARG stay readable in the image and its history for everybody who can pull it.",
    remedy="Withdraw the secret; give the new one to a single RUN with `--mount=type=secret`, or at start.",
    citations=(WebPage("docs.docker.com/build/building/secrets/", READ),),
    same_as=(Trivy("DS-0031"),),
    rows=("image-003",),
)
