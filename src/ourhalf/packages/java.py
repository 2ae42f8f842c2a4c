"""Java packages: archives, those inside them, and those merged into one.

Source: github.com/package-url/purl-spec, types-doc/maven-definition.md for names; `jars.py` reads the archives.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Certainty, Ecosystem, Package
from ourhalf.packages import jars
from ourhalf.packages.purl import purl
from ourhalf.packages.records import facts, left_out, line, unread

_ARCHIVES = Wanted(
    key="java/archives",
    pattern=r".*\.(?:jar|war|ear|jpi|hpi|par|sar|aar|lpkg)",
    most=256 << 20,
    deep=True,
    reduce=jars.reduced,
)


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    missing: list[tuple[Node, Missing]] = []
    for node, kept in files.kept(_ARCHIVES.key):
        if isinstance(kept, Missing):
            missing.append((node, kept))
            continue
        contents = msgspec.msgpack.decode(kept, type=jars.Contents)
        yield from (unread(node.path, "java", fault) for fault in contents.faults)
        yield from _packages(contents.found, node)
    yield from left_out(missing, "java")


def _packages(found: list[jars.Found], node: Node) -> Iterator[Installed]:
    """What is inside is owned by the package of the archive around it; the file is its own only if one brought it."""
    mains = {one.where: _purl(one) for one in found if one.main}
    for one in found:
        its = _purl(one)
        above = one.where.rpartition("!/")[0] if one.main else one.where
        inner = one.where or not one.main
        owner = mains.get(above, mains.get("", ""))
        package = Package(
            name=f"{one.group}:{one.artifact}" if one.group else one.artifact,
            version=one.version or None,
            ecosystem=Ecosystem.MAVEN,
            purl=its,
            path=node.path,
            layer=node.layer,
            licenses=(line(one.license),) if one.license else (),
            how=one.how,
            certainty=Certainty(one.sure),
            owner=owner if inner and owner != its else "",
            facts=facts(inside=one.where, merged="true" if not one.main else None),
        )
        yield Installed(package)


def _purl(found: jars.Found) -> str:
    return purl("maven", found.artifact, found.version or None, namespace=found.group.replace("/", "."))


JAVA = Cataloguer(
    name="java",
    title="Java archives",
    ecosystems=(Ecosystem.MAVEN,),
    wanted=(_ARCHIVES,),
    catalogue=_catalogue,
)
