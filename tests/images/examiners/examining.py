"""Runs an examiner over a folder as if it were an image of one layer."""

from __future__ import annotations

from pathlib import Path

from ourhalf.images.examiner import Examiner, Surroundings
from ourhalf.model.inventory import ImageConfig, Layer
from ourhalf.resources.images import Exhibit
from tests.images.tree import over

AROUND = Surroundings("oci:x", ImageConfig(), (Layer(index=0, digest="sha256:0"),), ())


def examined(examiner: Examiner, root: Path, around: Surroundings = AROUND) -> list[Exhibit]:
    """What it shows; nothing may be unread."""
    found = list(examiner.examine(over(root, examiner.wanted), around))
    assert all(isinstance(one, Exhibit) for one in found), found
    return [one for one in found if isinstance(one, Exhibit)]
