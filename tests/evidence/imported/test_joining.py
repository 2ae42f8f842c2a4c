"""Results of others beside ours: who is named, who decides, and what is left apart."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from ourhalf.reports.json import load, render
from tests.evidence.imported.support import ACCOUNT, REGION, SAMPLES, TODAY, asff, joined, one, ours, sample, written

BUCKET = ("arn:aws:s3:::acme-data", "AwsS3Bucket")
VERSIONED = 'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n%s'
ON = """
resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = "Enabled"
  }
}
"""
MAYBE = ON.replace('"Enabled"', "var.versioning") + 'variable "versioning" {}\n'


def bucket(more: str = "") -> Assessment:
    return ours({"main.tf": VERSIONED % more})


def hub(folder: Path, *findings: dict[str, Any], name: str = "hub.json") -> Any:
    return written(folder, {"Findings": list(findings)}, name)


@pytest.mark.parametrize(
    ("more", "said", "expected", "disagree"),
    [
        (ON, "PASSED", Status.PASS, 0),
        (ON, "FAILED", Status.PASS, 1),
        ("", "FAILED", Status.FAIL, 0),
        ("", "PASSED", Status.FAIL, 1),
        (MAYBE, "PASSED", Status.UNKNOWN, 0),
        (MAYBE, "FAILED", Status.FAIL, 0),
        (MAYBE, "WARNING", Status.UNKNOWN, 0),
    ],
)
def test_both_are_shown_and_ours_decides(tmp_path: Path, more: str, said: str, expected: Status, disagree: int) -> None:
    base = bucket(more)
    found = joined(base, hub(tmp_path, asff("S3.14", said, *BUCKET)))
    before, after = one(base.findings, "s3-bucket-versioned"), one(found.findings, "s3-bucket-versioned")
    assert after.status is expected
    assert (after.id, after.subject, after.party) == (before.id, before.subject, before.party)
    assert [(s.tool, s.test) for s in after.said] == [("ourhalf", "s3-bucket-versioned"), ("Security Hub", "S3.14")]
    assert after.said[0].status is before.status
    assert before.reason in after.reason
    assert "Security Hub S3.14 says" in after.reason
    shown = [item for item in after.evidence if item.field == "Security Hub S3.14"]
    assert [(item.path, item.line) for item in shown] == [("hub.json", 3)]
    assert after.evidence[: len(before.evidence)] == before.evidence
    (summary,) = found.imported
    assert (summary.results, summary.joined, summary.disagree) == (1, 1, disagree)
    assert len(found.findings) == len(base.findings)


def test_a_claimed_pass_does_not_hide_what_we_saw_fail_from_the_exit_status(tmp_path: Path) -> None:
    found = joined(bucket(), hub(tmp_path, asff("S3.14", "PASSED", *BUCKET)))
    assert one(found.findings, "s3-bucket-versioned").counts


def test_a_suppression_elsewhere_does_not_accept_what_we_saw_fail(tmp_path: Path) -> None:
    found = joined(bucket(), hub(tmp_path, asff("S3.14", "FAILED", *BUCKET, Workflow={"Status": "SUPPRESSED"})))
    after = one(found.findings, "s3-bucket-versioned")
    assert after.counts
    assert "suppressed in Security Hub" in after.reason


def test_what_is_unknown_here_is_not_failed_by_what_somebody_suppressed_or_by_old_news(tmp_path: Path) -> None:
    muted = asff("S3.14", "FAILED", *BUCKET, Workflow={"Status": "SUPPRESSED"})
    old = asff("S3.14", "FAILED", *BUCKET, updated="2026-09-01T08:00:00Z")
    for finding in (muted, old):
        after = one(joined(bucket(MAYBE), hub(tmp_path, finding)).findings, "s3-bucket-versioned")
        assert after.status is Status.UNKNOWN


def test_nobody_speaks_in_our_name(tmp_path: Path) -> None:
    claim = asff("S3.14", "PASSED", *BUCKET, ProductName="ourhalf")
    claim["ProductArn"] = f"arn:aws:securityhub:{REGION}::product/acme/ourhalf"
    found = joined(bucket(), hub(tmp_path, claim, asff("S3.14", "PASSED", *BUCKET)))
    after = one(found.findings, "s3-bucket-versioned")
    assert after.status is Status.FAIL
    assert [s.status for s in after.said if s.tool == "ourhalf"] == [Status.FAIL]
    assert {s.tool for f in found.findings for s in f.said} == {"ourhalf", "ourhalf elsewhere", "Security Hub"}


def test_what_no_control_of_ours_judged_stands_alone(tmp_path: Path) -> None:
    database = ("arn:aws:rds:us-east-1:111122223333:db:features", "AwsRdsDbInstance")
    base = bucket()
    found = joined(base, hub(tmp_path, asff("RDS.3", "FAILED", *database)))
    alone = one(found.findings, "securityhub:RDS.3")
    assert alone.title == "RDS.3 holds"
    assert alone.party is Party.UNKNOWN
    assert "whose it is is unknown: no control of ours is this test" in alone.reason
    assert (alone.subject.name, alone.subject.path, alone.subject.line) == (database[0], "hub.json", 3)
    assert alone.counts
    assert [f for f in found.findings if not f.said] == list(base.findings)


def test_a_test_of_ours_on_a_resource_that_was_not_read_is_our_control_there(tmp_path: Path) -> None:
    found = joined(bucket(), hub(tmp_path, asff("S3.14", "FAILED", "arn:aws:s3:::elsewhere", "AwsS3Bucket")))
    read, alone = [f for f in found.findings if f.control == "s3-bucket-versioned"]
    assert (read.subject.name, alone.subject.name) == ("aws_s3_bucket.data", "arn:aws:s3:::elsewhere")
    assert alone.party is Party.CUSTOMER
    assert alone.title == read.title
    assert {c.id for c in found.controls} >= {"s3-bucket-versioned"}


def test_results_of_several_tools_on_one_resource_are_one_finding() -> None:
    names = ("asff-controls.json", "prowler-aws.ocsf.json", "config-details.json", "config-pack.json")
    found = joined(None, *(sample(name) for name in names))
    versioned = one(found.findings, "s3-bucket-versioned")
    assert versioned.status is Status.FAIL
    assert {s.tool for s in versioned.said} == {"Security Hub", "Prowler", "AWS Config"}
    assert {item.path for item in versioned.evidence} == {
        "asff-controls.json",
        "prowler-aws.ocsf.json",
        "config-details.json",
    }
    assert versioned.subject.type == "S3Bucket"


def test_vulnerabilities_of_two_scanners_are_one_for_each_advisory_and_package() -> None:
    found = joined(None, sample("trivy-image.json"), sample("grype-image.json"))
    told = {
        (f.details["advisory"], f.details["purl"]): {s.tool for s in f.said}
        for f in found.findings
        if f.details is not None
    }
    both, trivy, grype = {"Trivy", "Grype"}, {"Trivy"}, {"Grype"}
    assert told == {
        ("CVE-2026-1000", "pkg:deb/ubuntu/openssl@3.0.2"): both,
        ("CVE-2026-1001", "pkg:deb/ubuntu/tar@1.34"): both,
        ("CVE-2026-2000", "pkg:pypi/requests@2.28.0"): both,
        ("CVE-2026-2001", "pkg:pypi/torch@2.6.0"): trivy,
        ("CVE-2026-3000", "pkg:deb/ubuntu/libc6@2.35"): grype,
    }
    first = next(f for f in found.findings if f.details and f.details["advisory"] == "CVE-2026-2000")
    assert first.details == {
        "kind": "vulnerability",
        "advisory": "CVE-2026-2000",
        "aliases": ["GHSA-aaaa-bbbb-cccc"],
        "purl": "pkg:pypi/requests@2.28.0",
        "fixed": "2.33.0",
        "clock": {"party": "unknown", "since": None, "until": None, "proof": None},
    }
    ignored = next(f for f in found.findings if f.details and f.details["advisory"] == "CVE-2026-1001")
    assert not ignored.counts
    assert ignored.status is Status.FAIL


TASK = """
resource "aws_ecs_task_definition" "serve" {
  family = "serve"
  container_definitions = jsonencode([
    { name = "web", image = "a", privileged = %s },
    { name = "gpu", image = "b", privileged = %s }
  ])
}
variable "p" {}
"""
REVISION = (f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/serve:7", "AwsEcsTaskDefinition")


@pytest.mark.parametrize(
    ("web", "gpu", "said", "expected"),
    [
        ("true", "false", "FAILED", {"web": (Status.FAIL, True), "gpu": (Status.PASS, False)}),
        ("false", "false", "FAILED", {"web": (Status.PASS, True), "gpu": (Status.PASS, True)}),
        ("false", "false", "PASSED", {"web": (Status.PASS, True), "gpu": (Status.PASS, True)}),
        ("var.p", "false", "FAILED", {"web": (Status.FAIL, True), "gpu": (Status.PASS, False)}),
        ("var.p", "var.p", "FAILED", {"web": (Status.UNKNOWN, False), "gpu": (Status.UNKNOWN, False)}),
        ("var.p", "var.p", "PASSED", {"web": (Status.UNKNOWN, True), "gpu": (Status.UNKNOWN, True)}),
    ],
)
def test_a_verdict_on_a_task_is_about_the_containers_that_it_can_mean(
    tmp_path: Path, web: str, gpu: str, said: str, expected: dict[str, tuple[Status, bool]]
) -> None:
    found = joined(ours({"main.tf": TASK % (web, gpu)}), hub(tmp_path, asff("ECS.4", said, *REVISION)))
    told = [f for f in found.findings if f.control == "container-unprivileged"]
    mine = {f.subject.name.rpartition("/")[2]: (f.status, bool(f.said)) for f in told if f.subject.path == "main.tf"}
    assert mine == expected
    alone = [f for f in told if f.subject.path != "main.tf"]
    assert len(alone) == (0 if any(joins for _, joins in expected.values()) else 1)


POLICY = """
resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }] })
}
"""
ACL = """
resource "aws_s3_bucket_acl" "a" {
  bucket = aws_s3_bucket.data.id
  acl    = %s
}
"""


@pytest.mark.parametrize(
    ("more", "said", "expected"),
    [
        (ACL % "var.acl" + POLICY, "FAILED", {"s3-bucket-policy-not-public"}),
        (ACL % "var.acl" + POLICY, "PASSED", {"s3-bucket-acl-not-public", "s3-bucket-policy-not-public"}),
        (ACL % '"private"', "FAILED", {"s3-bucket-acl-not-public", "s3-bucket-policy-not-public"}),
    ],
)
def test_a_test_that_is_two_controls_is_about_those_that_it_can_mean(
    tmp_path: Path, more: str, said: str, expected: set[str]
) -> None:
    base = bucket(more)
    found = joined(base, hub(tmp_path, asff("S3.2", said, *BUCKET)))
    assert {f.control for f in found.findings if f.said} == expected
    statuses = {f.id: f.status for f in base.findings}
    assert all(f.status is statuses[f.id] for f in found.findings)


def test_a_test_that_is_two_controls_keeps_its_own_id_where_nothing_is_joined(tmp_path: Path) -> None:
    found = joined(None, hub(tmp_path, asff("S3.2", "FAILED", *BUCKET)))
    assert [f.control for f in found.findings] == ["securityhub:S3.2"]


@pytest.mark.parametrize(
    ("arn", "type_", "control"),
    [
        ("arn:aws:iam::111122223333:policy/x", "AwsIamPolicy", "iam-policy-limited"),
        ("arn:aws:iam::111122223333:role/x", "AwsIamRole", "iam-role-not-administrator"),
        ("arn:aws:iam::111122223333:user/x", "AwsIamUser", "securityhub:IAM.1"),
    ],
)
def test_a_test_that_is_two_controls_is_the_one_about_such_a_thing(
    tmp_path: Path, arn: str, type_: str, control: str
) -> None:
    found = joined(None, hub(tmp_path, asff("IAM.1", "FAILED", arn, type_)))
    assert [f.control for f in found.findings] == [control]


def test_one_of_several_resources_that_it_may_be_is_no_join(tmp_path: Path) -> None:
    twice = ours({"a/main.tf": VERSIONED % "", "b/main.tf": VERSIONED % ""})
    found = joined(twice, hub(tmp_path, asff("S3.14", "PASSED", *BUCKET)))
    assert sum(bool(f.said) for f in found.findings) == 1
    assert found.imported[0].joined == 0


def test_two_resources_of_others_that_one_of_ours_may_be_are_no_join(tmp_path: Path) -> None:
    cluster = (
        'resource "aws_eks_cluster" "c" {\n  name = "main"\n  role_arn = "x"\n  vpc_config { subnet_ids = [] }\n}\n'
    )
    arns = [f"arn:aws:eks:{region}:{ACCOUNT}:cluster/main" for region in ("eu-west-1", "us-east-1")]
    results = hub(tmp_path, *(asff("EKS.1", "PASSED", arn, "AwsEksCluster") for arn in arns))
    assert joined(ours({"main.tf": cluster}), results).imported[0].joined == 0
    alone = hub(tmp_path, asff("EKS.1", "PASSED", arns[0], "AwsEksCluster"))
    assert joined(ours({"main.tf": cluster}), alone).imported[0].joined == 1


def test_a_label_in_terraform_is_no_name(tmp_path: Path) -> None:
    labelled = ours({"main.tf": 'resource "aws_s3_bucket" "acme-data" {\n  bucket_prefix = "x"\n}\n'})
    found = joined(labelled, hub(tmp_path, asff("S3.14", "PASSED", *BUCKET)))
    assert found.imported[0].joined == 0


DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: serve
  namespace: ml
spec:
  selector:
    matchLabels: {app: serve}
  template:
    metadata:
      labels: {app: serve}
    spec:
      containers:
        - name: vllm
          image: vllm/vllm-openai:v1
          securityContext:
            privileged: true
            readOnlyRootFilesystem: false
        - name: proxy
          image: envoy:v1
"""


