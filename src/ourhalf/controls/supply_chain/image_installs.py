"""Whether a container of an image checks what it installs while it runs."""

from __future__ import annotations

from ourhalf.controls.images import READ, none_of
from ourhalf.controls.supply_chain.dockerfile import ONE_INDEX
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.references import WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.images import ContainerImage


def _checked(image: ContainerImage, _: Context) -> Verdict:
    return none_of(image, "unchecked-install", passed="no package manager is told to leave out its checks")


CHECKED = Control(
    id="image-installs-checked",
    title="Package managers in an image check what they install",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_checked,
    rationale=(
        "Signatures and certificates are what tells a package from one that somebody put on the way; a file that "
        "switches them off holds for the build, and for everything that is installed at start."
    ),
    remedy="Take the setting out, and import the key of the repository or the certificate of your own authority.",
    citations=(
        WebPage("manpages.debian.org/bookworm/apt/apt-secure.8.en.html", READ),
        WebPage("pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host", READ),
    ),
    rows=("image-009",),
)


def _one_index(image: ContainerImage, _: Context) -> Verdict:
    return none_of(image, "second-index", passed="pip is given no second index by a file")


ONE_INDEX_IN_FILES = Control(
    id="image-one-index-in-files",
    title="Files of an image give pip one index for each name",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_one_index,
    rationale=ONE_INDEX.rationale,
    remedy=ONE_INDEX.remedy,
    citations=ONE_INDEX.citations,
)
