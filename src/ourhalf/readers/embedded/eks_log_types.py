"""The kinds of control plane log that an EKS cluster keeps, as a list of their names in every language."""

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node


def parse(node: Node) -> Node:
    """The names: Terraform lists them, CloudFormation wraps each, the API lists groups on and off."""
    if not isinstance(node.value, list):
        return node
    found: list[Node] = []
    for item in node.value:
        if not isinstance(item.value, dict):
            found.append(item)
            continue
        single, group, enabled = item.get("Type"), item.get("types"), item.get("enabled")
        if single is not None:
            found.append(single)
        elif enabled is not None and isinstance(enabled.value, Unresolved):
            found.append(enabled)
        elif group is not None and enabled is not None and enabled.value is True:
            found.extend(group.list() if isinstance(group.value, list) else (group,))
    return Node(found, node.path, node.line, node.column, node.tag, node.rest)
