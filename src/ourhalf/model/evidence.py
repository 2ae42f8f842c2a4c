"""What readers bring back."""

import msgspec

from ourhalf.model.resource import Resource


class Unread(msgspec.Struct, frozen=True):
    """Something that could not be read, in whole or in part, and why."""

    path: str
    line: int
    reader: str
    reason: str


class Suppression(msgspec.Struct, frozen=True):
    """A comment in a file that accepts the failure of a control nearby, with its reason."""

    path: str
    line: int
    control: str
    reason: str


class Evidence(msgspec.Struct, frozen=True):
    """Resources, what could not be read, and the suppressions met on the way.

    `files` counts what was read.
    """

    resources: tuple[Resource, ...] = ()
    unread: tuple[Unread, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    files: int = 0
