"""Findings of Security Hub in the AWS Security Finding Format, its own and those of the products that feed it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.evidence.imported.format import (
    Foreign,
    Importer,
    Layout,
    LeftOutError,
    Thing,
    cut,
    day,
    severity,
    vulnerable,
)
from ourhalf.evidence.imported.records import Record
from ourhalf.model.finding import AcceptedBy
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Status


class _Resource(msgspec.Struct, frozen=True, rename="pascal"):
    type: str
    id: str
    region: str | None = None


class _Rating(msgspec.Struct, frozen=True, rename="pascal"):
    label: str | None = None
    normalized: float | None = None


class _Reason(msgspec.Struct, frozen=True, rename="pascal"):
    reason_code: str = ""
    description: str = ""


class _Compliance(msgspec.Struct, frozen=True, rename="pascal"):
    status: str | None = None
    security_control_id: str | None = None
    status_reasons: tuple[_Reason, ...] | None = None


class _Workflow(msgspec.Struct, frozen=True, rename="pascal"):
    status: str | None = None


class _Note(msgspec.Struct, frozen=True, rename="pascal"):
    text: str = ""
    updated_by: str | None = None


class _Recommendation(msgspec.Struct, frozen=True, rename="pascal"):
    text: str | None = None
    url: str | None = None


class _Remediation(msgspec.Struct, frozen=True, rename="pascal"):
    recommendation: _Recommendation | None = None


class _Package(msgspec.Struct, frozen=True, rename="pascal"):
    name: str = ""
    version: str = ""
    fixed_in_version: str | None = None


class _Vulnerability(msgspec.Struct, frozen=True, rename="pascal"):
    id: str
    vulnerable_packages: tuple[_Package, ...] | None = None
    related_vulnerabilities: tuple[str, ...] | None = None


class _Finding(msgspec.Struct, frozen=True, rename="pascal"):
    """What is taken of a finding; the format has about a hundred fields more."""

    id: str
    product_arn: str
    generator_id: str
    title: str
    updated_at: str
    resources: tuple[_Resource, ...]
    types: tuple[str, ...] = ()
    aws_account_id: str = ""
    region: str | None = None
    description: str | None = None
    product_name: str | None = None
    product_fields: dict[str, str] | None = None
    severity: _Rating | None = None
    compliance: _Compliance | None = None
    workflow: _Workflow | None = None
    record_state: str | None = None
    note: _Note | None = None
    remediation: _Remediation | None = None
    vulnerabilities: tuple[_Vulnerability, ...] | None = None


_VERDICTS = {
    "PASSED": Status.PASS,
    "FAILED": Status.FAIL,
    "WARNING": Status.UNKNOWN,
    "NOT_AVAILABLE": Status.UNKNOWN,
}
_DOES_NOT_APPLY = "CONFIG_RETURNS_NOT_APPLICABLE"
_OWN = "product/aws/securityhub"
_TOOLS = {"prowler/prowler": "Prowler", "aquasecurity/aquasecurity": "Trivy"}
_SCORES = ((90, "critical"), (70, "high"), (40, "medium"), (0, "low"))


def _read(record: Record) -> Iterator[Foreign]:
    finding = msgspec.json.decode(record.json.encode(), type=_Finding)
    if not finding.resources:
        raise LeftOutError("names no resource")
    tool, test = _tool(finding), _test(finding)
    status, reason = _verdict(finding)
    recommendation = finding.remediation.recommendation if finding.remediation else None
    for resource in finding.resources:
        foreign = Foreign(
            tool=tool,
            test=test,
            title=cut(finding.title),
            status=status,
            reason=reason,
            thing=_thing(finding, resource),
            severity=_rated(finding),
            as_of=day(finding.updated_at, "UpdatedAt"),
            live=True,
            remedy=cut(" ".join(filter(None, (recommendation.text, recommendation.url)))) if recommendation else "",
            accepted=_accepted(finding),
        )
        yield from _packages(foreign, finding) if finding.vulnerabilities else (foreign,)


def _tool(finding: _Finding) -> str:
    """Who found it: Security Hub itself, or the product that sent it there."""
    _, _, product = finding.product_arn.partition(":product/")
    if finding.product_arn.endswith(_OWN):
        return "Security Hub"
    name = _TOOLS.get(product) or (finding.product_name or "").strip() or product or "Security Hub product"
    return cut(name, 80)


def _test(finding: _Finding) -> str:
    """The id of the control, wherever this version of the format has it, else that of what generated the finding."""
    own = finding.compliance.security_control_id if finding.compliance else None
    if own:
        return cut(own, 200)
    generator = finding.generator_id
    if finding.product_arn.endswith(_OWN):
        # One finding a standard: `aws-foundational-security-best-practices/v/1.0.0/ECS.4`. The rules of CIS have
        # numbers of their own, which say something only together with their benchmark.
        last = generator.rpartition("/")[2]
        ours = generator.startswith(("security-control/", "aws-foundational-security-best-practices/"))
        return cut(last if ours else generator.rpartition("ruleset/")[2], 200)
    if generator.startswith("arn:") and finding.types:  # a detector: the type says what it detected
        return cut(finding.types[0].rpartition("/")[2], 200)
    return cut(generator.removeprefix("prowler-").removeprefix("Trivy/"), 200)


def _verdict(finding: _Finding) -> tuple[Status, str]:
    compliance = finding.compliance
    said = (compliance.status or "").upper() if compliance else ""
    why = (compliance.status_reasons or ()) if compliance else ()
    reason = cut("; ".join(one.description or one.reason_code for one in why) or finding.description or finding.title)
    if (finding.record_state or "").upper() == "ARCHIVED":
        return Status.NOT_APPLICABLE, f"archived: it no longer speaks of anything ({said or 'no verdict'} before)"
    if not said:
        return Status.FAIL, reason  # a detection: nothing is measured that could hold
    if any(one.reason_code == _DOES_NOT_APPLY for one in why):
        return Status.NOT_APPLICABLE, reason
    if said not in _VERDICTS:
        raise LeftOutError(f"Compliance.Status is {cut(said, 40)}, which the format does not have")
    return _VERDICTS[said], reason if said in ("PASSED", "FAILED") else f"{said}: {reason}"


def _accepted(finding: _Finding) -> AcceptedBy | None:
    """Suppressed by somebody; "resolved" is somebody's word too, and counts only where nothing is measured."""
    word = (finding.workflow.status or "").upper() if finding.workflow else ""
    measured = finding.compliance is not None and finding.compliance.status
    if word != "SUPPRESSED" and (word != "RESOLVED" or measured):
        return None
    note = finding.note
    text = f"{word.lower()} in Security Hub" + (f": {cut(note.text)}" if note and note.text else "")
    return AcceptedBy("imported", text, note.updated_by if note else None)


