"""Builds typed resources from nodes by the field tables that the resources carry."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

from ourhalf.model.field import Absent, Entries, Known, Place, Redacted, Reference, Unresolved
from ourhalf.model.resource import At, Dialect, Origin, Part, Resource
from ourhalf.readers import embedded, scalars
from ourhalf.readers.node import Node, plain
from ourhalf.readers.secrets import redact, redact_name, redact_plain, redact_words

P = TypeVar("P", bound=Part)
R = TypeVar("R", bound=Resource)

_NAME_KEYS = ("name", "Name", "key", "Key")
_VALUE_KEYS = ("value", "Value", "valueFrom", "ValueFrom", "value_from")


_Converter = Callable[[Node, Dialect, str], Any]


class _Slot(typing.NamedTuple):
    """How one field is found and converted in one dialect.

    `first` is the only key with which its paths begin, empty where they begin differently. `through` says
    that another field takes whole what a path of it leads through, whatever that is.
    """

    field: str
    first: str
    paths: tuple[tuple[str, ...], ...]
    leaf: str
    convert: _Converter
    default: Any
    source: str
    format: str
    each: frozenset[str]
    through: bool = False


_DIALECT_TAGS = {
    "!json": Dialect.API,
    "!compose": Dialect.COMPOSE,
    "!kubernetes": Dialect.KUBERNETES,
}


_SERVICE_DIALECTS = (Dialect.API, Dialect.CLOUDFORMATION, Dialect.TERRAFORM)


def build(kind: type[R], name: str, node: Node, origin: Origin) -> R:
    """A resource of `kind` from the tree of its fields, spelled in the dialect of `origin`."""
    return kind(name=name, origin=origin, **_fields(kind, node, origin.dialect))


def build_part(kind: type[P], node: Node, dialect: Dialect, **given: Any) -> P:
    """A part of `kind` from the tree of its fields; `given` fields are taken as they are."""
    return kind(**{**_fields(kind, node, dialect), **given})


def _fields(kind: type[Resource | Part], node: Node, dialect: Dialect) -> dict[str, Any]:
    path, line, column = node.path, node.line, node.column
    dialect = _DIALECT_TAGS.get(node.tag or "", dialect)
    found: dict[str, Any] = {}
    # Most fields are left out: of a mapping that is known whole they are told by their first key alone.
    keys = node.value if isinstance(node.value, dict) and node.rest is None else None
    for slot in _table(kind, dialect):
        child = (
            None
            if keys is not None and slot.first and slot.first not in keys
            else _find(node, slot.paths, slot.through)
        )
        if child is None or child.value is None:
            found[slot.field] = Absent(slot.default, Place(path, line, column, slot.leaf), slot.source)
            continue
        where = Place(child.path, child.line, child.column, slot.leaf)
        if slot.format:
            child = embedded.parse(slot.format, child)
            if child.value is None:
                found[slot.field] = Absent(slot.default, where, slot.source)
                continue
        if slot.each:
            child = _elements(child, slot.each)
        value = slot.convert(child, dialect, slot.field)
        if isinstance(value, Unresolved):
            found[slot.field] = Unresolved(value.reason, where, value.parts)
        else:
            found[slot.field] = Known(value, where)
    return found


def _elements(node: Node, keys: frozenset[str]) -> Node:
    """`node` with each mapping in its list replaced by what it holds under one of `keys`."""
    if not isinstance(node.value, list):
        return node
    found: list[Node] = []
    for child in node.value:
        held = next((c for key, c in child.items() if key.lower() in keys), child)
        found.append(Node(held.value, child.path, child.line, child.column, held.tag))
    return Node(found, node.path, node.line, node.column, node.tag, node.rest)


def _find(node: Node, paths: tuple[tuple[str, ...], ...], through: bool) -> Node | None:
    """The first of `paths` under which there is something.

    What stands where a mapping belongs hides what should be in it, except where it may (`through`).
    """
    misplaced: Node | None = None
    for path in paths:
        found = node
        for key in path:
            holder = _only(found, key) if isinstance(found.value, list) else found
            if not isinstance(holder.value, dict | Unresolved | None):
                misplaced = misplaced or _misplaced(holder)
                break
            child = holder.get(key)
            if child is None or child.value is None:
                break
            found = child
        else:
            return found
    return None if through else misplaced


def _only(node: Node, key: str) -> Node:
    """The only element of a list, in which `key` is looked for."""
    if len(node.value) == 1 and node.rest is None:
        only: Node = node.value[0]
        return only
    if node.value:
        return node.unresolved(f"expected one block before `{key}`, found {len(node.value)}")
    return node.with_value(node.rest)


def _misplaced(node: Node) -> Node:
    value = node.value
    return node.with_value(
        scalars.made_later(value, node) if isinstance(value, Reference) else scalars.wrong(node, "a mapping")
    )


@cache
def _table(kind: type[Resource | Part], dialect: Dialect) -> tuple[_Slot, ...]:
    slots = []
    for field, hint in typing.get_type_hints(kind, include_extras=True).items():
        at = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, At)), None)
        if at is None:
            continue
        written = spelling(at, dialect)
        if not written:
            if at.default is not None and issubclass(kind, Resource) and dialect in _SERVICE_DIALECTS:
                # What the language cannot express is as the service leaves it.
                slots.append(_Slot(field, "", (), field, scalars.text, at.default, at.source, "", frozenset()))
            continue
        paths = tuple(tuple(path.split(".")) for path in written.split("|"))
        leaf = written.split("|")[0]
        each = frozenset(key for key in at.each.lower().split("|") if key)
        first = paths[0][0] if len({path[0] for path in paths}) == 1 else ""
        convert = _converter(field_type(hint))
        slots.append(_Slot(field, first, paths, leaf, convert, at.default, at.source, at.format, each))
    taken = {path for slot in slots for path in slot.paths}
    return tuple(
        slot._replace(through=any(path[:n] in taken for path in slot.paths for n in range(1, len(path))))
        for slot in slots
    )


def spelling(at: At, dialect: Dialect) -> str:
    """The path of a field in `dialect`, empty where that cannot express it."""
    match dialect:
        case Dialect.API:
            return at.api
        case Dialect.CLOUDFORMATION:
            if at.cloudformation is not None:
                return at.cloudformation
            return re.sub(r"(^|[.|])([a-z])", lambda m: m[1] + m[2].upper(), at.api)
        case Dialect.TERRAFORM:
            return at.terraform if at.terraform is not None else snake(at.api)
        case Dialect.KUBERNETES:
            return at.kubernetes
        case Dialect.COMPOSE:
            return at.compose


def snake(path: str) -> str:
    """A path in snake case, as Terraform spells what AWS and Kubernetes spell in camel case."""
    path = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", path)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", path).lower()


def field_type(hint: Any) -> Any:
    """T of a `Field[T]` or `Many[T]` annotation, such as `str` or `tuple[Port | Unresolved, ...]`."""
    union = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    for member in get_args(union):
        if get_origin(member) is Known:
            return get_args(member)[0]
    raise TypeError(f"{hint} is not a field")


def _hidden(unresolved: Unresolved, name: str) -> Unresolved:
    """A text that is known in part, without the secrets in what is known of it."""
    if not any(isinstance(part, str) for part in unresolved.parts):
        return unresolved
    parts = tuple(redact_name(name, part) if isinstance(part, str) else part for part in unresolved.parts)
    return Unresolved(unresolved.reason, unresolved.place, parts)


def _is_structured(kind: Any) -> bool:
    """Whether a JSON text may stand for a value of `kind`: a part, or a list of parts."""
    if get_origin(kind) is tuple:
        kind = _without_unresolved(get_args(kind)[0])
    return isinstance(kind, type) and issubclass(kind, Part)


@cache
def _converter(kind: Any) -> _Converter:
    """What makes a value of `kind`, or Unresolved, of a node in a dialect that is the field of a name."""
    of_known = _converter_of_known(kind)
    structured = _is_structured(kind)

    def convert(node: Node, dialect: Dialect, name: str) -> Any:
        value = node.value
        if isinstance(value, Unresolved):
            if not (value.parts and structured):
                return _hidden(value, name)
            node = embedded.parse("json", node)
            if isinstance(node.value, Unresolved):
                return _hidden(value, name)
        if node.tag is not None:
            dialect = _DIALECT_TAGS.get(node.tag, dialect)
        return of_known(node, dialect, name)

    return convert


def _converter_of_known(kind: Any) -> _Converter:
    origin = get_origin(kind)
    if kind is Any:
        return lambda node, dialect, name: redact_plain(plain(node))
    if origin is Entries:
        return _entries_converter(get_args(kind)[0])
    if origin is tuple:
        return _list_converter(_without_unresolved(get_args(kind)[0]))
    if origin is Known:
        return _placed_converter(_converter(get_args(kind)[0]))
    if origin in (types.UnionType, typing.Union):
        members = get_args(kind)
        if Reference in members:
            return scalars.link
        if Redacted in members:
            return lambda node, dialect, name: (
                redact(name, text) if isinstance(text := scalars.text(node, dialect, name), str) else text
            )
        raise TypeError(f"no conversion to {kind}")
    if isinstance(kind, type) and issubclass(kind, Part):
        return _part_converter(kind)
    return {str: scalars.text, bool: scalars.boolean, int: scalars.integer, float: scalars.number}[kind]


def _without_unresolved(kind: Any) -> Any:
    members = [m for m in get_args(kind) if m is not Unresolved]
    return members[0] if len(members) == 1 else typing.Union[tuple(members)]  # noqa: UP007


def _part_converter(kind: type[Part]) -> _Converter:
    def convert(node: Node, dialect: Dialect, name: str) -> Any:
        if isinstance(node.value, list) and len(node.value) == 1 and node.rest is None:
            node = node.value[0]
            if isinstance(node.value, Unresolved):
                return node.value
        if isinstance(node.value, str):
            node, dialect = embedded.parse("json", node), Dialect.API
        if isinstance(node.value, Unresolved):
            return node.value
        if not isinstance(node.value, dict):
            return scalars.wrong(node, "a mapping")
        return kind(**_fields(kind, node, dialect), **_named(kind, node))

    return convert


def _named(kind: type[Part], node: Node) -> dict[str, Any]:
    """The plain name and place of parts that have them, such as containers and volumes."""
    plain_fields: dict[str, Any] = {}
    if "name" in kind.__struct_fields__:
        found = node.value.get("name") or node.value.get("Name")
        plain_fields["name"] = found.value if found is not None and isinstance(found.value, str) else ""
    if "place" in kind.__struct_fields__:
        plain_fields["place"] = node.place
    return plain_fields


def _list_converter(kind: Any) -> _Converter:
    of_element = _converter(kind)
    part = isinstance(kind, type) and issubclass(kind, Part)
    alone = part and kind.alone

    def convert(node: Node, dialect: Dialect, name: str) -> Any:
        value = node.value
        if isinstance(value, Reference):
            return scalars.made_later(value, node)
        if isinstance(value, str) and part:
            node, dialect = embedded.parse("json", node), Dialect.API
            value = node.value
            if isinstance(value, Unresolved):
                return value
        # Terraform writes one block where other languages write a list of one; a single text is read as one in all.
        if part and isinstance(value, dict) and not alone and dialect is not Dialect.TERRAFORM:
            return scalars.wrong(node, "a list")
        children = value if isinstance(value, list) else [node]
        converted = [of_element(child, dialect, name) for child in children if child.value is not None]
        if kind is str:
            converted = _without_secrets(converted)
        if node.rest is not None and isinstance(value, list):
            converted.append(node.rest)
        return tuple(converted)

    return convert


def _placed_converter(converter: _Converter) -> _Converter:
    """Converts elements that keep the place of their own."""

    def convert(node: Node, dialect: Dialect, name: str) -> Any:
        value = converter(node, dialect, name)
        return value if isinstance(value, Unresolved) else Known(value, node.place)

    return convert


def _without_secrets(converted: list[Any]) -> list[Any]:
    """The words of a list of texts without the secrets among them; what is not known stays."""
    words = [text if isinstance(text, str) else "-" for text in converted]
    return [new if isinstance(old, str) else old for old, new in zip(converted, redact_words(words), strict=True)]


def _entries_converter(kind: Any) -> _Converter:
    of_value = _converter(kind)
    texts = kind is str

    def convert(node: Node, dialect: Dialect, name: str) -> Any:
        if isinstance(node.value, dict):
            return Entries({k: _entry(c, of_value, texts, dialect, k) for k, c in node.value.items()}, node.rest)
        if not isinstance(node.value, list):
            return scalars.wrong(node, "names with values")
        items: dict[str, Any] = {}
        rest = node.rest
        for child in node.value:
            key, held = _pair(child)
            if key is None:
                rest = held.value if isinstance(held.value, Unresolved) else scalars.wrong(child, "a name")
                continue
            items[key] = _entry(held, of_value, texts, dialect, key)
        return Entries(items, rest)

    return convert


def _pair(node: Node) -> tuple[str | None, Node]:
    """Name and value node of one list element: a mapping of the two, or `NAME=value`."""
    if isinstance(node.value, str):
        key, _, text = node.value.partition("=")
        return key, node.with_value(text)
    if not isinstance(node.value, dict):
        return None, node
    named = next((node.value[k] for k in _NAME_KEYS if k in node.value), None)
    if named is None or not isinstance(named.value, str):
        return None, named or node
    held = next((node.value[k] for k in _VALUE_KEYS if k in node.value), None)
    if held is None:
        return named.value, named.with_value(node.rest)
    return named.value, Node(held.value, named.path, named.line, named.column, held.tag, held.rest)


def _entry(node: Node, of_value: _Converter, texts: bool, dialect: Dialect, key: str) -> Any:
    where = Place(node.path, node.line, node.column, key)
    if node.value is None:
        return Absent(None, where)
    value = of_value(node, dialect, key)
    if texts and isinstance(value, str):
        value = redact_name(key, value)
    return Unresolved(value.reason, where, value.parts) if isinstance(value, Unresolved) else Known(value, where)
