"""Python packages that another carries inside it, by the list that it keeps of them.

Source: the `_vendor/vendor.txt` of pip and the `_vendor/vendored.txt` of setuptools: requirements with one exact
version each. Those that carry metadata too are found by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Missing
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Certainty, Ecosystem, Package
from ourhalf.packages.purl import purl
from ourhalf.packages.records import text, unread, word
from ourhalf.packages.wheel_metadata import normalised

_LISTS = Wanted(key="vendored/lists", pattern=r"(?:.*/)?_vendor/vendor(?:ed)?\.txt", most=1 << 18)
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*===?\s*(?P<version>[^\s;#]+)")
_MODULES = {"setuptools": "pkg_resources"}
"""The module of a project of another name, where only that is carried."""


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    for node, kept in files.kept(_LISTS.key):
        if isinstance(kept, Missing):
            yield unread(node.path, "vendored", kept)
            continue
        folder = node.path.rpartition("/")[0]
        beside = {name.removesuffix(".py").lower() for name in files.folder(folder)}
        for number, one in enumerate(text(kept).splitlines(), start=1):
            written = one.partition(" #")[0].strip()
            if not written or written.startswith(("#", "-")):
                continue
            found = _PINNED.match(written)
            if found is None or word(found["version"]) is None:
                yield unread(node.path, "vendored", f"no name with one version: {written[:80]}", number)
                continue
            yield Installed(_package(found["name"], found["version"], node.path, node.layer, beside))


def _package(name: str, version: str, path: str, layer: int, beside: set[str]) -> Package:
    name = normalised(name)
    there = _MODULES.get(name, name.replace("-", "_")) in beside
    return Package(
        name=name,
        version=version,
        ecosystem=Ecosystem.PYPI,
        purl=purl("pypi", name, version),
        path=path,
        layer=layer,
        how="the list of what is carried inside another package",
        certainty=Certainty.STATED if there else Certainty.GUESSED,
        facts={"vendored": "true"} if there else {"vendored": "listed, but no module of this name lies beside it"},
    )


VENDORED = Cataloguer(
    name="vendored",
    title="Python packages inside others",
    ecosystems=(Ecosystem.PYPI,),
    wanted=(_LISTS,),
    catalogue=_catalogue,
)
