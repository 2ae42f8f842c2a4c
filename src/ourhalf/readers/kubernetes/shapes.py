"""Pods that a custom resource writes in a shape of its own, as the pod specs that they stand for.

Each function gets the node where the pod stands and the whole object, and gives a pod spec, or None
where the object runs no pod there. What an operator adds by itself is not known: the spec or its
container then says so in `rest`.
"""

from __future__ import annotations

from collections.abc import Callable

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node

_POD_KEYS = (
    "volumes",
    "serviceAccountName",
    "securityContext",
    "automountServiceAccountToken",
    "hostNetwork",
    "nodeSelector",
    "tolerations",
    "imagePullSecrets",
    "hostAliases",
)
_LEGACY_PREDICTORS = (
    "sklearn",
    "xgboost",
    "tensorflow",
    "pytorch",
    "triton",
    "onnx",
    "huggingface",
    "pmml",
    "lightgbm",
)
_SPARK_CONTAINER = ("env", "envFrom", "volumeMounts", "ports", "lifecycle")
_NAMED = {"environmentVariables": "env", "modelInvocationPort": "ports", "modelVolumeMount": "volumeMounts"}


def _spec(at: Node, fields: dict[str, Node], rest: Unresolved | None = None) -> Node:
    return Node(fields, at.path, at.line, at.column, None, rest)


def _container(at: Node, fields: dict[str, Node], name: str, rest: Unresolved | None = None) -> Node:
    return Node({"name": at.with_value(name), **fields}, at.path, at.line, at.column, None, rest or at.rest)


def _kept(*holders: Node | None) -> dict[str, Node]:
    """The fields of a pod that the holders set, the first of them before the others."""
    found: dict[str, Node] = {}
    for holder in holders:
        for key in _POD_KEYS:
            child = holder.get(key) if holder is not None else None
            if child is not None:
                found.setdefault(key, child)
    return found


def _argo(at: Node, document: Node) -> Node | None:
    """A template of an Argo workflow: one container, script or set of containers, and its helpers."""
    containers = [c for key in ("container", "script") if (c := at.get(key)) is not None]
    grouped = at.dig("containerSet.containers")
    containers.extend(grouped.list() if grouped is not None else ())
    if not containers:
        return None
    helpers = at.get("sidecars")
    containers.extend(helpers.list() if helpers is not None else ())
    whole = document.dig("spec.workflowSpec") or document.get("spec")
    fields = _kept(at, whole)
    both = [v for holder in (at, whole) if holder and (v := holder.get("volumes")) and isinstance(v.value, list)]
    if len(both) == 2:
        fields["volumes"] = both[0].with_value([*both[0].value, *both[1].value])
    first = containers[0]
    fields["containers"] = Node([_with_name(c, "main") for c in containers], at.path, first.line, first.column)
    if (before := at.get("initContainers")) is not None:
        fields["initContainers"] = before
    patched = at.get("podSpecPatch") or (whole.get("podSpecPatch") if whole is not None else None)
    rest = Unresolved("podSpecPatch may set it", patched.place) if patched is not None else None
    return _spec(at, fields, rest)


def _with_name(container: Node, name: str) -> Node:
    if not isinstance(container.value, dict) or "name" in container.value:
        return container
    return _container(container, container.value, name)


def _serving_runtime(at: Node, document: Node) -> Node | None:
    """A serving runtime of KServe is a pod spec; the multi-model form names its container `mm`."""
    return at if at.get("containers") is not None else None


def _predictor(at: Node, document: Node) -> Node | None:
    """A component of an InferenceService: a pod spec, and a model that a serving runtime serves."""
    if not isinstance(at.value, dict):
        return at
    model = at.get("model")
    if model is None:
        model = next((found for key in _LEGACY_PREDICTORS if (found := at.get(key)) is not None), None)
    custom = at.dig("custom.container")
    if custom is not None:
        return _spec(at, {**at.value, "containers": at.with_value([_with_name(custom, "main")])})
    if model is None or not isinstance(model.value, dict):
        return at if at.get("containers") is not None else None
    reason = Unresolved("the serving runtime may set it", model.place)
    given = {key: child for key, child in model.value.items() if key not in ("modelFormat", "storage")}
    served = _container(model, given, "kserve-container", reason)
    more = at.get("containers")
    containers = [served, *(c for c in (more.list() if more is not None else ()) if not _named(c, "kserve-container"))]
    return _spec(at, {**at.value, "containers": at.with_value(containers)}, reason)


def _named(container: Node, name: str) -> bool:
    found = container.get("name")
    return found is not None and found.value == name


def _train_job(at: Node, document: Node) -> Node | None:
    """The trainer of a TrainJob: what it sets overrides the runtime that it names."""
    trainer = at.get("trainer")
    if trainer is None or not isinstance(trainer.value, dict):
        return None
    reason = Unresolved("the training runtime may set it", trainer.place)
    fields = dict(trainer.value)
    if (resources := fields.pop("resourcesPerNode", None)) is not None:
        fields["resources"] = resources
    container = _container(trainer, fields, "node", reason)
    return _spec(at, {"containers": trainer.with_value([container])}, reason)


def _hyperpod_model(at: Node, document: Node) -> Node | None:
    """A model that the inference operator of HyperPod serves; its image is the operator's for a hub model."""
    reason = Unresolved("the HyperPod inference operator decides it", at.place)
    worker = at.get("worker") or at
    held = _fields(worker)
    fields = {_NAMED.get(key, key): child for key, child in held.items() if key in _NAMED or worker is not at}
    for key in ("ports", "volumeMounts"):
        if key in fields and isinstance(fields[key].value, dict):
            fields[key] = fields[key].with_value([fields[key]])
    container = _container(worker, fields, "worker", reason)
    return _spec(at, {"containers": worker.with_value([container])}, reason)


