"""What a container starts of what lies in its image: scripts, and servers by their configuration."""

from __future__ import annotations

import re

from ourhalf.model.field import Field, Known, Many, Unresolved, elements, unknown_part
from ourhalf.model.workload import ServerFile
from ourhalf.resources.images import ContainerImage, Exhibit

_SCRIPT, _SETTINGS = "start-script", "server-settings"
_MOST_WORDS = 256
_SEPARATORS = re.compile(r"[\s;&|()'\"]+")
_NAMES_SCRIPT = re.compile(r"\.(?:ba)?sh$|entry_?point$")


def scripts(image: ContainerImage, entrypoint: Many[str], arguments: Many[str]) -> Many[str]:
    """The telling lines of the scripts that a command line names, one step deep: an element a script.

    In part unresolved where a script is too long, or where it may be in a part of the image that was not read.
    """
    words = [word for part in (*elements(entrypoint), *elements(arguments)) for word in _SEPARATORS.split(part)]
    words = words[:_MOST_WORDS]
    found = [one for one in elements(image.exhibits) if one.kind == _SCRIPT and _is_named(one.file, words)]
    lines: list[str | Unresolved] = []
    for one in found:
        lines.append(f"\n{one.details.get('lines', '')}")  # a line of its own for what reads command lines
        if one.details.get("cut"):
            lines.append(Unresolved(f"{one.file} is too long to be read whole", one.place))
    hidden = unknown_part(image.exhibits)
    if hidden is not None and not found and any(map(_NAMES_SCRIPT.search, words)):
        lines.append(hidden)
    return Known(tuple(lines), found[0].place if found else image.exhibits.place)


def _is_named(path: str, words: list[str]) -> bool:
    """Whether a command names a file of the image: by its path, or by its name alone."""
    name = path.rpartition("/")[2]
    return any(word == path or (not word.startswith("/") and word.rpartition("/")[2] == name) for word in words)


def server_files(image: ContainerImage) -> Many[ServerFile]:
    """What configures servers in an image; in part unresolved where not all of it was read."""
    hidden: Unresolved | None = unknown_part(image.exhibits)
    found = tuple(_file(one) for one in elements(image.exhibits) if one.kind == _SETTINGS)
    return Known((*found, *([hidden] if hidden is not None else [])), image.exhibits.place)


def _file(exhibit: Exhibit) -> ServerFile:
    settings: Field[dict[str, str]] = Known(exhibit.details, exhibit.place)
    return ServerFile(server=exhibit.details.get("server", ""), path=exhibit.file, settings=settings)
