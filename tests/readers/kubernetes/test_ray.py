"""Pods of Ray clusters, as KubeRay starts them."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.controls.servers import command_words
from ourhalf.model.field import Known, doubt, entry
from ourhalf.resources.kubernetes import PodContainer, PodTemplate
from tests.support import kubernetes


def pods(spec: Any, kind: str = "RayCluster", at: str = "", annotations: Any = None) -> dict[str, PodContainer]:
    """The first containers of a Ray cluster's pods by role."""
    inner = {at: spec} if at else spec
    metadata = {"name": "r", "annotations": annotations or {}}
    text = yaml.safe_dump({"apiVersion": "ray.io/v1", "kind": kind, "metadata": metadata, "spec": inner})
    found = {}
    for pod in kubernetes(text):
        if isinstance(pod, PodTemplate) and isinstance(pod.containers, Known):
            first = next(iter(pod.containers.value), None)
            if isinstance(first, PodContainer):
                found[pod.role] = first
    return found


def group(params: Any = None, **container: Any) -> dict[str, Any]:
    template = {"spec": {"containers": [{"name": "ray", "image": "rayproject/ray:2.52.0", **container}]}}
    return {"rayStartParams": params or {}, "template": template}


def cluster(params: Any = None, **container: Any) -> dict[str, Any]:
    return {"headGroupSpec": group(params, **container), "workerGroupSpecs": [{"groupName": "gpu", **group()}]}


def test_the_operator_starts_ray_and_opens_the_dashboard() -> None:
    found = pods(cluster())
    assert command_words(found["head"])[-4:] == ("ray", "start", "--head", "--dashboard-host=0.0.0.0")
    assert command_words(found["gpu"])[-2:] == ("ray", "start")


def test_parameters_are_passed_on() -> None:
    words = command_words(pods(cluster({"dashboard-host": "127.0.0.1", "num-gpus": 0}))["head"])
    assert words[-2:] == ("--dashboard-host=127.0.0.1", "--num-gpus=0")


def test_own_commands_come_first_and_are_kept() -> None:
    words = command_words(pods(cluster(command=["sh", "-c"], args=["prepare"]))["head"])
    assert words[:3] == ("sh", "-c", "prepare")
    assert "--dashboard-host=0.0.0.0" in words


def test_the_annotation_leaves_the_command_alone() -> None:
    kept = {"ray.io/overwrite-container-cmd": "true"}
    assert command_words(pods(cluster(command=["sleep"]), annotations=kept)["head"]) == ("sleep",)


def test_a_value_that_is_filled_in_later_is_not_known() -> None:
    assert doubt(pods(cluster({"dashboard-host": "${HOST}"}))["head"].arguments) is not None
    assert doubt(pods(cluster("${PARAMS}"))["head"].arguments) is not None


def test_authentication_reaches_every_pod() -> None:
    found = pods({**cluster(env=[{"name": "A", "value": "b"}]), "authOptions": {"mode": "token"}})
    for container in found.values():
        match entry(container.environment, "RAY_AUTH_MODE"):
            case Known(value):
                assert value == "token"
            case other:
                raise AssertionError(other)
    assert isinstance(entry(found["head"].environment, "A"), Known)


def test_clusters_of_jobs_and_services_are_alike() -> None:
    spec = {**cluster(), "authOptions": {"mode": "token"}}
    for kind, at in (("RayJob", "rayClusterSpec"), ("RayService", "rayClusterConfig")):
        head = pods(spec, kind, at)["head"]
        assert "--dashboard-host=0.0.0.0" in command_words(head)
        assert isinstance(entry(head.environment, "RAY_AUTH_MODE"), Known)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("aé:${}-", max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=2),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_nothing_in_a_cluster_is_a_crash(params: Any, auth: Any, container: Any, template: Any) -> None:
    head = {"rayStartParams": params, "template": {"spec": {"containers": [container]}}}
    pods({"authOptions": auth, "headGroupSpec": head, "workerGroupSpecs": [{"template": template}, params]})
