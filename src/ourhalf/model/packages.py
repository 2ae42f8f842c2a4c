"""Packages: what an image, a list of requirements or a bill of materials says is installed."""

import msgspec

from ourhalf.model.word import Word


class Ecosystem(Word):
    """Whose packages they are: this decides how versions are ordered and which advisories speak of them.

    `conda` are packages of conda's own channels; `generic` are libraries that no package manager states.
    """

    DEB = "deb"
    RPM = "rpm"
    APK = "apk"
    PYPI = "pypi"
    CONDA = "conda"
    NPM = "npm"
    MAVEN = "maven"
    GO = "golang"
    CARGO = "cargo"
    GENERIC = "generic"


class Certainty(Word):
    """How sure a name and version are."""

    STATED = "stated"
    """The record of a package manager, or of the file itself, says so."""
    DERIVED = "derived"
    """Worked out from what the file holds, such as a version in its strings or symbols."""
    GUESSED = "guessed"
    """Taken from a name, such as that of a file or folder."""


class SourcePackage(msgspec.Struct, frozen=True, array_like=True):
    """The source that a binary package was built from: advisories of distributions name it."""

    name: str
    version: str


class Package(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One package as one record states it.

    `purl` is its package URL (github.com/package-url/purl-spec). `distribution` is the `ID` and `VERSION_ID` of
    os-release joined by a colon (`debian:12`), for packages of a distribution. `path` is the record that states it,
    absolute without the first slash; `layer` the index of the layer that brought the record, from 0. `how` says in
    a few words how it is known. `owner` is the purl of the package whose file holds this one: an OS package that
    brought a Python package, a wheel that brought a native library. `requires` are the names of the packages that it
    depends on, as its record writes them. `facts` are short texts, such as `cuda: 12.6` or `abi: manylinux`.
    """

    name: str
    version: str | None
    ecosystem: Ecosystem
    purl: str
    path: str = ""
    layer: int | None = None
    source: SourcePackage | None = None
    architecture: str = ""
    distribution: str = ""
    licenses: tuple[str, ...] = ()
    how: str = ""
    certainty: Certainty = Certainty.STATED
    owner: str = ""
    requires: tuple[str, ...] = ()
    facts: dict[str, str] = {}
