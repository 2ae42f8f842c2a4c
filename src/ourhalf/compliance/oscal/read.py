"""Component definitions of others and of ours: read within bounds, and refused with one clear reason."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from ourhalf.compliance.oscal.document import OscalError

MAX_BYTES = 64 * 1024 * 1024
_VERSION = re.compile(r"1\.\d+\.\d+")
_MODELS = {
    "catalog": "a catalog",
    "profile": "a profile",
    "mapping-collection": "a mapping collection",
    "system-security-plan": "a system security plan",
    "assessment-plan": "an assessment plan",
    "assessment-results": "assessment results",
    "plan-of-action-and-milestones": "a plan of action and milestones",
}

Uuid = Annotated[
    str,
    msgspec.Meta(pattern=r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}\Z"),
]


class _Kebab(msgspec.Struct, frozen=True, rename="kebab"):
    """What OSCAL writes in kebab case."""


class Link(_Kebab, frozen=True):
    """A link; one that begins with `#` leads to something of the same document."""

    href: str


class Statement(_Kebab, frozen=True):
    """What a component does for one statement of a control."""

    statement_id: str
    uuid: Uuid
    description: str
    links: tuple[Link, ...] = ()


class Implemented(_Kebab, frozen=True):
    """A control that a component says it implements."""

    uuid: Uuid
    control_id: str
    description: str
    links: tuple[Link, ...] = ()
    statements: tuple[Statement, ...] = ()


class Implementation(_Kebab, frozen=True):
    """The controls of one catalog or profile that a component says it implements."""

    uuid: Uuid
    source: str
    description: str
    implemented_requirements: tuple[Implemented, ...]
    links: tuple[Link, ...] = ()


class DefinedComponent(_Kebab, frozen=True):
    """A component as its maker defines it."""

    uuid: Uuid
    type: str
    title: str
    description: str
    links: tuple[Link, ...] = ()
    control_implementations: tuple[Implementation, ...] = ()


class _Part(_Kebab, frozen=True):
    component_uuid: Uuid


class _Capability(_Kebab, frozen=True):
    uuid: Uuid
    links: tuple[Link, ...] = ()
    incorporates_components: tuple[_Part, ...] = ()
    control_implementations: tuple[Implementation, ...] = ()


class _Identified(_Kebab, frozen=True):
    uuid: Uuid


class _Metadata(_Kebab, frozen=True):
    title: str
    last_modified: str
    version: str
    oscal_version: str
    parties: tuple[_Identified, ...] = ()
    locations: tuple[_Identified, ...] = ()


class _BackMatter(_Kebab, frozen=True):
    resources: tuple[_Identified, ...] = ()


class _Definition(_Kebab, frozen=True):
    uuid: Uuid
    metadata: _Metadata
    import_component_definitions: tuple[Link, ...] = ()
    components: tuple[DefinedComponent, ...] = ()
    capabilities: tuple[_Capability, ...] = ()
    back_matter: _BackMatter = _BackMatter()


class _File(_Kebab, frozen=True):
    component_definition: _Definition | msgspec.UnsetType = msgspec.UNSET


class ComponentDefinition(msgspec.Struct, frozen=True):
    """A component definition: where it was read, and its components.

    `imports` counts the definitions that it imports; they are not read.
    """

    path: str
    uuid: str
    title: str
    version: str
    components: tuple[DefinedComponent, ...]
    imports: int = 0


def read_component_definition(path: str) -> ComponentDefinition:
    """The component definition in a JSON file. Raises OscalError: the file, the place in it, the reason, the remedy."""
    found = _decoded(_bytes(path), path)
    if not _VERSION.fullmatch(found.metadata.oscal_version):
        told = f"OSCAL version {found.metadata.oscal_version[:20]!r} is not known; versions 1.x.y are read"
        raise OscalError(f"{path}: $.component-definition.metadata.oscal-version: {told}")
    _check(found, path)
    return ComponentDefinition(
        path,
        found.uuid,
        found.metadata.title,
        found.metadata.version,
        found.components,
        len(found.import_component_definitions),
    )


def _bytes(path: str) -> bytes:
    """The bytes of a regular file within the bound."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OscalError(f"{path}: not a regular file; name a JSON file")
            with open(descriptor, "rb", closefd=False) as file:
                data = file.read(MAX_BYTES + 1) if status.st_size <= MAX_BYTES else b""
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OscalError(f"{path}: cannot be read: {error.strerror}") from None
    if (size := max(status.st_size, len(data))) > MAX_BYTES:
        told = f"{size / 1048576:.0f} MB: larger than the {MAX_BYTES // 1048576} MB bound"
        raise OscalError(f"{path}: {told}; name smaller definitions one by one")
    return data


