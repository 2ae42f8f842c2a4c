"""Gathers the facts of a plan, from evidence or from a finished assessment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ourhalf.catalogue import all_controls
from ourhalf.graph.index import EvidenceGraph, stated_identities
from ourhalf.images.recognise import DeepLearningContainers
from ourhalf.judging import cases, context_of, judge, surroundings
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Known, Unresolved, elements
from ourhalf.model.finding import Assessment
from ourhalf.model.images import Publisher
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Workload
from ourhalf.monitor.buckets import buckets
from ourhalf.monitor.facts import Bucket, Facts, Running, Spot, Thing, Told, plain_id
from ourhalf.resources.detection import ConfigRule, MalwareProtectionPlan
from ourhalf.resources.ecs import EcsService
from ourhalf.resources.eks import EksAddon, EksCluster
from ourhalf.resources.s3 import S3Bucket
from ourhalf.resources.sagemaker import SageMakerEndpointConfig

_STRICT = Requirements(sensitivity=Sensitivity.REGULATED, why="a plan asks whatever the sensitivity is")
"""Whether something is on does not hang on how sensitive the data is."""

OLD_FARGATE = "EcsService on a Fargate platform before 1.4.0"
CAPTURING = "SageMakerEndpointConfig that captures data"
INSIGHTS_ON = "EksCluster with the add-on amazon-cloudwatch-observability"
SCANNED = "S3Bucket with a malware protection plan"
SUBNET = "Subnet named by a workload"
RULE = "ConfigRule of AWS: "

_NOT_IN_ASSESSMENTS = (
    "a finished assessment names no buckets by address, no subnets and no resource that no control judges, such as "
    "Detective or a Config rule: what depends on them is unknown here. Give the configuration, or the evidence.json "
    "of a bundle, instead"
)


def of_evidence(evidence: Evidence, as_of: date, controls: frozenset[str]) -> Facts:
    """The facts in evidence; `controls` are those whose verdicts the plan asks for."""
    graph = EvidenceGraph(evidence)
    return Facts(
        tuple(_running(w) for w in graph.workloads()),
        tuple(_things(graph)),
        buckets(graph),
        tuple(_told(graph, as_of, controls)),
    )


def _spot(resource: Resource) -> Spot:
    return Spot(resource.place.path, resource.place.line)


def _running(workload: Workload) -> Running:
    images = [c.image for c in elements(workload.containers) if isinstance(c.image, Known)]
    facts = [(image.value, DeepLearningContainers().facts(image).publisher) for image in images]
    return Running(
        workload.name,
        workload.resource.kind,
        _spot(workload.resource),
        workload.platforms,
        tuple(dict.fromkeys(text for text, _ in facts)),
        tuple(dict.fromkeys(text for text, by in facts if by is Publisher.AWS_DEEP_LEARNING)),
        tuple(sorted(set(_ports(workload)))),
        plain_id(workload.namespace) or "",
        isinstance(workload.subnets, Absent),
    )


def _ports(workload: Workload) -> Iterator[int]:
    for container in elements(workload.containers):
        for port in elements(container.ports):
            if isinstance(port.container_port, Known) and isinstance(port.container_port.value, int):
                yield port.container_port.value


def _things(graph: EvidenceGraph) -> Iterator[Thing]:
    for resource in graph.all(Resource):
        own = sorted(stated_identities(resource) - {""})
        yield Thing(resource.kind, resource.name, _spot(resource), plain_id(own[0]) if own else None)
        special = _special(resource)
        if special is not None:
            yield Thing(special, resource.name, _spot(resource), plain_id(own[0]) if own else None)
    yield from _covered(graph)
    for workload in graph.workloads():
        for subnet in elements(workload.subnets):
            if isinstance(subnet, str) and subnet.startswith("subnet-") and plain_id(subnet):
                yield Thing(SUBNET, subnet, _spot(workload.resource), subnet)


def _covered(graph: EvidenceGraph) -> Iterator[Thing]:
    """What another resource switches something on for, by its own name and the place of that other."""
    addons = (
        one for one in graph.all(EksAddon) if one.addon == Known("amazon-cloudwatch-observability", one.addon.place)
    )
    pairs: list[tuple[str, Resource, Resource | Unresolved]] = [
        *((INSIGHTS_ON, addon, graph.find(addon.cluster, EksCluster, addon)) for addon in addons),
        *((SCANNED, plan, graph.find(plan.bucket, S3Bucket, plan)) for plan in graph.all(MalwareProtectionPlan)),
    ]
    for kind, by, found in pairs:
        if isinstance(found, Resource):
            yield Thing(kind, found.name, _spot(by))


def _special(resource: Resource) -> str | None:
    """What a resource is besides its kind, where a setting in it matters to a recommendation."""
    match resource:
        case EcsService(platform_version=Known(str() as version)) if version.startswith(("1.0", "1.1", "1.2", "1.3")):
            return OLD_FARGATE
        case SageMakerEndpointConfig(capture=Known(True)):
            return CAPTURING
        case ConfigRule(identifier=Known(str() as identifier)):
            return RULE + identifier.lower().replace("_", "-")
    return None


def _told(graph: EvidenceGraph, as_of: date, wanted: frozenset[str]) -> Iterator[Told]:
    around = surroundings(graph, as_of)
    for control in all_controls():
        if control.id not in wanted:
            continue
        for case in cases(control, graph):
            verdict = judge(control, case, context_of(case, around, _STRICT))
            if verdict is not None:
                place = next((p for p in verdict.places if p.path), case.place)
                spot = Spot(place.path or case.place.path, place.line)
                yield Told(control.id, verdict.status, verdict.reason, case.name, spot)


def of_assessment(assessment: Assessment, controls: frozenset[str]) -> Facts:
    """The facts in a finished assessment, with what it does not hold in `missing`."""
    seen: dict[tuple[str, str, str, int], Thing] = {}
    for finding in assessment.findings:
        subject = finding.subject
        own = next((found for one in subject.identities if (found := plain_id(one))), None)
        key = (subject.type, subject.name, subject.path, subject.line)
        if subject.workload is None or subject.workload == subject.name:
            seen.setdefault(key, Thing(subject.type, subject.name, Spot(subject.path, subject.line), own))
    things = tuple(seen.values())
    return Facts(
        tuple(
            Running(
                w.name,
                w.kind,
                Spot(w.path, w.line),
                tuple(Platform(p) for p in w.platforms),
                w.images,
                tuple(i for i in w.images if _published(i)),
            )
            for w in assessment.workloads
        ),
        things,
        tuple(Bucket(thing) for thing in things if thing.kind == "S3Bucket"),
        tuple(
            Told(f.control, f.status, f.reason, f.subject.name, Spot(f.subject.path, f.subject.line))
            for f in assessment.findings
            if f.control in controls
        ),
        (_NOT_IN_ASSESSMENTS,),
    )


def _published(image: str) -> bool:
    return DeepLearningContainers().facts(Known(image)).publisher is Publisher.AWS_DEEP_LEARNING
