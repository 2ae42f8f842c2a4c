"""Whether a vulnerability matters where its image runs, by the condition of use that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ourhalf.model.advisories import Match
from ourhalf.model.context import Context
from ourhalf.model.field import Place
from ourhalf.model.packages import Package
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.images import ContainerImage
from ourhalf.resources.vulnerabilities import Affects, Effect
from ourhalf.vulnerabilities.conditions.condition import Condition, all_conditions
from ourhalf.vulnerabilities.conditions.facts import UNREACHED, UNUSED, Scene, Told, in_range, tell

_SHOWN = 3


def judge(
    match: Match,
    package: Package,
    image: ContainerImage | None,
    users: Sequence[tuple[Workload, Container]],
    context: Context,
) -> Affects:
    """Whether `match` matters: an empty `by` says that no condition of use is known of it.

    It is affected where the condition holds of one container, not affected where it is refuted for every one that runs
    the image. All else is unknown, and `missing` says what would decide; without anything that runs, that is it.
    """
    condition = condition_of(match, package)
    if condition is None:
        return Affects()
    if not users:
        missing = ("a deployment that runs it: name its configuration as a target too",)
        return Affects(
            effect=Effect.UNKNOWN, by=condition.id, reason=f"it matters where {condition.needs}", missing=missing
        )
    judged = [
        (workload, container, tell(condition.when, Scene(package, image, workload, container, context)))
        for workload, container in users
    ]
    return _decided(condition, judged)


def condition_of(match: Match, package: Package) -> Condition | None:
    """The condition that is known of a match, within the range of versions for which its source states it."""
    ids = (match.id, *match.aliases)
    name = package.name.lower()
    for condition in all_conditions():
        stated = next((condition.advisories[one] for one in ids if one in condition.advisories), None)
        if stated is not None and name in condition.packages and in_range(_public(package), stated):
            return condition
    return None


def _public(package: Package) -> str:
    """A version as Python writes it: without the revision of a distribution."""
    return (package.version or "").rpartition(":")[2].partition("-")[0]


def _decided(condition: Condition, judged: list[tuple[Workload, Container, Told]]) -> Affects:
    held = [one for one in judged if one[2].holds]
    if held:
        return Affects(effect=Effect.AFFECTED, by=condition.id, reason=_said(held), places=_places(held))
    open_ = [one for one in judged if one[2].holds is None]
    if open_:
        missing = tuple(dict.fromkeys(text for *_, told in open_ for text in told.missing))
        where = ", ".join(dict.fromkeys(_name(*one[:2]) for one in open_[:_SHOWN]))
        reason = f"it matters where {condition.needs}; of {where} it cannot be told: {'; '.join(missing[:_SHOWN])}"
        return Affects(effect=Effect.UNKNOWN, by=condition.id, reason=reason, places=_places(open_), missing=missing)
    justifications = {told.justification for *_, told in judged}
    return Affects(
        effect=Effect.NOT_AFFECTED,
        by=condition.id,
        reason=f"it matters where {condition.needs}; {_said(judged)}",
        justification=UNREACHED if UNREACHED in justifications else UNUSED,
        places=_places(judged),
    )


def _said(judged: list[tuple[Workload, Container, Told]]) -> str:
    """What decided, by container; not all of them where they are many."""
    said = list(dict.fromkeys(f"{_name(workload, container)}: {told.why}" for workload, container, told in judged))
    more = f"; and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    return "; ".join(said[:_SHOWN]) + more


def _name(workload: Workload, container: Container) -> str:
    return f"{workload.name}/{container.name}" if container.name else workload.name


def _places(judged: Iterable[tuple[Workload, Container, Told]]) -> tuple[Place, ...]:
    """Where what decided is written; of a field that is left out, where its container is."""
    found = [
        field.place if field.place.path else container.place
        for _, container, told in judged
        for field in told.fields or (container.image,)
    ]
    return tuple(dict.fromkeys(place for place in found if place.path))
