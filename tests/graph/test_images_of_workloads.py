"""Whatever runs a container: what it leaves to its image is the image's, and judged as if it had said so itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.infrastructure.users import NOT_ROOT
from ourhalf.graph.index import EvidenceGraph
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known, Unresolved, effective, elements, entry
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.model.workload import Container
from ourhalf.resources.images import ContainerImage
from tests.controls.images import HIDDEN, REFERENCE, environment, exhibit, exhibits, image, known
from tests.support import Case, api, kubernetes, terraform

SPEC = f"{{containers: [{{name: c, image: '{REFERENCE}'}}]}}"
TEMPLATE = f"{{metadata: {{labels: {{a: b}}}}, spec: {SPEC}}}"


def _pods(kind: str, group: str, spec: str) -> tuple[Resource, ...]:
    return kubernetes(f"apiVersion: {group}\nkind: {kind}\nmetadata: {{name: p}}\nspec: {spec}\n")


def _task(**more: Any) -> tuple[Resource, ...]:
    containers = [{"name": "c", "image": REFERENCE}]
    return (api("ecs:RegisterTaskDefinition", family="t", containerDefinitions=containers, **more),)


def _sagemaker(operation: str, **fields: Any) -> tuple[Resource, ...]:
    return (api(f"sagemaker:{operation}", RoleArn="arn:aws:iam::111122223333:role/r", **fields),)


KINDS: dict[str, tuple[Resource, ...]] = {
    "pod": _pods("Pod", "v1", SPEC),
    "deployment": _pods("Deployment", "apps/v1", f"{{selector: {{matchLabels: {{a: b}}}}, template: {TEMPLATE}}}"),
    "daemon set": _pods("DaemonSet", "apps/v1", f"{{selector: {{matchLabels: {{a: b}}}}, template: {TEMPLATE}}}"),
    "job": _pods("Job", "batch/v1", f"{{template: {TEMPLATE}}}"),
    "cron job": _pods(
        "CronJob", "batch/v1", f"{{schedule: '1 * * * *', jobTemplate: {{spec: {{template: {TEMPLATE}}}}}}}"
    ),
    "ecs on fargate": _task(requiresCompatibilities=["FARGATE"], networkMode="awsvpc"),
    "ecs on ec2": _task(requiresCompatibilities=["EC2"]),
    "sagemaker model": _sagemaker("CreateModel", ModelName="m", PrimaryContainer={"Image": REFERENCE}),
    "sagemaker training": _sagemaker(
        "CreateTrainingJob", TrainingJobName="t", AlgorithmSpecification={"TrainingImage": REFERENCE}
    ),
    "sagemaker processing": _sagemaker(
        "CreateProcessingJob", ProcessingJobName="p", AppSpecification={"ImageUri": REFERENCE}
    ),
    "ec2": terraform(
        'resource "aws_instance" "i" {\n  ami = "ami-1"\n  instance_type = "g5.xlarge"\n'
        f"  user_data = {json.dumps(f'#!/bin/bash{chr(10)}docker run -d {REFERENCE}{chr(10)}')}\n}}\n"
    ),
}
INSIDE = exhibits(exhibit("server-settings", "etc/jupyter/x.py", details={"server": "jupyter", "token": "set"}))
EVERY = pytest.mark.parametrize("resources", KINDS.values(), ids=KINDS)


def _joined(resources: tuple[Resource, ...], **fields: Any) -> Container:
    stated: dict[str, Any] = {
        "user": known("1000"),
        "environment": environment(A="image"),
        "entrypoint": known(("/entry.sh",)),
        "command": known(("serve",)),
        "exhibits": INSIDE,
    }
    [workload] = EvidenceGraph(Evidence((image(**(stated | fields)), *resources))).workloads()
    [container] = elements(workload.containers)
    return container


@EVERY
def test_it_takes_over_what_its_image_states(resources: tuple[Resource, ...]) -> None:
    container = _joined(resources)
    assert isinstance(container, Container)
    assert effective(container.user) == "1000"
    assert effective(entry(container.environment, "A")) == "image"
    assert elements(container.entrypoint) == ("/entry.sh",)
    assert elements(container.arguments)
    assert [one.server for one in elements(container.server_files)] == ["jupyter"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("sagemaker model", ("serve",)),
        ("sagemaker training", ("train",)),
        ("sagemaker processing", ("other",)),
        ("pod", ("other",)),
    ],
)
def test_what_the_service_tells_it_comes_before_the_image(kind: str, words: tuple[str, ...]) -> None:
    assert elements(_joined(KINDS[kind], command=known(("other",))).arguments) == words


@EVERY
def test_what_is_not_known_of_the_image_is_not_known_of_it(resources: tuple[Resource, ...]) -> None:
    container = _joined(resources, environment=HIDDEN, exhibits=HIDDEN, user=HIDDEN)
    assert isinstance(container.user, Unresolved)
    assert not isinstance(entry(container.environment, "A"), Known)
    assert isinstance(entry(container.environment, "A"), Unresolved)
    assert any(isinstance(one, Unresolved) for one in container.server_files.value)  # type: ignore[union-attr]


def _user(user: Any) -> ContainerImage:
    return image(user=user)


@EVERY
@pytest.mark.parametrize(
    ("user", "status"),
    [(known("1000"), Status.PASS), (known("root"), Status.FAIL), (HIDDEN, Status.UNKNOWN)],
    ids=["user", "root", "hidden"],
)
def test_its_user_is_judged(resources: tuple[Resource, ...], user: Any, status: Status) -> None:
    _, verdict = Case(NOT_ROOT, status, (_user(user), *resources)).judged()
    assert verdict.status is status


@EVERY
def test_an_image_without_a_user_starts_as_root(resources: tuple[Resource, ...]) -> None:
    _, verdict = Case(NOT_ROOT, Status.FAIL, (image(), *resources)).judged()
    assert verdict.status is Status.FAIL
