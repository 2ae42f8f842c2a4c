"""What a plan learns from configuration: uses of buckets, settings, and whether things are on."""

from __future__ import annotations

import pytest

from ourhalf.assess import assess
from ourhalf.monitor.facts import Bucket, Spot, Thing, Use
from ourhalf.monitor.formats.format import all_formats
from ourhalf.monitor.make import from_assessment
from ourhalf.monitor.plan import Item
from ourhalf.monitor.recommendation import On
from tests.monitor.deployments import EVERYTHING, FILES, everything, planned
from tests.support import TODAY, read

INSTANCE = """
resource "aws_instance" "gpu" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "g5.xlarge"
  user_data     = "#!/bin/sh\\ndocker run -d serve:1"
}
"""
DETECTOR = (
    INSTANCE
    + """
resource "aws_guardduty_detector" "main" { enable = true }
"""
)
RUNTIME = (
    DETECTOR
    + """
resource "aws_guardduty_detector_feature" "runtime" {
  detector_id = aws_guardduty_detector.main.id
  name        = "RUNTIME_MONITORING"
  status      = "%s"
  additional_configuration {
    name   = "EC2_AGENT_MANAGEMENT"
    status = "ENABLED"
  }
}
"""
)


def item(texts: dict[str, str], name: str) -> Item:
    found = {one.id: one for one in planned(texts).plan.items}
    return found[name]


@pytest.mark.parametrize(
    ("text", "name", "on"),
    [
        (INSTANCE, "guardduty", On.UNKNOWN),
        (DETECTOR, "guardduty", On.YES),
        (DETECTOR.replace("true", "false"), "guardduty", On.NO),
        (DETECTOR.replace("true", "var.watch"), "guardduty", On.UNKNOWN),
        (DETECTOR, "guardduty-runtime", On.NO),
        (RUNTIME % "ENABLED", "guardduty-runtime", On.YES),
        (RUNTIME % "DISABLED", "guardduty-runtime", On.NO),
        (INSTANCE + 'resource "aws_securityhub_account" "a" {}', "securityhub", On.YES),
        (INSTANCE + 'resource "aws_vpc" "a" { cidr_block = "10.0.0.0/16" }', "vpc-flow-logs", On.NO),
        (EVERYTHING, "container-insights-ecs", On.NO),
        (EVERYTHING.replace('"disabled"', '"enhanced"'), "container-insights-ecs", On.YES),
        (EVERYTHING, "container-insights-eks", On.UNKNOWN),
        (
            EVERYTHING + 'resource "aws_eks_addon" "o" {\n cluster_name = "main"\n '
            'addon_name = "amazon-cloudwatch-observability"\n}',
            "container-insights-eks",
            On.YES,
        ),
        (EVERYTHING, "sagemaker-data-capture", On.NO),
        (
            EVERYTHING.replace(
                '  name = "classifier"\n  production',
                '  name = "classifier"\n  data_capture_config {\n    enable_capture = true\n    '
                'initial_sampling_percentage = 10\n    destination_s3_uri = "s3://acme-weights/c"\n    '
                'capture_options { capture_mode = "Input" }\n  }\n  production',
            ),
            "sagemaker-data-capture",
            On.YES,
        ),
        (EVERYTHING + 'resource "aws_accessanalyzer_analyzer" "a" { type = "ACCOUNT" }', "access-analyzer", On.YES),
        (EVERYTHING + 'resource "aws_detective_graph" "a" {}', "detective", On.YES),
        (
            EVERYTHING + 'resource "aws_guardduty_malware_protection_plan" "a" {\n role = "r"\n protected_resource {\n'
            ' s3_bucket { bucket_name = "acme-weights" }\n }\n}',
            "guardduty-malware-buckets",
            On.YES,
        ),
    ],
)  # fmt: skip
def test_already_on(text: str, name: str, on: On) -> None:
    found = item({"main.tf": text}, name).already
    assert found.on is on
    assert bool(found.evidence) or on is On.UNKNOWN


def test_what_some_have_is_written_for_the_others_alone() -> None:
    more = """
resource "aws_eks_cluster" "other" { name = "other" }
resource "aws_eks_addon" "o" {
  cluster_name = aws_eks_cluster.other.name
  addon_name   = "amazon-cloudwatch-observability"
}
resource "aws_vpc" "other" { cidr_block = "10.1.0.0/16" }
resource "aws_flow_log" "other" { vpc_id = aws_vpc.other.id }
resource "aws_guardduty_malware_protection_plan" "w" {
  role = "r"
  protected_resource {
    s3_bucket { bucket_name = aws_s3_bucket.weights.id }
  }
}
resource "aws_s3_bucket" "models" { bucket = "acme-models" }
"""
    made = planned({"main.tf": EVERYTHING + more})
    items = {one.id: one for one in made.plan.items}
    assert items["container-insights-eks"].already.on is On.UNKNOWN
    assert items["vpc-flow-logs"].already.on is On.NO
    assert items["guardduty-malware-buckets"].already.on is On.UNKNOWN
    text = all_formats()["terraform"].render(made)
    assert ('aws_eks_addon" "insights_eks_cluster_main"' in text, "insights_eks_cluster_other" in text) == (True, False)
    assert ('aws_flow_log" "vpc_main"' in text, 'aws_flow_log" "vpc_other"' in text) == (True, False)
    plan = 'aws_guardduty_malware_protection_plan" "s3_bucket_'
    assert (plan + "models" in text, plan + "weights" in text) == (True, False)


