"""Programs in an image that run as more than who starts them, and files that anybody may change."""

from __future__ import annotations

from ourhalf.controls.images import READ, judged_exhibits, none_of
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import known_part, unknown_part
from ourhalf.model.references import Cis, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.images import ContainerImage, Exhibit

_BENCHMARK = "docs.docker.com/engine/security/"
_SYSTEM = ("pkg:deb/", "pkg:rpm/", "pkg:apk/")


def _stray(exhibit: Exhibit) -> bool:
    """Whether no package of the system brought it, or anybody may change what then runs as another."""
    return not exhibit.owner.startswith(_SYSTEM) or exhibit.details.get("changeable") == "true"


def _set_uid(image: ContainerImage, _: Context) -> Verdict:
    verdict = judged_exhibits(image, ("set-uid",), _stray, "only packages of the system brought such programs")
    if verdict is not None:
        return verdict
    hidden = unknown_part(image.exhibits)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("no program runs as more than who starts it", known_part(image.exhibits))


SET_UID = Control(
    id="image-set-uid-of-system-only",
    title="Only packages of the system bring programs that run as another user",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_set_uid,
    rationale=(
        "A program that runs as root whoever starts it is a way to root for every process, a hijacked server among "
        "them; distributions watch theirs, and nobody watches a stray one."
    ),
    remedy=(
        "Take the bits away (`chmod ug-s`, `setcap -r`) in the layer that brings the file, and run containers with "
        "allowPrivilegeEscalation false (no-new-privileges elsewhere)."
    ),
    citations=(WebPage(_BENCHMARK, READ),),
    same_as=(Cis("Docker-1.6:4.8"),),
)


def _open(image: ContainerImage, _: Context) -> Verdict:
    return none_of(image, "world-writable", passed="nobody but its owner may change a file")


WRITABLE = Control(
    id="image-no-world-writable-files",
    title="Images hold no file that anybody may change",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_open,
    rationale=(
        "A container that runs as a plain user keeps its code whole only where that user may not write to it: what "
        "anybody may change, an intruder changes."
    ),
    remedy="Copy with `COPY --chmod=0644` (0755 for folders and programs), or `chmod -R o-w` in the same layer.",
    citations=(WebPage(_BENCHMARK, READ),),
)
