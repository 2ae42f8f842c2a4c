"""Resources without their places, so that what is written in two languages can be compared."""

from __future__ import annotations

from typing import Any

from ourhalf.model.field import Absent, Entries, Known, Unresolved
from ourhalf.model.resource import Part, Resource


def effective(value: Any) -> Any:
    """The value in plain Python: absent with a default is the default, absent without one is left out."""
    match value:
        case Known(held):
            return effective(held)
        case Absent(default):
            return default
        case Unresolved():
            return "unresolved", value.parts or value.reason
        case Entries():
            return {key: effective(child) for key, child in value.items.items()}, value.rest is None
        case Resource() | Part():
            fields = {
                name: effective(getattr(value, name))
                for name in value.__struct_fields__
                if name not in {"origin", "place"} and not (isinstance(value, Resource) and name == "name")
            }
            return {name: held for name, held in fields.items() if held is not None}
        case tuple() | list():
            return [effective(child) for child in value]
    return value
