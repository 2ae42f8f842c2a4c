"""Findings in the Open Cybersecurity Schema Framework: of Security Hub, Security Lake and Prowler."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import msgspec

from ourhalf.evidence.imported.format import (
    Foreign,
    Importer,
    Layout,
    LeftOutError,
    Thing,
    cut,
    day,
    severity,
    vulnerable,
)
from ourhalf.evidence.imported.records import Record
from ourhalf.model.finding import AcceptedBy
from ourhalf.model.verdict import Status


class _Product(msgspec.Struct, frozen=True):
    name: str | None = None
    uid: str | None = None


class _Metadata(msgspec.Struct, frozen=True):
    product: _Product = _Product()
    event_code: str | None = None


class _Account(msgspec.Struct, frozen=True):
    uid: str | None = None


class _Owner(msgspec.Struct, frozen=True):
    account: _Account | None = None


class _Cloud(msgspec.Struct, frozen=True):
    account: _Account | None = None
    provider: str | None = None
    region: str | None = None


class _Resource(msgspec.Struct, frozen=True):
    type: str | None = None
    uid: str | None = None
    uid_alt: str | None = None
    name: str | None = None
    namespace: str | None = None
    region: str | None = None
    owner: _Owner | None = None


class _Analytic(msgspec.Struct, frozen=True):
    name: str | None = None
    uid: str | None = None


class _Info(msgspec.Struct, frozen=True):
    title: str = ""
    uid: str | None = None
    desc: str | None = None
    types: tuple[str, ...] | None = None
    analytic: _Analytic | None = None
    modified_time_dt: str | None = None
    modified_time: float | str | None = None
    created_time_dt: str | None = None
    created_time: float | str | None = None


class _Compliance(msgspec.Struct, frozen=True):
    control: str | None = None
    status: str | None = None
    status_id: int | None = None
    status_code: str | None = None
    status_detail: str | None = None
    status_details: tuple[str, ...] | None = None


class _Remediation(msgspec.Struct, frozen=True):
    desc: str | None = None
    references: tuple[str, ...] | None = None


class _Cve(msgspec.Struct, frozen=True):
    uid: str


class _Package(msgspec.Struct, frozen=True):
    name: str = ""
    version: str = ""
    fixed_in_version: str | None = None
    purl: str | None = None


class _Vulnerability(msgspec.Struct, frozen=True):
    cve: _Cve | None = None
    affected_packages: tuple[_Package, ...] | None = None


class Event(msgspec.Struct, frozen=True):
    """What is taken of a finding; the schema has about a hundred fields more."""

    class_uid: int
    metadata: _Metadata
    activity_id: int | None = None
    message: str | None = None
    severity: str | None = None
    severity_id: int | None = None
    status: str | None = None
    status_id: int | None = None
    status_code: str | None = None
    status_detail: str | None = None
    time: float | str | None = None
    time_dt: str | None = None
    comment: str | None = None
    cloud: _Cloud | None = None
    finding_info: _Info | None = None
    finding: _Info | None = None
    compliance: _Compliance | None = None
    resources: tuple[_Resource, ...] | None = None
    resource: _Resource | None = None
    remediation: _Remediation | None = None
    vulnerabilities: tuple[_Vulnerability, ...] | None = None

    @property
    def info(self) -> _Info:
        """What it found; before version 1.1 of the schema it stood in a field of another name."""
        return self.finding_info or self.finding or _Info()

    @property
    def about(self) -> tuple[_Resource, ...]:
        """What it is about."""
        return self.resources or ((self.resource,) if self.resource is not None else ())


_FINDINGS = range(2001, 2008)
_IN_UID = re.compile(r":(?:security-control|subscription/aws-foundational-[\w-]+/v/[\d.]+)/([\w.]+)/finding/")
_VERDICTS = {1: Status.PASS, 2: Status.UNKNOWN, 3: Status.FAIL}
_WORDS = {
    "pass": Status.PASS,
    "passed": Status.PASS,
    "fail": Status.FAIL,
    "failed": Status.FAIL,
    "warning": Status.UNKNOWN,
    "unknown": Status.UNKNOWN,
    "not_available": Status.UNKNOWN,
    "manual": Status.UNKNOWN,
    "muted": Status.FAIL,
}
_CLOSED = 3
_SUPPRESSED, _RESOLVED = 3, 4
_SEVERITIES = {1: "informational", 2: "low", 3: "medium", 4: "high", 5: "critical", 6: "fatal"}
_PRODUCTS = {
    "security hub": "Security Hub",
    "security hub cspm": "Security Hub",
    "aws security hub": "Security Hub",
    "prowler": "Prowler",
}


def _read(record: Record) -> Iterator[Foreign]:
    event = msgspec.json.decode(record.json.encode(), type=Event)
    if event.class_uid not in _FINDINGS:
        raise LeftOutError(f"is no finding: its class is {event.class_uid}")
    if not event.about:
        raise LeftOutError("names no resource")
    tool, test = _tool(event), _test(event)
    if not test:
        raise LeftOutError("does not say which test it is the result of")
    status, reason = _verdict(event)
    info, remediation = event.info, event.remediation
    for resource in event.about:
        foreign = Foreign(
            tool=tool,
            test=cut(test, 200),
            title=cut(info.title or test),
            status=status,
            reason=reason,
            thing=_thing(event, resource),
            severity=severity(event.severity or _SEVERITIES.get(event.severity_id or 0)),
            as_of=_as_of(event),
            live=True,
            remedy=cut(" ".join(filter(None, (remediation.desc, *(remediation.references or ())[-1:]))))
            if remediation
            else "",
            accepted=_accepted(event, tool),
        )
        yield from _packages(foreign, event) if event.vulnerabilities else (foreign,)


def _tool(event: Event) -> str:
    name = (event.metadata.product.name or event.metadata.product.uid or "").strip()
    return _PRODUCTS.get(name.lower(), cut(name, 80)) or "OCSF"


def _test(event: Event) -> str:
    """Which test it is: by the control, by Prowler's own code, else by what found it or the kind of finding."""
    own = event.compliance.control if event.compliance else None
    info = event.info
    analytic = (info.analytic.name or info.analytic.uid) if info.analytic else None
    return own or event.metadata.event_code or _in_uid(info.uid) or analytic or (info.types or ("",))[-1] or ""


