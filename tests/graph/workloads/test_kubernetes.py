"""Pods as workloads: role, platform, volumes, and what surrounds them."""

from __future__ import annotations

import pytest

from ourhalf.graph.index import EvidenceGraph
from ourhalf.graph.kubernetes import selects
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import ABSENT, Absent, Entries, Field, Known, Unresolved
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Workload
from ourhalf.resources.kubernetes import PodContainer
from tests.pods import pod
from tests.support import api, kubernetes, read

NODES, FARGATE, AUTO = Platform.EKS_NODES, Platform.EKS_FARGATE, Platform.EKS_AUTO
HYPERPOD = Platform.SAGEMAKER_HYPERPOD
ROLE = "arn:aws:iam::111122223333:role/train"
LABELLED = "name: train, labels: {app: train}"
RUNNER = "serviceAccountName: runner"


def workload(*resources: Resource) -> Workload:
    (found,) = EvidenceGraph(Evidence(resources)).workloads()
    return found


def account(role: str = "", namespace: str = "default") -> str:
    annotations = f", annotations: {{eks.amazonaws.com/role-arn: '{role}'}}" if role else ""
    return f"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: runner, namespace: {namespace}{annotations}}}\n"


def association(namespace: str = "default") -> Resource:
    return api(
        "eks:CreatePodIdentityAssociation",
        clusterName="c",
        namespace=namespace,
        serviceAccount="runner",
        roleArn=ROLE,
    )


def test_the_role_of_a_service_account() -> None:
    found = workload(*pod(spec=RUNNER, more=account(ROLE)))
    assert isinstance(found.role, Known)
    assert found.role.value == ROLE
    assert found.role.place.line > 5
    assert "ServiceAccount" in [r.kind for r in found.related]


def test_the_role_of_a_pod_identity_association() -> None:
    found = workload(*pod(spec=RUNNER), association())
    assert isinstance(found.role, Known)
    assert found.role.value == ROLE
    assert isinstance(workload(*pod(spec=RUNNER), association("other")).role, Unresolved)


@pytest.mark.parametrize(
    ("spec", "more", "expected"),
    [
        ("", "", Absent),
        (RUNNER, "", Unresolved),
        (RUNNER, account(), Absent),
        (RUNNER, account(ROLE, "other"), Unresolved),
        (RUNNER, account("${ROLE_ARN}").replace("annotations:", "annotations:"), Known),
        ("serviceAccountName: '${SA}'", account(ROLE), Unresolved),
    ],
)
def test_roles_that_nothing_gives(spec: str, more: str, expected: type) -> None:
    assert isinstance(workload(*pod(spec=spec, more=more)).role, expected)


@pytest.mark.parametrize(
    ("container", "spec", "platforms"),
    [
        ("tty: true", "", (NODES, FARGATE, AUTO)),
        ("resources: {limits: {nvidia.com/gpu: 1}}", "", (NODES, AUTO)),
        ("securityContext: {privileged: true}", "", (NODES, AUTO)),
        ("ports: [{containerPort: 80, hostPort: 80}]", "", (NODES, AUTO)),
        ("tty: true", "hostNetwork: true", (NODES, AUTO)),
        ("tty: true", "nodeSelector: {eks.amazonaws.com/nodegroup: g}", (NODES,)),
        ("tty: true", "nodeSelector: {eks.amazonaws.com/compute-type: auto}", (AUTO,)),
        ("tty: true", "nodeSelector: {eks.amazonaws.com/compute-type: fargate}", (FARGATE,)),
        ("tty: true", "nodeSelector: {node.kubernetes.io/instance-type: ml.p5.48xlarge}", (HYPERPOD,)),
        ("tty: true", "nodeSelector: {sagemaker.amazonaws.com/node-health-status: Schedulable}", (HYPERPOD,)),
    ],
)
def test_platforms(container: str, spec: str, platforms: tuple[Platform, ...]) -> None:
    found = workload(*pod(container, spec=spec))
    assert found.platforms == platforms
    assert found.platform_why


def cluster(auto: bool) -> Resource:
    return api("eks:CreateCluster", name="c", computeConfig={"enabled": auto})


# Made by EKS's controller, so that a value may be filled in later.
(UNSURE,) = kubernetes(
    "apiVersion: eks.services.k8s.aws/v1alpha1\nkind: Cluster\nmetadata: {name: c}\n"
    "spec: {name: c, computeConfig: {enabled: '${AUTO}'}}\n"
)


def profile(namespace: str, **labels: str) -> Resource:
    selector = {"namespace": namespace, **({"labels": labels} if labels else {})}
    return api("eks:CreateFargateProfile", fargateProfileName="f", clusterName="c", selectors=[selector])


