"""How many GPUs a container asks for, however its language writes it."""

from __future__ import annotations

import re

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node

_ACCELERATORS = frozenset({"gpu", "neurondevice", "inferenceaccelerator"})
_EXTENDED = re.compile(
    r"nvidia\.com/(gpu|mig-).*|amd\.com/gpu|aws\.amazon\.com/neuron.*|habana\.ai/gaudi|gpu\.intel\.com/.*|google\.com/tpu"
)


def parse(node: Node) -> Node:
    """A text: a number, `all`, or the ids of devices; a node of None where it asks for none.

    Reads the resource requirements of ECS and Batch, the device requests of Compose, and the
    resources of a Kubernetes container.
    """
    if isinstance(node.value, dict):
        return _limits(node)
    if not isinstance(node.value, list):
        return node
    for child in node.list():
        found = _requirement(child) or _device(child)
        if found is not None:
            return found
        if isinstance(child.value, Unresolved):
            return child
    return node.with_value(node.rest)


def _limits(node: Node) -> Node:
    limits = node.get("limits")
    for name, child in limits.items() if limits is not None else ():
        if _EXTENDED.fullmatch(name) and child.value not in (0, "0"):
            return child
    if limits is not None and (limits.rest is not None or isinstance(limits.value, Unresolved)):
        return limits.with_value(limits.rest or limits.value)
    claims = node.get("claims")
    if claims is not None and claims.value:
        return claims.unresolved("a resource claim decides which devices the container gets")
    return node.with_value(node.rest)


def _requirement(child: Node) -> Node | None:
    kind = child.get("type") or child.get("Type")
    if kind is None or not isinstance(kind.value, str | Unresolved):
        return None
    if isinstance(kind.value, str) and kind.value.lower() not in _ACCELERATORS:
        return None
    if isinstance(kind.value, Unresolved):
        return child.with_value(kind.value)
    held = child.get("value") or child.get("Value")
    return child.with_value(held.value if held is not None else 1)


def _device(child: Node) -> Node | None:
    capabilities = child.get("capabilities")
    if capabilities is None or not any(c.text() in ("gpu", "nvidia") for c in capabilities.list()):
        return None
    ids = child.get("device_ids")
    if ids is not None:
        return child.with_value(",".join(str(c.value) for c in ids.list()))
    count = child.get("count")
    return child.with_value("all" if count is None or count.value == -1 else count.value)