def test_places_in_files_join() -> None:
    base = ours({"k8s/serve.yaml": DEPLOYMENT, "docker/Dockerfile": "FROM python:3.12\n", "main.tf": VERSIONED % ""})
    found = joined(base, sample("trivy-config.json"))
    mine = {f.control: (f.subject.name, f.status) for f in found.findings if len(f.said) > 1}
    assert mine == {
        "container-unprivileged": ("serve/vllm", Status.FAIL),
        "container-read-only-root": ("serve/vllm", Status.FAIL),
        "dockerfile-user-not-root": ("docker/Dockerfile", Status.FAIL),
        "s3-bucket-versioned": ("aws_s3_bucket.data", Status.FAIL),
        "s3-bucket-access-logged": ("aws_s3_bucket.data", Status.FAIL),
    }
    secrets = [f for f in found.findings if f.control == "imported:secret"]
    assert [(f.subject.path, f.subject.line) for f in secrets] == [("deploy.sh", 3), ("deploy.sh", 9)]
    assert len({f.id for f in found.findings}) == len(found.findings)


@pytest.mark.parametrize("targets", [("elsewhere",), ("infra", "other"), ("/abs/infra",)])
def test_the_same_path_below_another_folder_is_another_file(targets: tuple[str, ...]) -> None:
    base = ours({"main.tf": VERSIONED % ""}, targets)
    assert joined(base, sample("trivy-config.json")).imported[0].joined == 0


