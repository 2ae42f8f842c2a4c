"""What can be wrong with a database."""

import msgspec


class DatabaseError(ValueError):
    """A file that is no such database, with the reason in words."""


class Fault(msgspec.Struct, frozen=True):
    """A record that cannot be read, and why."""

    reason: str
