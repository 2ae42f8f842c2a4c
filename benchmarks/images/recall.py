"""What others list of an image, looked up in what ours lists."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

_SYFT = {"deb": "deb", "rpm": "rpm", "apk": "apk", "python": "pypi", "npm": "npm", "java-archive": "maven",
         "go-module": "golang", "rust-crate": "cargo", "conda": "conda", "binary": "generic"}  # fmt: skip
_TRIVY = {"debian": "deb", "ubuntu": "deb", "python-pkg": "pypi", "node-pkg": "npm", "jar": "maven",
          "gobinary": "golang",          "rustbinary": "cargo", "conda-pkg": "conda"}  # fmt: skip


class Listed(NamedTuple):
    """A package in a list: names as purls compare them."""

    ecosystem: str
    name: str
    version: str


def _plain(ecosystem: str, name: str, version: str) -> Listed:
    if ecosystem == "pypi":
        name = name.lower().replace("_", "-").replace(".", "-")
    if ecosystem == "maven":  # Syft leaves the group out
        name = name.rpartition(":")[2]
    if ecosystem == "golang":
        version = version.removeprefix("v")
    return Listed(ecosystem, name, version)


def ours(image: str) -> set[Listed]:
    """Ours, of an image that is read."""
    from ourhalf.images.reading import read_image

    return {
        _plain(package.ecosystem.value, package.name, package.version or "")
        for one in read_image(image)
        for package in one.inventory.packages
    }


def syft(document: dict[str, Any]) -> set[Listed]:
    """Syft's own JSON."""
    return {_plain(_SYFT.get(one["type"], one["type"]), one["name"], one["version"]) for one in document["artifacts"]}


def trivy(document: dict[str, Any]) -> set[Listed]:
    """Trivy's own JSON."""
    found = set()
    for result in document.get("Results") or ():
        kind = _TRIVY.get(result.get("Type", ""), result.get("Type", ""))
        for one in result.get("Packages") or ():
            version = one.get("Version", "")
            if kind == "deb" and one.get("Release"):
                version = f"{version}-{one['Release']}"
            if kind == "deb" and one.get("Epoch"):
                version = f"{one['Epoch']}:{version}"
            found.add(_plain(kind, one["Name"], version))
    return found


def table(theirs: set[Listed], mine: set[Listed]) -> str:
    """By ecosystem how many of theirs are in ours, and each that is not."""
    lines = ["| ecosystem | theirs | of these ours | only ours |", "| --- | --- | --- | --- |"]
    counts, both, more = (Counter(one.ecosystem for one in many) for many in (theirs, theirs & mine, mine - theirs))
    for ecosystem in sorted({*counts, *more}):
        lines.append(f"| {ecosystem} | {counts[ecosystem]} | {both[ecosystem]} | {more[ecosystem]} |")
    missing = sorted(theirs - mine)
    lines += [
        "",
        f"{len(missing)} are not in ours:",
        *(f"- {one.ecosystem} {one.name} {one.version}{_explained(one)}" for one in missing),
    ]
    return "\n".join(lines)


_WHY = {
    "npm": "a package.json outside of node_modules: data or a part of another package, which nobody installed",
    "dotnet": "a launcher for Windows inside of a Python package",
    "binary": "the version of a program without a package, which is generic in ours",
}


def _explained(one: Listed) -> str:
    if one.version in ("", "UNKNOWN"):
        return ": an archive whose version it does not know; ours lists what is in it"
    return f": {_WHY[one.ecosystem]}" if one.ecosystem in _WHY else ""
