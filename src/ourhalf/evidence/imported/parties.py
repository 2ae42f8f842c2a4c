"""Whose a verdict of another tool is: by our matrix where the layer is known, else unknown, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from ourhalf.evidence.imported.format import VULNERABILITY, Foreign
from ourhalf.evidence.imported.things import KUBERNETES, type_of
from ourhalf.model.control import Control
from ourhalf.model.finding import Assessment, ResponsibilityRow
from ourhalf.model.responsibility import Layer, Party, Platform, Responsibility, Service
from ourhalf.model.workload import Container, Workload
from ourhalf.responsibility.layers import by_platform

# What a resource that runs something may run on, by its type; a job, an endpoint or a notebook by itself.
_PLATFORMS = {
    "awssagemakernotebookinstance": (Platform.SAGEMAKER_NOTEBOOK,),
    "awssagemakermodel": (Platform.SAGEMAKER_ENDPOINT,),
    "awssagemakerendpoint": (Platform.SAGEMAKER_ENDPOINT,),
    "awssagemakerendpointconfig": (Platform.SAGEMAKER_ENDPOINT,),
    "awssagemakertrainingjob": (Platform.SAGEMAKER_JOB,),
    "awssagemakerprocessingjob": (Platform.SAGEMAKER_JOB,),
    "awssagemakercluster": (Platform.SAGEMAKER_HYPERPOD,),
    "awsec2instance": (Platform.EC2,),
}
_SERVICES = {"awsecs": Service.ECS, "awseks": Service.EKS, KUBERNETES: Service.EKS}


class Whose(msgspec.Struct, frozen=True):
    """Who answers, and why that is not known where it is not."""

    party: Party
    action: str | None = None
    why_unknown: str = ""


def service_of(foreign: Foreign) -> str | None:
    """The service that runs what a result is about, where its type tells."""
    found = {platform.service for platform in _platforms(type_of(foreign.thing))}
    return found.pop().value if len(found) == 1 else None


def whose(foreign: Foreign, control: Control[Any] | None, assessment: Assessment | None) -> Whose:
    """Who answers for what a result is about."""
    if foreign.party is not None:
        return Whose(foreign.party)
    if foreign.shared == VULNERABILITY:
        return _of_package(foreign, assessment)
    if control is None:
        return Whose(Party.UNKNOWN, None, "no control of ours is this test")
    if control.applies_to in (Container, Workload):
        return _of_what_runs(control.layer, _platforms(type_of(foreign.thing)))
    answers = [who for _, who in by_platform(control.layer)]
    if {who.party for who in answers} == {Party.PROVIDER}:
        return Whose(Party.PROVIDER)
    return Whose(Party.CUSTOMER)  # as for every resource that runs nothing: its settings are ours


@cache
def _platforms(kind: str) -> tuple[Platform, ...]:
    if kind in _PLATFORMS:
        return _PLATFORMS[kind]
    service = next((service for start, service in _SERVICES.items() if kind.startswith(start)), None)
    return tuple(platform for platform in Platform if platform.service is service)


def _of_what_runs(layer: Layer, platforms: tuple[Platform, ...]) -> Whose:
    if not platforms:
        return Whose(Party.UNKNOWN, None, "what runs it is not known")
    answers: list[Responsibility] = [who for on, who in by_platform(layer) if set(on) & set(platforms)]
    parties = {who.party for who in answers}
    if len(parties) == 1:
        actions = {who.action for who in answers}
        return Whose(parties.pop(), actions.pop() if len(actions) == 1 else None, "no source states it")
    named = " or ".join(sorted(party.value for party in parties))
    return Whose(Party.UNKNOWN, None, f"{named}, by what runs it")


def _of_package(foreign: Foreign, assessment: Assessment | None) -> Whose:
    """By the workloads that run the image, where it is given what they are."""
    if foreign.thing.part != "os":
        return Whose(Party.UNKNOWN, None, "whether the image's publisher or we put this package there is not known")
    rows = () if assessment is None else tuple(_rows(foreign.thing.name, assessment))
    if not rows:
        return Whose(Party.UNKNOWN, None, "no workload that runs the image is known")
    parties = {row.party for row in rows}
    if len(parties) == 1:
        actions = {row.action for row in rows}
        return Whose(parties.pop(), actions.pop() if len(actions) == 1 else None, rows[0].why)
    return Whose(Party.UNKNOWN, None, "the workloads that run the image differ in it")


def _rows(image: str, assessment: Assessment) -> Iterable[ResponsibilityRow]:
    running = {name for one in assessment.images if one.reference == image for name in one.workloads}
    for row in assessment.responsibilities:
        if row.layer == Layer.IMAGE_OS_PACKAGES and running.intersection(row.workloads):
            yield row
