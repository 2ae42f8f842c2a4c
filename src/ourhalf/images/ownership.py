"""Joins packages with the files that they brought: which package owns a file, and which files nobody owns."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ourhalf.images.cataloguer import Installed
from ourhalf.images.filesystem import FileSystem, Kind
from ourhalf.model.packages import Ecosystem, Package

_OF_THE_SYSTEM = frozenset({Ecosystem.DEB, Ecosystem.RPM, Ecosystem.APK})


class Owners:
    """Which package a file belongs to. Those of the operating system come first: it is they who update it."""

    def __init__(self, installed: Iterable[Installed], files: FileSystem) -> None:
        self._system: dict[str, str] = {}
        self._others: dict[str, str] = {}
        self._files = files
        for one in installed:
            known = self._system if one.package.ecosystem in _OF_THE_SYSTEM else self._others
            purl = one.package.purl
            for path in one.files:
                known.setdefault(path, purl)

    def system(self, path: str) -> str:
        """The purl of the package of the operating system that brought a file, "" where none did."""
        return self._system.get(path) or self._linked(self._system, path)

    def of(self, path: str) -> str:
        """The purl of the package that brought a file, "" where none is known."""
        return self.system(path) or self._others.get(path) or self._linked(self._others, path)

    def _linked(self, known: dict[str, str], path: str) -> str:
        """The same where a record names a file by a folder that is a link, such as /lib."""
        return known.get(path.removeprefix("usr/"), "") if path.startswith("usr/") and self._merged(path) else ""

    def _merged(self, path: str) -> bool:
        top = path.split("/", 2)[1]
        node = self._files.node(top, follow=False)
        return node is not None and node.kind is Kind.LINK

    def joined(self, package: Package) -> Package:
        """A package with its owner, where its record belongs to another package."""
        if package.owner or package.ecosystem in _OF_THE_SYSTEM or not package.path:
            return package
        system = self.system(package.path)
        owner = system or self._others.get(package.path, "")
        if not owner or owner == package.purl:
            return package
        return msgspec.structs.replace(package, owner=owner)

    def unowned(self) -> int:
        """How many regular files of the image belong to no package."""
        system, others = self._system, self._others
        count = 0
        for node in self._files.nodes():
            if node.kind is Kind.FILE:
                path = node.path
                count += path not in system and path not in others and not self.of(path)
        return count
