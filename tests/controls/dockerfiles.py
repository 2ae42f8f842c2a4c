"""Dockerfiles for control cases."""

from __future__ import annotations

import msgspec

from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Resource
from tests.support import read

BASE = "FROM registry.example/base:1.2\n"


def file(text: str) -> tuple[Resource, ...]:
    """The images of a Dockerfile."""
    return read({"Dockerfile": text}).resources


def command(text: str) -> tuple[Resource, ...]:
    """The image of a Dockerfile with one RUN instruction."""
    return file(f"{BASE}RUN {text}\n")


def unread(field: str) -> tuple[Resource, ...]:
    """An image of which one field could not be read."""
    (resource,) = file(BASE)
    return (msgspec.structs.replace(resource, **{field: Unresolved("not read", resource.place)}),)