def test_evidence_names_the_line() -> None:
    found = item({"main.tf": DETECTOR}, "guardduty").already
    assert found.evidence == (Spot("main.tf", DETECTOR[: DETECTOR.index("enable")].count("\n") + 1),)


def test_rules_that_are_declared_are_counted() -> None:
    rule = """
resource "aws_config_config_rule" "v" {
  name = "v"
  source {
    owner             = "AWS"
    source_identifier = "S3_BUCKET_VERSIONING_ENABLED"
  }
}
"""
    found = item({"main.tf": EVERYTHING + rule}, "config-rules").already
    assert found.on is On.NO
    assert found.reason.startswith("1 of ")


def test_buckets_are_told_by_what_workloads_do_with_them() -> None:
    buckets = {b.thing.name: b for b in everything().facts.buckets}
    assert buckets["aws_s3_bucket.scans"].uses == ((Use.DATA, "train"),)
    assert buckets["aws_s3_bucket.weights"].uses == ((Use.MODEL, "aws_sagemaker_model.classifier"),)
    elsewhere = buckets["acme-elsewhere"]
    assert (elsewhere.declared, elsewhere.uses) == (False, ((Use.OUTPUT, "train"),))
    assert buckets["aws_s3_bucket.unnamed"].thing.id is None


def test_buckets_that_no_workload_names_are_told_by_their_names() -> None:
    def use(name: str) -> set[Use]:
        one = Bucket(Thing("S3Bucket", name, Spot("a.tf", 1)))
        facts = everything().facts.__class__(buckets=(one,))
        return {use for use in Use if facts.used_for(use)}

    assert use("aws_s3_bucket.training_data") == {Use.DATA}
    assert use("ModelArtifactsBucket") == {Use.MODEL}
    assert use("aws_s3_bucket.model_data") == {Use.MODEL}
    assert use("aws_s3_bucket.logs") == set()
    assert use("aws_s3_bucket.database_dumps") == set()


def test_buckets_of_the_provider_are_not_ours() -> None:
    job = FILES["train.json"].replace("acme-scans", "sagemaker-sample-data-us-west-2")
    found = planned({"train.json": job}).facts.buckets
    assert [b.thing.name for b in found] == ["acme-elsewhere"]


def test_old_fargate_platforms_are_told_where_runtime_monitoring_is_blind() -> None:
    found = next(i for i in everything().plan.items if i.id == "guardduty-runtime")
    old = [s for s in found.cannot_see if "1.4.0" in s.text]
    assert [s.where for s in old] == [("aws_ecs_service.serve",)]
    sagemaker = [s for s in found.cannot_see if s.text.startswith("SageMaker")]
    assert set(sagemaker[0].where) == {"train", "aws_sagemaker_model.classifier"}


def test_images_of_the_publisher_are_told_where_inspector_is_blind() -> None:
    found = next(i for i in everything().plan.items if i.id == "inspector-images")
    assert any("vllm:0.14.0" in image for image in found.cannot_see[0].where)
    assert not any(image.startswith("111122223333") for image in found.cannot_see[0].where)


def test_a_pod_that_may_run_anywhere_is_not_told_to_run_on_fargate() -> None:
    found = item({"pod.yaml": FILES["head.yaml"]}, "guardduty-runtime")
    assert [why.what for why in found.why] == ["workloads that may run on nodes of EKS"]
    assert not any("Fargate" in sight.text for sight in found.cannot_see)


def test_a_finished_assessment_tells_less_and_says_so() -> None:
    evidence = read({"main.tf": EVERYTHING + DETECTOR.replace(INSTANCE, "")})
    found = from_assessment(assess(evidence, (".",), TODAY)).plan
    items = {one.id: one for one in found.items}
    assert items["guardduty"].already.on is On.YES
    assert items["guardduty-runtime"].already.on is On.NO
    assert items["container-insights-ecs"].already.on is On.NO
    assert items["sagemaker-data-capture"].already.on is On.UNKNOWN
    assert items["detective"].already.on is On.UNKNOWN
    assert "evidence.json" in found.missing[0]
    assert everything().plan.missing == ()
