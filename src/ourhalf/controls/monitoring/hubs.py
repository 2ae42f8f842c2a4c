"""Where findings and configurations of accounts come together."""

from __future__ import annotations

from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, effective
from ourhalf.model.references import AwsDoc, Checkov, Cis, ConfigRule, Prowler, Trivy
from ourhalf.model.resource import Dialect
from ourhalf.model.verdict import Verdict
from ourhalf.resources.detection import ConfigAggregator, SecurityHubAccount, SecurityHubStandard

_READ = date(2026, 10, 2)


def _judges(hub: SecurityHubAccount, context: Context) -> Verdict:
    for standard in context.graph.all(SecurityHubStandard, hub):
        return Verdict.passed("a standard is taken up", standard.standard)
    match hub.default_standards:
        case Known(True) as field:
            return Verdict.passed("the default standards are taken up", field)
        case Absent() as field if hub.origin.dialect is not Dialect.CLOUDFORMATION:
            return Verdict.passed("the default standards are taken up unless told otherwise", field)
        case Known(False) as field:
            return Verdict.failed("it is on, and no standard that was read is taken up", field)
        case field:
            return Verdict.unknown(field)


HUB_JUDGES = Control(
    id="securityhub-has-standard",
    title="Security Hub judges the account by a standard",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.THREAT_DETECTION,
    applies_to=SecurityHubAccount,
    evaluate=_judges,
    rationale="Without a standard the hub only collects what others find.",
    remedy="Turn the default standards on, or subscribe to the standards that the company chose.",
    settings={"default_standards": True},
    citations=(AwsDoc("securityhub/1.0/APIReference/API_EnableSecurityHub.html", _READ),),
    same_as=(Prowler("securityhub_enabled"), ConfigRule("securityhub-enabled"), Cis("AWSF-5.0:4.16")),
    rows=("securityhub-001",),
)


def _everywhere(aggregator: ConfigAggregator, _: Context) -> Verdict:
    sources = (aggregator.account_regions, aggregator.organization_regions)
    for field in sources:
        if effective(field) is True:
            return Verdict.passed("it joins every region", field)
    for field in sources:
        if isinstance(field, Unresolved):
            return Verdict.unknown(field)
    return Verdict.failed("it joins only the regions that it lists", *sources)


AGGREGATES_ALL = Control(
    id="config-aggregates-every-region",
    title="AWS Config joins what it records in every region",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=ConfigAggregator,
    evaluate=_everywhere,
    rationale="Who hides a cluster for mining takes the region that nobody looks at.",
    remedy="Set AllAwsRegions.",
    settings={"account_regions": True},
    citations=(AwsDoc("config/latest/developerguide/aggregate-data.html", _READ),),
    same_as=(
        Checkov("CKV_AWS_121"),
        Trivy("AWS-0019"),
        Prowler("config_delegated_admin_and_org_aggregator_all_regions"),
    ),
    rows=("config-002",),
)
