"""Writes trees of settings in the languages of configuration.

A tree maps keys to `Leaf` values, to trees (a group of fields) and to lists of trees (a list of
groups); `JsonText` marks a part that the language holds as a JSON text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias


class Leaf(NamedTuple):
    """A plain value: text, number, boolean, list or mapping of them."""

    value: Any


class JsonText(NamedTuple):
    """A tree that is written as a JSON text inside another language."""

    inner: Any


Tree: TypeAlias = dict[str, Any]


def plain(tree: Any) -> Any:
    """The tree as plain mappings, lists and values."""
    match tree:
        case Leaf(value):
            return value
        case JsonText(inner):
            return plain(inner)
        case dict():
            return {key: plain(child) for key, child in tree.items()}
        case list():
            return [plain(child) for child in tree]
    return tree


def json_text(tree: Tree) -> str:
    """JSON, indented by two."""
    return json.dumps(plain(tree), indent=2, ensure_ascii=False)


def yaml_text(tree: Tree) -> str:
    """YAML in block style."""
    return "\n".join(_yaml(plain(tree)))


def _yaml(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            if isinstance(child, Mapping | list) and child:
                yield f"{_yaml_scalar(key)}:"
                yield from ("  " + line for line in _yaml(child))
            else:
                yield f"{_yaml_scalar(key)}: {_yaml_scalar(child)}"
    else:
        for child in value:
            lines = list(_yaml(child)) if isinstance(child, Mapping | list) and child else [_yaml_scalar(child)]
            yield f"- {lines[0]}"
            yield from ("  " + line for line in lines[1:])


def _yaml_scalar(value: Any) -> str:
    return _yaml_text(value) if isinstance(value, str) else json.dumps(value)


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[./-][A-Za-z0-9_]+)*")
_OTHER_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


@lru_cache(4096)
def _yaml_text(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _OTHER_WORDS:
        return value
    import yaml

    # Some characters end a line to YAML: escaped they do not.
    text: str = yaml.safe_dump(value, allow_unicode=value.isprintable(), width=4000)
    return text.removesuffix("\n").removesuffix("...").rstrip("\n")


def hcl_text(tree: Tree) -> str:
    """The body of a Terraform block, laid out as `terraform fmt` does."""
    return "\n".join(_hcl_body(tree))


def _hcl_body(tree: Tree) -> Iterator[str]:
    attributes = {key: child for key, child in tree.items() if isinstance(child, Leaf | JsonText)}
    width = max((len(key) for key in attributes), default=0)
    for key, child in attributes.items():
        text = f"jsonencode({_hcl(plain(child))})" if isinstance(child, JsonText) else _hcl(plain(child))
        first, *others = text.split("\n")
        yield f"{key:{width}} = {first}"
        yield from others
    for key, child in tree.items():
        if key in attributes:
            continue
        for block in child if isinstance(child, list) else [child]:
            yield f"{key} {{"
            yield from ("  " + line for line in _hcl_body(block))
            yield "}"


def hcl_object(tree: Tree) -> str:
    """The tree as a Terraform object expression."""
    return _hcl(plain(tree))


def _hcl(value: Any) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
        case Mapping() if value:
            lines = [f"{_hcl_key(key)} = {_hcl(child)}" for key, child in value.items()]
            return "{\n" + "\n".join(_indented(line) for line in lines) + "\n}"
        case list() | tuple() if any(isinstance(child, Mapping) for child in value):
            return "[\n" + ",\n".join(_indented(_hcl(child)) for child in value) + "\n]"
        case list() | tuple():
            return "[" + ", ".join(_hcl(child) for child in value) + "]"
    return json.dumps(value)


def _hcl_key(key: str) -> str:
    return key if key.replace("_", "a").replace("-", "a").isalnum() and not key[0].isdigit() else json.dumps(key)


def keywords(tree: Tree) -> str:
    """Keyword arguments of a Python call, one a line."""
    return "\n".join(f"{key}={_python(child)}," for key, child in plain(tree).items())


def _python(value: Any) -> str:
    match value:
        case Mapping() if value:
            lines = ",\n".join(_indented(f"{json.dumps(key)}: {_python(child)}", 4) for key, child in value.items())
            return "{\n" + lines + ",\n}"
        case list() | tuple() if value:
            return "[" + ", ".join(_python(child) for child in value) + "]"
        case str():
            return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _indented(text: str, by: int = 2) -> str:
    return "\n".join(" " * by + line for line in text.split("\n"))
