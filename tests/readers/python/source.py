"""Python sources for tests, and short ways to look at what was read of them."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Any

from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Entries, Field, Known, Unresolved
from ourhalf.model.resource import Part, Resource
from tests.support import read


def source(text: str, **more: str) -> Evidence:
    """What is read of a script; `more` are other Python files beside it, by name without ending."""
    files: dict[str, str | bytes] = {"a/script.py": dedent(text)}
    return read(files | {f"a/{name}.py": dedent(other) for name, other in more.items()})


def one(text: str, kind: str = "", **more: str) -> Any:
    """The only resource (of `kind`) that a script makes."""
    found = [r for r in source(text, **more).resources if r.kind.endswith(kind)]
    assert len(found) == 1, [(r.kind, r.name) for r in found]
    return found[0]


def kinds(text: str) -> list[str]:
    """The types of what a script makes, in order, without the service."""
    return [resource.kind.removeprefix("SageMaker") for resource in source(text).resources]


def value(field: Any) -> Any:
    """The value of a field, plain; an unresolved one as its reason in angle brackets."""
    match field:
        case Known():
            return value(field.value)
        case Absent():
            return None
        case Unresolved():
            return f"<{field.reason}>"
        case tuple():
            return [value(element) for element in field]
        case Entries():
            return {name: value(entry) for name, entry in field.items.items()}
        case Part():
            return {
                name: found for name in field.__struct_fields__ if (found := value(getattr(field, name))) is not None
            }
    return field


def place(field: Field[Any]) -> tuple[int, int]:
    """Line and column of a field."""
    return field.place.line, field.place.column


def notebook(*cells: str, kind: str = "code") -> str:
    """A notebook with these cells, written as Jupyter writes it."""
    made: list[dict[str, object]] = [
        {"cell_type": kind, "execution_count": None, "metadata": {}, "outputs": [], "source": _lines(dedent(cell))}
        for cell in cells
    ]
    document = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1, ensure_ascii=False)


def _lines(text: str) -> list[str]:
    return text.strip("\n").splitlines(keepends=True)


def resources(evidence: Evidence) -> list[tuple[str, str]]:
    """Type and name of each resource."""
    return [(_short(resource), resource.name) for resource in evidence.resources]


def _short(resource: Resource) -> str:
    return resource.kind.removeprefix("SageMaker")
