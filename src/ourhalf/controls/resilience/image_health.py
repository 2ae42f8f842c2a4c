"""Whether an image says how to check that it works."""

from __future__ import annotations

from ourhalf.controls.images import READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known
from ourhalf.model.references import WebPage
from ourhalf.model.responsibility import Service
from ourhalf.model.verdict import Verdict
from ourhalf.resources.images import ContainerImage

_RUNS_NO_CHECK = "its health check is run by Docker alone; the service has probes of its own"


def _health(image: ContainerImage, context: Context) -> Verdict:
    users = context.contents.users(image)
    if users and all(set(workload.services) <= {Service.EKS, Service.ECS, Service.SAGEMAKER} for workload, _ in users):
        return Verdict.not_applicable(_RUNS_NO_CHECK, image.health_check)
    match image.health_check:
        case Known(value) as field if "NONE" in value[:1]:
            return Verdict.failed("its health check is switched off", field)
        case Known() as field:
            return Verdict.passed("it says how to check that it works", field)
        case Absent() as field:
            return Verdict.failed("it does not say how to check that it works", field)
        case field:
            return Verdict.unknown(field)


HEALTH = Control(
    id="image-health-check",
    title="Images that Docker runs say how to check that they work",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_health,
    rationale="A server that hangs is restarted only where somebody asks it.",
    remedy="Add HEALTHCHECK to the Dockerfile; on ECS and Kubernetes write the check in the definition.",
    citations=(WebPage("docs.docker.com/reference/dockerfile/#healthcheck", READ),),
    rows=("image-004",),
)
