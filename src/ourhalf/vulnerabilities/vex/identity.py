"""Whether what a document names is the package or the image at hand.

Source: github.com/package-url/purl-spec (types oci, docker, deb, rpm, pypi). A package URL without a version means
every version, qualifiers that it states must be those of the package.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import NamedTuple

from ourhalf.images.reference import parse
from ourhalf.model.packages import Package
from ourhalf.packages.purl import Parts, parsed, purl
from ourhalf.vulnerabilities.vex.document import Named, Target

_IMAGES = frozenset({"oci", "docker"})
_SOURCES = frozenset({"source", "src"})
_TRANSPORT = re.compile(r"(?:oci|oci-archive|docker-archive|docker-daemon|containers-storage|rootfs):")
_RUN = re.compile(r"[-_.]+")
_purl = lru_cache(65_536)(parsed)


class Subject(NamedTuple):
    """The image or file that holds a package: as the user names it, its other names, and its digest."""

    name: str
    digest: str = ""
    others: tuple[str, ...] = ()


class ImageName(NamedTuple):
    """What can be compared of an image's name: `repository` with its registry where it has one, and tag."""

    repository: str
    tag: str
    digest: str


def meant(target: Target, package: Package, subject: Subject) -> bool:
    """Whether a target is `package` in `subject`."""
    if target.versions and package.version not in target.versions:
        return False
    if target.component is None:
        return same_package(target.product, package) or same_image(target.product, subject)
    if not same_package(target.component, package):
        return False
    if same_image(target.product, subject) or same_package(target.product, package):
        return True
    return bool(package.owner) and any(_same(name, package.owner) for name in target.product.names)


class Targets:
    """The targets of a statement, found by the name of a package: a statement may list as many as it likes."""

    def __init__(self, targets: tuple[Target, ...]) -> None:
        self._others: list[Target] = []
        self._by_name: dict[tuple[str, str], list[Target]] = {}
        for target in targets:
            named = target.component or target.product
            keys = {
                _key(parts) if (parts := _purl(name)) and parts.kind not in _IMAGES else None for name in named.names
            }
            for key in keys or {None}:
                (self._others if key is None else self._by_name.setdefault(key, [])).append(target)

    def mean(self, package: Package, subject: Subject) -> bool:
        """Whether any of them is `package` in `subject`."""
        parts = _purl(package.purl)
        keys = {_key(parts)} if parts else set()
        if parts and package.source:
            keys.add((parts.kind, package.source.name))
        near = (target for key in keys for target in self._by_name.get(key, ()))
        return any(meant(one, package, subject) for many in (near, self._others) for one in many)


def _key(parts: Parts) -> tuple[str, str]:
    return parts.kind, _plain(parts)


def same_package(named: Named, package: Package) -> bool:
    """Whether a document means this package, by any of its package URLs."""
    return any(_same(name, package.purl) or _same_source(name, package) for name in named.names)


def same_image(named: Named, subject: Subject) -> bool:
    """Whether a document means this image, by digest, package URL or reference.

    One that states a digest means that image only: where ours is not known, it cannot be told, and is not.
    """
    ours = subject.digest.removeprefix("sha256:").lower()
    if named.digests:
        return ours in named.digests if ours else False
    return any(_same_image(name, subject) for name in named.names)


def image_name(text: str) -> ImageName | None:
    """What a reference, or a path behind a transport (`oci:DIR:TAG`), calls an image."""
    local = _TRANSPORT.match(text)
    if local is None:
        found = parse(text)
        return ImageName(f"{found.registry}/{found.repository}", found.tag or "", found.digest or "") if found else None
    path, colon, tag = text[local.end() :].rpartition(":")
    if not colon or "/" in tag:
        path, tag = text[local.end() :], ""
    return ImageName(posixpath.basename(path.rstrip("/")), tag, "")


def _same(stated: str, ours: str) -> bool:
    one, other = _purl(stated), _purl(ours)
    if one is None or other is None or one.kind != other.kind or one.namespace != other.namespace:
        return False
    if _plain(one) != _plain(other) or (one.version is not None and one.version != other.version):
        return False
    return all(other.qualifiers.get(key) == value for key, value in one.qualifiers.items())


def _same_source(stated: str, package: Package) -> bool:
    """Whether a package URL with `arch=source` means the source that the package was built from."""
    one, other = _purl(stated), _purl(package.purl)
    if one is None or other is None or package.source is None or one.qualifiers.get("arch") not in _SOURCES:
        return False
    if (one.kind, one.namespace, one.name) != (other.kind, other.namespace, package.source.name):
        return False
    same = all(other.qualifiers.get(key) == value for key, value in one.qualifiers.items() if key != "arch")
    return same and one.version in (None, package.source.version)


def _plain(parts: Parts) -> str:
    """A name as its ecosystem compares it."""
    return _RUN.sub("-", parts.name).lower() if parts.kind == "pypi" else parts.name


@lru_cache(65_536)
def _same_image(stated: str, subject: Subject) -> bool:
    if stated in (subject.name, *subject.others) or (subject.digest and stated == subject.digest):
        return True
    parts = _purl(stated)
    if parts is None:
        wanted = None if stated.startswith("pkg:") else image_name(stated)
    elif parts.kind in _IMAGES:
        wanted = _of_purl(parts)
    else:
        return False
    return wanted is not None and any(_alike(wanted, name, subject) for name in (subject.name, *subject.others))


def _of_purl(parts: Parts) -> ImageName:
    """The image of a package URL: its version is a digest for `oci`, a digest or a tag for `docker`."""
    version = parts.version or ""
    digest = version if ":" in version else ""
    tag = parts.qualifiers.get("tag", "") or ("" if digest else version)
    repository = parts.qualifiers.get("repository_url", "")
    if not repository and parts.kind == "docker" and parts.namespace:
        repository = f"docker.io/{parts.namespace}/{parts.name}"
    return ImageName(repository or parts.name, tag, digest)


def _alike(wanted: ImageName, name: str, subject: Subject) -> bool:
    """Whether an image goes by a wanted name; a digest decides alone, tags count where they are stated."""
    ours = image_name(name)
    if ours is None:
        return False
    digest = ours.digest or subject.digest
    if wanted.digest:
        return wanted.digest == digest and _tail(wanted.repository) == _tail(ours.repository)
    if wanted.tag and wanted.tag != ours.tag:
        return False
    if "/" in wanted.repository and "/" in ours.repository:
        return wanted.repository == ours.repository
    return _tail(wanted.repository) == _tail(ours.repository)


def _tail(repository: str) -> str:
    return repository.rpartition("/")[2]


def image_purl(subject: str, digest: str) -> str:
    """The package URL (type `oci`) of an image; empty where no digest tells which image it is."""
    name = image_name(subject)
    if name is None or not digest:
        return ""
    qualifiers = {"tag": name.tag}
    if "/" in name.repository:
        qualifiers["repository_url"] = name.repository
    return purl("oci", _tail(name.repository).lower(), digest, qualifiers=qualifiers)
