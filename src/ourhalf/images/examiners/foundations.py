"""What an image is built on shows in it: the reporting script of Deep Learning Containers, and compatibility libraries
of CUDA.

Sources: github.com/aws/deep-learning-containers, scripts/telemetry; docs.nvidia.com/deploy/cuda-compatibility, on
forward compatibility.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ourhalf.images.examiner import Examiner, Surroundings
from ourhalf.images.filesystem import FileSystem, Kind
from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.resources.images import Exhibit

REPORTING, COMPATIBILITY = "usage-reporting-script", "cuda-compatibility"

_SCRIPT = "usr/local/bin/deep_learning_container.py"
_CUDA = re.compile(r"cuda(?:-\d+(?:\.\d+)?)?$")
_LIBRARY = re.compile(r"lib(?:cuda|nvidia|cudadebugger)[\w-]*\.so(?:\.[\w.]+)?$")
_DRIVER = re.compile(r"libcuda\.so\.(?P<version>\d{3}(?:\.\d+){1,2})$")


def _examine(files: FileSystem, _: Surroundings) -> Iterator[Exhibit | Unread]:
    script = files.node(_SCRIPT)
    if script is not None:
        what = "the script by which Deep Learning Containers report their use to AWS"
        yield Exhibit(kind=REPORTING, what=what, place=Place(_SCRIPT), layer=script.layer)
    # /usr/local/cuda is a link to the folder with its version: the same library is told once.
    seen: set[str] = set()
    for name in files.folder("usr/local"):
        folder = files.node(f"usr/local/{name}/compat") if _CUDA.match(name) else None
        if folder is not None and folder.path not in seen:
            seen.add(folder.path)
            yield from _compatibility(files, folder.path)


def _compatibility(files: FileSystem, folder: str) -> Iterator[Exhibit]:
    """The drivers in one folder, and links in it that lead out of it."""
    for name in files.folder(folder):
        node = files.node(f"{folder}/{name}", follow=False)
        if node is None or not _LIBRARY.match(name):
            continue
        driver = _DRIVER.match(name)
        if node.kind is Kind.LINK and not _stays(folder, node.target):
            what = f"a library of the driver that is a link out of its folder, to {node.target[:100]}"
            details = {"leads-to": node.target[:200]}
        elif driver is not None:
            what = f"libraries of driver {driver['version']}, which containers load in the place of the host's"
            details = {"driver": driver["version"]}
        else:
            continue
        yield Exhibit(kind=COMPATIBILITY, what=what, place=Place(node.path), layer=node.layer, details=details)


def _stays(folder: str, target: str) -> bool:
    """Whether the target of a link in a folder lies in it."""
    joined = target[1:] if target.startswith("/") else f"{folder}/{target}"
    return posixpath.normpath(joined).startswith(f"{folder}/")


FOUNDATIONS = Examiner("foundations", (), _examine)
