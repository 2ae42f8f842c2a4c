"""What an action risks, as far as versions tell: a first number that changes, another CUDA, another driver."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ourhalf.model.packages import Ecosystem, Package
from ourhalf.packages.cuda import drivers, needed

_NUMBERS = re.compile(r"(?:\d+[!:])?(\d+)(?:\.(\d+))?")
_SHOWN = 4
_FRAMEWORKS = ("torch", "tensorflow", "jax", "jaxlib", "vllm", "sglang", "onnxruntime-gpu", "cupy-cuda12x")


class Risk(NamedTuple):
    """How much (1 for what tests show, 2 for what may break callers, 3 for what the host must follow), and what."""

    size: int
    said: str


def of_changes(changes: Mapping[str, str], packages: Mapping[str, Package]) -> list[Risk]:
    """What moving packages to other versions risks."""
    found: list[Risk] = []
    for name, version in changes.items():
        package = packages.get(name)
        before = (package.version if package else "") or ""
        if breaks(before, version):
            found.append(Risk(2, f"{name} {before} to {version} changes the number that announces breaking changes"))
        cuda = package.facts.get("cuda") if package else None
        if cuda:
            what = f"{name} is built for CUDA {cuda}: take the build of {version} for it, or the driver may be too old"
            found.append(Risk(3, f"{what} ({_driver(cuda)})"))
    return found


def of_image(before: Iterable[Package], after: Iterable[Package]) -> list[Risk]:
    """What moving from the packages of one image to those of another risks."""
    ours, theirs = _by_name(before), _by_name(after)
    found: list[Risk] = []
    old, new = cuda_of(ours.values()), cuda_of(theirs.values())
    if old and new and old != new:
        size = 3 if old.partition(".")[0] != new.partition(".")[0] else 1
        found.append(Risk(size, f"CUDA changes from {old} to {new}: {_driver(new)}"))
    elif old and not new:
        found.append(Risk(3, f"no CUDA is found in it; here it is {old}"))
    breaking = [
        f"{name} {ours[name].version} to {theirs[name].version}"
        for name in sorted(set(ours) & set(theirs), key=lambda one: (one not in _FRAMEWORKS, one))
        if breaks(ours[name].version or "", theirs[name].version or "")
    ]
    if breaking:
        found.append(Risk(2, f"first numbers change: {_some(breaking)}"))
    gone = sorted(set(ours) - set(theirs))
    if gone:
        found.append(Risk(1, f"it does not hold {_some(gone)}"))
    return found


def breaks(before: str, after: str) -> bool:
    """Whether the first number changes, or the second where the first is 0 (semver.org, 4)."""
    old, new = _NUMBERS.match(before), _NUMBERS.match(after)
    if old is None or new is None:
        return False
    return old[1] != new[1] or (old[1] == "0" and (old[2] or "0") != (new[2] or "0"))


def cuda_of(packages: Iterable[Package]) -> str:
    """The CUDA of an image: that of its framework, else the newest toolkit or library in it; empty where none is."""
    found = [
        (one.name in _FRAMEWORKS, _key(one.facts["cuda"]), one.facts["cuda"]) for one in packages if "cuda" in one.facts
    ]
    return max(found, default=(False, (), ""))[2]


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _driver(cuda: str) -> str:
    least = needed(cuda).get("minimum-driver")
    return f"CUDA {cuda} needs driver {least} or later, {drivers().see_also}" if least else f"see {drivers().see_also}"


def _by_name(packages: Iterable[Package]) -> dict[str, Package]:
    """Python packages, and what states a CUDA: those that callers of an image depend on."""
    return {
        one.name: one for one in packages if (one.ecosystem is Ecosystem.PYPI and not one.owner) or "cuda" in one.facts
    }


def _some(many: list[str]) -> str:
    more = f" and {len(many) - _SHOWN} more" if len(many) > _SHOWN else ""
    return ", ".join(many[:_SHOWN]) + more
