"""XML of feeds: without types and entities of its own, element by element."""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from ourhalf.advisories.importers.importer import UnusableError


def elements(data: bytes, tag: str) -> Iterator[ET.Element]:
    """Each element named `tag`, whatever its namespace, emptied once it has been looked at. Raises UnusableError.

    A document with a DOCTYPE is refused, so that no entity is ever expanded; one in UTF-16 too, which could hide it.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:4096]:
        raise UnusableError("it has types or entities of its own, or is not in UTF-8")
    try:
        for _, element in ET.iterparse(io.BytesIO(data), ("end",)):  # noqa: S314 - no entities, see above
            if element.tag.rpartition("}")[2] == tag:
                yield element
                element.clear()
    except ET.ParseError as error:
        raise UnusableError(f"it is no sound XML: {str(error)[:120]}") from None


def children(element: ET.Element, *path: str) -> list[ET.Element]:
    """The elements below, step by step by their names without namespaces."""
    found = [element]
    for step in path:
        found = [child for one in found for child in one if child.tag.rpartition("}")[2] == step]
    return found


def text(element: ET.Element, *path: str) -> str:
    """The text of the first element below; empty where there is none."""
    found = children(element, *path)
    return (found[0].text or "").strip() if found else ""
