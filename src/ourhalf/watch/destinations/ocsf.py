"""Findings in the Open Cybersecurity Schema Framework, one JSON object a line, to a file or standard output."""

from __future__ import annotations

import os
import stat
import sys
from typing import Any

import msgspec

from ourhalf.history.changes import Change
from ourhalf.history.changes import Kind as Changed
from ourhalf.history.outbox import Alert
from ourhalf.history.state import State
from ourhalf.history.words import clean, why
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Status
from ourhalf.watch.destination import DeliveryError, Destination, DestinationError, Kind, Settings

_VERSION = "1.5.0"
_COMPLIANCE, _VULNERABILITY = 2003, 2002
_SEVERITIES = {Severity.LOW: 2, Severity.MEDIUM: 3, Severity.HIGH: 4, Severity.CRITICAL: 5}
_STATUSES = {Status.PASS: 1, Status.UNKNOWN: 2, Status.FAIL: 3, Status.NOT_APPLICABLE: 99}
_CREATE, _UPDATE, _CLOSE = 1, 2, 3
_SUPPRESSED = 3
_TAIL_BYTES = 64 * 1024 * 1024


def event(alert: Alert, change: Change, number: int) -> dict[str, Any]:
    """One event. `metadata.uid` is the same each time that it is written, and no other event has it."""
    state = change.told
    vulnerability = _vulnerability(state)
    kind = _VULNERABILITY if vulnerability else _COMPLIANCE
    activity = _activity(change)
    found: dict[str, Any] = {
        "activity_id": activity,
        "category_uid": 2,
        "class_uid": kind,
        "type_uid": kind * 100 + activity,
        "time": int(alert.at.timestamp() * 1000),
        "severity_id": _SEVERITIES[state.severity],
        "severity": state.severity.value.capitalize(),
        "message": clean(why(change) or state.title),
        "metadata": {
            "product": {"name": "ourhalf", "vendor_name": "ourhalf", "version": alert.version},
            "version": _VERSION,
            "uid": f"{alert.id}-{number}",
            "event_code": state.control,
        },
        "finding_info": {
            "uid": f"{alert.series}/{state.id}",
            "title": clean(state.title),
            "desc": clean(state.reason),
            "types": [change.kind.value],
            "analytic": {"type_id": 1, "name": state.control, "uid": state.control},
        },
        "resources": [_resource(state)],
        "unmapped": {"party": state.party.value, "topic": state.topic, "change": change.kind.value},
    }
    remediation = {"remediation": {"desc": clean(state.remedy)}} if state.remedy else {}
    if state.accepted:
        found |= {"status_id": _SUPPRESSED, "status": "Suppressed", "comment": f"accepted: {state.accepted}"}
    if vulnerability:
        return found | {"vulnerabilities": [vulnerability | remediation]}
    return found | remediation | {"compliance": _compliance(state)}


def _activity(change: Change) -> int:
    if change.kind is Changed.NEW:
        return _CREATE
    return _CLOSE if change.kind in {Changed.FIXED, Changed.BECAME_KNOWN} else _UPDATE


def _compliance(state: State) -> dict[str, Any]:
    number = _STATUSES[state.status]
    word = {1: "Pass", 2: "Warning", 3: "Fail"}.get(number, "Not applicable")
    return {
        "control": state.control,
        "standards": ["ourhalf"],
        "status_id": number,
        "status": word,
        "status_detail": clean(state.reason),
    }


def _resource(state: State) -> dict[str, Any]:
    subject = state.subject
    more = {"file": subject.path, "line": subject.line, "workload": subject.workload, "service": subject.service}
    return {
        "name": clean(subject.name),
        "type": subject.type,
        "uid": clean(f"{subject.path}/{subject.type}/{subject.name}"),
        "data": {name: value for name, value in more.items() if value},
    }


