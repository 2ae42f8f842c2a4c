"""Patches of Kubernetes objects: strategic merge, JSON merge and JSON patch (RFC 6902), on trees of nodes."""

from __future__ import annotations

from ourhalf.model.numbers import whole
from ourhalf.readers.kubernetes.objects import Identity, identity
from ourhalf.readers.node import Node

_DEEPEST = 64
_DIRECTIVE = "$patch"
_SIDES = ("$setElementOrder", "$retainKeys", "$deleteFromPrimitiveList")
# The key by which elements of a list are the same, for the kinds that Kubernetes itself defines.
_MERGE_KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "secrets": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "ports": ("containerPort", "port"),
    "hostAliases": ("ip",),
    "sysctls": (),
}
_BUILT_IN = frozenset(
    {
        "v1",
        "apps",
        "batch",
        "extensions",
        "autoscaling",
        "policy",
        "networking.k8s.io",
        "rbac.authorization.k8s.io",
        "storage.k8s.io",
        "scheduling.k8s.io",
    }
)


class PatchError(Exception):
    """A patch that does not fit what it is applied to."""


def merged(base: Node, patch: Node, built_in: bool) -> Node:
    """`base` with `patch` merged into it; lists of kinds that are `built_in` are merged by element."""
    if not isinstance(patch.value, dict) or not isinstance(base.value, dict):
        return patch
    directive = patch.value.get(_DIRECTIVE)
    if directive is not None and directive.value == "replace":
        kept = {key: child for key, child in patch.value.items() if key != _DIRECTIVE}
        return Node(kept, patch.path, patch.line, patch.column, patch.tag)
    fields = dict(base.value)
    for key, child in patch.value.items():
        if key == _DIRECTIVE or key.startswith(_SIDES):
            continue
        if child.value is None or _deletes(child):
            fields.pop(key, None)
        elif key in fields:
            fields[key] = _merged_field(key, fields[key], child, built_in)
        else:
            fields[key] = _cleaned(child)
    return Node(fields, base.path, base.line, base.column, base.tag, base.rest)


def _merged_field(key: str, base: Node, patch: Node, built_in: bool) -> Node:
    if isinstance(base.value, dict) and isinstance(patch.value, dict):
        return merged(base, patch, built_in)
    merge_keys = _MERGE_KEYS.get(key, ())
    if built_in and merge_keys and isinstance(base.value, list) and isinstance(patch.value, list):
        return _merged_list(base, patch, merge_keys)
    return patch


def _merged_list(base: Node, patch: Node, keys: tuple[str, ...]) -> Node:
    if any(_deletes(child, "replace") for child in patch.value):
        return patch.with_value([child for child in patch.value if not _deletes(child, "replace")])
    left: list[Node] = list(base.value)
    patched: list[Node] = []  # what a patch names stands before what it leaves alone, as kustomize has it
    for child in patch.value:
        same = next((i for i, one in enumerate(left) if _same(one, child, keys)), None)
        found = left.pop(same) if same is not None else None
        if not _deletes(child):
            patched.append(child if found is None else merged(found, child, built_in=True))
    return Node([*patched, *left], base.path, base.line, base.column, base.tag, base.rest)


def _same(one: Node, other: Node, keys: tuple[str, ...]) -> bool:
    for key in keys:
        mine, theirs = one.get(key), other.get(key)
        if mine is not None and theirs is not None:
            return bool(mine.value == theirs.value)
    return False


def _deletes(node: Node, directive: str = "delete") -> bool:
    if not isinstance(node.value, dict):
        return False
    found = node.value.get(_DIRECTIVE)
    return found is not None and found.value == directive


def _cleaned(node: Node) -> Node:
    """A new value without directives."""
    if not isinstance(node.value, dict) or _DIRECTIVE not in node.value:
        return node
    return Node({k: c for k, c in node.value.items() if k != _DIRECTIVE}, node.path, node.line, node.column, node.tag)


def strategic(document: Node, patch: Node) -> Node | None:
    """The object with a strategic merge patch applied; None where the patch deletes it."""
    return None if _deletes(patch) else merged(document, patch, identity(document).group in _BUILT_IN)


def names(patch: Node, who: Identity) -> bool:
    """Whether a patch without a target is for the object."""
    own = identity(patch)
    if (own.kind, own.name, own.group) != (who.kind, who.name, who.group):
        return False
    stated = patch.dig("metadata.namespace")
    return stated is None or own.namespace == who.namespace


def operated(document: Node, operations: Node) -> Node:
    """The object with the operations of a JSON patch applied in order. Raises PatchError where one does not fit."""
    for operation in operations.list():
        name, path = operation.get("op"), operation.get("path")
        if name is None or path is None or not isinstance(path.value, str):
            raise PatchError("an operation without op or path")
        steps = _steps(path.value)
        if name.value in ("copy", "move"):
            source = operation.get("from")
            start = _steps(str(source.value)) if source is not None else []
            value: Node | None = _found(document, start)
            if name.value == "move":
                document = _changed(document, start, "remove", None)
            document = _changed(document, steps, "add", value)
        elif name.value in ("add", "replace", "remove"):
            document = _changed(document, steps, name.value, operation.get("value"))
        elif name.value != "test":
            raise PatchError(f"an operation `{name.value}`")
    return document


def _steps(path: str) -> list[str]:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    if len(steps) > _DEEPEST:
        raise PatchError(f"a path of more than {_DEEPEST} steps")
    return steps


def _found(node: Node, steps: list[str]) -> Node:
    for step in steps:
        node = _child(node, step)
    return node


def _child(node: Node, step: str) -> Node:
    value = node.value
    if isinstance(value, dict) and step in value:
        found: Node = value[step]
        return found
    if isinstance(value, list):
        return value[_position(step, len(value) - 1)]  # type: ignore[no-any-return]
    raise PatchError(f"there is no `{step}` to patch")


def _position(step: str, last: int) -> int:
    number = whole(step)
    if number is not None and number <= last:
        return number
    raise PatchError(f"there is no element {step} to patch")


def _changed(node: Node, steps: list[str], operation: str, value: Node | None) -> Node:
    if not steps:
        return value if value is not None else node.with_value(None)
    step, *further = steps
    if further:
        child = _changed(_child(node, step), further, operation, value)
        operation, value = "replace", child
    if isinstance(node.value, dict):
        fields = dict(node.value)
        if operation != "add" and step not in fields:
            raise PatchError(f"there is no `{step}` to {operation}")
        if operation == "remove":
            del fields[step]
        else:
            fields[step] = value if value is not None else node.with_value(None)
        return Node(fields, node.path, node.line, node.column, node.tag, node.rest)
    if not isinstance(node.value, list):
        raise PatchError(f"there is no `{step}` to {operation}")
    elements = list(node.value)
    adds = operation == "add"
    at = len(elements) if adds and step == "-" else _position(step, len(elements) - (not adds))
    if operation == "add":
        elements.insert(at, value if value is not None else node.with_value(None))
    elif operation == "remove":
        del elements[at]
    else:
        elements[at] = value if value is not None else node.with_value(None)
    return Node(elements, node.path, node.line, node.column, node.tag, node.rest)
