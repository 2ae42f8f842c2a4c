"""Reports of Trivy in JSON: misconfigurations, vulnerabilities, secrets, and what somebody ignored of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

import msgspec

from ourhalf.evidence.imported.format import (
    SECRET,
    VULNERABILITY,
    Foreign,
    Importer,
    Layout,
    LeftOutError,
    Thing,
    cut,
    day,
    severity,
    vulnerability,
)
from ourhalf.evidence.imported.records import Around, Record
from ourhalf.model.control import Topic
from ourhalf.model.finding import AcceptedBy
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status


class _Report(msgspec.Struct, frozen=True, rename="pascal"):
    """The outermost object: what was scanned, and when."""

    created_at: str | None = None
    artifact_name: str = ""
    artifact_type: str = ""
    cluster_name: str = ""


class _Object(msgspec.Struct, frozen=True, rename="pascal"):
    """An object of a cluster that was scanned."""

    namespace: str = ""
    kind: str = ""
    name: str = ""


class _Result(msgspec.Struct, frozen=True, rename="pascal"):
    """One file, image or object, with what was found in it."""

    target: str = ""
    class_: str = msgspec.field(default="", name="Class")
    type: str = ""


class _Cause(msgspec.Struct, frozen=True, rename="pascal"):
    resource: str = ""
    provider: str = ""
    start_line: int = 0
    end_line: int = 0


class _Misconfiguration(msgspec.Struct, frozen=True, rename="pascal"):
    id: str = msgspec.field(name="ID")
    status: str
    avd_id: str = msgspec.field(default="", name="AVDID")
    title: str = ""
    message: str = ""
    description: str = ""
    resolution: str = ""
    severity: str = ""
    cause_metadata: _Cause = _Cause()


class _Identifier(msgspec.Struct, frozen=True, rename="pascal"):
    purl: str = msgspec.field(default="", name="PURL")


class _Vulnerability(msgspec.Struct, frozen=True, rename="pascal"):
    vulnerability_id: str = msgspec.field(name="VulnerabilityID")
    pkg_name: str = ""
    vendor_ids: tuple[str, ...] | None = msgspec.field(default=None, name="VendorIDs")
    installed_version: str = ""
    fixed_version: str = ""
    pkg_path: str = ""
    title: str = ""
    severity: str = ""
    status: str = ""
    pkg_identifier: _Identifier = _Identifier()


class _Secret(msgspec.Struct, frozen=True, rename="pascal"):
    """A secret: its text and the lines around it are left where they are."""

    rule_id: str = msgspec.field(name="RuleID")
    title: str = ""
    severity: str = ""
    start_line: int = 0
    end_line: int = 0


class _Modified(msgspec.Struct, frozen=True, rename="pascal"):
    """What was found and does not count: by a statement in VEX or a file of what to ignore."""

    type: str
    finding: msgspec.Raw
    status: str = ""
    statement: str = ""
    source: str = ""


_MISCONFIGURATIONS, _VULNERABILITIES, _SECRETS = "Misconfigurations", "Vulnerabilities", "Secrets"
_MODIFIED = "ExperimentalModifiedFindings"
_KINDS = {"vulnerability": _VULNERABILITIES, "misconfiguration": _MISCONFIGURATIONS, "secret": _SECRETS}
_VERDICTS = {"FAIL": Status.FAIL, "PASS": Status.PASS, "EXCEPTION": Status.FAIL}
_OLD_ID = re.compile(r"(?:AVD-)?([A-Z]{2,8})-?(\d{3,4})")
_CONTAINER = re.compile(r"(?i)\bcontainer '?\"?([\w.-]+)'?\"? (?:of|in) ")


def _read(record: Record) -> Iterator[Foreign]:
    base = _base(record.around)
    kind, text, accepted = record.path[-1], record.json.encode(), None
    if kind == _MODIFIED:
        modified = msgspec.json.decode(text, type=_Modified)
        if modified.type == "license":  # no more taken here than what licenses Trivy finds
            return
        kind, text, accepted = _KINDS.get(modified.type, ""), bytes(modified.finding), _ignored(modified)
    match kind:
        case "Misconfigurations":
            found = _misconfiguration(base, msgspec.json.decode(text, type=_Misconfiguration))
        case "Vulnerabilities":
            found = _vulnerability(base, msgspec.json.decode(text, type=_Vulnerability))
        case "Secrets":
            found = _secret(base, msgspec.json.decode(text, type=_Secret))
        case _:
            raise LeftOutError("is no misconfiguration, vulnerability or secret")
    yield msgspec.structs.replace(found, accepted=accepted) if accepted else found


class _Base(msgspec.Struct, frozen=True):
    """What all records of one result share."""

    report: _Report
    result: _Result
    inside: _Object


def _base(around: tuple[Around, ...]) -> _Base:
    """The report, the result, and between them the object of a cluster, where it is a report on one.

    The oldest reports are lists of results, with nothing around them.
    """
    inside = _Object()
    if len(around) > 2:
        inside = msgspec.json.decode(around[1].json(), type=_Object)
    return _Base(
        msgspec.json.decode(around[0].json(), type=_Report),
        msgspec.json.decode(around[-1].json(), type=_Result),
        inside,
    )


def _thing(base: _Base, lines: tuple[int, int] = (0, 0), address: str = "", message: str = "") -> Thing:
    report, result, inside = base.report, base.result, base.inside
    container = _CONTAINER.search(message)
    part = container[1] if container else ""
    if inside.kind:
        name = f"{inside.namespace}/{inside.kind}/{inside.name}"
        return Thing(kind="Kubernetes", name=cut(name, 300), names=(name,), account=report.cluster_name, part=part)
    if report.artifact_type in ("container_image", "vm") or not result.target:
        return Thing(kind="Image", name=cut(report.artifact_name or result.target, 300), part=result.target)
    path = _path(report, result.target)
    name = address or f"{path}{f'/{part}' if part else ''}"
    return Thing(kind=result.type or "File", name=cut(name, 300), path=path, lines=lines, address=address, part=part)


def _path(report: _Report, target: str) -> str:
    """The file as it is named from where Trivy was called; its targets are named from what it scanned."""
    folder = report.artifact_name
    if posixpath.basename(folder) == target:
        return posixpath.normpath(folder)
    return posixpath.normpath(posixpath.join(folder, target)) if folder and "://" not in folder else target


def check_id(id_: str) -> str:
    """The id of a check as it is spelled today: `AVD-KSV-0017` and `KSV017` are `KSV-0017`."""
    found = _OLD_ID.fullmatch(id_)
    return f"{found[1]}-{found[2]:0>4}" if found else cut(id_, 200)


def _misconfiguration(base: _Base, found: _Misconfiguration) -> Foreign:
    status = _VERDICTS.get(found.status.upper())
    if status is None:
        raise LeftOutError(f"Status is {cut(found.status, 40)}, which Trivy does not have")
    cause = found.cause_metadata
    excepted = found.status.upper() == "EXCEPTION"
    return Foreign(
        tool="Trivy",
        test=check_id(found.avd_id or found.id),
        title=cut(found.title or found.id),
        status=status,
        reason=cut(found.message or found.description or found.title),
        thing=_thing(base, (cause.start_line, max(cause.start_line, cause.end_line)), cause.resource, found.message),
        severity=severity(found.severity),
        as_of=day(base.report.created_at, "CreatedAt"),
        live=bool(base.inside.kind),
        remedy=cut(found.resolution),
        accepted=AcceptedBy("imported", "an exception in Trivy's policy") if excepted else None,
    )


def _vulnerability(base: _Base, found: _Vulnerability) -> Foreign:
    key, details = vulnerability(
        advisory=cut(found.vulnerability_id, 100),
        aliases=tuple(found.vendor_ids or ()),
        package=found.pkg_name,
        version=found.installed_version,
        purl=found.pkg_identifier.purl,
        fixed=found.fixed_version,
    )
    of_system = base.result.class_ == "os-pkgs"
    thing = _thing(base)
    where = f" ({found.pkg_path})" if found.pkg_path else ""
    fixed = f"fixed in {found.fixed_version}" if found.fixed_version else "no fixed version is known"
    return Foreign(
        tool="Trivy",
        test=cut(found.vulnerability_id, 100),
        title=cut(found.title or found.vulnerability_id),
        status=Status.FAIL,
        reason=cut(
            f"{found.vulnerability_id} in {found.pkg_name} {found.installed_version}{where}, {fixed}: {found.title}"
        ),
        thing=msgspec.structs.replace(thing, part="os" if of_system else ""),
        severity=severity(found.severity),
        as_of=day(base.report.created_at, "CreatedAt"),
        live=bool(base.inside.kind),
        remedy=f"Take {found.pkg_name} {found.fixed_version}." if found.fixed_version else "",
        shared=VULNERABILITY,
        key=key,
        details=details,
    )


def _secret(base: _Base, found: _Secret) -> Foreign:
    thing = _thing(base, (found.start_line, max(found.start_line, found.end_line)))
    return Foreign(
        tool="Trivy",
        test=cut(found.rule_id, 200),
        title=cut(found.title or found.rule_id),
        status=Status.FAIL,
        reason=cut(f"a secret ({found.title or found.rule_id}) in {base.result.target}, line {found.start_line}"),
        thing=thing,
        severity=severity(found.severity),
        as_of=day(base.report.created_at, "CreatedAt"),
        remedy="Take the secret back where it was issued, and read it at run time from where secrets are kept.",
        shared=SECRET,
        topic=Topic.DATA_PROTECTION,
        key=cut(found.rule_id, 200),
        party=Party.CUSTOMER if thing.path else None,
    )


def _ignored(modified: _Modified) -> AcceptedBy:
    """Why it does not count there."""
    said = f": {cut(modified.statement)}" if modified.statement else ""
    source = f" by {cut(modified.source, 200)}" if modified.source else ""
    return AcceptedBy("imported", f"{cut(modified.status, 40) or 'ignored'} in Trivy{source}{said}")


_KINDS_OF_RECORDS = (_MISCONFIGURATIONS, _VULNERABILITIES, _SECRETS, _MODIFIED)
_IN_RESULTS = tuple(f"Results.{kind}" for kind in _KINDS_OF_RECORDS)
_IN_RESOURCES = tuple(f"Resources.Results.{kind}" for kind in _KINDS_OF_RECORDS)

TRIVY = Importer(
    "trivy",
    "reports of `trivy ... --format json`: misconfigurations, vulnerabilities and secrets",
    (
        Layout.of("ArtifactName Results", *_IN_RESULTS),
        Layout.of("SchemaVersion ArtifactName", *_IN_RESULTS),
        Layout.of("ClusterName Resources", *_IN_RESOURCES),
        Layout.of("Results[].Target Results[].Class", *_IN_RESULTS),
        *(Layout.of(f"Results[].Target Results[].{kind}", *_IN_RESULTS) for kind in _KINDS_OF_RECORDS),
        *(Layout.of(f"[].Target [].{kind}", *_KINDS_OF_RECORDS) for kind in _KINDS_OF_RECORDS),
    ),
    _read,
)
