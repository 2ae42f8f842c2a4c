"""Amazon VPC: flow logs."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.model.responsibility import Platform
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.gather import SUBNET
from ourhalf.monitor.recommendation import Because, Cost, Recommendation, Sight
from ourhalf.monitor.states import by_controls, names, reason, undeclared

_READ = date(2026, 11, 27)
_LIMITS = AwsDoc("vpc/latest/userguide/flow-logs-limitations.html", _READ)


def _networks(facts: Facts) -> tuple[Because, ...]:
    own = facts.kind("Vpc", "DefaultVpc")
    return (
        *reason("networks of the deployment", own),
        *(() if own else reason("subnets that workloads name", facts.kind(SUBNET))),
    )


def _outside(facts: Facts) -> tuple[str, ...]:
    on = facts.on(Platform.SAGEMAKER_JOB, Platform.SAGEMAKER_ENDPOINT, Platform.SAGEMAKER_NOTEBOOK)
    return names(workload for workload in on if workload.outside_vpc)


FLOW_LOGS = Recommendation(
    id="vpc-flow-logs",
    title="Flow logs keep who connected to whom",
    service="Amazon VPC",
    weight=Severity.MEDIUM,
    because=_networks,
    already=by_controls(undeclared("the VPC or a flow log"), "vpc-flow-logs"),
    controls=("vpc-flow-logs",),
    sees=(
        Sight(
            "Addresses, ports and bytes of each connection, accepted or not: where a gigabyte of weights went.",
            AwsDoc("vpc/latest/userguide/flow-logs.html", _READ),
        ),
    ),
    blind=(
        Sight("Content, and traffic to the metadata service of instances and to Amazon's DNS.", _LIMITS),
        Sight(
            "SageMaker jobs, models and notebooks without a VPC configuration: their traffic is in no VPC of ours.",
            AwsDoc("sagemaker/latest/dg/infrastructure-give-access.html", _READ),
            _outside,
        ),
    ),
    costs=(
        Cost(
            "GB of logs delivered to S3, and what the bucket keeps; NCCL between nodes makes many records",
            WebPage("aws.amazon.com/cloudwatch/pricing/", _READ),
        ),
    ),
    needs=("key", "archive"),
)
