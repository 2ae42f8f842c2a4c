"""Pods in objects of every kind."""

from __future__ import annotations

import pytest

from ourhalf.model.field import Absent, Entries, Known, Redacted, Reference, Unresolved
from ourhalf.model.resource import Language
from ourhalf.readers.kubernetes.manifests import read_object
from ourhalf.readers.node import from_plain
from ourhalf.resources.kubernetes import PodContainer, PodTemplate
from tests.support import kubernetes, read

SPEC = "{containers: [{name: main, image: i}]}"
TEMPLATE = f"{{spec: {SPEC}}}"


def templates(api: str, kind: str, body: str) -> dict[str, PodTemplate]:
    found = kubernetes(f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: x, namespace: ml}}\n{body}\n")
    return {pod.name: pod for pod in found if isinstance(pod, PodTemplate)}


def one(text: str) -> PodTemplate:
    found = [pod for pod in kubernetes(text) if isinstance(pod, PodTemplate)]
    assert len(found) == 1
    return found[0]


def containers(pod: PodTemplate) -> dict[str, PodContainer]:
    assert isinstance(pod.containers, Known)
    return {c.name: c for c in pod.containers.value if isinstance(c, PodContainer)}


def pod(container: str, spec: str = "") -> PodContainer:
    found = one(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        f"spec: {{{spec + ', ' if spec else ''}containers: [{{name: main, image: i, {container}}}]}}\n"
    )
    return containers(found)["main"]


@pytest.mark.parametrize(
    ("api", "kind", "body", "names"),
    [
        ("v1", "Pod", f"spec: {SPEC}", ["x"]),
        ("apps/v1", "Deployment", f"spec: {{template: {TEMPLATE}}}", ["x"]),
        ("apps/v1", "StatefulSet", f"spec: {{template: {TEMPLATE}}}", ["x"]),
        ("apps/v1", "DaemonSet", f"spec: {{template: {TEMPLATE}}}", ["x"]),
        ("batch/v1", "Job", f"spec: {{template: {TEMPLATE}}}", ["x"]),
        ("batch/v1", "CronJob", f"spec: {{jobTemplate: {{spec: {{template: {TEMPLATE}}}}}}}", ["x"]),
        (
            "kubeflow.org/v1",
            "PyTorchJob",
            f"spec: {{pytorchReplicaSpecs: {{Master: {{template: {TEMPLATE}}}, Worker: {{template: {TEMPLATE}}}}}}}",
            ["x/master", "x/worker"],
        ),
        (
            "ray.io/v1",
            "RayCluster",
            f"spec: {{headGroupSpec: {{template: {TEMPLATE}}}, "
            f"workerGroupSpecs: [{{groupName: gpu, template: {TEMPLATE}}}]}}",
            ["x/head", "x/gpu"],
        ),
        (
            "ray.io/v1",
            "RayJob",
            f"spec: {{rayClusterSpec: {{headGroupSpec: {{template: {TEMPLATE}}}}}, submitterPodTemplate: {TEMPLATE}}}",
            ["x/head", "x/submitter"],
        ),
        (
            "batch.volcano.sh/v1alpha1",
            "Job",
            f"spec: {{tasks: [{{name: ps, template: {TEMPLATE}}}, {{name: worker, template: {TEMPLATE}}}]}}",
            ["x/ps", "x/worker"],
        ),
        (
            "jobset.x-k8s.io/v1alpha2",
            "JobSet",
            f"spec: {{replicatedJobs: [{{name: node, template: {{spec: {{template: {TEMPLATE}}}}}}}]}}",
            ["x/node"],
        ),
        (
            "leaderworkerset.x-k8s.io/v1",
            "LeaderWorkerSet",
            f"spec: {{leaderWorkerTemplate: {{leaderTemplate: {TEMPLATE}, workerTemplate: {TEMPLATE}}}}}",
            ["x/leader", "x/worker"],
        ),
        (
            "argoproj.io/v1alpha1",
            "Workflow",
            "spec: {templates: [{name: train, container: {image: i}}, {name: steps, steps: []}]}",
            ["x/train"],
        ),
        (
            "serving.kserve.io/v1beta1",
            "InferenceService",
            "spec: {predictor: {model: {modelFormat: {name: pytorch}, storageUri: s3://b/m}}}",
            ["x/predictor"],
        ),
        (
            "sparkoperator.k8s.io/v1beta2",
            "SparkApplication",
            "spec: {image: i, driver: {cores: 1}, executor: {instances: 2}}",
            ["x/driver", "x/executor"],
        ),
        (
            "unheard.of/v1",
            "Thing",
            f"spec: {{parts: [{{name: a, podTemplate: {TEMPLATE}}}, {{name: b, podTemplate: {TEMPLATE}}}]}}",
            ["x/parts/a", "x/parts/b"],
        ),
        ("unheard.of/v1", "Thing", f"spec: {{deep: {{er: {SPEC}}}}}", ["x"]),
        ("kubeflow.org/v1alpha1", "MPIJob", f"spec: {{template: {TEMPLATE}}}", ["x"]),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"spec: {SPEC}", []),
    ],
)
def test_kinds(api: str, kind: str, body: str, names: list[str]) -> None:
    assert list(templates(api, kind, body)) == names


