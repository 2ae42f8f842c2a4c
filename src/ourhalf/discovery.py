"""Finds the parts of the house: module-level values of one type, by one walk of one folder."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """Import every module below `package`, in the order of their names."""
    for info in sorted(pkgutil.walk_packages(package.__path__, package.__name__ + "."), key=lambda info: info.name):
        yield importlib.import_module(info.name)


def values(package: ModuleType, kind: type[T]) -> Iterator[T]:
    """Each public or private module-level value of `kind` that a module below `package` defines.

    A value that one module imports from another is yielded once.
    """
    seen: set[int] = set()
    for module in modules(package):
        for value in vars(module).values():
            if isinstance(value, kind) and id(value) not in seen:
                seen.add(id(value))
                yield value
