"""What runs a pod: nodes of ours, Fargate, Auto Mode or HyperPod, as far as it and its cluster tell."""

from __future__ import annotations

from ourhalf.graph.kubernetes import selects
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Entries, Field, Known, Unresolved, effective, elements, entries
from ourhalf.model.responsibility import Platform
from ourhalf.resources.eks import EksCluster, EksFargateProfile, EksNodeGroup, FargateSelector
from ourhalf.resources.kubernetes import PodContainer, PodTemplate

Answer = tuple[tuple[Platform, ...], str]
"""The platforms that remain, and how that is known."""

_NODES, _FARGATE, _AUTO = Platform.EKS_NODES, Platform.EKS_FARGATE, Platform.EKS_AUTO
_HYPERPOD_KINDS = frozenset({"HyperPodPyTorchJob", "InferenceEndpointConfig", "JumpStartModel", "ModelDeployment"})
_INSTANCE_TYPES = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
_COMPUTE = "eks.amazonaws.com/compute-type"
_BY_COMPUTE = {"fargate": _FARGATE, "auto": _AUTO, "ec2": _NODES, "hybrid": _NODES}
_BY_LABEL = {
    "eks.amazonaws.com/nodegroup": (_NODES,),
    "alpha.eksctl.io/nodegroup-name": (_NODES,),
    "karpenter.sh/nodepool": (_NODES, _AUTO),
    "karpenter.sh/capacity-type": (_NODES, _AUTO),
}


def platforms(pod: PodTemplate, graph: Graph) -> Answer:
    """Where the pod can run: by its kind and node selector, else by the one cluster that was read."""
    if pod.owner_kind in _HYPERPOD_KINDS:
        return (Platform.SAGEMAKER_HYPERPOD,), f"{pod.owner_kind} runs on a HyperPod cluster"
    chosen = _by_selector(pod)
    if chosen is not None:
        return chosen
    clusters = graph.all(EksCluster)
    if len(clusters) == 1:
        return _in_cluster(clusters[0], pod, graph)
    barred = _barred_from_fargate(pod)
    if barred:
        return (_NODES, _AUTO), f"Fargate does not run it: {barred}"
    return (_NODES, _FARGATE, _AUTO), "a pod runs on nodes of any kind unless its cluster says otherwise"


def _by_selector(pod: PodTemplate) -> Answer | None:
    for label, value in entries(pod.node_selector):
        if not isinstance(value, Known):
            continue
        if label.startswith("sagemaker.amazonaws.com/") or (label in _INSTANCE_TYPES and value.value.startswith("ml.")):
            return (Platform.SAGEMAKER_HYPERPOD,), f"it selects nodes of HyperPod by {label}"
        if label == _COMPUTE and value.value in _BY_COMPUTE:
            return (_BY_COMPUTE[value.value],), f"it selects nodes by {label}"
        if label in _BY_LABEL:
            return _BY_LABEL[label], f"it selects nodes by {label}"
    return None


def _in_cluster(cluster: EksCluster, pod: PodTemplate, graph: Graph) -> Answer:
    barred = _barred_from_fargate(pod)
    taken = None if barred else _taken(pod, graph)
    if taken:
        return (_FARGATE,), f"a Fargate profile of cluster {cluster.name} takes it"
    auto = effective(cluster.auto_mode)
    ways = [_NODES] if not auto or graph.all(EksNodeGroup) else []
    if auto is not False:
        ways.append(_AUTO)
    if taken is None and not barred and graph.all(EksFargateProfile):
        ways.append(_FARGATE)
    mode = {True: "has Auto Mode on", False: "has Auto Mode off"}.get(auto, "may have Auto Mode on")  # type: ignore[arg-type]
    return tuple(ways), f"cluster {cluster.name}, the only one that was read, {mode}"


def _taken(pod: PodTemplate, graph: Graph) -> bool | None:
    """Whether a Fargate profile takes the pod; None where that is not known."""
    answers: list[bool | None] = []
    for profile in graph.all(EksFargateProfile):
        if isinstance(profile.selectors, Unresolved):
            answers.append(None)
        answers.extend(_selected(selector, pod) for selector in elements(profile.selectors))
    return True if True in answers else None if None in answers else False


def _selected(selector: FargateSelector, pod: PodTemplate) -> bool | None:
    match selector.namespace:
        case Known(name) if "*" not in name and "?" not in name:
            if name != pod.namespace:
                return False
        case Known():
            return None
        case _:
            return None
    match selector.labels:
        case Absent():
            return True
        case Known(dict() as labels):
            asked: Field[Entries[str]] = Known(Entries({str(k): Known(str(v)) for k, v in labels.items()}))
            return selects(asked, pod.labels)
    return None


def _barred_from_fargate(pod: PodTemplate) -> str:
    """Why Fargate cannot run the pod; empty where nothing says so."""
    if pod.owner_kind == "DaemonSet":
        return "it belongs to a DaemonSet"
    if effective(pod.host_network):
        return "it uses its node's network"
    for container in elements(pod.containers):
        if why := _bars(container):
            return why
    return ""


def _bars(container: PodContainer) -> str:
    if isinstance(container.gpus, Known):
        return "it asks for GPUs"
    if effective(container.privileged):
        return "it is privileged"
    if any(isinstance(port.host_port, Known) for port in elements(container.ports)):
        return "it asks for a port of its node"
    return ""
