"""Dockerfiles for control cases."""

from __future__ import annotations

import msgspec

from ourhalf.model.field import Entries, Known, Unresolved
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


def unread_names(field: str) -> tuple[Resource, ...]:
    """An image of which some settings in one field could not be read."""
    (resource,) = file(BASE)
    settings: Known[Entries[str]] = Known(Entries({}, Unresolved("not read", resource.place)), resource.place)
    return (msgspec.structs.replace(resource, **{field: settings}),)


def unread_run() -> tuple[Resource, ...]:
    """An image with a RUN instruction that could not be read."""
    (resource,) = file(BASE)
    commands = Known((Unresolved("not read", resource.place),), resource.place)
    return (msgspec.structs.replace(resource, commands=commands),)
