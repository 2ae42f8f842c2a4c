"""A shell script in base64, such as a notebook's lifecycle script; one in the clear is taken as it is."""

import base64
import binascii

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.secrets import is_marked, scrub

MAX_LENGTH = 1 << 20


def parse(node: Node) -> Node:
    """The script, secrets of known formats replaced by marks; a marked part of one that is not known whole."""
    text = node.value
    if isinstance(text, Unresolved):
        marked = next((part for part in text.parts if isinstance(part, str) and is_marked(part)), None)
        return node if marked is None else node.with_value(marked)
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
