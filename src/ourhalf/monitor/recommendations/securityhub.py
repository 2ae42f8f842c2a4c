"""AWS Security Hub, and who is told."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.model.responsibility import Service
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.recommendation import Because, Cost, On, Recommendation, Sight, State
from ourhalf.monitor.states import by_controls, reason, undeclared

_READ = date(2026, 11, 27)
_PRICES = WebPage("aws.amazon.com/security-hub/pricing/", _READ)


_NAMES = {Service.SAGEMAKER: "SageMaker", Service.ECS: "ECS", Service.EKS: "EKS", Service.EC2: "EC2"}


def _judged_by_hub(facts: Facts) -> tuple[Because, ...]:
    return tuple(
        because
        for service in _NAMES
        for because in reason(f"workloads on {_NAMES[service]}, for which its standard has controls", facts.of(service))
    )


HUB = Recommendation(
    id="securityhub",
    title="Security Hub joins findings and judges the account by a standard",
    service="AWS Security Hub",
    weight=Severity.HIGH,
    because=_judged_by_hub,
    already=by_controls(undeclared("Security Hub"), "securityhub-has-standard"),
    controls=("securityhub-has-standard",),
    sees=(
        Sight(
            "Findings of GuardDuty, Inspector and Macie in one list, and what is deployed against the controls of "
            "the Foundational Security Best Practices; ourhalf can send its own there too.",
            AwsDoc("securityhub/latest/userguide/fsbp-standard.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Almost all of its controls need AWS Config to record the resource; without that they say nothing.",
            AwsDoc("securityhub/latest/userguide/securityhub-setup-prereqs.html", _READ),
        ),
        Sight(
            "What is inside images and model files, and Kubernetes objects: it judges AWS resources.",
            AwsDoc("securityhub/latest/userguide/fsbp-standard.html", _READ),
        ),
    ),
    costs=(Cost("checks of controls, and findings that others send beyond a free amount", _PRICES),),
)


def _alarmed(facts: Facts) -> State:
    return State(On.UNKNOWN, "which rules forward findings is not read from configuration")


ALERTS = Recommendation(
    id="finding-alerts",
    title="Severe findings reach somebody",
    service="Amazon EventBridge and SNS",
    weight=Severity.MEDIUM,
    because=lambda facts: reason("workloads whose findings somebody must hear", facts.workloads),
    already=_alarmed,
    sees=(
        Sight(
            "Each GuardDuty finding of high severity or worse, as a message to a topic within minutes.",
            AwsDoc("guardduty/latest/ug/guardduty_findings_eventbridge.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Nothing is delivered before somebody subscribes to the topic: that is yours to do.",
            AwsDoc("sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html", _READ),
        ),
    ),
    costs=(
        Cost(
            "messages delivered, and the requests for the key of the topic",
            WebPage("aws.amazon.com/sns/pricing/", _READ),
        ),
    ),
    needs=("key", "topic"),
)
