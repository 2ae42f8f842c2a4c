"""How an image says whether it still works."""

from __future__ import annotations

from ourhalf.controls.dockerfile import READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known
from ourhalf.model.references import Checkov, Cis, Trivy, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.dockerfile import Dockerfile


def _stated(file: Dockerfile, _: Context) -> Verdict:
    match file.health_check:
        case Known(text) as field if text.strip().upper() == "NONE":
            return Verdict.failed("the health check is turned off", field)
        case Known() as field:
            return Verdict.passed("a health check is stated", field)
        case Absent() as field:
            return Verdict.failed("the file states no health check", field)
        case field:
            return Verdict.unknown(field)


HEALTH_CHECK = Control(
    id="dockerfile-health-check",
    title="Dockerfiles state how to tell that the container works",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_stated,
    rationale="A server that hangs looks alive to Docker until somebody asks it.",
    remedy="Add HEALTHCHECK for Docker; on ECS and Kubernetes state the check in the task or pod, which ignore it.",
    settings={"health_check": "curl --fail http://localhost:8080/ping || exit 1"},
    citations=(WebPage("docs.docker.com/reference/dockerfile/#healthcheck", READ),),
    same_as=(Checkov("CKV_DOCKER_2"), Trivy("DS-0026"), Cis("Docker-1.6:4.6")),
    rows=("image-004",),
)
