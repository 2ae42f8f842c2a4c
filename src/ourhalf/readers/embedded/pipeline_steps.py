"""The types of the steps of a SageMaker pipeline, in order, conditions before what hangs on them."""

from ourhalf.model.field import Unresolved
from ourhalf.readers.embedded import json
from ourhalf.readers.node import Node


def parse(node: Node) -> Node:
    """The list of types in a definition, given as a tree or a JSON text."""
    definition = json.parse(node) if isinstance(node.value, str | Unresolved) else node
    steps = definition.get("Steps") if isinstance(definition.value, dict) else None
    if steps is None or not isinstance(steps.value, list):
        return definition if not isinstance(definition.value, dict) else node.unresolved("no list of steps")
    types = [step.get("Type") for step in steps.value]
    return Node([t for t in types if t is not None], node.path, node.line, node.column, rest=steps.rest)