def _in_uid(uid: str | None) -> str | None:
    """The control in the id that Security Hub gives: `...:security-control/S3.1/finding/...`."""
    found = _IN_UID.search(uid or "")
    return found[1] if found else None


def _verdict(event: Event) -> tuple[Status, str]:
    """The verdict: that of `compliance` where it is, else Prowler's code; what has none is a detection."""
    info, compliance = event.info, event.compliance
    words = [event.status_detail, event.message, info.desc, info.title]
    if compliance is not None:
        words = [compliance.status_detail, *(compliance.status_details or ()), *words]
    reason = cut(next((word for word in words if word), ""))
    said = ((compliance.status or compliance.status_code) if compliance else None) or event.status_code
    by_id = compliance.status_id if compliance else None
    if event.activity_id == _CLOSED:
        return Status.NOT_APPLICABLE, f"closed: it no longer speaks of anything ({said or 'no verdict'} before)"
    if not said and by_id is None:
        return (Status.FAIL, reason) if compliance is None else (Status.UNKNOWN, f"states no verdict: {reason}")
    status = _WORDS.get((said or "").lower()) or _VERDICTS.get(by_id or 0)
    if status is None:
        return Status.UNKNOWN, f"{cut(str(said or by_id), 40)}: {reason}"
    return status, reason if status in (Status.PASS, Status.FAIL) else f"{said or 'no verdict'}: {reason}"


def _accepted(event: Event, tool: str) -> AcceptedBy | None:
    """Suppressed (muted, as Prowler calls it); "resolved" counts only where nothing is measured."""
    measured = event.compliance is not None or event.status_code
    words = {(event.status or "").lower(), (event.status_code or "").lower()}
    muted = bool(words & {"suppressed", "muted"}) or event.status_id == _SUPPRESSED
    resolved = (event.status or "").lower() == "resolved" or event.status_id == _RESOLVED
    if not muted and (not resolved or measured):
        return None
    word = "suppressed" if muted else "resolved"
    return AcceptedBy("imported", f"{word} in {tool}" + (f": {cut(event.comment)}" if event.comment else ""))


def _as_of(event: Event) -> datetime | None:
    info = event.info
    for name, value in (
        ("finding_info.modified_time_dt", info.modified_time_dt),
        ("finding_info.modified_time", info.modified_time),
        ("time_dt", event.time_dt),
        ("time", event.time),
        ("finding_info.created_time_dt", info.created_time_dt),
        ("finding_info.created_time", info.created_time),
    ):
        found = day(value, name)
        if found is not None:
            return found
    return None


def _thing(event: Event, resource: _Resource) -> Thing:
    cloud = event.cloud or _Cloud()
    owner = resource.owner.account if resource.owner else None
    account = (owner.uid if owner else None) or (cloud.account.uid if cloud.account else None) or ""
    region = resource.region or cloud.region or ""
    ids = tuple(dict.fromkeys(one for one in (resource.uid, resource.uid_alt, resource.name) if one))
    if not ids:
        raise LeftOutError("names no resource")
    arn = next((one for one in ids if one.startswith("arn:")), "")
    kind = resource.type or "Resource"
    if resource.namespace and resource.name:
        address = f"{_namespace(resource.namespace)}/{_kubernetes(kind)}/{resource.name}"
        return Thing(kind="Kubernetes", name=cut(address, 300), names=(address,), account=account)
    if kind in ("AwsAccount", "AWS::::Account") or arn.endswith(":root"):
        name = account or ids[0]
        return Thing(kind="AwsAccount", name=f"account {name} {region}".strip(), account=name, region=region)
    return Thing(
        kind=kind,
        name=cut(arn or ids[0], 300),
        names=tuple(one for one in ids if one != arn),
        arn=arn,
        account=account,
        region=region,
    )


def _kubernetes(kind: str) -> str:
    """A kind of Kubernetes: Prowler writes `KubernetesPod` or, of what it found by its API, `Pod`."""
    return kind.removeprefix("Kubernetes") or kind


def _namespace(namespace: str) -> str:
    """A namespace; Prowler writes what it calls objects that are in none."""
    return "" if namespace == "cluster-wide" else namespace


def _packages(foreign: Foreign, event: Event) -> Iterator[Foreign]:
    """A verdict for each advisory and package that it names."""
    for found in event.vulnerabilities or ():
        if found.cve is None:
            yield foreign
            continue
        for package in found.affected_packages or (_Package(),):
            yield vulnerable(
                foreign,
                found.cve.uid,
                aliases=(),
                package=package.name,
                version=package.version,
                purl=package.purl or "",
                fixed=package.fixed_in_version or "",
            )


OCSF = Importer(
    "ocsf",
    "findings in OCSF: Security Hub by GetFindingsV2, Security Lake, Prowler",
    (
        Layout.of("Findings[].class_uid", "Findings"),
        Layout.of("detail.findings[].class_uid", "detail.findings"),
        Layout.of("[].class_uid", ""),
        Layout.of("class_uid", ""),
        Layout.of("=[]", ""),
    ),
    _read,
)