@pytest.mark.parametrize(
    ("around", "platforms"),
    [
        ((cluster(True),), (AUTO,)),
        ((cluster(False),), (NODES,)),
        ((cluster(True), api("eks:CreateNodegroup", nodegroupName="g", clusterName="c")), (NODES, AUTO)),
        ((cluster(False), profile("default")), (FARGATE,)),
        ((cluster(False), profile("default", app="train")), (FARGATE,)),
        ((cluster(False), profile("default", app="web")), (NODES,)),
        ((cluster(False), profile("other")), (NODES,)),
        ((UNSURE,), (NODES, AUTO)),
        ((cluster(False), profile("def*")), (NODES, FARGATE)),
        ((cluster(False), cluster(True)), (NODES, FARGATE, AUTO)),
    ],
)
def test_the_one_cluster_that_was_read_decides(around: tuple[Resource, ...], platforms: tuple[Platform, ...]) -> None:
    assert workload(*pod(metadata=LABELLED), *around).platforms == platforms


def test_what_reaches_a_pod_and_what_governs_it() -> None:
    more = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: train}, ports: [{port: 80}]}\n---\n"
        "apiVersion: v1\nkind: Service\nmetadata: {name: no}\nspec: {selector: {app: web}}\n---\n"
        "apiVersion: v1\nkind: Service\nmetadata: {name: none}\nspec: {type: ExternalName}\n---\n"
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n  rules:\n"
        "  - http: {paths: [{path: /, backend: {service: {name: s, port: {number: 80}}}}]}\n---\n"
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {podSelector: {}}\n---\n"
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n"
    )
    found = workload(*pod(metadata=LABELLED, more=more))
    assert sorted(f"{r.kind}/{r.name}" for r in found.related) == [
        "KubernetesIngress/i",
        "KubernetesService/s",
        "Namespace/default",
        "NetworkPolicy/p",
    ]


def test_objects_of_another_folder_are_not_joined_by_labels() -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: train}}\n"
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{{LABELLED}}}\nspec: {{containers: [{{name: a, image: i}}]}}\n"
    near = workload(*read({"a/b/pod.yaml": text, "a/service.yaml": service}).resources)
    far = workload(*read({"a/b/pod.yaml": text, "c/d/service.yaml": service}).resources)
    assert [r.name for r in near.related] == ["s"]
    assert far.related == ()


def test_variables_of_config_maps_that_were_read() -> None:
    more = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {A: a, B: b}\n"
    container = (
        "envFrom: [{configMapRef: {name: m}}], env: [{name: C, valueFrom: {configMapKeyRef: {name: m, key: A}}}]"
    )
    found = workload(*pod(container, more=more))
    assert isinstance(found.containers, Known)
    (main,) = found.containers.value
    assert isinstance(main, PodContainer)
    assert isinstance(main.environment, Known)
    known = {name: getattr(v, "value", None) for name, v in main.environment.value.items.items()}
    assert (known, main.environment.value.rest) == ({"A": "a", "B": "b", "C": "a"}, None)


def test_variables_of_config_maps_that_were_not_read_stay_unknown() -> None:
    found = workload(*pod("envFrom: [{configMapRef: {name: m}}, {secretRef: {name: s}}]"))
    assert isinstance(found.containers, Known)
    (main,) = found.containers.value
    assert isinstance(main, PodContainer)
    assert isinstance(main.environment, Known)
    assert main.environment.value.rest is not None


def test_a_claimed_volume_has_the_driver_of_its_volume() -> None:
    more = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {volumeName: efs}\n---\n"
        "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: efs}\nspec:\n"
        "  csi: {driver: efs.csi.aws.com, volumeHandle: 'fs-0123::fsap-1',"
        " volumeAttributes: {encryptInTransit: 'false'}}\n"
    )
    found = workload(*pod(spec="volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]", more=more))
    assert isinstance(found.volumes, Known)
    (volume,) = found.volumes.value
    assert not isinstance(volume, Unresolved)
    assert [getattr(f, "value", None) for f in (volume.kind, volume.file_system, volume.transit_encryption)] == [
        "efs",
        "fs-0123",
        "false",
    ]


def labels(**pairs: Field[str] | str) -> Field[Entries[str]]:
    return Known(Entries({k: Known(v) if isinstance(v, str) else v for k, v in pairs.items()}))


@pytest.mark.parametrize(
    ("selector", "of", "expected"),
    [
        (ABSENT, labels(), True),
        (labels(a="1"), labels(a="1", b="2"), True),
        (labels(a="1"), labels(a="2"), False),
        (labels(a="1", b="2"), labels(a="1"), False),
        (labels(a="1"), ABSENT, False),
        (labels(a="1"), Unresolved("?"), None),
        (Unresolved("?"), labels(), None),
        (labels(a="1"), labels(a=Unresolved("?")), None),
        (labels(a="1", b="2"), labels(a=Unresolved("?"), b="3"), False),
        (labels(a="1"), Known(Entries({}, Unresolved("more"))), None),
    ],
)
def test_selectors(selector: Field[Entries[str]], of: Field[Entries[str]], expected: bool | None) -> None:
    assert selects(selector, of) is expected