def test_objects_of_a_list() -> None:
    found = kubernetes(
        "apiVersion: v1\nkind: List\nitems:\n"
        f"- {{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {SPEC}}}\n"
        "- {apiVersion: v1, kind: ServiceAccount, metadata: {name: b}}\n- nothing\n"
    )
    assert [(type(r).__name__, r.name) for r in found] == [("PodTemplate", "a"), ("ServiceAccount", "b")]


def test_replicas_labels_and_addresses() -> None:
    found = templates(
        "ray.io/v1",
        "RayCluster",
        "spec:\n  headGroupSpec: {template: {spec: " + SPEC + "}}\n  workerGroupSpecs:\n"
        "  - {groupName: gpu, replicas: 3, template: {metadata: {labels: {a: b}}, spec: " + SPEC + "}}",
    )
    worker = found["x/gpu"]
    assert isinstance(worker.replicas, Known)
    assert worker.replicas.value == 3
    assert (worker.owner_kind, worker.role, worker.namespace) == ("RayCluster", "gpu", "ml")
    assert worker.origin.address == "ml/RayCluster/x/gpu"
    assert isinstance(worker.labels, Known)
    assert {name: getattr(value, "value", None) for name, value in worker.labels.value.items.items()} == {
        "a": "b",
        "ray.io/cluster": "x",
        "ray.io/node-type": "worker",
    }


@pytest.mark.parametrize(
    ("own", "shared", "user"),
    [
        ("", "securityContext: {runAsUser: 1000}", "1000"),
        ("securityContext: {runAsUser: 7}", "securityContext: {runAsUser: 1000}", "7"),
        ("securityContext: {privileged: false}", "securityContext: {runAsUser: 1000}", "1000"),
    ],
)
def test_what_a_pod_sets_for_its_containers(own: str, shared: str, user: str) -> None:
    field = pod(own or "tty: true", shared).user
    assert isinstance(field, Known)
    assert field.value == user


def test_what_a_pod_sets_is_unknown_for_its_containers_too() -> None:
    assert isinstance(pod("tty: true", "securityContext: '${CONTEXT}'").user, Unresolved)
    own = pod("securityContext: {runAsUser: 7}", "securityContext: '${CONTEXT}'")
    assert isinstance(own.user, Known)
    assert isinstance(own.run_as_non_root, Unresolved)


def test_init_containers_and_sidecars() -> None:
    found = containers(
        one(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: main, image: i}]\n"
            "  initContainers: [{name: once, image: i}, {name: beside, image: i, restartPolicy: Always}]\n"
        )
    )
    assert {name: c.role for name, c in found.items()} == {"main": "main", "once": "init", "beside": "sidecar"}


def test_variables_from_elsewhere() -> None:
    found = pod(
        "env: [{name: A, value: b}, {name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: k}}},"
        " {name: C, valueFrom: {configMapKeyRef: {name: m, key: c}}},"
        " {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}],"
        " envFrom: [{secretRef: {name: all}}]"
    )
    assert isinstance(found.environment, Known)
    known = found.environment.value
    assert isinstance(known.items["A"], Known)
    assert "TOKEN" not in known.items
    assert isinstance(known.items["NODE"], Unresolved)
    assert known.items["C"] == Unresolved(
        "it comes from `c` of ConfigMap m", known.items["C"].place, (Reference("ConfigMap/m", "c"),)
    )
    assert known.rest is not None
    assert isinstance(found.secrets, Known)
    secret = found.secrets.value.items["TOKEN"]
    assert isinstance(secret, Known)
    assert secret.value == "s/k"
    assert isinstance(found.environment_files, Known)
    assert found.environment_files.value == ("Secret/all",)


def test_a_plain_secret_is_redacted() -> None:
    found = pod("env: [{name: DB_PASSWORD, value: hunter22}]")
    assert isinstance(found.environment, Known)
    value = found.environment.value.items["DB_PASSWORD"]
    assert isinstance(value, Known)
    assert isinstance(value.value, Redacted)


@pytest.mark.parametrize(
    ("limits", "gpus", "devices"),
    [
        ("{nvidia.com/gpu: 8, vpc.amazonaws.com/efa: 32}", "8", ("nvidia.com/gpu", "vpc.amazonaws.com/efa")),
        ("{aws.amazon.com/neuron: 16}", "16", ("aws.amazon.com/neuron",)),
        ("{nvidia.com/mig-1g.10gb: 1}", "1", ("nvidia.com/mig-1g.10gb",)),
        ("{nvidia.com/gpu: 0}", None, None),
        ("{cpu: 1}", None, None),
    ],
)
def test_devices(limits: str, gpus: str | None, devices: tuple[str, ...] | None) -> None:
    found = pod(f"resources: {{limits: {limits}}}")
    assert (found.gpus.value if isinstance(found.gpus, Known) else None) == gpus
    assert (found.devices.value if isinstance(found.devices, Known) else None) == devices


