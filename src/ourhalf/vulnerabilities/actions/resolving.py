"""Whether a Python package can be moved to a version, given what the installed ones require of each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, ResolutionTooDeep, Resolver

from ourhalf.model.packages import Ecosystem, Package

REQUIRES = "requires:"
"""Before the name of a package in the facts of another: what that one requires of it."""
_MOST_ROUNDS = 2_000
_PYTHON = re.compile(r"/python(3\.\d+)/")
_LINUX = {"platform_system": "Linux", "sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64",
          "implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": ""}  # fmt: skip


class Need(NamedTuple):
    """What `parent` requires of a package; the parent of what the user asks for is empty."""

    name: str
    specifier: SpecifierSet
    parent: str = ""

    def __str__(self) -> str:
        return f"{self.parent} requires {self.name}{self.specifier}"


class Pin(NamedTuple):
    """A version of a package."""

    name: str
    version: Version


class Environment:
    """The Python packages of an image, and what each requires, as their metadata states it.

    Requirements that the installed versions break already are left out: they stop nobody.
    """

    def __init__(self, packages: Iterable[Package], newer: Mapping[str, Sequence[str]]) -> None:
        self.installed: dict[str, Version] = {}
        self._needs: dict[str, list[Need]] = {}
        self._asking: dict[str, list[tuple[str, Need]]] = {}
        stated: list[tuple[Package, str]] = []
        for one in packages:
            version = _version(one.version or "") if one.ecosystem is Ecosystem.PYPI else None
            if version is not None and not one.owner:
                self.installed[one.name] = version
                stated += [(one, key) for key in one.facts if key.startswith(REQUIRES)]
        self._newer = {name: tuple(filter(None, map(_version, many))) for name, many in newer.items()}
        for one, key in stated:
            for text in one.facts[key].split(" | "):
                need = _need(one, key.removeprefix(REQUIRES), text)
                if need is not None and self._holds(need):
                    self._needs.setdefault(one.name, []).append(need)
                    self._asking.setdefault(need.name, []).append((one.name, need))

    def _holds(self, need: Need) -> bool:
        version = self.installed.get(need.name)
        return version is not None and need.specifier.contains(version, prereleases=True)

    def moved(self, name: str, version: str) -> dict[str, str] | str:
        """The versions to take so that `name` is `version` and nobody's requirement breaks, else why that cannot be.

        What a newer version requires is not known here: it is taken to fit.
        """
        wanted = _version(version)
        if wanted is None:
            return f"{version} is no version as Python writes it"
        if self._fits(name, wanted):
            return {name: version}
        others = (Need(other, SpecifierSet()) for other in self._above(name))
        roots = [Need(name, SpecifierSet(f"=={wanted.public}")), *others]
        try:
            result = Resolver(_Provider(self, Pin(name, wanted)), BaseReporter()).resolve(roots, _MOST_ROUNDS)
        except ResolutionImpossible as error:
            return "; ".join(
                dict.fromkeys(str(cause.requirement) for cause in error.causes if cause.requirement.parent)
            )
        except ResolutionTooDeep:
            return "what its neighbours require could not be resolved in bounded time"
        return {
            key: str(pin.version)
            for key, pin in sorted(result.mapping.items())
            if pin.version != self.installed.get(key)
        }

    def _fits(self, name: str, version: Version) -> bool:
        """Whether nobody requires another version."""
        return all(need.specifier.contains(version, prereleases=True) for _, need in self._asking.get(name, ()))

    def _above(self, name: str) -> list[str]:
        """Everything that requires `name`, directly or through others: nobody else can object."""
        found: dict[str, None] = {}
        stack = [name]
        while stack:
            for other, _ in self._asking.get(stack.pop(), ()):
                if other not in found and other != name:
                    found[other] = None
                    stack.append(other)
        return sorted(found)

    def versions(self, name: str) -> Iterator[Version]:
        """The version at hand, then newer ones that are known."""
        at_hand = self.installed.get(name)
        if at_hand is not None:
            yield at_hand
        yield from (one for one in self._newer.get(name, ()) if at_hand is None or one > at_hand)

    def needs_of(self, pin: Pin) -> list[Need]:
        """What a version requires: known of the installed ones only."""
        return self._needs.get(pin.name, []) if self.installed.get(pin.name) == pin.version else []


class _Provider(AbstractProvider[Need, Pin, str]):
    """Tells resolvelib of one environment in which one package is to move."""

    def __init__(self, environment: Environment, wanted: Pin) -> None:
        self._environment = environment
        self._wanted = wanted

    def identify(self, requirement_or_candidate: Need | Pin) -> str:
        return requirement_or_candidate.name

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Pin],
        candidates: Mapping[str, Iterator[Pin]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> tuple[bool, str]:
        return identifier != self._wanted.name, identifier

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Need]],
        incompatibilities: Mapping[str, Iterator[Pin]],
    ) -> list[Pin]:
        if identifier == self._wanted.name:
            known = [self._wanted]
        else:
            known = [Pin(identifier, version) for version in self._environment.versions(identifier)]
        bad = {pin.version for pin in incompatibilities[identifier]}
        needs = list(requirements[identifier])
        return [
            pin
            for pin in known
            if pin.version not in bad and all(n.specifier.contains(pin.version, prereleases=True) for n in needs)
        ]

    def is_satisfied_by(self, requirement: Need, candidate: Pin) -> bool:
        return requirement.specifier.contains(candidate.version, prereleases=True)

    def get_dependencies(self, candidate: Pin) -> list[Need]:
        return self._environment.needs_of(candidate)


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _need(package: Package, name: str, text: str) -> Need | None:
    """What a fact says is required, where its marker holds on Linux and for the Python that its folder names."""
    stated, _, condition = text.partition(";")
    python = _PYTHON.search(f"/{package.path}")
    try:
        specifier = SpecifierSet(stated.strip())
        if condition.strip():
            known = {"python_version": python[1], "python_full_version": f"{python[1]}.0"} if python else {}
            if not Marker(condition.strip()).evaluate({**_LINUX, **known}):
                return None
    except (InvalidSpecifier, InvalidMarker, UndefinedEnvironmentName):
        return None
    return Need(name, specifier, f"{package.name} {package.version}")
