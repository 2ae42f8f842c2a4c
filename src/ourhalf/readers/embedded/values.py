"""Lists of ids or address ranges, which the EC2 API wraps one by one."""

from ourhalf.readers.node import Node

_KEYS = ("CidrIp", "CidrIpv6", "PrefixListId", "GroupId", "GroupName")


def parse(node: Node) -> Node:
    """The list with each `{"CidrIp": ...}` replaced by what it wraps; other elements stay."""
    if not isinstance(node.value, list):
        return node
    return Node([_unwrapped(n) for n in node.value], node.path, node.line, node.column, node.tag, node.rest)


def _unwrapped(node: Node) -> Node:
    if not isinstance(node.value, dict):
        return node
    return next((found for key in _KEYS if (found := node.get(key)) is not None), node)
