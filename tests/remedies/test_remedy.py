"""What to write, in each language that a file may be in."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from ourhalf.catalogue import all_controls
from ourhalf.controls.infrastructure.isolation import UNPRIVILEGED
from ourhalf.model.control import Control
from ourhalf.model.field import Place
from ourhalf.model.resource import Dialect, Language, Origin, Resource
from ourhalf.model.verdict import Status
from ourhalf.model.workload import Container, Workload
from ourhalf.remedies.paths import way
from ourhalf.remedies.remedy import written
from ourhalf.resources import resource_types
from ourhalf.resources.compose import BootScript, ComposeService, HostContainer
from ourhalf.resources.ecs import EcsService, EcsTaskDefinition
from ourhalf.resources.elb import LoadBalancer
from ourhalf.resources.kubernetes import PodTemplate
from ourhalf.resources.s3 import S3Bucket
from ourhalf.resources.sagemaker import SageMakerModel
from ourhalf.resources.sagemaker_jobs import SageMakerTrainingJob
from tests.support import Case, check, kubernetes

HARD = {
    "privileged": False,
    "read_only_root": True,
    "user": "1000",
    "environment": {"A": "b"},
    "dropped_capabilities": ["ALL"],
}
ISOLATED = {"network_isolation": True, "vpc": {"security_groups": ["sg-1"]}}


def asking(settings: dict[str, Any]) -> Control[Any]:
    """A control that holds with `settings`."""
    return Control(
        id="a",
        title="b",
        topic=UNPRIVILEGED.topic,
        severity=UNPRIVILEGED.severity,
        layer=UNPRIVILEGED.layer,
        applies_to=Container,
        evaluate=UNPRIVILEGED.evaluate,
        rationale="c",
        remedy="Do it.",
        citations=(),
        settings=settings,
    )


def snippet(settings: dict[str, Any], subject: object, resource: Resource) -> str:
    prose, _, text = written(asking(settings), subject, resource).partition("\n")
    assert prose == "Do it."
    return text


def at(language: Language, dialect: Dialect, address: str = "", path: str = "file") -> Origin:
    return Origin(Place(path, 3, 1), language, dialect, "", address)


TRAIN = Container(name="train")


def test_ecs_in_terraform_is_json_in_hcl() -> None:
    origin = at(Language.TERRAFORM, Dialect.TERRAFORM, "module.x.aws_ecs_task_definition.train[0]")
    assert (
        snippet(HARD, TRAIN, EcsTaskDefinition(name="t", origin=origin))
        == """\
resource "aws_ecs_task_definition" "train" {
  container_definitions = jsonencode([
    {
      name = "train"
      privileged = false
      readonlyRootFilesystem = true
      user = "1000"
      environment = [
        {
          name = "A"
          value = "b"
        }
      ]
      linuxParameters = {
        capabilities = {
          drop = ["ALL"]
        }
      }
    }
  ])
}"""
    )


def test_sagemaker_in_terraform_is_blocks() -> None:
    for language in (Language.TERRAFORM, Language.TERRAFORM_PLAN):
        origin = at(language, Dialect.TERRAFORM, "aws_sagemaker_model.m")
        assert (
            snippet(ISOLATED, TRAIN, SageMakerModel(name="m", origin=origin))
            == """\
resource "aws_sagemaker_model" "m" {
  enable_network_isolation = true
  vpc_config {
    security_group_ids = ["sg-1"]
  }
}"""
        )


def test_pods_in_terraform_are_blocks_of_the_kubernetes_provider() -> None:
    origin = at(Language.TERRAFORM, Dialect.KUBERNETES, "kubernetes_job.train")
    assert (
        snippet(HARD, TRAIN, PodTemplate(name="t", origin=origin))
        == """\
