"""Findings say by which names others know what they are about: those that configuration states, and no labels."""

from __future__ import annotations

from datetime import date

import pytest

from ourhalf.assess import assess
from tests.support import read

POD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: serve, namespace: ml}
spec:
  selector: {matchLabels: {app: serve}}
  template:
    metadata: {labels: {app: serve}}
    spec:
      containers: [{name: vllm, image: a}]
"""
TEMPLATE = "Resources:\n  Data:\n    Type: AWS::S3::Bucket\n    Properties: {%s}\n"
REQUEST = '{"ModelName": "vision", "ExecutionRoleArn": "arn:aws:iam::111122223333:role/x", "PrimaryContainer": {}}'


@pytest.mark.parametrize(
    ("path", "text", "name", "identities"),
    [
        ("main.tf", 'resource "aws_s3_bucket" "data" {\n  bucket = "acme"\n}\n', "aws_s3_bucket.data", ("acme",)),
        ("main.tf", 'resource "aws_s3_bucket" "data" {\n  bucket = var.b\n}\n', "aws_s3_bucket.data", ()),
        ("main.tf", 'resource "aws_s3_bucket" "data" {}\n', "aws_s3_bucket.data", ()),
        ("template.yaml", TEMPLATE % "BucketName: acme", "Data", ("acme",)),
        ("template.yaml", TEMPLATE % "BucketName: !Ref Name", "Data", ()),
        ("serve.yaml", POD, "serve", ("ml/Deployment/serve",)),
        ("serve.yaml", POD, "serve/vllm", ("ml/Deployment/serve",)),
        ("serve.yaml", POD.replace(", namespace: ml", ""), "serve", ("default/Deployment/serve",)),
        ("create-model.json", REQUEST, "vision", ("vision",)),
    ],
)
def test_identities(path: str, text: str, name: str, identities: tuple[str, ...]) -> None:
    found = assess(read({path: text}), (".",), date(2026, 11, 1)).findings
    told = {finding.subject.identities for finding in found if finding.subject.name == name}
    assert told == {identities}
