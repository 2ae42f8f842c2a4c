"""Which controls bear on a requirement, through however many steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from ourhalf.catalogue import all_controls
from ourhalf.compliance.framework import Framework, How, Requirement
from ourhalf.compliance.framework import Mapping as Mapped

_STRENGTH = {how: rank for rank, how in enumerate((How.EVIDENCE, How.SUPPORTS, How.IMPLEMENTS))}


OURS = "ourhalf"
"""The source of what is our own judgement."""


class Bearing(NamedTuple):
    """A control that bears on a requirement, and who says so since when.

    Through several steps `how` is the weakest of them, `read` the oldest day, and `source` that of the last,
    which names the control; where any step is a judgement of ours, it is `ourhalf`.
    """

    control: str
    how: How
    source: str
    read: date


def borne(
    framework: Framework, requirement: Requirement, frameworks: Mapping[str, Framework], as_of: date
) -> tuple[Bearing, ...]:
    """The controls that bear on `requirement` on the day `as_of`, by id; each once, as strongly as anything says."""
    return Resolver({**frameworks, framework.id: framework}, as_of).borne(framework.id, requirement.id)


class Resolver:
    """Answers for many requirements on one day, each step looked at once."""

    def __init__(self, frameworks: Mapping[str, Framework], as_of: date) -> None:
        self._as_of = as_of
        self._known = {f"{name}:{r.id}": r for name, one in frameworks.items() for r in one.requirements}
        self._found: dict[str, dict[str, Bearing]] = {}

    def borne(self, framework: str, requirement: str) -> tuple[Bearing, ...]:
        """See `borne`. Raises ValueError where steps go round in a circle, which the loader refuses."""
        start = f"{framework}:{requirement}"
        way = {start: None}
        while start not in self._found:
            here = next(reversed(way))
            step = next((s for s in self._onward(here) if s not in self._found), None)
            if step is None:
                self._found[here] = self._gathered(here)
                del way[here]
            elif step in way:
                raise ValueError(f"{' -> '.join(way)} -> {step} is a circle")
            else:
                way[step] = None
        return tuple(bearing for _, bearing in sorted(self._found[start].items()))

    def _mappings(self, name: str) -> Iterator[Mapped]:
        """The mappings of a requirement that are in force."""
        requirement = self._known.get(name)
        if requirement is not None and in_force(requirement, self._as_of):
            yield from (mapping for mapping in requirement.mappings if in_force(mapping, self._as_of))

    def _onward(self, name: str) -> Iterator[str]:
        for mapping in self._mappings(name):
            yield from mapping.through

    def _gathered(self, name: str) -> dict[str, Bearing]:
        found: dict[str, Bearing] = {}
        for mapping in self._mappings(name):
            how, source, read = mapping.how, mapping.source, mapping.read
            direct = [*mapping.controls, *(control for test in mapping.tests for control in _same_as().get(test, ()))]
            for control in direct:
                _keep(found, Bearing(control, how, source, read))
            for step in mapping.through:
                for control, onward in self._found[step].items():
                    weaker = min(how, onward.how, key=_STRENGTH.__getitem__)
                    said = source if source == OURS else onward.source
                    _keep(found, Bearing(control, weaker, said, min(read, onward.read)))
        return found


def in_force(of: Requirement | Mapped, as_of: date) -> bool:
    """Whether it is valid on a day; on the day that it is retired it is no more."""
    return (of.valid_from is None or of.valid_from <= as_of) and (of.retired is None or as_of < of.retired)


def _keep(found: dict[str, Bearing], new: Bearing) -> None:
    old = found.get(new.control)
    if old is None or _weight(new) > _weight(old):
        found[new.control] = new


def _weight(bearing: Bearing) -> tuple[int, bool]:
    """Stronger first, and what others say before our own judgement."""
    return _STRENGTH[bearing.how], bearing.source != OURS


@cache
def _same_as() -> dict[str, tuple[str, ...]]:
    """Our controls by the ids that others give the same test, such as `Security Hub:SageMaker.5`."""
    found: dict[str, tuple[str, ...]] = {}
    for control in all_controls():
        for peer in control.same_as:
            name = f"{peer.tool}:{peer.id}"
            found[name] = (*found.get(name, ()), control.id)
    return found
