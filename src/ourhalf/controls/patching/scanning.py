"""What Inspector looks at."""

from __future__ import annotations

from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import doubt, elements, known_part
from ourhalf.model.references import AwsDoc, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.detection import InspectorEnabler


def _hosts(enabler: InspectorEnabler, _: Context) -> Verdict:
    if "EC2" in elements(enabler.kinds):
        return Verdict.passed("it looks at instances", known_part(enabler.kinds))
    hidden = doubt(enabler.kinds)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.failed("it does not look at instances", enabler.kinds)


HOSTS_SCANNED = Control(
    id="inspector-scans-instances",
    title="Inspector looks for vulnerabilities on instances",
    topic=Topic.PATCHING,
    severity=Severity.MEDIUM,
    layer=Layer.VULNERABILITY_SCANNING,
    applies_to=InspectorEnabler,
    evaluate=_hosts,
    rationale="The driver, the container toolkit and the kernel of a GPU host are shared by all its containers.",
    remedy="Enable EC2 beside ECR.",
    settings={"kinds": ["EC2", "ECR"]},
    citations=(AwsDoc("securityhub/latest/userguide/inspector-controls.html", date(2026, 10, 2)),),
    same_as=(SecurityHub("Inspector.1"), Prowler("inspector2_is_enabled"), ConfigRule("inspector-ec2-scan-enabled")),
    rows=("inspector-002",),
)
