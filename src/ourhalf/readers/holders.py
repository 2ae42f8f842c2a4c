"""Resource types that hold the definitions of others, such as a state machine that starts jobs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from ourhalf import readers
from ourhalf.discovery import values
from ourhalf.model.resource import Dialect, Language, Resource
from ourhalf.readers.node import Node


class Holder(msgspec.Struct, frozen=True):
    """A module-level value in any file below `readers/`.

    `kinds` are resource types as CloudFormation and Terraform call them. `held` gets the fields of
    one such resource, their dialect, the language of the file and the scope; it gives what they
    define.
    """

    kinds: tuple[str, ...]
    held: Callable[[Node, Dialect, Language, str], tuple[Resource, ...]]


@cache
def _holders() -> dict[str, Holder]:
    return {kind: holder for holder in values(readers, Holder) for kind in holder.kinds}


def holds(type_name: str) -> bool:
    """Whether resources of this type may hold others."""
    return type_name in _holders()


def held(type_name: str, node: Node, dialect: Dialect, language: Language, scope: str) -> tuple[Resource, ...]:
    """The resources that a resource of `type_name` with the fields `node` defines; most define none."""
    holder = _holders().get(type_name)
    return holder.held(node, dialect, language, scope) if holder is not None else ()
