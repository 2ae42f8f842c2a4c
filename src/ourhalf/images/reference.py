"""Splits an image reference into its parts.

Source: the grammar of references in github.com/distribution/reference.
"""

from __future__ import annotations

import re

from ourhalf.model.images import ImageReference

_REFERENCE = re.compile(
    r"(?P<name>[a-zA-Z0-9][a-zA-Z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*)"
    r"(?::(?P<tag>[\w][\w.-]{0,127}))?"
    r"(?:@(?P<digest>[a-z0-9+._-]+:[0-9a-fA-F]{32,}))?\Z"
)
_LONGEST = 4096


def parse(text: str) -> ImageReference | None:
    """The parts of `text`, None where it is no image reference.

    A first part with a dot or a port, or `localhost`, is the registry; else it is docker.io.
    """
    if len(text) > _LONGEST:
        return None
    first, slash, rest = text.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        registry, remainder = first, rest
    else:
        registry, remainder = "docker.io", text
    found = _REFERENCE.match(remainder)
    if found is None:
        return None
    repository = found["name"]
    if registry == "docker.io" and "/" not in repository:
        repository = f"library/{repository}"
    return ImageReference(text, registry, repository, found["tag"], found["digest"])
