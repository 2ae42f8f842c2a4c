"""Pods of Ray clusters, as KubeRay starts them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.controls.servers import command_words
from ourhalf.graph.index import EvidenceGraph
from ourhalf.graph.network import ResourceNetwork
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known, Unresolved, doubt, effective, elements, entries, entry
from ourhalf.model.network import Scope
from ourhalf.resources.kubernetes import PodContainer, PodTemplate
from ourhalf.resources.kubernetes_network import KubernetesService
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


def services(spec: Any, kind: str = "RayCluster", annotations: Any = None) -> dict[str, KubernetesService]:
    """The Services of a Ray object by their names."""
    metadata = {"name": "r", "namespace": "ml", "annotations": annotations or {}}
    text = yaml.safe_dump({"apiVersion": "ray.io/v1", "kind": kind, "metadata": metadata, "spec": spec})
    return {found.name: found for found in kubernetes(text) if isinstance(found, KubernetesService)}


def numbers(service: KubernetesService) -> dict[str, object]:
    return {port.name: effective(port.port) for port in elements(service.ports)}


def head(service_type: Any = "LoadBalancer", **more: Any) -> dict[str, Any]:
    return {"headGroupSpec": {**group(), "serviceType": service_type, **more}}


DEFAULT_PORTS = {"client": 10001, "gcs-server": 6379, "dashboard": 8265, "metrics": 8080, "serve": 8000}


@pytest.mark.parametrize("service_type", ["LoadBalancer", "NodePort"])
def test_a_head_service_opens_the_ports_of_ray(service_type: str) -> None:
    found = services(head(service_type))
    assert list(found) == ["r-head-svc"]
    service = found["r-head-svc"]
    match service.service_type:
        case Known(value, place):
            assert value == service_type
            assert place.line == service.origin.place.line > 1
        case other:
            raise AssertionError(other)
    assert service.namespace == "ml"
    assert numbers(service) == DEFAULT_PORTS


def test_no_service_of_the_operator_is_told_that_stays_inside_the_cluster() -> None:
    assert services(cluster()) == {}
    assert services(head("ClusterIP")) == {}
    assert services({"headGroupSpec": "${HEAD}"}) == {}


def test_the_ports_of_the_head_container_replace_the_default_ones() -> None:
    ports = [{"containerPort": 8265, "name": "web"}, {"containerPort": 9000}]
    found = services({"headGroupSpec": {**group(ports=ports), "serviceType": "NodePort"}})
    assert numbers(found["r-head-svc"]) == {"web": 8265, "9000-port": 9000, "metrics": 8080}
    found = services({"headGroupSpec": {**group(ports="${PORTS}"), "serviceType": "NodePort"}})
    assert doubt(found["r-head-svc"].ports) is not None


def test_a_service_of_the_users_own_is_completed() -> None:
    own = {
        "metadata": {"name": "mine", "annotations": {"a": "1", "b": "1"}},
        "spec": {"ports": [{"name": "x", "port": 1}]},
    }
    found = services({**head(headService=own), "headServiceAnnotations": {"b": "2"}})
    assert list(found) == ["mine"]
    assert numbers(found["mine"]) == {"x": 1, **DEFAULT_PORTS}
    assert {key: effective(value) for key, value in entries(found["mine"].annotations)} == {"a": "1", "b": "2"}
    assert list(services({"headGroupSpec": {**group(), "headService": {"spec": {"type": "NodePort"}}}}))
    assert services(head(headService={"spec": {"type": "ClusterIP"}})) == {}


def test_a_type_that_is_not_known_is_told() -> None:
    assert isinstance(services(head("${TYPE}"))["r-head-svc"].service_type, Unresolved)


def test_services_in_front_of_what_is_served() -> None:
    found = services({"rayClusterConfig": {**head(), "headServiceAnnotations": {"a": "1"}}}, "RayService")
    assert {name: numbers(service) for name, service in found.items()} == {
        "r-head-svc": DEFAULT_PORTS,
        "r-serve-svc": {"serve": 8000},
    }
    assert not list(entries(found["r-head-svc"].annotations))
    serve = {"spec": {"type": "LoadBalancer", "ports": [{"name": "serve", "port": 80}, {"name": "y", "port": 9}]}}
    config = {"headGroupSpec": group(ports=[{"containerPort": 8265, "name": "dashboard"}])}
    found = services({"rayClusterConfig": config, "serveService": serve}, "RayService")
    assert {name: numbers(service) for name, service in found.items()} == {"r-serve-svc": {"serve": 80}}
    assert list(services(head(), annotations={"ray.io/enable-serve-service": "true"})) == ["r-head-svc", "r-serve-svc"]
    assert list(services({"rayClusterSpec": head()}, "RayJob")) == ["r-head-svc"]


@pytest.mark.parametrize(
    ("kind", "at", "service_type", "expected"),
    [
        ("RayCluster", "", "LoadBalancer", Scope.INTERNET),
        ("RayCluster", "", "NodePort", Scope.VPC),
        ("RayCluster", "", "ClusterIP", Scope.CLUSTER),
        ("RayJob", "rayClusterSpec", "LoadBalancer", Scope.INTERNET),
        ("RayService", "rayClusterConfig", "LoadBalancer", Scope.INTERNET),
    ],
)
def test_only_the_head_of_the_same_object_is_reached(kind: str, at: str, service_type: str, expected: Scope) -> None:
    documents = []
    for name, one in (("a", service_type), ("b", "ClusterIP")):
        spec = {**cluster(), **head(one)}
        metadata = {"name": name}
        documents.append(
            {"apiVersion": "ray.io/v1", "kind": kind, "metadata": metadata, "spec": {at: spec} if at else spec}
        )
    graph = EvidenceGraph(Evidence(kubernetes(yaml.safe_dump_all(documents))))
    network = ResourceNetwork(graph)
    pods = {w.resource.name: w for w in graph.workloads() if isinstance(w.resource, PodTemplate)}
    assert {name: network.exposure(w, 8265).scope for name, w in pods.items()} == {
        "a/head": expected,
        "a/gpu": Scope.CLUSTER,
        "b/head": Scope.CLUSTER,
        "b/gpu": Scope.CLUSTER,
    }


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("aé:${}-", max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=2),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_nothing_in_a_cluster_is_a_crash(params: Any, auth: Any, container: Any, template: Any) -> None:
    head = {"rayStartParams": params, "template": {"spec": {"containers": [container]}}}
    head |= {"serviceType": container, "headService": template}
    pods({"authOptions": auth, "headGroupSpec": head, "workerGroupSpecs": [{"template": template}, params]})