def _vulnerability(state: State) -> dict[str, Any] | None:
    details = state.details or {}
    advisory = str(details.get("advisory") or "")
    if details.get("kind") != "vulnerability" or not advisory:
        return None
    from ourhalf.packages.purl import parsed

    names = [advisory, *(str(alias) for alias in details.get("aliases") or ())]
    cve = next((name for name in names if name.startswith("CVE-")), None)
    found: dict[str, Any] = {"title": clean(state.title)}
    found |= {"cve": {"uid": cve}} if cve else {"advisory": {"uid": advisory}}  # the schema takes one of both
    parts = parsed(str(details.get("purl") or ""))
    if parts is not None:
        package = {"name": parts.name, "version": parts.version or "", "purl": str(details["purl"])}
        fixed = details.get("fixed")
        found["affected_packages"] = [package | ({"fixed_in_version": str(fixed)} if fixed else {})]
    return found


class _File:
    """A file that only grows. What of an alert is in it already, after a doubt, is not written again."""

    most = 500

    def __init__(self, address: str, _: Settings) -> None:
        self._path = address
        self.name = f"ocsf:{os.path.realpath(address)}"
        if not os.path.isdir(os.path.dirname(address) or "."):
            raise DestinationError(f"{address} cannot be written: there is no folder {os.path.dirname(address)}")
        if os.path.exists(address) and not stat.S_ISREG(os.stat(address).st_mode):
            raise DestinationError(f"{address} is no file; ocsf:- writes to standard output")

    def send(self, alert: Alert, repeat: bool) -> None:
        """See `Destination.send`."""
        events = [event(alert, change, number) for number, change in enumerate(alert.changes)]
        try:
            with open(self._path, "ab+") as file:
                whole = _whole_lines(file.fileno())
                known = _known(file.fileno(), whole, alert.id) if repeat else set()
                data = b"".join(
                    msgspec.json.encode(one) + b"\n" for one in events if one["metadata"]["uid"] not in known
                )
                _append(file.fileno(), whole, data)
        except OSError as error:
            raise DeliveryError(f"{self._path} cannot be written: {error.strerror}", doubt=True) from None


def _whole_lines(descriptor: int) -> int:
    """Where the last whole line ends: what a program that was killed wrote of one more is cut off."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, _TAIL_BYTES, max(size - _TAIL_BYTES, 0))
    whole = max(size - _TAIL_BYTES, 0) + tail.rfind(b"\n") + 1 if tail else 0
    if whole < size:
        os.ftruncate(descriptor, whole)
    return whole


def _known(descriptor: int, size: int, alert: str) -> set[str]:
    """The ids of the events of an alert that are in the last part of the file."""
    start = max(size - _TAIL_BYTES, 0)
    found = set()
    for line in os.pread(descriptor, size - start, start).split(b"\n"):
        if alert.encode() in line:
            try:
                found.add(str(msgspec.json.decode(line)["metadata"]["uid"]))
            except (msgspec.DecodeError, KeyError, TypeError):
                continue
    return found


def _append(descriptor: int, size: int, data: bytes) -> None:
    """Add whole lines, on the disk when this returns; where there is no room for all, none."""
    written = 0
    try:
        while written < len(data):
            written += os.write(descriptor, data[written:])
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise


class _StandardOutput:
    """A pipe to whoever reads it; `metadata.uid` tells a repeat."""

    most = 500
    name = "ocsf:-"

    def send(self, alert: Alert, repeat: bool) -> None:
        """See `Destination.send`."""
        try:
            for number, change in enumerate(alert.changes):
                sys.stdout.buffer.write(msgspec.json.encode(event(alert, change, number)) + b"\n")
            sys.stdout.buffer.flush()
        except OSError as error:
            raise DeliveryError(f"standard output cannot be written: {error.strerror}", doubt=True) from None


def _open(address: str, settings: Settings) -> Destination:
    return _StandardOutput() if address == "-" else _File(address, settings)


OCSF = Kind("ocsf", "ocsf:FILE", "events in OCSF, one a line, to a file, or to standard output for -", _open)
