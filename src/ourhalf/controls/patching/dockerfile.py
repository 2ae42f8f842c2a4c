"""Whether a build installs what the repositories hold on the day of the build."""

from __future__ import annotations

import re

from ourhalf.controls.dockerfile import BEST_PRACTICES, READ, judge_commands
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.references import Checkov, Cis, Trivy, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.dockerfile import Dockerfile

_UPDATE = re.compile(r"\bapt(?:-get)?\s+(?:-\S+\s+)*update\b")
_USE = re.compile(
    r"\bapt(?:-get)?\s+(?:-\S+\s+)*(?:install|upgrade|dist-upgrade|full-upgrade|build-dep|satisfy|download)\b"
    r"|\baptitude\b|\bapt-get\b[^;&|\n]*\s(?:install|upgrade|dist-upgrade)\b|\.sh\b|\.deb\b"
)


def _alone(command: str) -> str | None:
    if _UPDATE.search(command) and not _USE.search(command):
        return "the list of packages is renewed in a layer of its own, which the build cache keeps for months"
    return None


def _together(file: Dockerfile, _: Context) -> Verdict:
    return judge_commands(file, _alone, "no list of packages is renewed in a layer of its own")


UPDATE_WITH_INSTALL = Control(
    id="dockerfile-update-with-install",
    title="Builds renew the list of packages in the step that installs them",
    topic=Topic.PATCHING,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_OS_PACKAGES,
    applies_to=Dockerfile,
    evaluate=_together,
    rationale="A cached list installs versions of months ago, security fixes left out.",
    remedy="Write `apt-get update && apt-get install ...` in one RUN.",
    citations=(WebPage(BEST_PRACTICES + "#apt-get", READ),),
    same_as=(Checkov("CKV_DOCKER_5"), Trivy("DS-0017"), Cis("Docker-1.6:4.7")),
    rows=("image-011",),
)
