"""Typed resources, one file a service. A class states once where each language writes each field."""

import importlib
import pkgutil
from functools import cache

from ourhalf.model.resource import Dialect, Resource


@cache
def resource_types() -> tuple[type[Resource], ...]:
    """Every resource type that a module of this folder defines, by name."""
    found: dict[str, type[Resource]] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Resource) and value is not Resource:
                found[value.__name__] = value
    return tuple(found.values())


@cache
def by_name(dialect: Dialect) -> dict[str, type[Resource]]:
    """Resource types by what `dialect` calls them; for the API by `service:Operation`."""
    found: dict[str, type[Resource]] = {}
    for kind in resource_types():
        names = getattr(kind.names, dialect.value, "")
        found.update({name: kind for name in names.split("|") if name})
    return found
