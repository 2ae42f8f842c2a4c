"""AWS CloudTrail: who read which object and called which model."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.model.responsibility import Platform
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.recommendation import Because, Cost, Recommendation, Sight, State
from ourhalf.monitor.states import by_controls, reason, undeclared

_READ = date(2026, 11, 27)
_GUIDE = "awscloudtrail/latest/userguide/"
_EVENTS = AwsDoc(_GUIDE + "logging-data-events-with-cloudtrail.html", _READ)


def _recorded(facts: Facts) -> tuple[Because, ...]:
    used = [bucket.thing for bucket in facts.buckets if bucket.uses]
    return (
        *reason("buckets that workloads read and write", used),
        *reason("other buckets of the deployment", [b.thing for b in facts.buckets if not b.uses]),
        *reason("models that can be stolen by asking", facts.on(Platform.SAGEMAKER_ENDPOINT)),
        *reason("feature groups", facts.kind("SageMakerFeatureGroup")),
    )


def _on(facts: Facts) -> State:
    wanted = ["cloudtrail-object-events"] if facts.buckets else []
    wanted += ["cloudtrail-endpoint-events"] if facts.on(Platform.SAGEMAKER_ENDPOINT) else []
    return by_controls(undeclared("a trail"), *(wanted or ["cloudtrail-on"]))(facts)


DATA_EVENTS = Recommendation(
    id="cloudtrail-data-events",
    title="A trail records who reads data and models, and who calls endpoints",
    service="AWS CloudTrail",
    weight=Severity.HIGH,
    because=_recorded,
    already=_on,
    controls=("cloudtrail-on", "cloudtrail-object-events", "cloudtrail-endpoint-events"),
    sees=(
        Sight(
            "Each read, write and deletion of objects in the buckets at hand, and each call of an endpoint, with who "
            "made it and from where. Nothing else keeps that.",
            _EVENTS,
        ),
    ),
    blind=(
        Sight("What was in the object or the request: events hold names, not content.", _EVENTS),
        Sight(
            "Requests to models that are served on EC2, ECS or EKS: those are no calls of the AWS API.",
            _EVENTS,
            lambda facts: tuple(
                w.name
                for w in facts.on(
                    Platform.EC2,
                    Platform.ECS_EC2,
                    Platform.ECS_FARGATE,
                    Platform.ECS_MANAGED_INSTANCES,
                    Platform.EKS_NODES,
                    Platform.EKS_FARGATE,
                    Platform.EKS_AUTO,
                )
            ),
        ),
    ),
    costs=(
        Cost(
            "data events delivered: each object that training reads is one; and what the bucket keeps",
            WebPage("aws.amazon.com/cloudtrail/pricing/", _READ),
        ),
    ),
    needs=("key", "archive"),
)
