"""The least actions for what a run found, by what it holds, where it could move to, and what the store says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ourhalf.advisories.matching import match
from ourhalf.advisories.store import Store
from ourhalf.model.field import Known, elements
from ourhalf.model.packages import Package
from ourhalf.resources.images import ContainerImage
from ourhalf.resources.vulnerabilities import Vulnerability
from ourhalf.vulnerabilities.actions.plan import Plan
from ourhalf.vulnerabilities.actions.planning import Candidate, Holding, PlanOptions, plan_of
from ourhalf.vulnerabilities.flow import Outcome, newer_images
from ourhalf.vulnerabilities.newer import Seen

if TYPE_CHECKING:
    from ourhalf.run import Request


def least_actions(outcome: Outcome, request: Request) -> Plan:
    """The plan for what was found. Raises VulnerabilityError, StoreError."""
    options, as_of = request.advisories, request.as_of
    found = [one for one in outcome.evidence.resources if isinstance(one, Vulnerability)]
    with Store.open(options.store) as store:

        def known_of(packages: Sequence[Package]) -> list[frozenset[str]]:
            ids: list[set[str]] = [set() for _ in packages]
            for one in match(tuple(packages), store, as_of, options.max_age).matches:
                ids[one.package].update((one.id, *one.aliases))
            return [frozenset(one) for one in ids]

        seen = newer_images(request).against(store, as_of, options.max_age).seen
        candidates = tuple(
            Candidate(reference=one.newer.name, packages=one.packages, found=_of_newer(one, found)) for one in seen
        )
        asked = PlanOptions(as_of=as_of, holdings=_holdings(outcome), candidates=candidates, oracle=known_of)
        return plan_of(found, asked)


def _of_newer(seen: Seen, found: list[Vulnerability]) -> frozenset[tuple[str, str, str]]:
    """What a newer image has, and what was found here that it may have too."""
    return seen.named | frozenset(
        (one.package.ecosystem.value, one.package.name, one.match.id)
        for one in found
        if not seen.lacks(one.match, one.package)
    )


def _holdings(outcome: Outcome) -> tuple[Holding, ...]:
    images = [one for one in outcome.evidence.resources if isinstance(one, ContainerImage)]
    held = [
        Holding(
            subject=one.reference,
            packages=tuple(installed.package for installed in elements(one.packages)),
            base=one.base.value if isinstance(one.base, Known) else "",
        )
        for one in images
    ]
    return (*held, *(Holding(subject=one.name, packages=one.packages) for one in outcome.listed))