def test_what_others_found_in_files_of_ours_is_told_by_our_paths(tmp_path: Path) -> None:
    whole = joined(ours({"main.tf": VERSIONED % ""}), sample("trivy-config.json"))
    assert one(whole.findings, "trivy:AWS-0999").subject.path == "main.tf"
    report = json.loads((SAMPLES / "trivy-config.json").read_text())
    results = [result for result in report["Results"] if result["Target"] == "main.tf"]
    single = {**report, "ArtifactName": "infra/main.tf", "Results": results}
    found = joined(ours({"main.tf": VERSIONED % ""}, ("infra/main.tf",)), written(tmp_path, single))
    assert one(found.findings, "trivy:AWS-0999").subject.path == "main.tf"
    assert found.imported[0].joined == 2
    elsewhere = joined(ours({"main.tf": VERSIONED % ""}, ("other",)), sample("trivy-config.json"))
    assert one(elsewhere.findings, "trivy:AWS-0999").subject.path == "infra/main.tf"


def test_objects_of_a_cluster_join_by_namespace_kind_and_name() -> None:
    found = joined(ours({"serve.yaml": DEPLOYMENT}), sample("trivy-cluster.json"))
    mine = [f for f in found.findings if len(f.said) > 1]
    assert [(f.control, f.subject.name, f.status) for f in mine] == [
        ("container-unprivileged", "serve/vllm", Status.FAIL)
    ]
    other = ours({"serve.yaml": DEPLOYMENT.replace("namespace: ml", "namespace: other")})
    assert joined(other, sample("trivy-cluster.json")).imported[0].joined == 0


