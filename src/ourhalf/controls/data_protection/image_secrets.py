"""Secrets that everybody who can pull an image has."""

from __future__ import annotations

import re

import msgspec

from ourhalf.controls.data_protection.secrets import in_clear
from ourhalf.controls.images import READ, exhibits, failed_by, none_of
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Field, Known, Unresolved, elements, entries, unknown_part
from ourhalf.model.references import Prowler, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.images import ContainerImage

_MARK = re.compile(r"REDACTED-[a-z-]+-[0-9a-f]{12}")
_SOURCES = (WebPage("docs.docker.com/build/building/secrets/", READ),)
_CLEAN = "no file outside of packages shows a secret"
_RATIONALE = "Everybody who can pull the image has the secret, and keeps it: layers are copied, cached and mirrored."
_REMEDY = (
    "Withdraw the secret. Give the new one to a single RUN with `--mount=type=secret`, or to the container at start; "
    "deleting a file in a later layer leaves it in the earlier one."
)


def _in_files(image: ContainerImage, _: Context) -> Verdict:
    return none_of(image, "secret", passed=_CLEAN)


IN_FILES = Control(
    id="image-no-secret-in-files",
    title="Images hold no secret in their files",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.CRITICAL,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_in_files,
    rationale=_RATIONALE,
    remedy=_REMEDY,
    citations=_SOURCES,
    same_as=(Prowler("ecr_repository_image_no_secrets"),),
    rows=("image-003", "ecr-008"),
)


def _in_settings(image: ContainerImage, _: Context) -> Verdict:
    found: list[Field[object]] = []
    if isinstance(image.environment, Known):
        found += [field for _, field in in_clear(image.environment.value)]
    found += [f for _, f in entries(image.labels) if isinstance(f, Known) and _MARK.search(str(f.value))]
    for line in elements(image.history):
        if isinstance(line.command, Known) and _MARK.search(line.command.value):
            found.append(line.command)
    for many in (image.entrypoint, image.command):
        if any(_MARK.search(word) for word in elements(many)):
            found.append(many)
    if found:
        named = ", ".join(dict.fromkeys(field.place.field.rpartition(".")[2] or "a setting" for field in found[:5]))
        return Verdict.failed(f"in clear: {named}", *found[:5])
    return _unless_hidden(image)


def _unless_hidden(image: ContainerImage) -> Verdict:
    for settings in (image.environment, image.labels, image.history, image.entrypoint, image.command):
        hidden = settings if isinstance(settings, Unresolved) else unknown_part(settings)
        if hidden is not None:
            return Verdict.unknown(hidden)
    return Verdict.passed("no setting, label or line of history holds one", image.environment, image.history)


IN_SETTINGS = Control(
    id="image-no-secret-in-settings",
    title="Images hold no secret in their environment, labels or history",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.CRITICAL,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_in_settings,
    rationale=_RATIONALE,
    remedy=_REMEDY,
    citations=_SOURCES,
    rows=("image-003", "ecr-008"),
)


def _runs_with(container: Container, context: Context) -> Verdict | None:
    image = context.contents.of(container.image)
    if not isinstance(image, ContainerImage):
        return None
    found = tuple(one for one in exhibits(image, "secret") if one.removed is None)
    if found:
        verdict = failed_by(found, why="; whoever gets into the container reads it")
        return msgspec.structs.replace(verdict, fields=(*verdict.fields, container.image))
    hidden = unknown_part(image.exhibits)
    return Verdict.unknown(hidden) if hidden is not None else Verdict.passed(_CLEAN, container.image)


RUNS_WITHOUT = Control(
    id="container-image-no-secret",
    title="Containers run from images that hold no secret",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Container,
    evaluate=_runs_with,
    rationale=_RATIONALE,
    remedy=_REMEDY,
    citations=_SOURCES,
)
