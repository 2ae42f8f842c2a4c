"""A JSON text inside another file, such as a policy or the containers of an ECS task in Terraform."""

from ourhalf.readers.node import Node
from ourhalf.readers.yaml import ParseError, documents


def parse(node: Node) -> Node:
    """The tree of the text, each node at its line of the file when the text keeps its lines."""
    text = node.value
    if not isinstance(text, str):
        return node
    try:
        found = next(documents(text.encode(), node.path, json=True, first_line=node.line), None)
    except ParseError as error:
        return node.unresolved(f"not JSON: {error.reason}")
    return Node({} if found is None else found.value, node.path, node.line, node.column, "!json")