def test_devices_that_a_claim_decides() -> None:
    assert isinstance(pod("resources: {claims: [{name: gpu}]}").gpus, Unresolved)


def test_volumes_of_all_kinds() -> None:
    found = one(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: main, image: i}]\n  volumes:\n"
        "  - {name: shm, emptyDir: {medium: Memory, sizeLimit: 8Gi}}\n  - {name: scratch, emptyDir: {}}\n"
        "  - {name: host, hostPath: {path: /mnt}}\n  - {name: data, persistentVolumeClaim: {claimName: fsx}}\n"
    ).volumes
    assert isinstance(found, Known)
    kinds = [v.kind.value for v in found.value if not isinstance(v, Unresolved) and isinstance(v.kind, Known)]
    assert kinds == ["emptyDir", "emptyDir", "hostPath", "persistentVolumeClaim"]


def test_what_an_operator_decides_is_not_known() -> None:
    found = templates(
        "serving.kserve.io/v1beta1",
        "InferenceService",
        "spec: {predictor: {model: {modelFormat: {name: pytorch}, storageUri: s3://b/m, "
        "securityContext: {privileged: true}}}}",
    )["x/predictor"]
    served = containers(found)["kserve-container"]
    assert isinstance(served.privileged, Known)
    assert isinstance(served.image, Unresolved)
    assert isinstance(found.host_network, Unresolved)
    assert isinstance(served.model_data, Known)


def test_an_object_in_another_language() -> None:
    tree = from_plain(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": Unresolved("a variable", parts=("web-", None))},
            "spec": {"template": Unresolved("a variable")},
        },
        "main.tf",
    )
    (found,) = read_object(tree, Language.TERRAFORM, "root", "kubernetes_deployment.web").resources
    assert isinstance(found, PodTemplate)
    assert (found.name, found.origin.address, found.origin.scope) == ("web-…", "kubernetes_deployment.web", "root")
    assert isinstance(found.containers, Unresolved)
    assert isinstance(found.host_network, Unresolved)


def test_an_object_without_containers_runs_none() -> None:
    found = one("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {}\n")
    assert isinstance(found.containers, Absent)


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: Pod\nspec: [1, 2]\n",
        "apiVersion: v1\nkind: Pod\nmetadata: text\nspec: text\n",
        "apiVersion: [v1]\nkind: {a: b}\n",
        "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: {name: a}}}}\n",
        "apiVersion: v1\nkind: Pod\nspec: {containers: [null, 1, [a]], volumes: [1, null], securityContext: [1]}\n",
        "apiVersion: argoproj.io/v1\nkind: Workflow\nspec: {templates: {a: 1, b: {container: 2}}}\n",
        "apiVersion: serving.kserve.io/v1\nkind: InferenceService\nspec: {predictor: [{model: 1}]}\n",
        "apiVersion: sparkoperator.k8s.io/v1\nkind: SparkApplication\nspec: {driver: {template: {spec: 1}}}\n",
        "apiVersion: nvidia.com/v1\nkind: DynamoGraphDeployment\nspec: {services: [{extraPodSpec: 1}]}\n",
        "apiVersion: production-stack.vllm.ai/v1\nkind: VLLMRuntime\nspec: {image: 1, resources: [], vllmConfig: 2}\n",
        "apiVersion: sagemaker.services.k8s.aws/v1\nkind: TrainingJob\nspec: [1]\n",
        "apiVersion: eksctl.io/v1\nkind: ClusterConfig\nmanagedNodeGroups: [1]\niam: {serviceAccounts: [2]}\n",
        "apiVersion: v1\nkind: Secret\ndata: [1]\nstringData: {a: {b: c}}\n",
        "apiVersion: v1\nkind: ConfigMap\ndata: {a: 'sharing: {timeSlicing: 1}', b: 'mps: ['}\n",
    ],
)
def test_shapes_that_no_cluster_would_take(text: str) -> None:
    found = read({"m.yaml": text})
    assert not [u for u in found.unread if "failed" in u.reason]


def test_shared_anchors_are_walked_once() -> None:
    lines = ["a0: &a0 {containers: [{name: c, image: i}]}"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 14)]
    found = read({"m.yaml": "apiVersion: x/v1\nkind: Bomb\nmetadata: {name: b}\n" + "\n".join(lines)})
    assert len(found.resources) == 1


def test_entries_are_kept_in_order() -> None:
    found = pod("env: [{name: B, value: '1'}, {name: A, value: '2'}]").environment
    assert isinstance(found, Known)
    assert isinstance(found.value, Entries)
    assert list(found.value.items) == ["B", "A"]