def _spark(at: Node, document: Node) -> Node | None:
    """The driver or the executors of a Spark application: a container's fields and the pod's in one."""
    if not isinstance(at.value, dict):
        return at
    scheduled = document.dig("spec.template.driver") is not None
    whole = document.dig("spec.template" if scheduled else "spec") or document
    pod = _fields(at.dig("template.spec"))
    given = pod.pop("containers", None)
    own = _fields(given.value[0]) if given is not None and isinstance(given.value, list) and given.value else {}
    container = {
        **own,
        **{key: at.value[key] for key in _SPARK_CONTAINER if key in at.value},
        **_spark_resources(at.value),
    }
    image = at.get("image") or whole.get("image")
    if image is not None:
        container["image"] = image
    role = "driver" if whole.get("driver") is at else "executor"
    helpers = at.get("sidecars")
    listed = [_container(at, container, f"spark-kubernetes-{role}"), *(helpers.list() if helpers is not None else ())]
    more = {"volumes": whole.get("volumes"), "securityContext": at.get("podSecurityContext")}
    fields = {**pod, **{key: found for key, found in more.items() if found is not None}, **at.value}
    return _spec(at, {**fields, "containers": at.with_value(listed)})


def _fields(node: Node | None) -> dict[str, Node]:
    return dict(node.value) if node is not None and isinstance(node.value, dict) else {}


def _spark_resources(fields: dict[str, Node]) -> dict[str, Node]:
    limits: dict[str, Node] = {}
    if "coreLimit" in fields:
        limits["cpu"] = fields["coreLimit"]
    if "memory" in fields:
        limits["memory"] = fields["memory"]
    gpu = fields.get("gpu")
    name, quantity = (gpu.get("name"), gpu.get("quantity")) if gpu is not None else (None, None)
    if name is not None and quantity is not None and isinstance(name.value, str):
        limits[name.value] = quantity
    if not limits:
        return {}
    at = next(iter(limits.values()))
    return {"resources": at.with_value({"limits": at.with_value(limits)})}


def _vllm_stack(at: Node, document: Node) -> Node | None:
    """A server, router or cache of the vLLM production stack, whose operator writes its command."""
    deployed = at.get("deploymentConfig") or at
    image = deployed.get("image")
    reason = Unresolved("the operator of the vLLM production stack decides it", at.place)
    if image is None:
        return None
    fields = {"image": _joined(image)}
    env = at.dig("vllmConfig.env") or at.get("env")
    if env is not None:
        fields["env"] = env
    port = at.dig("vllmConfig.port") or at.get("port")
    if port is not None:
        fields["ports"] = port.with_value([port.with_value({"containerPort": port})])
    resources = deployed.get("resources")
    if resources is not None and isinstance(resources.value, dict):
        kind = resources.get("gpuType") or resources
        asked: dict[str, str] = {"gpu": kind.text() or "nvidia.com/gpu", "cpu": "cpu", "memory": "memory"}
        limits = {asked[key]: child for key, child in resources.value.items() if key in asked}
        fields["resources"] = resources.with_value({"limits": resources.with_value(limits)})
    held = _fields(at.dig("podTemplate.spec"))
    if (account := at.get("serviceAccountName")) is not None:
        held["serviceAccountName"] = account
    container = _container(deployed, fields, "main", reason)
    return _spec(at, {**held, "containers": deployed.with_value([container])}, reason)


def _joined(image: Node) -> Node:
    registry, name = image.get("registry"), image.get("name")
    if registry is None or name is None or not isinstance(registry.value, str) or not isinstance(name.value, str):
        return name if name is not None else image
    return name.with_value(f"{registry.value.rstrip('/')}/{name.value}")


def _dynamo(at: Node, document: Node) -> Node | None:
    """A service of a Dynamo graph: a pod spec whose first container stands apart."""
    pod = at.get("extraPodSpec")
    main = pod.get("mainContainer") if pod is not None else None
    if pod is None or main is None or not isinstance(pod.value, dict) or not isinstance(main.value, dict):
        return None
    reason = Unresolved("the Dynamo operator may set it", at.place)
    fields = dict(main.value)
    for key, own in (("resources", "resources"), ("envs", "env")):
        if own not in fields and (found := at.get(key)) is not None:
            fields[own] = found
    limits = fields["resources"].get("limits") if "resources" in fields else None
    if limits is not None and isinstance(limits.value, dict) and "gpu" in limits.value:
        known = {("nvidia.com/gpu" if key == "gpu" else key): child for key, child in limits.value.items()}
        resources = fields["resources"]
        fields["resources"] = resources.with_value({**resources.value, "limits": limits.with_value(known)})
    held = {key: child for key, child in pod.value.items() if key not in ("mainContainer", "containers")}
    more = pod.get("containers")
    containers = [_container(main, fields, "main", reason), *(more.list() if more is not None else ())]
    return _spec(at, {**held, "containers": main.with_value(containers)}, reason)


SHAPES: dict[str, Callable[[Node, Node], Node | None]] = {
    "argo": _argo,
    "serving-runtime": _serving_runtime,
    "predictor": _predictor,
    "train-job": _train_job,
    "hyperpod-model": _hyperpod_model,
    "spark": _spark,
    "vllm-stack": _vllm_stack,
    "dynamo": _dynamo,
}
