"""Spaces: whose packages a name is of, as `pypi` or `debian:12`: what advisories and packages have in common."""

from __future__ import annotations

import re
from functools import cache

from ourhalf.advisories.versions import rpm
from ourhalf.model.packages import Ecosystem

_LANGUAGES = {
    "pypi": "pypi",
    "npm": "npm",
    "go": "golang",
    "maven": "maven",
    "crates.io": "cargo",
    "bitnami": "generic",
}
_DISTRIBUTIONS = {
    "debian": "debian",
    "ubuntu": "ubuntu",
    "alpine": "alpine",
    "almalinux": "almalinux",
    "rocky linux": "rocky",
    "red hat": "rhel",
    "wolfi": "wolfi",
    "chainguard": "chainguard",
    "suse": "sles",
    "opensuse": "opensuse",
    "azure linux": "azurelinux",
    "mageia": "mageia",
}
_WITHOUT_RELEASE = {"wolfi", "chainguard"}
_NUMBER = re.compile(r"\d+(?:\.\d+)*", re.ASCII)
_RUN = re.compile(r"[-_.]+")
_MAJOR = frozenset(rpm.FAMILIES) - {"opensuse", "sles"} | {"debian"}
"""Distributions whose point releases share their packages."""

CODENAMES = {
    "debian": {"buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14"},
    "ubuntu": {
        "trusty": "14.04",
        "xenial": "16.04",
        "bionic": "18.04",
        "focal": "20.04",
        "jammy": "22.04",
        "noble": "24.04",
        "oracular": "24.10",
        "plucky": "25.04",
        "questing": "25.10",
        "resolute": "26.04",
    },
}
"""Releases by their names (wiki.debian.org/DebianReleases, wiki.ubuntu.com/Releases)."""


@cache
def of_osv(ecosystem: str) -> str | None:
    """The space of an ecosystem as OSV writes it (`Debian:12`, `Ubuntu:Pro:22.04:LTS`); None where it has none here."""
    head, _, rest = ecosystem.partition(":")
    language = _LANGUAGES.get(head.lower())
    if language is not None:
        return language
    family = _DISTRIBUTIONS.get(head.lower())
    if family is None:
        return None
    if family in _WITHOUT_RELEASE:
        return family
    number = _NUMBER.search(rest)
    return of_release(family, number[0]) if number else None


def of_release(family: str, release: str) -> str:
    """The space of a release of a distribution: without point releases, where those share their packages."""
    if family in _MAJOR:
        release = release.partition(".")[0]
    elif family == "alpine":
        release = ".".join(release.split(".")[:2])
    return f"{family}:{release}"


@cache
def of_distribution(distribution: str) -> str | None:
    """The space of `debian:12` or `alpine:3.18.4`, as os-release names them; None where none is known."""
    family, _, release = distribution.lower().partition(":")
    family = {"opensuse-leap": "opensuse", "centos": "rhel"}.get(family, family)
    if family in _WITHOUT_RELEASE:
        return family
    if family not in {*_DISTRIBUTIONS.values(), *rpm.FAMILIES} or not _NUMBER.match(release):
        return None
    return of_release(family, release)


LANGUAGES = {
    Ecosystem.PYPI: "pypi",
    Ecosystem.NPM: "npm",
    Ecosystem.MAVEN: "maven",
    Ecosystem.GO: "golang",
    Ecosystem.CARGO: "cargo",
    Ecosystem.GENERIC: "generic",
}


def name_in(space: str, name: str) -> str:
    """How a name is written for comparison: Python's as packaging.python.org/specifications/name-normalization asks."""
    if space == "pypi":
        return _RUN.sub("-", name).lower()
    return name.lower() if space == "generic" else name
