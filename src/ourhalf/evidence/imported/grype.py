"""Reports of Grype in JSON: vulnerabilities of packages, and those that somebody ignored."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.evidence.imported.format import (
    VULNERABILITY,
    Foreign,
    Importer,
    Layout,
    Thing,
    cut,
    day,
    severity,
    vulnerability,
)
from ourhalf.evidence.imported.records import Record
from ourhalf.model.finding import AcceptedBy
from ourhalf.model.verdict import Status


class _Target(msgspec.Struct, frozen=True, rename="camel"):
    user_input: str = ""


class _Source(msgspec.Struct, frozen=True):
    """What was scanned: an image, or a folder, whose target is its path alone."""

    type: str = ""
    target: _Target | str = ""


class _Descriptor(msgspec.Struct, frozen=True):
    timestamp: str | None = None


class _Report(msgspec.Struct, frozen=True):
    source: _Source = _Source()
    descriptor: _Descriptor = _Descriptor()


class _Fix(msgspec.Struct, frozen=True):
    versions: tuple[str, ...] | None = None
    state: str = ""


class _Related(msgspec.Struct, frozen=True):
    id: str


class _Vulnerability(msgspec.Struct, frozen=True):
    id: str
    severity: str = ""
    description: str = ""
    fix: _Fix = _Fix()


class _Artifact(msgspec.Struct, frozen=True):
    name: str
    version: str = ""
    type: str = ""
    purl: str = ""


class _Rule(msgspec.Struct, frozen=True):
    vulnerability: str = ""
    reason: str = ""
    namespace: str = ""


class _Match(msgspec.Struct, frozen=True, rename="camel"):
    vulnerability: _Vulnerability
    artifact: _Artifact
    related_vulnerabilities: tuple[_Related, ...] | None = None
    applied_ignore_rules: tuple[_Rule, ...] | None = None


_OF_SYSTEM = frozenset({"apk", "deb", "rpm", "alpm", "portage"})


def _read(record: Record) -> Iterator[Foreign]:
    report = msgspec.json.decode(record.around[0].json(), type=_Report)
    match = msgspec.json.decode(record.json.encode(), type=_Match)
    found, package = match.vulnerability, match.artifact
    fixed = ", ".join(found.fix.versions or ())
    key, details = vulnerability(
        advisory=cut(found.id, 100),
        aliases=tuple(cut(one.id, 100) for one in match.related_vulnerabilities or ()),
        package=package.name,
        version=package.version,
        purl=package.purl,
        fixed=fixed,
    )
    target = report.source.target
    scanned = target.user_input if isinstance(target, _Target) else target
    described = f": {found.description}" if found.description else ""
    repair = f"fixed in {fixed}" if fixed else "no fixed version is known"
    yield Foreign(
        tool="Grype",
        test=cut(found.id, 100),
        title=cut(found.description or found.id),
        status=Status.FAIL,
        reason=cut(f"{found.id} in {package.name} {package.version}, {repair}{described}"),
        thing=Thing(
            kind="Image" if report.source.type == "image" else "File",
            name=cut(scanned or "what Grype scanned", 300),
            part="os" if package.type in _OF_SYSTEM else "",
        ),
        severity=severity(found.severity),
        as_of=day(report.descriptor.timestamp, "descriptor.timestamp"),
        remedy=f"Take {package.name} {fixed}." if fixed else "",
        shared=VULNERABILITY,
        accepted=_ignored(match.applied_ignore_rules) if record.path[-1] == "ignoredMatches" else None,
        key=key,
        details=details,
    )


def _ignored(rules: tuple[_Rule, ...] | None) -> AcceptedBy:
    why = "; ".join(one.reason or one.namespace for one in rules or () if one.reason or one.namespace)
    return AcceptedBy("imported", "ignored in Grype" + (f": {cut(why)}" if why else ""))


GRYPE = Importer(
    "grype",
    "reports of `grype ... -o json`",
    (
        Layout.of("matches[].vulnerability matches[].artifact", "matches", "ignoredMatches"),
        Layout.of("matches=[]", "matches", "ignoredMatches"),
    ),
    _read,
)