def _decoded(data: bytes, path: str) -> _Definition:
    try:
        found = msgspec.json.decode(data, type=_File, strict=True)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `")
        reason = "not a UUID of version 4 or 5" if "matching regex" in reason else reason
        raise OscalError(f"{path}: {where.rstrip('`') or '$'}: {reason}") from None
    except msgspec.DecodeError as error:
        raise OscalError(f"{path}:{_line(data, str(error))}: not OSCAL in JSON: {error}") from None
    except RecursionError:
        raise OscalError(f"{path}: nested too deeply to be read") from None
    except UnicodeDecodeError:
        raise OscalError(f"{path}: not UTF-8") from None
    if isinstance(found.component_definition, msgspec.UnsetType):
        raise OscalError(f"{path}: {_what(data)}, not a component definition")
    return found.component_definition


def _line(data: bytes, error: str) -> int:
    """The line of the byte that the decoder stopped at."""
    at = re.search(r"\(byte (\d+)\)", error)
    return 1 + data.count(b"\n", 0, int(at[1]) if at else len(data))


def _what(data: bytes) -> str:
    """What a document is that is no component definition."""
    names: Any = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    return next((told for name, told in _MODELS.items() if name in names), "no OSCAL document that is known")


def _check(found: _Definition, path: str) -> None:
    """Raises OscalError for a UUID that stands for two things, and for a reference to nothing."""
    seen: set[str] = set()
    for where, uuid in _identified(found):
        if uuid.lower() in seen:
            raise OscalError(f"{path}: {where}: UUID {uuid} stands for something else already; each needs its own")
        seen.add(uuid.lower())
    for where, href in _references(found):
        if href.startswith("#") and href[1:].lower() not in seen:
            raise OscalError(f"{path}: {where}: {href[:60]} refers to nothing in this document; add the resource")
    if found.import_component_definitions:
        return  # what a capability incorporates may be defined in a document that is imported
    components = {component.uuid.lower() for component in found.components}
    for number, capability in enumerate(found.capabilities):
        for part in capability.incorporates_components:
            if part.component_uuid.lower() not in components:
                where = f"$.component-definition.capabilities[{number}].incorporates-components"
                raise OscalError(f"{path}: {where}: no component has the UUID {part.component_uuid}")


def _identified(found: _Definition) -> Iterator[tuple[str, str]]:
    """Every UUID that names something, and where."""
    root = "$.component-definition"
    yield f"{root}.uuid", found.uuid
    for name in ("parties", "locations"):
        for number, one in enumerate(getattr(found.metadata, name)):
            yield f"{root}.metadata.{name}[{number}].uuid", one.uuid
    for number, resource in enumerate(found.back_matter.resources):
        yield f"{root}.back-matter.resources[{number}].uuid", resource.uuid
    for where, holder in _holders(found):
        yield f"{where}.uuid", holder.uuid
        for at, implementation in _implementations(where, holder):
            yield f"{at}.uuid", implementation.uuid
            for number, requirement in enumerate(implementation.implemented_requirements):
                yield f"{at}.implemented-requirements[{number}].uuid", requirement.uuid
                for index, statement in enumerate(requirement.statements):
                    yield f"{at}.implemented-requirements[{number}].statements[{index}].uuid", statement.uuid


def _references(found: _Definition) -> Iterator[tuple[str, str]]:
    """Every reference, and where it stands."""
    for number, link in enumerate(found.import_component_definitions):
        yield f"$.component-definition.import-component-definitions[{number}].href", link.href
    for where, holder in _holders(found):
        yield from _links(where, holder.links)
        for at, implementation in _implementations(where, holder):
            yield f"{at}.source", implementation.source
            yield from _links(at, implementation.links)
            for number, requirement in enumerate(implementation.implemented_requirements):
                yield from _links(f"{at}.implemented-requirements[{number}]", requirement.links)
                for statement in requirement.statements:
                    yield from _links(f"{at}.implemented-requirements[{number}].statements", statement.links)


def _holders(found: _Definition) -> Iterator[tuple[str, DefinedComponent | _Capability]]:
    for number, component in enumerate(found.components):
        yield f"$.component-definition.components[{number}]", component
    for number, capability in enumerate(found.capabilities):
        yield f"$.component-definition.capabilities[{number}]", capability


def _implementations(where: str, holder: DefinedComponent | _Capability) -> Iterator[tuple[str, Implementation]]:
    for number, implementation in enumerate(holder.control_implementations):
        yield f"{where}.control-implementations[{number}]", implementation


def _links(where: str, links: tuple[Link, ...]) -> Iterator[tuple[str, str]]:
    for number, link in enumerate(links):
        yield f"{where}.links[{number}].href", link.href