def _rated(finding: _Finding) -> Severity:
    rated = finding.severity
    if rated is None or (rated.label is None and rated.normalized is None):
        return severity(None)
    return severity(rated.label or next((word for least, word in _SCORES if (rated.normalized or 0) >= least), None))


def _thing(finding: _Finding, resource: _Resource) -> Thing:
    is_arn = resource.id.startswith("arn:")
    account = finding.aws_account_id
    region = resource.region or finding.region or ""
    if resource.type == "AwsAccount" or resource.id.startswith("AWS::::Account:"):
        name = resource.id.rpartition(":")[2] or account
        return Thing(kind="AwsAccount", name=f"account {name} {region}".strip(), account=account, region=region)
    return Thing(
        kind=resource.type,
        name=cut(resource.id, 300),
        names=() if is_arn else (resource.id,),
        arn=resource.id if is_arn else "",
        account=account,
        region=region,
    )


def _packages(foreign: Foreign, finding: _Finding) -> Iterator[Foreign]:
    """A verdict for each advisory and package that it names."""
    for found in finding.vulnerabilities or ():
        for package in found.vulnerable_packages or (_Package(),):
            yield vulnerable(
                foreign,
                found.id,
                aliases=tuple(found.related_vulnerabilities or ()),
                package=package.name,
                version=package.version,
                purl="",
                fixed=package.fixed_in_version or "",
            )


ASFF = Importer(
    "asff",
    "findings of Security Hub and of the products that feed it, as GetFindings and BatchImportFindings have them",
    (
        Layout.of("Findings[].ProductArn", "Findings"),
        Layout.of("Findings=[]", "Findings"),
        Layout.of("detail.findings[].ProductArn", "detail.findings"),
        Layout.of("[].ProductArn", ""),
        Layout.of("ProductArn GeneratorId", ""),
    ),
    _read,
)
