"""Bills of materials that lie beside what they describe, such as those inside wheels.

Source: peps.python.org/pep-0770 for where wheels keep them; CycloneDX 1.4 to 1.7 and SPDX 2.3 in JSON for what is
read: names, versions, package URLs and licences of components, nested ones too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ourhalf.model.packages import Package
from ourhalf.packages.purl import Parts, parsed, purl
from ourhalf.packages.records import facts, line, word
from ourhalf.packages.wheel_metadata import normalised

_MOST_COMPONENTS = 20_000
_DEEPEST = 50


class Component(msgspec.Struct, frozen=True, array_like=True):
    """One component: its package URL, which is of the type `generic` where the document gives it only a name.

    `scope` is what CycloneDX says of components that may be left out: "optional" or "excluded".
    """

    purl: str
    licenses: tuple[str, ...] = ()
    scope: str = ""


class Bill(msgspec.Struct, frozen=True, array_like=True):
    """What a document lists; `fault` says why it, or a part of it, could not be read."""

    components: list[Component]
    fault: str = ""


def reduced(_: str, data: memoryview) -> bytes:
    """The components of a document, as a `Bill` in MessagePack."""
    return msgspec.msgpack.encode(_bill(data))


def bill(kept: bytes) -> Bill:
    """What `reduced` made."""
    return msgspec.msgpack.decode(kept, type=Bill)


def _bill(data: memoryview) -> Bill:
    try:
        document = msgspec.json.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        return Bill([], f"no JSON: {str(error)[:80]}")
    if not isinstance(document, dict) or not ("bomFormat" in document or "spdxVersion" in document):
        return Bill([], "neither CycloneDX nor SPDX in JSON")
    found: list[Component] = []
    unnamed = 0
    for one in _cyclonedx(document.get("components"), 0) if "bomFormat" in document else _spdx(document):
        if len(found) >= _MOST_COMPONENTS:
            return Bill(found, f"more than {_MOST_COMPONENTS:,} components")
        if one is None:
            unnamed += 1
        else:
            found.append(one)
    return Bill(
        found, f"{unnamed} components have neither a package URL nor a name, or lie too deep" if unnamed else ""
    )


def _cyclonedx(components: Any, depth: int) -> Iterator[Component | None]:
    if not isinstance(components, list):
        return
    if depth > _DEEPEST and components:
        yield None
        return
    for one in components:
        if not isinstance(one, dict):
            yield None
            continue
        if one.get("type") != "file":
            scope = one.get("scope")
            optional = scope if scope in ("optional", "excluded") else ""
            yield _component(one.get("purl"), one, "version", tuple(_licenses(one.get("licenses"))), optional)
        yield from _cyclonedx(one.get("components"), depth + 1)


def _licenses(stated: Any) -> Iterator[str]:
    for one in stated if isinstance(stated, list) else ():
        inner = one.get("license") if isinstance(one, dict) else None
        named = inner if isinstance(inner, dict) else {}
        said = (one.get("expression") if isinstance(one, dict) else None) or named.get("id") or named.get("name")
        if isinstance(said, str) and said:
            yield line(said)


def _spdx(document: dict[str, Any]) -> Iterator[Component | None]:
    packages = document.get("packages")
    for one in packages if isinstance(packages, list) else ():
        if not isinstance(one, dict):
            yield None
            continue
        references = one.get("externalRefs")
        located = [
            reference.get("referenceLocator")
            for reference in (references if isinstance(references, list) else ())
            if isinstance(reference, dict) and reference.get("referenceType") == "purl"
        ]
        said = one.get("licenseConcluded")
        licenses = (line(said),) if isinstance(said, str) and said not in ("NOASSERTION", "NONE", "") else ()
        yield _component(located[0] if located else None, one, "versionInfo", licenses)


def _component(
    said: Any, stated: dict[str, Any], version_key: str, licenses: tuple[str, ...], scope: str = ""
) -> Component | None:
    if isinstance(said, str) and parsed(said):
        return Component(said, licenses, scope)
    name, version = stated.get("name"), stated.get(version_key)
    if not isinstance(name, str) or not line(name):
        return None
    return Component(purl("generic", line(name), word(version if isinstance(version, str) else None)), licenses, scope)


def _key(said: Parts) -> tuple[str, str, str, str | None]:
    """What is the same for two URLs of one package."""
    return said.kind, said.namespace, normalised(said.name) if said.kind == "pypi" else said.name, said.version


def packages(found: Bill, path: str, layer: int, owner: str, how: str) -> Iterator[Package]:
    """The packages that a document lists, each once, all owned by what the document describes."""
    whose = parsed(owner)
    seen = {_key(whose)} if whose else set()
    for component in found.components:
        said = parsed(component.purl)
        if said is None or _key(said) in seen:
            continue
        seen.add(_key(said))
        whole = f"{said.namespace}/{said.name}" if said.namespace and said.kind in _JOINED else said.name
        yield Package(
            name=line(f"{said.namespace}:{said.name}" if said.kind == "maven" and said.namespace else whole),
            version=word(_version(said)),
            ecosystem=said.ecosystem,
            purl=component.purl,
            path=path,
            layer=layer,
            architecture=word(said.qualifiers.get("arch")) or "",
            distribution=_distribution(said),
            licenses=component.licenses,
            how=how,
            owner=owner,
            facts=facts(scope=component.scope),
        )


def _version(said: Parts) -> str | None:
    epoch = said.qualifiers.get("epoch", "0")
    return f"{epoch}:{said.version}" if said.kind == "rpm" and said.version and epoch.strip("0") else said.version


def _distribution(said: Parts) -> str:
    """As stated, or by the release of an RPM package: auditwheel names the vendor and `1.0.9-3.el8`, but no version."""
    stated = word(said.qualifiers.get("distro"))
    if stated:
        return stated.replace("-", ":", 1)
    release = _ENTERPRISE.search(said.version or "") if said.kind == "rpm" and said.namespace else None
    return f"{line(said.namespace)}:{release[1]}" if release else ""


_ENTERPRISE = re.compile(r"\.el(\d+)(?:[._]|$)")
_JOINED = frozenset({"npm", "golang"})
"""Types whose names are written with their namespace."""