container {
  name = "train"
  security_context {
    privileged                = false
    read_only_root_filesystem = true
    run_as_user               = 1000
    capabilities {
      drop = ["ALL"]
    }
  }
  env {
    name  = "A"
    value = "b"
  }
}"""
    )


def test_manifests_in_terraform_are_objects_in_kubernetes_spelling() -> None:
    origin = at(Language.TERRAFORM, Dialect.KUBERNETES, "kubernetes_manifest.train")
    text = snippet({"privileged": False}, TRAIN, PodTemplate(name="t", origin=origin))
    assert "securityContext = {" in text
    assert "privileged = false" in text


def test_kubernetes_is_yaml() -> None:
    origin = at(Language.KUBERNETES, Dialect.KUBERNETES)
    assert yaml.safe_load(snippet(HARD, TRAIN, PodTemplate(name="t", origin=origin))) == {
        "containers": [
            {
                "name": "train",
                "securityContext": {
                    "privileged": False,
                    "readOnlyRootFilesystem": True,
                    "runAsUser": 1000,
                    "capabilities": {"drop": ["ALL"]},
                },
                "env": [{"name": "A", "value": "b"}],
            }
        ]
    }


def test_a_workload_is_set_at_its_resource() -> None:
    pod = PodTemplate(name="t", origin=at(Language.KUBERNETES, Dialect.KUBERNETES))
    assert snippet({"host_network": False}, Workload("t", pod, ()), pod) == "hostNetwork: false"


@pytest.mark.parametrize(("path", "parse"), [("t.yaml", yaml.safe_load), ("t.json", json.loads)])
def test_cloudformation_is_what_the_template_is(path: str, parse: Any) -> None:
    origin = at(Language.CLOUDFORMATION, Dialect.CLOUDFORMATION, "Task", path)
    assert parse(snippet(HARD, TRAIN, EcsTaskDefinition(name="t", origin=origin))) == {
        "Task": {
            "Properties": {
                "ContainerDefinitions": [
                    {
                        "Name": "train",
                        "Privileged": False,
                        "ReadonlyRootFilesystem": True,
                        "User": "1000",
                        "Environment": [{"Name": "A", "Value": "b"}],
                        "LinuxParameters": {"Capabilities": {"Drop": ["ALL"]}},
                    }
                ]
            }
        }
    }


def test_requests_are_json() -> None:
    origin = at(Language.JSON, Dialect.API)
    assert json.loads(snippet(ISOLATED, TRAIN, SageMakerModel(name="m", origin=origin))) == {
        "EnableNetworkIsolation": True,
        "VpcConfig": {"SecurityGroupIds": ["sg-1"]},
    }


def test_source_gets_keyword_arguments() -> None:
    origin = at(Language.PYTHON, Dialect.API)
    text = snippet({**ISOLATED, "tags": {"owner": 'a"b'}}, TRAIN, SageMakerModel(name="m", origin=origin))
    found: dict[str, Any] = eval(f"dict({text})")
    assert found == {
        "EnableNetworkIsolation": True,
        "VpcConfig": {"SecurityGroupIds": ["sg-1"]},
        "Tags": [{"Key": "owner", "Value": 'a"b'}],
    }


def test_compose_is_yaml_under_the_service() -> None:
    service = ComposeService(name="web", origin=at(Language.COMPOSE, Dialect.COMPOSE))
    assert yaml.safe_load(snippet(HARD, HostContainer(name="web"), service)) == {
        "web": {
            "privileged": False,
            "read_only": True,
            "user": "1000",
            "environment": {"A": "b"},
            "cap_drop": ["ALL"],
        }
    }


def test_scripts_get_flags() -> None:
    script = BootScript(name="boot", origin=at(Language.SHELL, Dialect.COMPOSE))
    text = snippet({**HARD, "environment": {"A": "b c"}}, HostContainer(name="web"), script)
    assert text == "--read-only --user 1000 --env 'A=b c' --cap-drop ALL"
    assert snippet({"shared_memory": "8192"}, HostContainer(name="web"), script) == "--shm-size 8192m"


def test_dockerfiles_get_instructions() -> None:
    image = PodTemplate(name="t", origin=at(Language.DOCKERFILE, Dialect.API))
    assert snippet({"user": "1000", "environment": {"A": "b"}}, TRAIN, image) == "USER 1000\nENV A=b"


def test_what_a_language_cannot_say_is_left_to_the_prose() -> None:
    origin = at(Language.JSON, Dialect.API)
    task = EcsTaskDefinition(name="t", origin=origin)
    assert written(asking({"allow_privilege_escalation": False}), TRAIN, task) == "Do it."
    assert written(asking({}), TRAIN, task) == "Do it."
    assert written(asking({"no_such_field": 1}), TRAIN, task) == "Do it."


@pytest.mark.parametrize("value", ["${var.x}", "%{if}", 'a"b\\c', "line\nbreak", "no", "1e3", "", "a: b", "- x", "@x"])
def test_texts_keep_their_value(value: str) -> None:
    pod = PodTemplate(name="t", origin=at(Language.KUBERNETES, Dialect.KUBERNETES))
    text = snippet({"image": value}, TRAIN, pod)
    assert yaml.safe_load(text)["containers"][0]["image"] == value
    origin = at(Language.TERRAFORM, Dialect.TERRAFORM, "aws_ecs_task_definition.t")
    hcl = snippet({"image": value}, TRAIN, EcsTaskDefinition(name="t", origin=origin))
    line = next(line for line in hcl.splitlines() if "image" in line)
    literal = line.split(" = ", 1)[1]
    assert "${" not in literal.replace("$${", "")
    assert "%{" not in literal.replace("%%{", "")
    assert json.loads(literal.replace("$${", "${").replace("%%{", "%{")) == value


def test_the_remedy_makes_the_control_hold() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: t}\nspec:\n  "
    remedied = snippet(dict(UNPRIVILEGED.settings), TRAIN, kubernetes(f"{pod}containers: [{{name: x, image: y}}]")[0])
    text = pod + remedied.replace("- name: train", "- name: train\n    image: y").replace("\n", "\n  ")
    check(Case(UNPRIVILEGED, Status.PASS, kubernetes(text)))


@pytest.mark.parametrize("control", [c for c in all_controls() if c.settings], ids=lambda c: c.id)
def test_settings_name_fields_that_some_language_can_write(control: Control[Any]) -> None:
    is_container = issubclass(control.applies_to, Container)
    kinds = [kind for kind in resource_types() if issubclass(kind, control.applies_to)] or list(resource_types())
    for field in control.settings:
        assert any(way(kind, is_container, field, dialect) for kind in kinds for dialect in Dialect), field


def test_source_gets_the_keywords_of_the_sdk_too() -> None:
    job = SageMakerTrainingJob(name="j", origin=at(Language.PYTHON, Dialect.API))
    assert snippet({"network_isolation": True}, TRAIN, job) == (
        "# boto3\nEnableNetworkIsolation=True,\n# SageMaker SDK\nenable_network_isolation=True,"
    )


@pytest.mark.parametrize(
    ("kind", "dialect", "language", "expected"),
    [
        (EcsTaskDefinition, Dialect.API, Language.JSON, '"memory": 4096'),
        (PodTemplate, Dialect.KUBERNETES, Language.KUBERNETES, "memory: 4096Mi"),
        (ComposeService, Dialect.COMPOSE, Language.COMPOSE, "mem_limit: 4096m"),
    ],
)
def test_memory_is_in_the_unit_of_the_language(
    kind: type[Resource], dialect: Dialect, language: Language, expected: str
) -> None:
    container = HostContainer(name="x") if kind is ComposeService else TRAIN
    assert expected in snippet({"memory_limit": "4096"}, container, kind(name="t", origin=at(language, dialect)))


@pytest.mark.parametrize(
    ("dialect", "language", "expected"),
    [
        (Dialect.API, Language.JSON, '"assignPublicIp": "DISABLED"'),
        (Dialect.CLOUDFORMATION, Language.CLOUDFORMATION, "AssignPublicIp: DISABLED"),
        (Dialect.TERRAFORM, Language.TERRAFORM, "assign_public_ip = false"),
    ],
)
def test_switches_that_are_words_in_the_api(dialect: Dialect, language: Language, expected: str) -> None:
    service = EcsService(name="s", origin=at(language, dialect, "S"))
    assert expected in snippet({"public_address": False}, service, service)


def test_a_subject_that_is_not_told_gets_prose() -> None:
    pod = PodTemplate(name="t", origin=at(Language.KUBERNETES, Dialect.KUBERNETES))
    assert written(asking(HARD), None, pod) == "Do it."


def test_a_bucket_in_terraform_is_set_by_resources_of_its_own() -> None:
    bucket = S3Bucket(name="b", origin=at(Language.TERRAFORM, Dialect.TERRAFORM, "module.m.aws_s3_bucket.data[0]"))
    blocked = {"block_acls": True, "block_policy": True, "ignore_acls": True, "restrict_buckets": True}
    assert (
        snippet({"versioning": "Enabled", "public_access_block": blocked}, bucket, bucket)
        == """\
resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}"""
    )
    assert snippet({"object_lock": True}, bucket, bucket).startswith('resource "aws_s3_bucket" "data" {')


def test_an_object_of_a_controller_is_named_as_the_controller_names_it() -> None:
    job = SageMakerTrainingJob(name="j", origin=at(Language.KUBERNETES, Dialect.API))
    text = snippet({"output_key": "k", "vpc": {"security_groups": ["sg-1"]}}, job, job)
    assert yaml.safe_load(text) == {
        "spec": {"outputDataConfig": {"kmsKeyID": "k"}, "vpcConfig": {"securityGroupIDs": ["sg-1"]}}
    }


def test_a_secret_of_a_pod_is_referred_to() -> None:
    pod = PodTemplate(name="t", origin=at(Language.KUBERNETES, Dialect.KUBERNETES))
    text = snippet({"secrets": {"API_KEY": "arn"}}, TRAIN, pod)
    assert yaml.safe_load(text)["containers"][0]["env"] == [
        {"name": "API_KEY", "valueFrom": {"secretKeyRef": {"name": "SECRET", "key": "API_KEY"}}}
    ]


def test_attributes_of_a_load_balancer_are_pairs() -> None:
    balancer = LoadBalancer(name="b", origin=at(Language.CLOUDFORMATION, Dialect.CLOUDFORMATION, "B"))
    text = snippet({"attributes": {"deletion_protection.enabled": "true"}}, balancer, balancer)
    (properties,) = yaml.safe_load(text).values()
    assert properties["Properties"]["LoadBalancerAttributes"] == [
        {"Key": "deletion_protection.enabled", "Value": "true"}
    ]


def test_a_part_of_a_setting_that_the_language_has_no_word_for_is_left_out() -> None:
    bucket = S3Bucket(name="data", origin=at(Language.KUBERNETES, Dialect.KUBERNETES))
    text = snippet({"encryption": [{"algorithm": "aws:kms", "bucket_key": True}]}, bucket, bucket)
    assert "sseAlgorithm: aws:kms" in text
    assert "bucket_key" not in text
