"""What lists of requirements and lock files share: packages with the line that names them, and how much a list says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

from ourhalf.inventories.input import InventoryError
from ourhalf.model.evidence import Unread
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Certainty, Ecosystem, Package
from ourhalf.packages.purl import purl

MAX_BYTES = 32 << 20
MAX_PACKAGES = 200_000


def package(  # noqa: PLR0913 - what a line of a list says
    ecosystem: Ecosystem,
    name: str,
    version: str | None,
    form: str,
    *,
    line: int,
    certainty: Certainty = Certainty.STATED,
    how: str = "",
    facts: dict[str, str] | None = None,
) -> Package:
    """A package that a list names on a line (from 1)."""
    namespace, _, last = name.rpartition("/") if ecosystem in {Ecosystem.NPM, Ecosystem.GO} else ("", "", name)
    return Package(
        name=name,
        version=version,
        ecosystem=ecosystem,
        purl=purl(ecosystem.value, last, version, namespace=namespace),
        how=how or form,
        certainty=certainty,
        facts={"line": str(line), **(facts or {})},
    )


def inventory(
    path: str, ecosystem: Ecosystem, form: str, found: Iterable[Package | Unread], incomplete: str = ""
) -> Inventory:
    """The inventory that a list makes. Packages may be missing where a part of it is unread."""
    packages: dict[tuple[str, str | None], Package] = {}
    unread: list[Unread] = []
    for one in found:
        if isinstance(one, Unread):
            unread.append(one)
        elif len(packages) >= MAX_PACKAGES:
            unread.append(Unread(path, 1, form, f"more than {MAX_PACKAGES:,} packages: the rest was not read"))
            break
        else:
            packages.setdefault((one.purl, one.version), one)
    why = incomplete or (f"parts of {form} could not be read" if unread else "")
    return Inventory(
        reference=path,
        packages=tuple(packages.values()),
        incomplete={ecosystem.value: why} if why else {},
        unread=tuple(unread),
    )


def text_of(path: str, data: bytes) -> str:
    """The text of a list. Raises InventoryError where it is too large or no UTF-8."""
    if len(data) > MAX_BYTES:
        raise InventoryError(f"{path}: larger than the bound of {MAX_BYTES >> 20} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InventoryError(f"{path} is no text in UTF-8") from None


def toml(path: str, data: bytes) -> tuple[dict[str, Any], str]:
    """A document in TOML, and its text. Raises InventoryError."""
    text = text_of(path, data)
    try:
        return tomllib.loads(text), text
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise InventoryError(f"{path} cannot be read as TOML: {str(error)[:200]}") from None


def tables(document: dict[str, Any], text: str, key: str) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """The elements of an array of tables, each with the line of its header; None for what is no table."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{key}]]"]
    listed = document.get(key)
    for number, one in enumerate(listed if isinstance(listed, list) else ()):
        yield lines[number] if number < len(lines) else 1, one if isinstance(one, dict) else None


def stated(value: object) -> str | None:
    """A text that is there and not empty."""
    return value if isinstance(value, str) and value else None
