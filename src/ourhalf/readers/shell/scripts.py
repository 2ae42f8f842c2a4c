"""Shell scripts, units of systemd and cloud-configs that start containers on the host that runs them."""

from __future__ import annotations

import re

from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known, Unresolved, elements
from ourhalf.model.resource import Dialect, Language, Origin
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files, Reader, Unit, UnreadableError
from ourhalf.resources.compose import BootScript

_ENDINGS = (".sh", ".bash", ".service", ".userdata")
_TEMPLATE = re.compile(
    r"(?i)(user[-_]?data|cloud[-_]?init|bootstrap|start[-_]?up|boot|\.sh|\.bash)[^/]*\.(tpl|tftpl|txt|template|j2)$"
)
_ENGINE = re.compile(
    rb"\b(?:docker|podman|nerdctl|finch|nvidia-docker)\b(?:[^\n\\;|&]|\\\r?\n|\\.){0,200}?\b(?:run|create|up)\b"
)
_MAX_BYTES = 1024 * 1024


def _wants(path: str) -> bool:
    return path.endswith(_ENDINGS) or _TEMPLATE.search(path) is not None


def _read(unit: Unit, files: Files) -> Evidence:
    data = files.read(unit.path)
    if _ENGINE.search(data) is None:
        return Evidence(files=1)
    if len(data) > _MAX_BYTES:
        raise UnreadableError("a script larger than 1 MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("not UTF-8 text", data[: error.start].count(b"\n") + 1) from None
    tag = "!unit" if unit.path.endswith(".service") else "!script"
    return Evidence(_script(Node(text, unit.path, 1, 1, tag)), files=1)


def _script(text: Node) -> tuple[BootScript, ...]:
    """The resource of a script, where it starts any container that can be told."""
    name = text.path.rsplit("/", 1)[-1]
    origin = Origin(text.place, Language.SHELL, Dialect.COMPOSE, text.path, "script")
    found = build(BootScript, name, text.with_value({"script": text}), origin)
    match found.user_data:
        case Known(value) if elements(value.containers):
            return (found,)
        case Unresolved():
            return (found,)
    return ()


def _wants_cloud_config(document: Node) -> bool:
    value = document.value
    if not isinstance(value, dict) or not value.keys() & {"runcmd", "bootcmd", "write_files"}:
        return False
    return "apiVersion" not in value and "Resources" not in value


def _read_cloud_config(document: Node, files: Files) -> Evidence:
    tagged = Node(document.value, document.path, document.line, document.column, "!cloud-config")
    return Evidence(_script(tagged))


SCRIPTS = Reader("scripts", _wants, _read)
CLOUD_CONFIG = DocumentReader("cloud-config", _wants_cloud_config, _read_cloud_config, precedence=60)
