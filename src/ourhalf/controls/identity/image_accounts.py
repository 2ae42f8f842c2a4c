"""Accounts of an image into which somebody may log in."""

from __future__ import annotations

from ourhalf.controls.images import READ, exhibits, judged_exhibits, none_of
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.references import WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.images import ContainerImage, Exhibit


def _no_password(image: ContainerImage, _: Context) -> Verdict:
    return none_of(image, "password-set", "password-empty", passed="nobody logs in by a password")


NO_PASSWORD = Control(
    id="image-no-account-with-password",
    title="No account of an image has a password, or an empty one",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_no_password,
    rationale="The password is the same in every container of the image, and its hash is there to be guessed at.",
    remedy="Lock the account (`passwd -l NAME`) in the layer that makes it; nobody has to log in to a container.",
    citations=(WebPage("man7.org/linux/man-pages/man5/shadow.5.html", READ),),
    rows=("image-010",),
)

_OPEN = {
    "permitrootlogin": ("yes",),
    "passwordauthentication": ("yes",),
    "permitemptypasswords": ("yes",),
    "stricthostkeychecking": ("no", "off"),
}


def _weak(exhibit: Exhibit) -> bool:
    return any(exhibit.details.get(name) in values for name, values in _OPEN.items())


def _ssh_settings(image: ContainerImage, _: Context) -> Verdict | None:
    if not exhibits(image, "ssh-server") and not exhibits(image, "ssh-client-settings"):
        return None
    kinds = ("ssh-server-settings", "ssh-client-settings")
    return judged_exhibits(image, kinds, _weak, "its settings let nobody in unproved")


SSH_SETTINGS = Control(
    id="image-ssh-settings",
    title="SSH in an image lets in no root by password, and no host unproved",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_ssh_settings,
    rationale=(
        "A client that checks no host key hands a job to whoever answers first; a server that lets root in by "
        "password needs one guess."
    ),
    remedy=(
        "Set PermitRootLogin prohibit-password, PasswordAuthentication no and StrictHostKeyChecking accept-new, or "
        "leave SSH out and start MPI by the orchestrator."
    ),
    citations=(WebPage("man.openbsd.org/sshd_config", READ), WebPage("man.openbsd.org/ssh_config", READ)),
)
