"""Amazon Detective: what else the one behind a finding did."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.model.responsibility import Service
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.recommendation import Because, Cost, Recommendation, Sight
from ourhalf.monitor.states import by_kind, reason, undeclared

_READ = date(2026, 11, 27)
_GUIDE = "detective/latest/userguide/"


def _entangled(facts: Facts) -> tuple[Because, ...]:
    services = {service for workload in facts.workloads for service in workload.services}
    if len(services) < 2 and Service.EKS not in services:
        return ()
    return reason("workloads whose logs one would have to join by hand", facts.workloads)


GRAPH = Recommendation(
    id="detective",
    title="Detective joins what one identity did across the account",
    service="Amazon Detective",
    weight=Severity.LOW,
    because=_entangled,
    already=by_kind(undeclared("a Detective graph"), "DetectiveGraph"),
    sees=(
        Sight(
            "Roles, addresses, instances and clusters around a GuardDuty finding, up to a year back.",
            AwsDoc(_GUIDE + "detective-source-data-about.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "What no source holds: objects read in S3 and what processes did, unless GuardDuty found it.",
            AwsDoc(_GUIDE + "detective-source-data-about.html", _READ),
        ),
    ),
    costs=(
        Cost(
            "GB of CloudTrail, flow and EKS audit logs, and findings, taken in",
            WebPage("aws.amazon.com/detective/pricing/", _READ),
        ),
    ),
)