def every_sample() -> list[str]:
    return [
        "asff-controls.json",
        "ocsf-security-hub.json",
        "prowler-aws.ocsf.json",
        "trivy-config.json",
        "grype-image.json",
        "trivy-image.json",
        "config-aggregate.json",
    ]


def lasting(found: Assessment) -> list[Finding]:
    return sorted(found.findings, key=lambda f: f.id)


def test_the_order_of_files_changes_nothing() -> None:
    base = ours({"k8s/serve.yaml": DEPLOYMENT, "main.tf": VERSIONED % ON + TASK % ("true", "var.p")})
    names = every_sample()
    first = lasting(joined(base, *(sample(name) for name in names)))
    for order in (names[::-1], names[3:] + names[:3], sorted(names)):
        assert lasting(joined(base, *(sample(name) for name in order))) == first


def test_the_same_file_again_changes_nothing() -> None:
    base = ours({"k8s/serve.yaml": DEPLOYMENT, "main.tf": VERSIONED % MAYBE})
    results = [sample(name) for name in every_sample()]
    once = joined(base, *results)
    again = joined(once, *results)
    assert lasting(again) == lasting(once)
    assert again.targets == once.targets


def test_one_after_the_other_is_as_all_at_once() -> None:
    base = ours({"main.tf": VERSIONED % MAYBE})
    names = ("asff-controls.json", "prowler-aws.ocsf.json", "ocsf-security-hub.json")
    at_once = joined(base, *(sample(name) for name in names))
    for order in permutations(names):
        step: Assessment | None = base
        for name in order:
            step = joined(step, sample(name))
        assert step is not None
        assert lasting(step) == lasting(at_once)


