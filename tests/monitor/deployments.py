"""Deployments that plans are made for in tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ourhalf.collect import Targets, collect
from ourhalf.model.evidence import Evidence
from ourhalf.model.profile import Parameters
from ourhalf.monitor.formats.format import Planned
from ourhalf.monitor.make import from_evidence
from tests.support import TODAY, read

ACME = Path(__file__).parents[2] / "examples" / "acme"

EVERYTHING = """
resource "aws_s3_bucket" "scans" { bucket = "acme-scans" }
resource "aws_s3_bucket" "weights" { bucket = "acme-weights" }
resource "aws_s3_bucket" "unnamed" { bucket_prefix = "acme-training-data-" }
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_kms_key" "data" { description = "data" }
resource "aws_ebs_volume" "scratch" {
  availability_zone = "eu-west-1a"
  size              = 100
}
resource "aws_efs_file_system" "shared" { encrypted = true }
resource "aws_ecr_repository" "serve" { name = "serve" }
resource "aws_iam_role" "job" {
  name               = "job"
  assume_role_policy = "{}"
}

resource "aws_sagemaker_model" "classifier" {
  name               = "classifier"
  execution_role_arn = aws_iam_role.job.arn
  primary_container {
    image          = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/serve:1"
    model_data_url = "s3://acme-weights/classifier/model.tar.gz"
  }
}
resource "aws_sagemaker_endpoint_configuration" "classifier" {
  name = "classifier"
  production_variants {
    model_name    = aws_sagemaker_model.classifier.name
    variant_name  = "AllTraffic"
    instance_type = "ml.g5.xlarge"
  }
}
resource "aws_sagemaker_endpoint" "classifier" {
  name                 = "classifier"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.classifier.name
}
resource "aws_sagemaker_feature_group" "patients" {
  feature_group_name             = "patients"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.job.arn
}

resource "aws_ecs_cluster" "main" {
  name = "main"
  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}
resource "aws_ecs_task_definition" "serve" {
  family                   = "serve"
  requires_compatibilities = ["FARGATE"]
  container_definitions = jsonencode([{
    name  = "serve"
    image = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/vllm:0.14.0-gpu-py312-cu129-ubuntu22.04-ec2"
  }])
}
resource "aws_ecs_service" "serve" {
  name             = "serve"
  cluster          = aws_ecs_cluster.main.id
  task_definition  = aws_ecs_task_definition.serve.arn
  launch_type      = "FARGATE"
  platform_version = "1.3.0"
}
resource "aws_instance" "workstation" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "g5.xlarge"
  user_data     = "#!/bin/sh\\ndocker run -d -p 8888:8888 jupyter/base-notebook"
}
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = aws_iam_role.job.arn
}
resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "cpu"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
}
"""

JOB = """
{"TrainingJobName": "train", "RoleArn": "arn:aws:iam::111122223333:role/job",
 "AlgorithmSpecification": {"TrainingImage": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/train:1",
                            "TrainingInputMode": "File"},
 "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://acme-scans/2026/"}}}],
 "OutputDataConfig": {"S3OutputPath": "s3://acme-elsewhere/out"},
 "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
 "StoppingCondition": {"MaxRuntimeInSeconds": 3600}}
"""

POD = """
apiVersion: v1
kind: Pod
metadata: {name: head, namespace: vision}
spec:
  containers:
    - name: ray
      image: docker.io/rayproject/ray:2.52.0
      ports: [{containerPort: 8265}, {containerPort: 6379}]
"""

FILES = {"main.tf": EVERYTHING, "train.json": JOB, "head.yaml": POD}


HOSTILE = {
    "pod.yaml": FILES["head.yaml"].replace("vision", '"x\\"] evil"').replace("rayproject/ray", "x/${file(1)}"),
    "train.json": FILES["train.json"]
    .replace('"train"', '"t\\n}\\nresource \\"aws_iam_user\\" \\"evil\\" {\\n"')
    .replace("acme-scans", "${file(1)}"),
    "main.tf": 'resource "aws_vpc" "a%{if}" { cidr_block = "10.0.0.0/16" }\n'
    'resource "aws_s3_bucket" "b" { bucket = "x\\"}\\nevil" }\n'
    'resource "aws_eks_cluster" "c" { name = "${path.module}-`id`" }\n'
    'resource "aws_sagemaker_endpoint" "d" { name = "d\\n  Evil: true" }\n',
}


def planned(texts: dict[str, str], parameters: Parameters | None = None) -> Planned:
    """The plan for files in memory."""
    return from_evidence(read(texts), (".",), TODAY, parameters or Parameters())


@cache
def everything() -> Planned:
    """The plan for a deployment that calls for every recommendation."""
    return planned(FILES)


@cache
def acme_evidence() -> Evidence:
    """What the example holds."""
    return collect(Targets((str(ACME),)))


@cache
def acme() -> Planned:
    """The plan for the example."""
    return from_evidence(acme_evidence(), ("examples/acme",), TODAY, Parameters(log_retention_days=90))
