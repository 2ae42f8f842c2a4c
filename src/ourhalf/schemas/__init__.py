"""JSON Schemas of what people and programs exchange with ourhalf, generated from its types."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import msgspec


def assessment() -> dict[str, Any]:
    """The schema of the assessment."""
    from ourhalf.model.finding import SCHEMA_VERSION, Assessment

    return _document(Assessment, f"assessment-{SCHEMA_VERSION}", "An assessment by ourhalf")


def profile() -> dict[str, Any]:
    """The schema of the profile."""
    from ourhalf.profile.document import Profile

    return _document(Profile, "profile-1.0", "A profile of ourhalf: what a company asks of its workloads")


GENERATED: dict[str, Callable[[], dict[str, Any]]] = {"assessment": assessment, "profile": profile}
"""What makes each schema again, by its name."""

SHIPPED = {"assessment": "assessment-1.0.json", "profile": "profile-1.0.json"}
"""The file of each schema, beside this one."""


def text(schema: dict[str, Any]) -> str:
    """A schema as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"


def shipped(name: str) -> str:
    """The text of a schema that ships with the package."""
    return files(__package__).joinpath(SHIPPED[name]).read_text("utf-8")


def _document(kind: type[Any], name: str, title: str) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:ourhalf:schema:{name}",
        "title": title,
        **msgspec.json.schema(kind),
    }