def test_a_later_file_takes_the_place_of_what_it_says_anew(tmp_path: Path) -> None:
    old = hub(tmp_path, asff("S3.14", "FAILED", *BUCKET), name="october.json")
    new = hub(tmp_path, asff("S3.14", "PASSED", *BUCKET, updated="2026-10-28T08:00:00Z"), name="november.json")
    first = joined(bucket(MAYBE), old)
    assert one(first.findings, "s3-bucket-versioned").status is Status.FAIL
    after = one(joined(first, new).findings, "s3-bucket-versioned")
    assert after.status is Status.UNKNOWN
    assert [item.path for item in after.evidence if item.field == "Security Hub S3.14"] == ["november.json"]
    alone = joined(joined(None, old), new)
    assert one(alone.findings, "s3-bucket-versioned").status is Status.PASS


def test_ids_do_not_hang_on_the_file_or_its_lines(tmp_path: Path) -> None:
    finding = asff("RDS.3", "FAILED", "arn:aws:rds:us-east-1:111122223333:db:x", "AwsRdsDbInstance")
    one_file = joined(None, hub(tmp_path, finding, name="a.json"))
    more = hub(tmp_path, asff("S3.1", "FAILED", *BUCKET), finding, name="b.json")
    assert one_file.findings[0].id in {f.id for f in joined(None, more).findings}


def test_an_assessment_with_imports_is_written_and_read_again() -> None:
    found = joined(ours({"main.tf": VERSIONED % ""}), *(sample(name) for name in every_sample()))
    assert load(render(found).encode()) == found


def test_whose_the_packages_of_an_image_are_follows_from_what_runs_it() -> None:
    image = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-gpu-py312"
    base = ours({"serve.yaml": DEPLOYMENT.replace("vllm/vllm-openai:v1", image).partition("        - name: proxy")[0]})
    found = joined(base, sample("trivy-image.json"))
    system, python = (
        next(f for f in found.findings if f.details and f.details["advisory"] == advisory)
        for advisory in ("CVE-2026-1000", "CVE-2026-2000")
    )
    row = next(r for r in base.responsibilities if r.layer == "image-os-packages")
    assert (system.party, system.action) == (row.party, row.action)
    assert system.party is not Party.UNKNOWN
    assert system.details is not None
    assert system.details["clock"]["party"] == row.party
    assert python.party is Party.UNKNOWN


def test_a_baseline_counts_what_others_failed(tmp_path: Path) -> None:
    from ourhalf.comparison.baseline import compared

    base = compared(bucket(MAYBE), bucket(MAYBE))
    assert base.baseline is not None
    found = joined(base, hub(tmp_path, asff("S3.14", "FAILED", *BUCKET)))
    assert found.baseline is not None
    assert found.baseline.new == base.baseline.new + 1


def test_a_day_in_the_past_makes_later_results_doubtful(tmp_path: Path) -> None:
    from datetime import date

    from ourhalf.evidence.imported.joining import join

    results = hub(tmp_path, asff("S3.14", "PASSED", *BUCKET))
    early = join([results], None, date(2026, 1, 1))
    assert early.as_of == date(2026, 1, 1)
    assert one(early.findings, "s3-bucket-versioned").status is Status.UNKNOWN
    assert early.imported[0].stale == 1
    assert one(join([results], None, TODAY).findings, "s3-bucket-versioned").status is Status.PASS


def test_no_finding_of_ours_is_lost() -> None:
    base = ours({"k8s/serve.yaml": DEPLOYMENT, "main.tf": VERSIONED % "" + TASK % ("true", "false")})
    found = joined(base, *(sample(name) for name in every_sample()))
    after = {f.id: f for f in found.findings}
    for finding in base.findings:
        kept = after[finding.id]
        assert (
            msgspec.structs.replace(
                kept, status=finding.status, reason=finding.reason, evidence=finding.evidence, said=()
            )
            == finding
        )
