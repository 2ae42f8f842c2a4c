"""What bills of materials of others say, as an inventory: by package URLs, for nothing else tells the ecosystem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from ourhalf.inventories.input import InventoryError
from ourhalf.model.evidence import Unread
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Ecosystem, Package, SourcePackage
from ourhalf.packages.purl import Parts, parsed

T = TypeVar("T")

_MAX_COMPONENTS = 1_000_000
_MAX_DEPTH = 50
_FACT = "ourhalf:fact:"
_NO_PACKAGES = frozenset({"operating-system", "container", "file", "machine-learning-model", "data", "platform"})


class BomError(msgspec.Struct, frozen=True):
    """A part of a bill of materials that cannot be read, and why."""

    reason: str


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A component as any bill of materials states it; `requires` are references of others."""

    kind: str
    name: str
    version: str | None
    purl: str
    reference: str
    licenses: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    properties: dict[str, str] = {}


def document(path: str, data: bytes, kind: type[T]) -> T:
    """The document in `data`. Raises InventoryError."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InventoryError(f"{path} cannot be read as a bill of materials: {error}") from None


def components_below(components: list[Any]) -> Iterator[Any]:
    """Components, and those inside them, outer ones first; no deeper than 50."""
    stack = [(one, 0) for one in reversed(components)]
    while stack:
        one, depth = stack.pop()
        yield one
        inner = one.get("components") if isinstance(one, dict) else None
        if isinstance(inner, list) and depth < _MAX_DEPTH:
            stack.extend((below, depth + 1) for below in reversed(inner))


def collected(path: str, form: str, subject: tuple[str, str], found: Iterable[Named | BomError]) -> Inventory:
    """The inventory that components make. One without a package URL cannot be told and is unread."""
    named: list[Named] = []
    unread: list[Unread] = []
    distribution = ""
    for one in found:
        if len(named) >= _MAX_COMPONENTS:
            unread.append(Unread(path, 1, form, f"more than {_MAX_COMPONENTS:,} components: the rest was not read"))
            break
        if isinstance(one, BomError):
            unread.append(Unread(path, 1, form, one.reason))
        elif one.kind == "operating-system":
            distribution = distribution or f"{one.name.lower()}:{one.version or ''}"
        elif one.kind not in _NO_PACKAGES or one.purl:
            named.append(one)
    names = {one.reference: one.name.rpartition("/")[2] for one in named if one.reference}
    packages: list[Package] = []
    for one in named:
        made = _package(one, form, distribution, names)
        if isinstance(made, BomError):
            unread.append(Unread(path, 1, form, made.reason))
        elif made is not None:
            packages.append(made)
    name, digest = subject
    return Inventory(
        reference=name or path,
        digest=digest if digest.startswith("sha256:") else "",
        distribution=distribution,
        packages=tuple(packages),
        incomplete=_incomplete(form, bool(unread)),
        unread=tuple(unread),
    )


def _incomplete(form: str, doubtful: bool) -> dict[str, str]:
    """A bill of materials says what is in it, never that there is nothing else; one with holes says less."""
    if not doubtful:
        return {}
    return {one.value: f"parts of the {form} could not be read" for one in Ecosystem}


def _package(one: Named, form: str, distribution: str, names: dict[str, str]) -> Package | BomError | None:
    parts = parsed(one.purl) if one.purl else None
    if parts is None:
        what = f"its package URL is none: {one.purl[:100]}" if one.purl else "no package URL tells whose package it is"
        return BomError(f"{one.name[:100]} {one.version or ''}: {what}")
    if parts.kind in ("oci", "docker"):
        return None
    facts = {name.removeprefix(_FACT): value for name, value in one.properties.items() if name.startswith(_FACT)}
    return Package(
        name=_name(parts),
        version=_version(parts, one.version),
        ecosystem=parts.ecosystem,
        purl=one.purl,
        source=_source(parts, one.properties),
        architecture=parts.qualifiers.get("arch", ""),
        distribution=_distribution(parts, distribution),
        licenses=one.licenses,
        how=form,
        owner=one.properties.get("ourhalf:owner", ""),
        requires=tuple(names[ref] for ref in one.requires if ref in names),
        facts=facts,
    )


def _name(parts: Parts) -> str:
    """The name as its ecosystem writes it: with the scope of npm, the group of Maven, the path of Go."""
    match parts.ecosystem:
        case Ecosystem.NPM | Ecosystem.GO if parts.namespace:
            return f"{parts.namespace}/{parts.name}"
        case Ecosystem.MAVEN if parts.namespace:
            return f"{parts.namespace}:{parts.name}"
    return parts.name


def _version(parts: Parts, stated: str | None) -> str | None:
    version = parts.version or stated
    epoch = parts.qualifiers.get("epoch")
    if version and epoch and epoch != "0" and ":" not in version and parts.ecosystem is Ecosystem.RPM:
        return f"{epoch}:{version}"
    return version


def _source(parts: Parts, properties: dict[str, str]) -> SourcePackage | None:
    """The source as our own documents state it, or as the `upstream` that Syft adds to a package URL does."""
    name = properties.get("ourhalf:source-package")
    if name:
        return SourcePackage(name, properties.get("ourhalf:source-version", ""))
    upstream = parts.qualifiers.get("upstream", "")
    if not upstream:
        return None
    name, _, version = upstream.partition("@")
    return SourcePackage(name, version or parts.version or "")


def _distribution(parts: Parts, found: str) -> str:
    if parts.ecosystem not in (Ecosystem.DEB, Ecosystem.RPM, Ecosystem.APK):
        return ""
    named = parts.qualifiers.get("distro", "")
    name, dash, version = named.partition("-")
    if dash and version[:1].isdigit():
        return f"{'amzn' if name == 'amazon' else name}:{version}"  # os-release calls Amazon Linux so
    return found
