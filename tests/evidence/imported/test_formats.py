"""Each format against its publisher's own model, and what becomes of each word that it has for a verdict."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import jsonschema
import pytest
from botocore.validate import ParamValidator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from ourhalf.catalogue import all_controls
from ourhalf.evidence.imported.aws_config import rule_id
from ourhalf.evidence.imported.format import Foreign
from ourhalf.evidence.imported.trivy import check_id
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Status
from tests.evidence.imported.support import SAMPLES, asff, sample, written


def document(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text())


def answers(service: str, shape: str, value: Any) -> str:
    """What is wrong with a value by the service model of AWS."""
    model = botocore.session.get_session().get_service_model(service)
    return str(ParamValidator().validate(value, model.shape_for(shape)).generate_report())


@pytest.mark.parametrize("name", ["asff-controls.json", "asff-products.json"])
def test_samples_of_asff_are_valid_by_the_service_model(name: str) -> None:
    assert answers("securityhub", "BatchImportFindingsRequest", document(name)) == ""


def test_the_event_holds_findings_that_are_valid_by_the_service_model() -> None:
    findings = document("asff-event.json")["detail"]["findings"]
    assert answers("securityhub", "BatchImportFindingsRequest", {"Findings": findings}) == ""


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("config-details.json", "GetComplianceDetailsByConfigRuleResponse"),
        ("config-rules.json", "DescribeComplianceByConfigRuleResponse"),
        ("config-pack.json", "GetConformancePackComplianceDetailsResponse"),
        ("config-aggregate.json", "GetAggregateComplianceDetailsByConfigRuleResponse"),
    ],
)
def test_samples_of_aws_config_are_valid_by_the_service_model(name: str, shape: str) -> None:
    assert answers("config", shape, document(name)) == ""


def test_the_service_model_does_find_what_is_wrong() -> None:
    wrong = document("asff-controls.json")
    wrong["Findings"][0]["Compliance"] = "PASSED"
    assert "Compliance" in answers("securityhub", "BatchImportFindingsRequest", wrong)


@cache
def ocsf(version: str, class_name: str, *profiles: str) -> jsonschema.Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version)).get_class_schema(class_name, list(profiles))
    return jsonschema.Draft202012Validator(schema)


CLASSES = {2002: "vulnerability_finding", 2003: "compliance_finding", 2004: "detection_finding"}


def events() -> list[tuple[str, dict[str, Any]]]:
    lines = (SAMPLES / "ocsf-security-lake.ndjson").read_text().splitlines()
    named = [("ocsf-security-lake.ndjson", json.loads(line)) for line in lines]
    named += [("ocsf-security-hub.json", event) for event in document("ocsf-security-hub.json")["Findings"]]
    for name in ("prowler-aws.ocsf.json", "prowler-kubernetes.ocsf.json"):
        named += [(name, event) for event in document(name)]
    return named


@pytest.mark.parametrize("event", [event for _, event in events()], ids=[name for name, _ in events()])
def test_samples_of_ocsf_are_valid_by_its_schema(event: dict[str, Any]) -> None:
    metadata = event["metadata"]
    validator = ocsf(metadata["version"], CLASSES[event["class_uid"]], *metadata["profiles"])
    wrong = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(event)]
    assert not wrong


def test_the_schema_of_ocsf_does_find_what_is_wrong() -> None:
    _, event = events()[-1]
    assert list(ocsf("1.4.0", "detection_finding").iter_errors({**event, "severity_id": "high"}))


def only(folder: Path, finding: Any) -> Foreign:
    found = written(folder, finding)
    assert not found.unread
    (one,) = found.foreign
    return one


@pytest.mark.parametrize(
    ("changed", "status", "accepted"),
    [
        ({}, Status.FAIL, False),
        ({"Compliance": {"Status": "PASSED"}}, Status.PASS, False),
        ({"Compliance": {"Status": "PASSED"}, "Workflow": {"Status": "RESOLVED"}}, Status.PASS, False),
        ({"Compliance": {"Status": "WARNING"}}, Status.UNKNOWN, False),
        ({"Compliance": {"Status": "NOT_AVAILABLE"}}, Status.UNKNOWN, False),
        (
            {
                "Compliance": {
                    "Status": "NOT_AVAILABLE",
                    "StatusReasons": [{"ReasonCode": "CONFIG_RETURNS_NOT_APPLICABLE"}],
                }
            },
            Status.NOT_APPLICABLE,
            False,
        ),
        ({"Workflow": {"Status": "SUPPRESSED"}}, Status.FAIL, True),
        ({"Workflow": {"Status": "RESOLVED"}}, Status.FAIL, False),
        ({"Workflow": {"Status": "NOTIFIED"}}, Status.FAIL, False),
        ({"Compliance": None}, Status.FAIL, False),
        ({"Compliance": None, "Workflow": {"Status": "RESOLVED"}}, Status.FAIL, True),
        ({"RecordState": "ARCHIVED"}, Status.NOT_APPLICABLE, False),
    ],
)
def test_verdicts_of_asff(tmp_path: Path, changed: dict[str, Any], status: Status, accepted: bool) -> None:
    finding = {**asff("S3.14", "FAILED", "arn:aws:s3:::a", "AwsS3Bucket"), **changed}
    found = only(tmp_path, {"Findings": [finding]})
    assert (found.status, found.accepted is not None) == (status, accepted)


def test_tests_of_security_hub_are_told_in_every_version_of_the_format() -> None:
    told = {one.test for one in sample("asff-controls.json").foreign}
    assert {"S3.14", "EKS.1", "cis-aws-foundations-benchmark/v/1.2.0/rule/2.9"} <= told
    assert {one.test for one in sample("ocsf-security-lake.ndjson").foreign} == {"S3.14", "ECS.4"}


def test_the_cis_numbers_of_security_hub_are_no_controls_of_it(tmp_path: Path) -> None:
    finding = asff("x", "FAILED", "arn:aws:s3:::a", "AwsS3Bucket")
    finding["GeneratorId"] = "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/2.9"
    finding["Compliance"] = {"Status": "FAILED"}
    assert only(tmp_path, {"Findings": [finding]}).test.startswith("cis-aws-foundations-benchmark/")


@pytest.mark.parametrize(
    ("changed", "status", "accepted"),
    [
        ({}, Status.FAIL, False),
        ({"status_code": "PASS"}, Status.PASS, False),
        ({"status_code": "MANUAL"}, Status.UNKNOWN, False),
        ({"status_code": "SOMETHING"}, Status.UNKNOWN, False),
        ({"status": "Suppressed", "status_id": 3}, Status.FAIL, True),
        ({"status_code": "MUTED"}, Status.FAIL, True),
        ({"status": "Resolved", "status_id": 4}, Status.FAIL, False),
        ({"activity_id": 3}, Status.NOT_APPLICABLE, False),
        ({"compliance": {"control": "X.1", "status": "Pass", "status_id": 1}}, Status.PASS, False),
        ({"compliance": {"control": "X.1", "status_id": 1}, "status_code": None}, Status.PASS, False),
        ({"compliance": {"control": "X.1", "status_id": 2}, "status_code": None}, Status.UNKNOWN, False),
        ({"compliance": {"control": "X.1", "status_id": 3}, "status_code": None}, Status.FAIL, False),
        ({"compliance": {"control": "X.1", "status_id": 99}, "status_code": None}, Status.UNKNOWN, False),
        ({"compliance": {"control": "X.1"}, "status_code": None}, Status.UNKNOWN, False),
        ({"status_code": None}, Status.FAIL, False),
        ({"status_code": None, "status": "Resolved"}, Status.FAIL, True),
    ],
)
def test_verdicts_of_ocsf(tmp_path: Path, changed: dict[str, Any], status: Status, accepted: bool) -> None:
    event = {**document("prowler-aws.ocsf.json")[0], **changed}
    found = only(tmp_path, [event])
    assert (found.status, found.accepted is not None) == (status, accepted)


@pytest.mark.parametrize(
    ("changed", "day"),
    [
        ({}, "2026-10-20"),
        ({"time_dt": "2026-10-21T23:30:00-02:00"}, "2026-10-22"),
        ({"time_dt": None, "time": 1792483200000}, "2026-10-20"),
        ({"time_dt": None, "time": 1792483200}, "2026-10-20"),
        ({"time_dt": None, "time": None}, "2026-10-20"),
        ({"time_dt": None, "time": None, "finding_info": {"title": "x", "types": ["y"]}}, None),
        ({"finding_info": {"title": "x", "modified_time_dt": "2026-10-23T00:00:00Z"}}, "2026-10-23"),
    ],
)
def test_days_of_ocsf(tmp_path: Path, changed: dict[str, Any], day: str | None) -> None:
    found = only(tmp_path, [{**document("prowler-aws.ocsf.json")[0], **changed}])
    assert (str(found.as_of.date()) if found.as_of else None) == day


@pytest.mark.parametrize("time", [1e300, -1e300, "soon"])
def test_a_time_that_is_none_leaves_the_record_out(tmp_path: Path, time: Any) -> None:
    event = {**document("prowler-aws.ocsf.json")[0], "time_dt": None, "time": time}
    found = written(tmp_path, [event])
    assert not found.foreign
    assert "is no date" in found.unread[0].reason


def test_what_is_no_finding_is_left_out(tmp_path: Path) -> None:
    event = {**document("prowler-aws.ocsf.json")[0], "class_uid": 3002}
    assert written(tmp_path, [event]).unread[0].reason == "left out: is no finding: its class is 3002"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("AVD-KSV-0017", "KSV-0017"),
        ("KSV017", "KSV-0017"),
        ("KSV-0017", "KSV-0017"),
        ("DS002", "DS-0002"),
        ("AVD-AWS-0086", "AWS-0086"),
        ("user.custom.rule", "user.custom.rule"),
    ],
)
def test_ids_of_trivy_as_they_are_spelled_today(given: str, expected: str) -> None:
    assert check_id(given) == expected


def test_every_id_of_trivy_that_our_controls_have_is_spelled_so() -> None:
    ids = {peer.id for control in all_controls() for peer in control.same_as if peer.tool == "Trivy"}
    assert ids
    assert {id_: check_id(id_) for id_ in ids} == {id_: id_ for id_ in ids}


@pytest.mark.parametrize(
    ("status", "expected"), [("FAIL", Status.FAIL), ("PASS", Status.PASS), ("EXCEPTION", Status.FAIL)]
)
def test_verdicts_of_trivy(tmp_path: Path, status: str, expected: Status) -> None:
    report = document("trivy-config.json")
    report["Results"] = report["Results"][:1]
    report["Results"][0]["Misconfigurations"][0]["Status"] = status
    found = only(tmp_path, report)
    assert found.status is expected
    assert (found.accepted is not None) == (status == "EXCEPTION")


def test_a_word_that_trivy_does_not_have_leaves_the_record_out(tmp_path: Path) -> None:
    report = document("trivy-config.json")
    report["Results"] = report["Results"][:1]
    report["Results"][0]["Misconfigurations"][0]["Status"] = "MAYBE"
    assert written(tmp_path, report).left_out == 1


def test_reports_of_old_versions(tmp_path: Path) -> None:
    results = document("trivy-image.json")["Results"]
    bare = {"Results": [{"Target": "a:1", "Vulnerabilities": results[0]["Vulnerabilities"]}]}
    for old in (bare, bare["Results"]):
        found = only(tmp_path, old)
        assert (found.test, found.thing.name, found.as_of) == ("CVE-2026-1000", "a:1", None)


def test_licenses_are_not_taken(tmp_path: Path) -> None:
    license_ = {"Severity": "LOW", "Category": "notice", "PkgName": "inherits", "Name": "ISC"}
    ignored = {"Type": "license", "Status": "ignored", "Source": ".trivyignore", "Finding": license_}
    result = {"Target": "a", "Class": "license", "Licenses": [license_], "ExperimentalModifiedFindings": [ignored]}
    found = written(tmp_path, {"ArtifactName": "a", "Results": [result]})
    assert not found.foreign
    assert not found.unread


def test_the_keys_of_a_report_may_stand_in_any_order(tmp_path: Path) -> None:
    report = document("trivy-config.json")
    (tmp_path / "sorted").mkdir()
    turned = json.loads(json.dumps(report, sort_keys=True))
    for result in turned["Results"]:
        result["Target"] = result.pop("Target")
    there, here = written(tmp_path, turned).foreign, written(tmp_path, report).foreign
    assert {(f.test, f.thing, f.status) for f in there} == {(f.test, f.thing, f.status) for f in here}


def test_what_is_ignored_in_trivy_and_grype_is_accepted_with_the_reason() -> None:
    for name, reason in (
        ("trivy-image.json", "not_affected in Trivy by vex.openvex.json: the code is never reached"),
        ("grype-image.json", "ignored in Grype: not reached"),
    ):
        accepted = [one.accepted for one in sample(name).foreign if one.accepted]
        assert [one.reason for one in accepted] == [reason]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("s3-bucket-versioning-enabled", "s3-bucket-versioning-enabled"),
        ("securityhub-s3-bucket-versioning-enabled-1a2b3c4d", "s3-bucket-versioning-enabled"),
        ("s3-bucket-versioning-enabled-conformance-pack-ab12cd34e", "s3-bucket-versioning-enabled"),
        ("our-own-rule", "our-own-rule"),
        ("securityhub-own", "securityhub-own"),
    ],
)
def test_rules_without_what_is_put_around_their_names(name: str, expected: str) -> None:
    assert rule_id(name) == expected


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("COMPLIANT", Status.PASS),
        ("NON_COMPLIANT", Status.FAIL),
        ("NOT_APPLICABLE", Status.NOT_APPLICABLE),
        ("INSUFFICIENT_DATA", Status.UNKNOWN),
    ],
)
def test_verdicts_of_aws_config(tmp_path: Path, word: str, status: Status) -> None:
    answer = document("config-details.json")
    answer["EvaluationResults"] = answer["EvaluationResults"][:1]
    answer["EvaluationResults"][0]["ComplianceType"] = word
    assert only(tmp_path, answer).status is status
    rules = {"ComplianceByConfigRules": [{"ConfigRuleName": "x", "Compliance": {"ComplianceType": word}}]}
    found = only(tmp_path, rules)
    assert (found.status, found.as_of) == (status, None)


def test_a_conformance_pack_by_rule(tmp_path: Path) -> None:
    answer = {
        "ConformancePackName": "ours",
        "ConformancePackRuleComplianceList": [{"ConfigRuleName": "x", "ComplianceType": "COMPLIANT", "Controls": []}],
    }
    assert answers("config", "DescribeConformancePackComplianceResponse", answer) == ""
    assert only(tmp_path, answer).status is Status.PASS


@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        ({"Label": "CRITICAL"}, Severity.CRITICAL),
        ({"Label": "INFORMATIONAL"}, Severity.LOW),
        ({"Normalized": 90}, Severity.CRITICAL),
        ({"Normalized": 70}, Severity.HIGH),
        ({"Normalized": 0}, Severity.LOW),
        ({}, Severity.MEDIUM),
        (None, Severity.MEDIUM),
    ],
)
def test_severities(tmp_path: Path, rating: Any, expected: Severity) -> None:
    finding = asff("RDS.3", "FAILED", "arn:aws:s3:::a", "AwsS3Bucket", Severity=rating)
    assert only(tmp_path, {"Findings": [finding]}).severity is expected
