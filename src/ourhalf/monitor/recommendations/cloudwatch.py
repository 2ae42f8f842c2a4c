"""Amazon CloudWatch: Container Insights, and alarms on endpoints."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.gather import INSIGHTS_ON
from ourhalf.monitor.recommendation import Cost, On, Recommendation, Sight, State
from ourhalf.monitor.states import by_controls, by_cover, reason, undeclared

_READ = date(2026, 11, 27)
_GUIDE = "AmazonCloudWatch/latest/monitoring/"
_PRICES = WebPage("aws.amazon.com/cloudwatch/pricing/", _READ)
_INSIGHTS = AwsDoc(_GUIDE + "ContainerInsights.html", _READ)

ECS = Recommendation(
    id="container-insights-ecs",
    title="ECS clusters collect Container Insights",
    service="Amazon CloudWatch",
    weight=Severity.MEDIUM,
    because=lambda facts: reason("clusters", facts.kind("EcsCluster")),
    already=by_controls(undeclared("the settings of clusters"), "ecs-container-insights"),
    controls=("ecs-container-insights",),
    sees=(Sight("Restarts, CPU, memory and network of each task: a task that mines or loops shows.", _INSIGHTS),),
    blind=(
        Sight(
            "What the task does; and clusters that exist are changed in their own configuration, since the "
            "account's default holds for new ones.",
            AwsDoc("AmazonECS/latest/developerguide/cloudwatch-container-insights.html", _READ),
        ),
    ),
    costs=(
        Cost("metrics for each cluster, service, task and container, and GB of the log events behind them", _PRICES),
    ),
    by_hand=lambda facts: (
        "For each cluster that exists: aws ecs update-cluster-settings --cluster NAME "
        "--settings name=containerInsights,value=enhanced",
    ),
    otherwise={
        "cloudformation": "it has no type for defaults of the account: aws ecs put-account-setting-default "
        "--name containerInsights --value enhanced",
    },
)


def _endpoints(facts: Facts) -> State:
    return State(On.UNKNOWN, "alarms are not matched with endpoints")


EKS = Recommendation(
    id="container-insights-eks",
    title="EKS clusters collect Container Insights",
    service="Amazon CloudWatch",
    weight=Severity.MEDIUM,
    because=lambda facts: reason("clusters", facts.kind("EksCluster")),
    already=by_cover(
        undeclared("the add-on amazon-cloudwatch-observability"), INSIGHTS_ON, lambda facts: facts.kind("EksCluster")
    ),
    sees=(
        Sight(
            "Restarts, CPU, memory, network, and on NVIDIA nodes GPU use, of each pod; and container logs.",
            AwsDoc(_GUIDE + "container-insights-detailed-metrics.html", _READ),
        ),
    ),
    blind=(Sight("What a process does: Runtime Monitoring or Falco is for that.", _INSIGHTS),),
    costs=(Cost("observations of metrics, and GB of logs taken in; every pod's output is a log", _PRICES),),
    by_hand=lambda facts: (
        "The add-on takes its role by EKS Pod Identity: the add-on eks-pod-identity-agent must be in the cluster.",
    ),
)

ENDPOINTS = Recommendation(
    id="endpoint-alarms",
    title="Somebody hears when an endpoint fails",
    service="Amazon CloudWatch",
    weight=Severity.MEDIUM,
    because=lambda facts: reason("endpoints", facts.kind("SageMakerEndpoint")),
    already=_endpoints,
    sees=(
        Sight(
            "Answers with 5xx of each variant: a broken model, or one that somebody makes fail.",
            AwsDoc("sagemaker/latest/dg/monitoring-cloudwatch.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Wrong answers that are well formed: data capture is for those.",
            AwsDoc("sagemaker/latest/dg/monitoring-cloudwatch.html", _READ),
        ),
    ),
    costs=(Cost("alarms, each month", _PRICES),),
    needs=("key", "topic"),
)
