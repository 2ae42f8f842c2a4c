"""What to look up for a package: in which spaces, by which names and versions, and what that leaves uncertain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

import msgspec

from ourhalf.advisories.spaces import LANGUAGES, name_in, of_distribution
from ourhalf.model.packages import Certainty, Ecosystem, Package

_OS = {Ecosystem.DEB, Ecosystem.RPM, Ecosystem.APK}
_TOOLKIT = {"cuda-toolkit", "cuda-runtime"}
_OS_PURL = re.compile(r"pkg:(?:deb|rpm|apk)/")


class Lookup(msgspec.Struct, frozen=True):
    """One question: what is said of `name` in `space`, and does it hold of `version`. The rest is as in `Affected`."""

    space: str
    name: str
    version: str
    of: str = "e"
    certainty: Certainty = Certainty.STATED
    how: str = ""
    module: str = ""


class Asked(msgspec.Struct, frozen=True):
    """All lookups for one package. `space` is whose feeds must be there for its silence to mean anything.

    `gap` says why silence proves nothing whatever the sources; `owner` is the index of the package that answers.
    """

    lookups: tuple[Lookup, ...] = ()
    space: str = ""
    gap: str = ""
    owner: int | None = None


class _Vendor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vendor: str
    packages: tuple[str, ...]
    citation: str


def asked(package: Package, owners: Mapping[str, int]) -> Asked:
    """What to look up for a package; `owners` are the indices of all packages by their purls."""
    if package.owner and _OS_PURL.match(package.owner) and package.ecosystem not in _OS:
        owner = owners.get(package.owner)
        if owner is not None:
            return Asked(owner=owner)
        return Asked(gap=f"it is part of {package.owner}, which is not among the packages")
    if not package.version:
        return Asked(gap="its version is not known")
    if package.ecosystem in _OS:
        return _of_distribution(package, package.version)
    if package.ecosystem is Ecosystem.CONDA:
        return _of_conda(package, package.version)
    space = LANGUAGES[package.ecosystem]
    how = "" if package.certainty is Certainty.STATED else package.how or f"its version is {package.certainty.value}"
    name = _maven(package) if package.ecosystem is Ecosystem.MAVEN else name_in(space, package.name)
    return Asked((Lookup(space, name, package.version, certainty=package.certainty, how=how),), space)


def indices(packages: Sequence[Package]) -> dict[str, int]:
    """The index of the first package with each purl."""
    found: dict[str, int] = {}
    for index, package in enumerate(packages):
        found.setdefault(package.purl, index)
    return found


def _of_distribution(package: Package, version: str) -> Asked:
    vendor = _vendor(package.name)
    if vendor is not None:
        return Asked(
            _of_vendor(package, version),
            "",
            f"it is {vendor.vendor}'s, not the distribution's, whose feeds do not name it",
        )
    space = of_distribution(package.distribution)
    if space is None:
        return Asked(gap=f"{package.distribution or 'its distribution'} has no feed that ourhalf reads")
    module = ":".join(package.facts.get("module", "").split(":")[:2])
    lookups = [Lookup(space, package.name, version, "b", module=module)]
    source = package.source
    if source is not None:
        lookups.append(Lookup(space, source.name, source.version or version, "s"))
    elif space.startswith(("debian", "ubuntu", "alpine", "wolfi", "chainguard")):
        # A package whose record names no source is built from the source of its name (deb-control(5)).
        lookups.append(Lookup(space, package.name, version, "s"))
    return Asked(tuple(lookups), space)


def _of_vendor(package: Package, version: str) -> tuple[Lookup, ...]:
    """Products of NVIDIA by the names of their packages; `12.6.3-1` is version 12.6.3.

    The third number of a component of CUDA is its own; only the first two are those of the toolkit that bulletins name.
    """
    plain = (version.partition(":")[2] or version).partition("-")[0]
    name = re.sub(r"-\d+(?:-\d+)?$", "", package.name)
    how = "a package of NVIDIA, by its name"
    if not name.startswith("cuda-") or name in _TOOLKIT:
        return (Lookup("generic", name, plain, certainty=Certainty.DERIVED, how=how),)
    short = ".".join(plain.split(".")[:2])
    how = f"{how}; whether its toolkit has a fix of the same {short} is not told"
    return (Lookup("generic", name, short, certainty=Certainty.GUESSED, how=how),)


def _of_conda(package: Package, version: str) -> Asked:
    gap = "no source speaks of packages of conda; those of PyPI are asked by name"
    names = _conda()
    python = package.name in names or any(re.match(r"python(?:[ >=<_]|$)", one) for one in package.requires)
    if python:
        name = names.get(package.name, package.name)
        how = "the package of PyPI by that name; conda may build it with other fixes"
        found = (Lookup("pypi", name_in("pypi", name), version, certainty=Certainty.DERIVED, how=how),) if name else ()
        return Asked(found, "", gap)
    how = "the library by that name; conda may build it with other fixes"
    return Asked((Lookup("generic", package.name.lower(), version, certainty=Certainty.DERIVED, how=how),), "", gap)


def _maven(package: Package) -> str:
    """Advisories write `group:artifact`; a purl has the group before the name."""
    if ":" in package.name:
        return package.name
    group = package.purl.removeprefix("pkg:maven/").partition("@")[0].rpartition("/")[0]
    return f"{group}:{package.name}" if group else package.name


@cache
def _vendor(name: str) -> _Vendor | None:
    return next((one for one in _vendors() if any(fnmatchcase(name, pattern) for pattern in one.packages)), None)


@cache
def _vendors() -> tuple[_Vendor, ...]:
    return msgspec.convert(_data("vendors.yaml"), tuple[_Vendor, ...])


@cache
def _conda() -> dict[str, str]:
    return msgspec.convert(_data("conda.yaml"), dict[str, str])


def _data(name: str) -> object:
    from yaml import CSafeLoader, load

    return load(files(__package__).joinpath(name).read_bytes(), Loader=CSafeLoader)
