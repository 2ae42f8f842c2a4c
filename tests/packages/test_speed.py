"""An image has thousands of packages and hundreds of thousands of files: work grows with packages, not with files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import pytest

from ourhalf.images.cataloguer import Cataloguer
from ourhalf.packages import rpm
from ourhalf.packages.apk import APK
from ourhalf.packages.conda import CONDA
from ourhalf.packages.dpkg import DPKG
from ourhalf.packages.python import PYTHON
from tests.images import tree
from tests.packages import test_dpkg
from tests.support import calls_of

PACKAGES = 40
MOVED = {"lib": "usr/lib"}


def _dpkg(count: int) -> Mapping[str, bytes | str]:
    paths = "/.\n" + "".join(f"/lib/folder/file-{index}\n" for index in range(count))
    status = "\n\n".join(test_dpkg._status("Depends: x, y", package=f"p{index}") for index in range(PACKAGES))
    return {"var/lib/dpkg/status": status} | {f"var/lib/dpkg/info/p{i}.list": paths for i in range(PACKAGES)}


def _apk(count: int) -> Mapping[str, bytes | str]:
    files = "F:usr/lib\n" + "".join(f"R:file-{index}\nZ:Q1=\n" for index in range(count))
    return {"lib/apk/db/installed": "\n".join(f"P:p{index}\nV:1\n{files}" for index in range(PACKAGES))}


def _python(count: int) -> Mapping[str, bytes | str]:
    record = "".join(f"module/file-{index}.py,sha256=x,1\n" for index in range(count)) + "../../bin/run,,\n"
    folders = [f"usr/lib/python3/p{index}-1.dist-info" for index in range(PACKAGES)]
    metadata = {f"{folder}/METADATA": f"Name: p{index}\nVersion: 1\n" for index, folder in enumerate(folders)}
    return metadata | {f"{folder}/RECORD": record for folder in folders}


def _conda(count: int) -> Mapping[str, bytes | str]:
    record = {"name": "a", "version": "1", "files": [f"lib/file-{index}" for index in range(count)]}
    return {f"opt/conda-meta/p{index}.json": msgspec.json.encode(record) for index in range(PACKAGES)}


@pytest.mark.parametrize(
    ("cataloguer", "make"),
    [(DPKG, _dpkg), (APK, _apk), (PYTHON, _python), (CONDA, _conda)],
    ids=lambda one: getattr(one, "name", "files"),
)
def test_work_does_not_grow_with_files(
    cataloguer: Cataloguer, make: Callable[[int], Mapping[str, bytes | str]]
) -> None:
    counts = {}
    for files in (10, 1000):
        image = tree.of(make(files), cataloguer.wanted, MOVED)
        found, counts[files] = calls_of(lambda image=image: list(cataloguer.catalogue(image)))  # type: ignore[misc]
        assert len(found) == PACKAGES
        assert sum(len(one.files) for one in found if not hasattr(one, "reason")) >= PACKAGES * files
    assert counts[1000] < counts[10] * 1.5


def test_rpm_works_out_each_file_once() -> None:
    def image(count: int) -> tree.Tree:
        names, at = [f"file-{index}" for index in range(count)], [0] * count
        records = [
            rpm._Record(
                f"p{i}", "1", "1", None, "noarch", "MIT", "", "", "", ["c"], ["c", "/lib/x"], ["/lib/"], names, at
            )
            for i in range(PACKAGES)
        ]
        kept = msgspec.msgpack.encode(rpm._Database(records, []))
        wanted = [msgspec.structs.replace(one, reduce=lambda *_: kept) for one in rpm.RPM.wanted[:1]]
        return tree.of({"var/lib/rpm/Packages": b"x"}, wanted, MOVED)

    counts = {}
    for files in (10, 1000):
        there = image(files)
        found, counts[files] = calls_of(lambda there=there: list(rpm.RPM.catalogue(there)))  # type: ignore[misc]
        assert len(found) == PACKAGES
    assert counts[1000] < counts[10] * 1.5
