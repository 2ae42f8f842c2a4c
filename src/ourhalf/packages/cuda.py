"""CUDA: toolkits by the list of versions that each has, drivers' libraries in the image, and which driver is needed.

Sources: `version.json` at the top of a toolkit (`version.txt` before CUDA 11.1); docs.nvidia.com, CUDA Compatibility,
for the libraries in `compat`; `cuda_drivers.yaml` for drivers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files as resources

import msgspec

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Certainty, Ecosystem, Package
from ourhalf.packages.purl import purl
from ourhalf.packages.records import facts, left_out, text, unread, word

_VERSIONS = Wanted(key="cuda/versions", pattern=r"(?:.*/)?cuda(?:-\d+(?:\.\d+)?)?/version\.(?:json|txt)", most=1 << 20)
_DRIVERS = Wanted(
    key="cuda/drivers",
    pattern=r"(?:.*/)?libcuda\.so\.\d+\.\d+(?:\.\d+)?",
    head=4,
    reduce=lambda _, data: b"elf" if bytes(data) == b"\x7fELF" else None,
)
_OLD = re.compile(r"CUDA Version (\d+(?:\.\d+){1,3})")
_DRIVER = re.compile(r".*/libcuda\.so\.(?P<version>[\d.]+)")
_CUDA = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
_MOST_COMPONENTS = 60


class Drivers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`cuda_drivers.yaml`: what it says of each is written there."""

    citation: str
    see_also: str
    of: str
    read: date
    least: dict[int, str]
    given: dict[str, str] = msgspec.field(name="with")


class _Part(msgspec.Struct, frozen=True):
    version: str = ""


@cache
def drivers() -> Drivers:
    """The table of drivers."""
    written = resources("ourhalf.packages").joinpath("cuda_drivers.yaml").read_bytes()
    return msgspec.yaml.decode(written, type=Drivers)


def needed(version: str, *, toolkit: bool = False) -> dict[str, str]:
    """What is known of the driver that a version of CUDA needs, as facts; empty where nothing is.

    Of a `toolkit` the third number is its update, which tells the driver that came with it; of a library it is not.
    """
    found = _CUDA.match(version)
    if found is None:
        return {}
    major, short = int(found[1]), f"{found[1]}.{found[2]}"
    given = drivers().given.get(f"{short}.{found[3] or 0}") if toolkit else None
    least = drivers().least.get(major) or (given if major < min(drivers().least) else None)
    return facts(cuda=short, minimum_driver=least, driver_of_the_toolkit=given)


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    missing: list[tuple[Node, Missing]] = []
    for node, kept in files.kept(_VERSIONS.key):
        if isinstance(kept, Missing):
            missing.append((node, kept))
        elif not node.path.endswith(".txt") or files.node(f"{node.path[:-4]}.json") is None:
            yield _toolkit(node, kept)
    for node, kept in files.kept(_DRIVERS.key):
        if isinstance(kept, Missing):
            missing.append((node, kept))
        else:
            yield Installed(_driver(node))
    yield from left_out(missing, "cuda")


def _toolkit(node: Node, kept: bytes) -> Installed | Unread:
    parts: dict[str, _Part] = {}
    if node.path.endswith(".txt"):
        found = _OLD.search(text(kept))
        version = found[1] if found else None
    else:
        try:
            parts = msgspec.json.decode(kept, type=dict[str, _Part])
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            return unread(node.path, "cuda", f"its versions cannot be read: {str(error)[:80]}")
        version = word(parts.get("cuda", _Part()).version)
    if version is None or _CUDA.match(version) is None:
        return unread(node.path, "cuda", "it names no version of CUDA")
    return Installed(
        Package(
            name="cuda-toolkit",
            version=version,
            ecosystem=Ecosystem.GENERIC,
            purl=purl("generic", "cuda-toolkit", version),
            path=node.path,
            layer=node.layer,
            how=f"its {node.path.rpartition('/')[2]}",
            facts=needed(version, toolkit=True) | _components(parts),
        )
    )


def _components(parts: dict[str, _Part]) -> dict[str, str]:
    """The versions of its parts, by their names."""
    named = {
        key.replace("_", "-"): word(part.version)
        for key, part in list(parts.items())[:_MOST_COMPONENTS]
        if key != "cuda" and re.fullmatch(r"[a-z][a-z0-9_]{1,40}", key)
    }
    return facts(**named)


def _driver(node: Node) -> Package:
    """Libraries of a driver: those for compatibility, or ones that a driver on the host would bring."""
    name = "cuda-compat" if "/compat/" in node.path else "nvidia-driver-libraries"
    found = _DRIVER.fullmatch(f"/{node.path}")
    version = found["version"] if found else None
    return Package(
        name=name,
        version=version,
        ecosystem=Ecosystem.GENERIC,
        purl=purl("generic", name, version),
        path=node.path,
        layer=node.layer,
        how="the name of its file",
        certainty=Certainty.GUESSED,
    )


CUDA = Cataloguer(
    name="cuda",
    title="CUDA toolkits and drivers' libraries",
    ecosystems=(Ecosystem.GENERIC,),
    wanted=(_VERSIONS, _DRIVERS),
    catalogue=_catalogue,
)
