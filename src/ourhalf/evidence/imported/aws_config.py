"""Results of AWS Config: of rules, of resources, of conformance packs, and of several accounts together."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from ourhalf.evidence.imported.format import Foreign, Importer, Layout, LeftOutError, Thing, cut, day, severity
from ourhalf.evidence.imported.records import Record
from ourhalf.model.verdict import Status


class _Qualifier(msgspec.Struct, frozen=True, rename="pascal"):
    config_rule_name: str
    resource_type: str
    resource_id: str


class _Identifier(msgspec.Struct, frozen=True, rename="pascal"):
    evaluation_result_qualifier: _Qualifier
    ordering_timestamp: float | str | None = None


class _Result(msgspec.Struct, frozen=True, rename="pascal"):
    """One rule on one resource."""

    evaluation_result_identifier: _Identifier
    compliance_type: str
    result_recorded_time: float | str | None = None
    config_rule_invoked_time: float | str | None = None
    annotation: str | None = None
    account_id: str | None = None
    aws_region: str | None = None


class _Compliance(msgspec.Struct, frozen=True, rename="pascal"):
    compliance_type: str


class _ByRule(msgspec.Struct, frozen=True, rename="pascal"):
    """One rule over all its resources, from `Compliance` or, in a conformance pack, from `ComplianceType`."""

    config_rule_name: str
    compliance: _Compliance | None = None
    compliance_type: str | None = None
    account_id: str | None = None
    aws_region: str | None = None


_VERDICTS = {
    "COMPLIANT": Status.PASS,
    "NON_COMPLIANT": Status.FAIL,
    "NOT_APPLICABLE": Status.NOT_APPLICABLE,
    "INSUFFICIENT_DATA": Status.UNKNOWN,
}
_MADE = re.compile(r"securityhub-(?P<name>.+)-[0-9a-f]{6,10}|(?P<packed>.+?)-conformance-pack-[a-z0-9]+")
_BY_RULE = ("ComplianceByConfigRules", "ConformancePackRuleComplianceList", "AggregateComplianceByConfigRules")
_RESULTS = ("EvaluationResults", "ConformancePackRuleEvaluationResults", "AggregateEvaluationResults")


def rule_id(name: str) -> str:
    """The managed rule that a rule is one of, without what Security Hub and conformance packs put around its name."""
    found = _MADE.fullmatch(name)
    return cut((found["name"] or found["packed"]) if found else name, 200)


def _read(record: Record) -> Iterator[Foreign]:
    if record.path[-1] in _BY_RULE:
        yield _by_rule(msgspec.json.decode(record.json.encode(), type=_ByRule))
    else:
        yield _of_resource(msgspec.json.decode(record.json.encode(), type=_Result))


def _status(word: str) -> Status:
    found = _VERDICTS.get(word.upper())
    if found is None:
        raise LeftOutError(f"ComplianceType is {cut(word, 40)}, which AWS Config does not have")
    return found


def _of_resource(result: _Result) -> Foreign:
    identifier = result.evaluation_result_identifier
    named = identifier.evaluation_result_qualifier
    account, region = result.account_id or "", result.aws_region or ""
    if named.resource_type == "AWS::::Account":
        name = f"account {named.resource_id} {region}".strip()
        thing = Thing(kind="AwsAccount", name=name, account=named.resource_id, region=region)
    else:
        thing = Thing(
            kind=named.resource_type,
            name=cut(named.resource_id, 300),
            names=(named.resource_id,),
            arn=named.resource_id if named.resource_id.startswith("arn:") else "",
            account=account,
            region=region,
        )
    status = _status(result.compliance_type)
    return Foreign(
        tool="AWS Config",
        test=rule_id(named.config_rule_name),
        title=cut(f"the rule {rule_id(named.config_rule_name)} holds"),
        status=status,
        reason=cut(result.annotation or f"the rule finds it {result.compliance_type.lower().replace('_', ' ')}"),
        thing=thing,
        severity=severity(None),
        as_of=day(result.result_recorded_time, "ResultRecordedTime")
        or day(identifier.ordering_timestamp, "OrderingTimestamp"),
        live=True,
    )


def _by_rule(summary: _ByRule) -> Foreign:
    word = summary.compliance.compliance_type if summary.compliance else summary.compliance_type
    if word is None:
        raise LeftOutError("states no ComplianceType")
    where = " ".join(filter(None, (summary.account_id, summary.aws_region)))
    return Foreign(
        tool="AWS Config",
        test=rule_id(summary.config_rule_name),
        title=cut(f"the rule {rule_id(summary.config_rule_name)} holds"),
        status=_status(word),
        reason=f"the rule finds its resources {word.lower().replace('_', ' ')}, and does not say which or when",
        thing=Thing(
            kind="AWS::Config::ConfigRule",
            name=cut(f"every resource of {summary.config_rule_name}{f' in {where}' if where else ''}", 300),
            account=summary.account_id or "",
            region=summary.aws_region or "",
        ),
        severity=severity(None),
        as_of=None,
        live=True,
    )


AWS_CONFIG = Importer(
    "aws-config",
    "answers of AWS Config: get-compliance-details-by-..., describe-compliance-by-config-rule, conformance packs",
    tuple(
        Layout.of(told_by, *_RESULTS, *_BY_RULE)
        for name in (*_RESULTS, *_BY_RULE)
        for told_by in (f"{name}[].EvaluationResultIdentifier", f"{name}[].ConfigRuleName", f"{name}=[]")
    ),
    _read,
)
