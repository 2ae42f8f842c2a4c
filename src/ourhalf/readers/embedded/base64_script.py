"""A shell script in base64, such as a notebook's lifecycle script; one in the clear is taken as it is."""

import base64
import binascii

from ourhalf.readers.node import Node
from ourhalf.readers.secrets import scrub

MAX_LENGTH = 1 << 20


def parse(node: Node) -> Node:
    """The script, secrets of known formats replaced by marks."""
    text = node.value
    if not isinstance(text, str):
        return node
    if len(text) > MAX_LENGTH:
        return node.unresolved(f"a script of more than {MAX_LENGTH:,} characters")
    return node.with_value(scrub(_decoded(text)).decode("utf-8", "replace"))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text.encode("utf-8", "replace")
