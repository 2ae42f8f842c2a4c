"""The example that ships: every failure that it seeds is found, in the language where it is written."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from ourhalf.model.finding import Assessment
from ourhalf.model.verdict import Status
from ourhalf.profile.document import load
from ourhalf.run import Request, run

ACME = Path(__file__).parents[2] / "examples" / "acme"
DAY = date(2026, 11, 1)

SEEDED = [
    ("jupyter-not-open", "terraform/ec2.tf"),
    ("container-unprivileged", "terraform/ec2.tf"),
    ("ec2-imdsv2-required", "terraform/ec2.tf"),
    ("ec2-no-public-address", "terraform/ec2.tf"),
    ("security-group-risky-ports-closed", "terraform/network.tf"),
    ("container-no-secret-in-environment", "terraform/ecs.tf"),
    ("vllm-server-not-open", "terraform/ecs.tf"),
    ("eks-endpoint-ranges-named", "terraform/eks.tf"),
    ("iam-role-pass-role-limited", "terraform/iam.tf"),
    ("iam-role-no-whole-service", "terraform/iam.tf"),
    ("ecr-repository-tags-immutable", "terraform/storage.tf"),
    ("ecr-repository-scanned", "terraform/storage.tf"),
    ("sagemaker-model-network-isolation", "terraform/sagemaker.tf"),
    ("sagemaker-model-in-vpc", "terraform/sagemaker.tf"),
    ("sagemaker-endpoint-two-instances", "terraform/sagemaker.tf"),
    ("ecs-roles-apart", "cloudformation/inference.yaml"),
    ("ecs-service-no-public-address", "cloudformation/inference.yaml"),
    ("deep-learning-container-supported", "cloudformation/inference.yaml"),
    ("container-unprivileged", "kubernetes/train.yaml"),
    ("workload-no-host-folders", "kubernetes/train.yaml"),
    ("deep-learning-container-supported", "kubernetes/train.yaml"),
    ("container-image-tag-fixed", "kubernetes/serve.yaml"),
    ("vllm-server-not-open", "kubernetes/serve.yaml"),
    ("model-no-remote-code", "kubernetes/serve.yaml"),
    ("ray-dashboard-not-open", "kubernetes/ray.yaml"),
    ("sagemaker-job-traffic-encryption", "sagemaker/train.py"),
    ("deep-learning-container-supported", "sagemaker/train.py"),
    ("dockerfile-user-not-root", "docker/Dockerfile"),
    ("dockerfile-no-piped-script", "docker/Dockerfile"),
    ("dockerfile-one-package-index", "docker/Dockerfile"),
]

HELD = [
    ("sagemaker-notebook-no-direct-internet", "terraform/sagemaker.tf"),
    ("deep-learning-container-supported", "terraform/sagemaker.tf"),
    ("s3-bucket-versioned", "terraform/storage.tf"),
    ("kms-key-rotated", "terraform/storage.tf"),
    ("pod-shared-memory", "kubernetes/train.yaml"),
]


@cache
def assessed() -> Assessment:
    profile = load(str(ACME / "ourhalf.yaml"))
    return run(Request((str(ACME),), DAY, profile, "ourhalf.yaml"), use_cache=False)


def statuses(control: str, path: str) -> set[Status]:
    found = {f.status for f in assessed().findings if (f.control, f.subject.path) == (control, path)}
    assert found, f"{control} judges nothing in {path}"
    return found


@pytest.mark.parametrize(("control", "path"), SEEDED)
def test_what_is_seeded_is_found(control: str, path: str) -> None:
    assert Status.FAIL in statuses(control, path)


@pytest.mark.parametrize(("control", "path"), HELD)
def test_what_is_right_passes(control: str, path: str) -> None:
    assert Status.PASS in statuses(control, path)


def test_everything_is_read() -> None:
    assert not assessed().unread


def test_the_exception_is_in_force() -> None:
    accepted = [f for f in assessed().findings if f.exception is not None]
    assert {f.control for f in accepted} == {"workload-own-network"}
    assert not assessed().profile.notes


def test_roles_are_joined_across_languages() -> None:
    """The template names by ARN the role whose policies Terraform writes."""
    (finding,) = [
        f
        for f in assessed().findings
        if (f.control, f.subject.path) == ("sagemaker-model-role-limited", "cloudformation/inference.yaml")
    ]
    assert finding.status is Status.FAIL
    assert any(e.path == "terraform/iam.tf" for e in finding.evidence)


def test_four_services_are_recognised() -> None:
    assert {w.service for w in assessed().workloads} == {"ec2", "ecs", "eks", "sagemaker"}
