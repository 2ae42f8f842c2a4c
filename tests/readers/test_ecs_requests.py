"""ECS, Batch and EC2 requests in JSON and YAML files."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Unresolved, effective, elements, entry
from ourhalf.model.resource import Resource
from ourhalf.readers.ecs_requests import REQUESTS, operation
from ourhalf.readers.yaml import ParseError, documents
from ourhalf.resources.ecs import EcsTaskDefinition
from tests.support import MemoryFiles

CONTAINER = {"name": "train", "image": "x:1", "essential": True}
TASK = {"family": "train", "containerDefinitions": [CONTAINER]}
SERVICE = {"serviceName": "s", "taskDefinition": "train:1"}
JOB = {"jobDefinitionName": "j", "containerProperties": {"image": "x:1"}}


def read(value: Any, path: str = "task.json") -> Evidence:
    document = next(documents(json.dumps(value, indent=1).encode(), path, json=True))
    assert REQUESTS.wants(document)
    return REQUESTS.read(document, MemoryFiles({}))


def one(value: Any) -> Resource:
    (found,) = read(value).resources
    return found


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (TASK, "EcsTaskDefinition"),
        ({"taskDefinition": {**TASK, "taskDefinitionArn": "arn:x"}, "tags": []}, "EcsTaskDefinition"),
        ([CONTAINER], "EcsTaskDefinition"),
        (SERVICE, "EcsService"),
        ({"services": [SERVICE], "failures": []}, "EcsService"),
        ({"service": SERVICE}, "EcsService"),
        ({"taskDefinition": "train", "cluster": "c"}, "EcsTaskRun"),
        ({"clusterName": "c", "settings": [{"name": "containerInsights", "value": "enabled"}]}, "EcsCluster"),
        ({"clusters": [{"clusterArn": "arn:aws:ecs:us-east-1:1:cluster/c", "clusterName": "c"}]}, "EcsCluster"),
        ({"name": "p", "autoScalingGroupProvider": {}}, "EcsCapacityProvider"),
        (JOB, "BatchJobDefinition"),
        ({"jobDefinitions": [JOB]}, "BatchJobDefinition"),
        ({"computeEnvironmentName": "e", "computeResources": {"type": "EC2"}}, "BatchComputeEnvironment"),
        ({"ImageId": "ami-1", "InstanceType": "p5.48xlarge"}, "Ec2Instance"),
        ({"LaunchTemplateName": "t", "LaunchTemplateData": {}}, "LaunchTemplate"),
    ],
)
def test_shapes(value: Any, kind: str) -> None:
    assert one(value).kind == kind


@pytest.mark.parametrize(
    "value",
    [
        {"family": "x"},
        {"clusterName": "eks", "version": "1.31"},
        {"services": {"a": {"image": "x"}}},
        {"apiVersion": "v1", "kind": "x", "containerDefinitions": []},
        {"Resources": {"containerDefinitions": {}}},
        [{"name": "x", "image": "y"}],
        ["x"],
        {"taskDefinition": "x"},
        {"clusters": [{"name": "kubernetes"}]},
    ],
)
def test_other_documents_are_left_alone(value: Any) -> None:
    assert not REQUESTS.wants(next(documents(json.dumps(value).encode(), "x.json", json=True)))


def test_names() -> None:
    assert one(TASK).name == "train"
    (bare,) = read([CONTAINER], "defs/web.json").resources
    assert bare.name == "web"


@pytest.mark.parametrize(
    "image",
    ["<account>.dkr.ecr.us-east-1.amazonaws.com/x:1", "${IMAGE}", "{{ image }}", "%REPOSITORY_URI%", "x:<TAG>"],
)
def test_placeholders_are_not_known(image: str) -> None:
    task = one({**TASK, "containerDefinitions": [{**CONTAINER, "image": image}]})
    assert isinstance(task, EcsTaskDefinition)
    (container,) = elements(task.containers)
    assert isinstance(container.image, Unresolved)
    assert "placeholder" in container.image.reason


def test_what_runs_keeps_its_own_signs() -> None:
    command = ["sh", "-c", "echo ${HOME} > /tmp/x && cat <input>"]
    task = one({**TASK, "containerDefinitions": [{**CONTAINER, "command": command}]})
    assert isinstance(task, EcsTaskDefinition)
    assert elements(elements(task.containers)[0].arguments) == tuple(command)


def test_secrets_in_the_environment_are_redacted() -> None:
    environment = [{"name": "DB_PASSWORD", "value": "hunter2hunter2"}, {"name": "A", "value": "b"}]
    task = one({**TASK, "containerDefinitions": [{**CONTAINER, "environment": environment}]})
    assert isinstance(task, EcsTaskDefinition)
    assert "hunter2" not in repr(task)
    assert effective(entry(elements(task.containers)[0].environment, "A")) == "b"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"version": 1, "task_definition": {"ecs_network_mode": "awsvpc"}}, "ECS CLI"),
        ({"name": "api", "type": "Load Balanced Web Service", "image": {"build": "x"}}, "Copilot"),
    ],
)
def test_what_is_not_read_says_why(value: Any, reason: str) -> None:
    found = read(value)
    assert not found.resources
    assert reason in found.unread[0].reason


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["<x>", "${Y}"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "containerDefinitions",
                    "taskDefinition",
                    "services",
                    "name",
                    "image",
                    "essential",
                    "memory",
                    "family",
                    "serviceName",
                    "cluster",
                    "jobDefinitionName",
                    "containerProperties",
                    "volumes",
                    "environment",
                    "resourceRequirements",
                    "type",
                    "value",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(_VALUES)
def test_any_document_is_read_or_left_alone(value: Any) -> None:
    document = next(documents(json.dumps(value).encode(), "x.json", json=True), None)
    if document is not None and REQUESTS.wants(document):
        REQUESTS.read(document, MemoryFiles({}))


CORPUS = Path(os.environ.get("OURHALF_CORPORA", "../shared/corpora")) / "dev"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpora are not here")
def test_every_ecs_file_of_the_corpus_is_read() -> None:
    files = TargetFiles(str(CORPUS))
    with (CORPUS / "MANIFEST.csv").open() as manifest:
        paths = [row["path"] for row in csv.DictReader(manifest) if row["kind"] == "ecs"]
    broken = []
    for path in paths:
        try:
            found = list(documents(files.read(path), path, json=True))
        except ParseError:
            broken.append(path)
            continue
        assert all(REQUESTS.wants(document) for document in found), path
        assert any(operation(d) or d.get("taskDefinition") is not None for d in found), path
    assert len(paths) == 48
    assert [path.rsplit("/", 2)[1] for path in broken] == ["dynatrace"]
