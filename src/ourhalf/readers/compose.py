"""Docker Compose files: each service becomes a resource, its short forms written out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping

from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Dialect, Language, Origin
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files, UnreadableError
from ourhalf.readers.shell import syntax
from ourhalf.readers.shell.holes import Holes
from ourhalf.readers.shell.placing import Placing
from ourhalf.readers.yaml import ParseError, documents
from ourhalf.resources.compose import ComposeService

_TOP = frozenset({"version", "services", "networks", "volumes", "secrets", "configs", "name", "include", "models"})
_SERVICE = frozenset({"image", "build", "extends"})
_MAX_DEPTH = 60
_MAX_EXTENDS = 5

_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)"
    r"|\{(?P<name>[A-Za-z_]\w*)(?:(?P<operator>:?[-?+])(?P<text>(?:[^{}]|\{[^{}]*\}){0,2000}))?\})"
)
_ASSIGNED = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=(.*)$", re.MULTILINE)

Environment = Mapping[str, str]


def _wants(document: Node) -> bool:
    value = document.value
    if not isinstance(value, dict) or "services" not in value or "apiVersion" in value:
        return False
    if any(key not in _TOP and not key.startswith("x-") for key in value):
        return False
    return any(isinstance(s.value, dict) and s.value.keys() & _SERVICE for _, s in value["services"].items())


def _read(document: Node, files: Files) -> Evidence:
    at = Placing(document.path, Holes())
    return Evidence(
        tuple(
            build(
                ComposeService,
                name,
                Node({"container": service}, service.path, service.line, service.column),
                Origin(service.place, Language.COMPOSE, Dialect.COMPOSE, document.path, f"services.{name}"),
            )
            for name, service in _services(document, at, _environment(document.path, files), files)
        )
    )


def services_in(text: str, line: int, at: Placing) -> list[Node]:
    """The services that a Compose text describes which a script writes, ready to be mapped."""
    try:
        return [
            service
            for document in documents(text.encode(), at.path, first_line=line)
            for _, service in _services(document, at, {}, None)
        ]
    except ParseError as error:
        return [at.node(at.unresolved(f"the Compose file is not YAML: {error.reason}", line), line)]


def _environment(path: str, files: Files) -> Environment:
    """The variables that Compose takes from `.env` beside the file."""
    folder = path.rpartition("/")[0]
    beside = f"{folder}/.env" if folder else ".env"
    if not files.exists(beside):
        return {}
    try:
        text = files.read(beside).decode(errors="replace")
    except UnreadableError:
        return {}
    return {found[1]: found[2].strip().strip("'\"") for found in _ASSIGNED.finditer(text)}


def _services(document: Node, at: Placing, environment: Environment, files: Files | None) -> Iterator[tuple[str, Node]]:
    services = document.get("services")
    for name, service in services.items() if services is not None else ():
        if isinstance(service.value, dict):
            whole = _extended(service, document, files, 0)
            filled = _filled(whole, at, environment, 0)
            yield name, _written_out(name, filled, at)


def _extended(service: Node, document: Node, files: Files | None, depth: int) -> Node:
    """The service with what it takes over from the one that it extends."""
    extends = service.get("extends")
    if extends is None:
        return service
    name = extends.text() or _text(extends, "service")
    source = _text(extends, "file")
    base = _other(document, source, files) if source else document
    found = base.dig("services") if base is not None else None
    parent = found.get(name) if found is not None else None
    if parent is None or base is None or depth >= _MAX_EXTENDS or not isinstance(parent.value, dict):
        reason = f"it extends {name or 'a service'}{' of ' + source if source else ''}, which was not read"
        rest = Unresolved(reason, extends.place)
        return Node(service.value, service.path, service.line, service.column, service.tag, rest)
    return _merged(_extended(parent, base, files, depth + 1), service)


def _other(document: Node, path: str, files: Files | None) -> Node | None:
    if files is None:
        return None
    folder = document.path.rpartition("/")[0]
    full = f"{folder}/{path.removeprefix('./')}" if folder else path.removeprefix("./")
    try:
        return next(documents(files.read(full), full), None) if files.exists(full) else None
    except (UnreadableError, ParseError):
        return None


def _merged(base: Node, own: Node) -> Node:
    """`own` over `base` as Compose merges: mappings by key, lists one after the other."""
    fields = dict(base.value)
    for key, child in own.items():
        held = fields.get(key)
        if held is not None and isinstance(held.value, dict) and isinstance(child.value, dict):
            fields[key] = child.with_value({**held.value, **child.value})
        elif held is not None and isinstance(held.value, list) and isinstance(child.value, list):
            joined = child.value if key in ("command", "entrypoint") else [*held.value, *child.value]
            fields[key] = child.with_value(joined)
        else:
            fields[key] = child
    return Node(fields, own.path, own.line, own.column, own.tag, base.rest or own.rest)


def _text(node: Node, key: str) -> str:
    found = node.get(key)
    return found.text() or "" if found is not None else ""


def _filled(node: Node, at: Placing, environment: Environment, depth: int) -> Node:
    """The tree with variables put in; texts may hold holes, to be resolved when all is written out."""
    value = node.value
    line = at.line(node.line)
    if depth > _MAX_DEPTH:
        return at.node(at.unresolved("nested too deep", node.line), node.line)
    if isinstance(value, dict):
        value = {key: _filled(child, at, environment, depth + 1) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_filled(child, at, environment, depth + 1) for child in value]
    elif isinstance(value, str) and "$" in value:
        value = interpolated(value, at.holes, environment)
    return Node(value, node.path, line, node.column, node.tag, node.rest)


def interpolated(text: str, holes: Holes, environment: Environment, depth: int = 0) -> str:
    """`text` with `$NAME`, `${NAME}` and `${NAME:-default}` put in, holes where there is no value."""

    def put(found: re.Match[str]) -> str:
        if found["escaped"]:
            return "$"
        name = found["plain"] or found["name"]
        operator = found["operator"] or ""
        held = environment.get(name)
        empty = held is None or (operator.startswith(":") and not held)
        if operator.endswith("+"):
            return "" if empty else str(found["text"])
        if not empty:
            return str(held)
        if operator.endswith("-"):
            other = str(found["text"] or "")
            return interpolated(other, holes, environment, depth + 1) if depth < _MAX_EXTENDS else other
        return holes.mark(f"${name} has no value in what was read")

    return _VARIABLE.sub(put, text)


def _written_out(name: str, service: Node, at: Placing) -> Node:
    """The service with every short form written out and its unknown texts unresolved."""
    fields: dict[str, Node] = {}
    for key, child in service.items():
        change = _FORMS.get(key)
        fields[key] = change(child, at) if change is not None else _resolved(child, at)
    if "image" not in fields:
        build_from = service.get("build")
        context = build_from.text() or _text(build_from, "context") if build_from is not None else ""
        where = build_from or service
        fields["image"] = where.unresolved(f"the image is built from {context or 'a folder'}")
    fields["name"] = at.text(name, service.line)
    return Node(fields, service.path, service.line, service.column, None, service.rest)


def _resolved(node: Node, at: Placing) -> Node:
    value = node.value
    if isinstance(value, str):
        value = at.holes.value(value, node.place)
    elif isinstance(value, dict):
        value = {key: _resolved(child, at) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_resolved(child, at) for child in value]
    return Node(value, node.path, node.line, node.column, node.tag, node.rest)


def _ports(node: Node, at: Placing) -> Node:
    found: list[Node] = []
    for child in node.list():
        if isinstance(child.value, str | int):
            found.extend(syntax.ports(str(child.value), child.line, at))
        elif isinstance(child.value, dict):
            found.extend(_long_port(child, at))
        else:
            found.append(child)
    return Node(found, node.path, node.line, node.column, None, node.rest)


def _long_port(node: Node, at: Placing) -> list[Node]:
    """A port in the long form: written short, so that both forms mean the same."""
    texts = {key: str(child.value) for key, child in node.items() if isinstance(child.value, str | int)}
    address = texts.get("host_ip", "")
    address = f"[{address}]" if ":" in address else address
    protocol = f"/{texts['protocol']}" if "protocol" in texts else ""
    short = f"{address}:{texts.get('published', '')}:{texts.get('target', '')}{protocol}"
    return syntax.ports(short, node.line, at)


def _volumes(node: Node, at: Placing) -> Node:
    found = [
        syntax.volume(child.value, child.line, at) if isinstance(child.value, str) else _resolved(child, at)
        for child in node.list()
    ]
    return Node(found, node.path, node.line, node.column, None, node.rest)


def _words(node: Node, at: Placing) -> Node:
    """A command: a list of words, or one text that is cut as a shell would."""
    if not isinstance(node.value, str):
        return _resolved(node, at)
    try:
        words = shlex.split(node.value)
    except ValueError:
        words = node.value.split()
    return at.texts(words, node.line)


def _environments(node: Node, at: Placing) -> Node:
    """Variables: one without a value takes it from wherever Compose is run."""
    if not isinstance(node.value, list | dict):
        return _resolved(node, at)
    found: dict[str, Node] = {}
    pairs = node.value.items() if isinstance(node.value, dict) else ((None, child) for child in node.value)
    for key, child in pairs:
        if key is None:
            if not isinstance(child.value, str):
                continue
            name, equals, text = child.value.partition("=")
            child = child.with_value(text if equals else None)  # noqa: PLW2901 - the same variable, cut
        else:
            name = key
        if child.value is None:
            child = child.unresolved(f"${name} is taken from where Compose is run")  # noqa: PLW2901
        found[name] = _resolved(child, at)
    return Node(found, node.path, node.line, node.column, None, node.rest)


def _secrets(node: Node, at: Placing) -> Node:
    found: dict[str, Node] = {}
    for child in node.list():
        name = child.text() or _text(child, "source")
        found[name] = at.text(name, child.line)
    return Node(found, node.path, node.line, node.column, None, node.rest)


_FORMS: dict[str, Callable[[Node, Placing], Node]] = {
    "ports": _ports,
    "volumes": _volumes,
    "command": _words,
    "entrypoint": _words,
    "environment": _environments,
    "secrets": _secrets,
}

COMPOSE = DocumentReader("compose", _wants, _read, precedence=55)
