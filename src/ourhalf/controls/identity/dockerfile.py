"""Accounts that a build makes in its image."""

from __future__ import annotations

import re

from ourhalf.controls.dockerfile import BEST_PRACTICES, READ, Built, for_images, judge_commands, matching
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.references import Checkov, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.dockerfile import Dockerfile

_PASSWORD = re.compile(
    r"\bchpasswd\b|\bpasswd\b[^;&|\n]*\s--stdin\b|\|\s*(?:sudo\s+)?passwd\b"
    r"|\b(?:useradd|usermod)\b[^;&|\n]*\s(?:-p|--password)[\s=]"
)


def _no_password(file: Built, _: Context) -> Verdict:
    wrong = matching(_PASSWORD, "a password is set in the image")
    return judge_commands(file, wrong, "no RUN instruction sets a password", in_image_only=True)


NO_PASSWORD = Control(
    id="dockerfile-no-password",
    title="Builds set no password in the image",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_no_password,
    rationale="The password is the same in every container, and readable in the history of the image.",
    remedy="Leave accounts without a password; nobody has to log in to a container.",
    citations=(WebPage(BEST_PRACTICES, READ),),
    same_as=(Checkov("CKV2_DOCKER_17"),),
    rows=("image-010",),
)

IMAGE_NO_PASSWORD = for_images(NO_PASSWORD, "image-no-password", "Builds of images set no password")
