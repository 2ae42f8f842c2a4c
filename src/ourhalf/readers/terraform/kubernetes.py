"""Kubernetes objects that Terraform declares, as the trees that YAML would give."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.values import why
from ourhalf.readers.terraform.yaml_texts import parse_partial
from ourhalf.readers.yaml import ParseError, documents

_PREFIX = "kubernetes_"
_MANIFESTS = {"kubernetes_manifest": "manifest", "kubectl_manifest": "yaml_body", "k8s_manifest": "content"}

_KINDS = {
    "config_map": ("v1", "ConfigMap"),
    "cron_job": ("batch/v1", "CronJob"),
    "cluster_role": ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    "cluster_role_binding": ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    "daemonset": ("apps/v1", "DaemonSet"),
    "daemon_set": ("apps/v1", "DaemonSet"),
    "deployment": ("apps/v1", "Deployment"),
    "ingress": ("networking.k8s.io/v1", "Ingress"),
    "job": ("batch/v1", "Job"),
    "limit_range": ("v1", "LimitRange"),
    "namespace": ("v1", "Namespace"),
    "network_policy": ("networking.k8s.io/v1", "NetworkPolicy"),
    "persistent_volume": ("v1", "PersistentVolume"),
    "persistent_volume_claim": ("v1", "PersistentVolumeClaim"),
    "pod": ("v1", "Pod"),
    "pod_disruption_budget": ("policy/v1", "PodDisruptionBudget"),
    "priority_class": ("scheduling.k8s.io/v1", "PriorityClass"),
    "replication_controller": ("v1", "ReplicationController"),
    "resource_quota": ("v1", "ResourceQuota"),
    "role": ("rbac.authorization.k8s.io/v1", "Role"),
    "role_binding": ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    "secret": ("v1", "Secret"),
    "service": ("v1", "Service"),
    "service_account": ("v1", "ServiceAccount"),
    "stateful_set": ("apps/v1", "StatefulSet"),
    "storage_class": ("storage.k8s.io/v1", "StorageClass"),
}

# Blocks that repeat, by their name in Terraform: the list of the API that they stand for.
_LISTS = {
    "api_groups": "apiGroups",
    "allowed_topologies": "allowedTopologies",
    "cluster_role_selectors": "clusterRoleSelectors",
    "container": "containers",
    "ephemeral_container": "ephemeralContainers",
    "env": "env",
    "env_from": "envFrom",
    "from": "from",
    "host_aliases": "hostAliases",
    "http_header": "httpHeaders",
    "image_pull_secret": "imagePullSecrets",
    "image_pull_secrets": "imagePullSecrets",
    "init_container": "initContainers",
    "items": "items",
    "limit": "limits",
    "match_expressions": "matchExpressions",
    "match_fields": "matchFields",
    "node_selector_term": "nodeSelectorTerms",
    "option": "options",
    "path": "paths",
    "port": "ports",
    "ports": "ports",
    "preferred_during_scheduling_ignored_during_execution": "preferredDuringSchedulingIgnoredDuringExecution",
    "readiness_gate": "readinessGates",
    "role_ref": "",
    "rule": "rules",
    "sources": "sources",
    "subject": "subjects",
    "sysctl": "sysctls",
    "tls": "tls",
    "to": "to",
    "toleration": "tolerations",
    "topology_spread_constraint": "topologySpreadConstraints",
    "volume": "volumes",
    "volume_claim_template": "volumeClaimTemplates",
    "volume_device": "volumeDevices",
    "volume_mount": "volumeMounts",
}
# Blocks whose meaning depends on the block that they stand in: (block above, block) to a list or not.
_IN = {
    ("backend", "service"): "",
    ("http_get", "port"): "",
    ("ingress_spec", "rule"): "rules",
    ("network_policy", "egress"): "egress",
    ("network_policy", "ingress"): "ingress",
    ("node_affinity", "required_during_scheduling_ignored_during_execution"): "",
    ("pod_affinity", "required_during_scheduling_ignored_during_execution"): (
        "requiredDuringSchedulingIgnoredDuringExecution"
    ),
    ("pod_anti_affinity", "required_during_scheduling_ignored_during_execution"): (
        "requiredDuringSchedulingIgnoredDuringExecution"
    ),
    ("service", "port"): "",
    ("service_account", "secret"): "secrets",
    ("", "secret"): "secrets",
    ("container_port", "port"): "",
}
# Mappings of names that people choose: their keys are not fields.
_FREE = frozenset(
    {
        "annotations",
        "binary_data",
        "data",
        "labels",
        "limits",
        "match_labels",
        "mount_options",
        "node_selector",
        "parameters",
        "requests",
        "selector",
        "string_data",
        "volume_attributes",
    }
)
_SPELLED = {
    "api_group": "apiGroup",
    "cluster_ip": "clusterIP",
    "cluster_ips": "clusterIPs",
    "external_ips": "externalIPs",
    "external_i_ps": "externalIPs",
    "fs_group": "fsGroup",
    "host_ip": "hostIP",
    "host_ipc": "hostIPC",
    "host_pid": "hostPID",
    "load_balancer_ip": "loadBalancerIP",
    "non_resource_urls": "nonResourceURLs",
    "pod_ip": "podIP",
    "se_linux_options": "seLinuxOptions",
}
_DEEPEST = 40


def declares(kind: str) -> bool:
    """Whether a resource type stands for Kubernetes objects."""
    return kind in _MANIFESTS or (kind.startswith(_PREFIX) and _short(kind) in _KINDS)


def _short(kind: str) -> str:
    name = kind.removeprefix(_PREFIX)
    for version in ("_v1", "_v1beta1", "_v2"):
        name = name.removesuffix(version)
    return name


def objects(kind: str, fields: Node) -> Iterator[Node]:
    """The objects that a resource declares. Raises ParseError where the text that holds them is no YAML."""
    attribute = _MANIFESTS.get(kind)
    if attribute is None:
        yield _object(_short(kind), fields)
        return
    held = fields.get(attribute)
    if held is None or held.value is None:
        return
    if isinstance(held.value, dict):
        yield Node(held.value, held.path, held.line, held.column, None, held.rest)
    elif isinstance(held.value, str):
        yield from documents(held.value.encode(), held.path, first_line=held.line)
    elif isinstance(held.value, Unresolved) and held.value.parts:
        yield from parse_partial(held)
    else:
        unknown = why(held)
        raise ParseError(unknown.reason if unknown else "no object", held.line)


def _object(name: str, fields: Node) -> Node:
    version, kind = _KINDS[name]
    found = _camel(fields, _context(name), 0)
    if isinstance(found.value, dict):
        found.value = {
            "apiVersion": fields.with_value(version),
            "kind": fields.with_value(kind),
            **found.value,
        }
    return found


def _context(name: str) -> str:
    return "" if name == "service_account" else f"{name}_object"


def _camel(node: Node, above: str, depth: int) -> Node:
    """Blocks and attributes as fields: names in camel case, blocks that do not repeat as mappings."""
    if depth > _DEEPEST:
        return node.unresolved(f"nested deeper than {_DEEPEST} blocks")
    held = node.value
    if isinstance(held, list):
        return _same(node, [_camel(child, above, depth + 1) for child in held])
    if not isinstance(held, dict):
        return node
    found: dict[str, Node] = {}
    for name, child in held.items():
        if child.value is None:
            continue
        key, value = _field(name, child, above, depth)
        found[key] = value
    return _same(node, found)


def _field(name: str, child: Node, above: str, depth: int) -> tuple[str, Node]:
    if name in _FREE and not _is_blocks(child):
        return _name(name), child
    if name in _FREE and above.startswith("resources"):
        return _name(name), _single(child)
    inside = above if name in {"spec", "template"} and above.endswith("_object") else name
    plural = _plural(name, child, above)
    moved = _camel(child, inside, depth + 1)
    if plural:
        return plural, moved if isinstance(moved.value, list | Unresolved) else _same(moved, [moved])
    return _name(name), _single(moved)


def _plural(name: str, child: Node, above: str) -> str:
    """The API's name of the list that a block is one element of; empty for any other."""
    if not _is_blocks(child) and not isinstance(child.value, Unresolved):
        return ""
    exact = _IN.get((above, name))
    if exact is not None:
        return exact
    if above == "network_policy_object" and name in {"ingress", "egress"}:
        return name
    return _LISTS.get(name, "")


def _is_blocks(node: Node) -> bool:
    return isinstance(node.value, list) and (
        node.rest is not None or any(isinstance(child.value, dict) for child in node.value)
    )


def _single(node: Node) -> Node:
    """The one block of a kind that does not repeat."""
    if _is_blocks(node) and len(node.value) == 1 and node.rest is None:
        only: Node = node.value[0]
        return Node(only.value, node.path, node.line, node.column, only.tag, only.rest)
    return node


def _same(node: Node, held: object) -> Node:
    return Node(held, node.path, node.line, node.column, node.tag, node.rest)


def _name(name: str) -> str:
    """A name in camel case, as the Kubernetes API spells it."""
    spelled = _SPELLED.get(name)
    if spelled is not None:
        return spelled
    first, *others = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in others)
