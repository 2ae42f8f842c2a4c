"""Who answers for the workload at hand: the rules that move the line."""

from __future__ import annotations

from datetime import date

import pytest

from ourhalf.graph.index import EvidenceGraph
from ourhalf.images.recognise import DeepLearningContainers
from ourhalf.model.evidence import Evidence
from ourhalf.model.profile import Parameters, Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Layer, Party, Responsibility
from ourhalf.responsibility.resolver import Resolver
from tests.support import TODAY, api, kubernetes

DLC = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
SUPPORTED = f"{DLC}/whisperx:3.8.6-cu128-amzn2023-sagemaker"
RETIRED = f"{DLC}/pytorch-training:2.4.0-gpu-py311"
OWN = "111122223333.dkr.ecr.us-east-1.amazonaws.com/own:1"
ROLE = "arn:aws:iam::111122223333:role/serve"


def resolve(layer: Layer, *resources: Resource, said: dict[str, str] | None = None) -> Responsibility:
    graph = EvidenceGraph(Evidence(resources))
    (workload,) = graph.workloads()
    requirements = Requirements(parameters=Parameters(platforms=said or {}))
    return Resolver(graph, DeepLearningContainers(), TODAY).of_workload(layer, workload, requirements)


def model(image: str, role: object = ROLE) -> Resource:
    return api("sagemaker:CreateModel", ModelName="m", PrimaryContainer={"Image": image}, ExecutionRoleArn=role)


def pod(image: str = "x:1") -> tuple[Resource, ...]:
    return kubernetes(
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: main\n    image: {image}\n"
    )


@pytest.mark.parametrize(
    ("image", "party"),
    [
        (SUPPORTED, Party.PUBLISHER),
        (RETIRED, Party.CUSTOMER),
        (OWN, Party.UNKNOWN),
        ("vllm/vllm-openai:v0.14.0", Party.CUSTOMER),
        (f"{DLC}/pytorch-training:9.9.9-gpu", Party.UNKNOWN),
        ("not an image", Party.UNKNOWN),
    ],
)
def test_support_of_the_image_moves_its_packages(image: str, party: Party) -> None:
    found = resolve(Layer.IMAGE_OS_PACKAGES, model(image))
    assert found.party is party, found
    assert found.why


def test_a_supported_image_is_ours_to_redeploy() -> None:
    found = resolve(Layer.IMAGE_FRAMEWORK, model(SUPPORTED))
    assert found.action == "redeploy the rebuilt image"
    assert "2027" in found.why


def test_an_endpoint_is_patched_while_its_parts_are_known() -> None:
    assert resolve(Layer.HOST_PATCHING, model(SUPPORTED)).party is Party.PROVIDER
    doubtful = resolve(Layer.HOST_PATCHING, model(SUPPORTED, role=["a", "b"]))
    assert doubtful.party is Party.UNKNOWN
    assert set(doubtful.candidates) == {Party.PROVIDER, Party.CUSTOMER}


def test_a_bare_pod_is_resolved_on_each_platform() -> None:
    found = resolve(Layer.HOST_PATCHING, *pod())
    assert found.party is Party.UNKNOWN
    assert set(found.candidates) == {Party.SHARED, Party.PROVIDER}
    assert "eks-fargate" in found.why
    assert resolve(Layer.WORKLOAD_SETTINGS, *pod()).party is Party.CUSTOMER


def test_the_profile_says_what_runs_it() -> None:
    assert resolve(Layer.HOST_PATCHING, *pod(), said={"eks": "eks-fargate"}).party is Party.PROVIDER
    assert resolve(Layer.HOST_PATCHING, *pod(), said={"p": "eks-nodes"}).party is Party.SHARED


def test_what_no_source_states_is_unknown() -> None:
    found = resolve(Layer.GPU_STACK, model(SUPPORTED))
    assert found.party is Party.UNKNOWN
    assert found.candidates == (Party.SHARED,)
    assert "no source" in found.why


def test_a_resource_that_runs_nothing_is_ours() -> None:
    resource = api("s3:CreateBucket", Bucket="b")
    resolver = Resolver(EvidenceGraph(Evidence((resource,))), None, date(2026, 1, 1))
    assert resolver.of_resource(Layer.ENCRYPTION_AT_REST, resource).party is Party.CUSTOMER
    assert resolver.of_resource(Layer.REGISTRY_SERVICE, resource).party is Party.PROVIDER
