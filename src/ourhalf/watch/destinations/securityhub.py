"""Findings in AWS Security Hub, as it takes them from products: in the AWS Security Finding Format.

What is imported under an id that is known updates that finding, so that sending an alert again changes nothing.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from ourhalf.history.changes import Change
from ourhalf.history.outbox import Alert
from ourhalf.history.state import State
from ourhalf.history.words import clean, why
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Status
from ourhalf.watch.amazon import asked, client
from ourhalf.watch.destination import DeliveryError, Destination, DestinationError, Kind, Settings

_PLACE = re.compile(r"(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):(?P<account>\d{12})")
_STATUSES = {
    Status.PASS: "PASSED",
    Status.FAIL: "FAILED",
    Status.UNKNOWN: "WARNING",
    Status.NOT_APPLICABLE: "NOT_AVAILABLE",
}
_LABELS = {Severity.CRITICAL: "CRITICAL", Severity.HIGH: "HIGH", Severity.MEDIUM: "MEDIUM", Severity.LOW: "LOW"}


def product_arn(region: str, account: str) -> str:
    """The product that every account has for findings of its own."""
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    return f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default"


def finding(alert: Alert, change: Change, region: str, account: str) -> dict[str, Any]:
    """One finding in the AWS Security Finding Format, within the lengths that it allows."""
    state = change.told
    time = _time(alert.at)
    found: dict[str, Any] = {
        "SchemaVersion": "2018-10-08",
        "Id": f"ourhalf/{alert.series}/{state.id}",
        "ProductArn": product_arn(region, account),
        "GeneratorId": f"ourhalf/{state.control}"[:512],
        "AwsAccountId": account,
        "Types": [_type(state)],
        "CreatedAt": time,
        "UpdatedAt": time,
        "Severity": {"Label": _LABELS[state.severity], "Original": state.severity.value},
        "Title": _text(state.title, 256),
        "Description": _text(why(change) or state.title, 1024),
        "Remediation": {"Recommendation": {"Text": _text(state.remedy or state.title, 512)}},
        "ProductFields": _fields(alert, change),
        "Resources": [_resource(state, region, account)],
        "Compliance": _compliance(change),
        "RecordState": "ARCHIVED" if change.after is None else "ACTIVE",
    }
    vulnerability = _vulnerability(state)
    return found | ({"Vulnerabilities": [vulnerability]} if vulnerability else {})


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _type(state: State) -> str:
    kind = (
        "Vulnerabilities/CVE" if (state.details or {}).get("kind") == "vulnerability" else "AWS Security Best Practices"
    )
    return f"Software and Configuration Checks/{kind}"


def _fields(alert: Alert, change: Change) -> dict[str, str]:
    state = change.told
    found = {
        "ourhalf/Alert": alert.id,
        "ourhalf/Change": change.kind.value,
        "ourhalf/Party": state.party.value,
        "ourhalf/Topic": state.topic,
        "ourhalf/Path": f"{state.subject.path}:{state.subject.line}",
        "ourhalf/Workload": state.subject.workload or "",
        "ourhalf/Until": str(state.clock.until or "") if state.clock else "",
        "ourhalf/Accepted": state.accepted or "",
    }
    return {name: _text(value, 1024) for name, value in found.items() if value}


def _resource(state: State, region: str, account: str) -> dict[str, Any]:
    subject = state.subject
    name = _text(f"{subject.path}/{subject.type}/{subject.name}", 480)
    more = {"Service": subject.service or "", "Workload": subject.workload or "", "Account": account}
    return {
        "Type": "Other",
        "Id": f"ourhalf/{name}",
        "Region": region,
        "Details": {"Other": {key: _text(value, 1024) for key, value in more.items() if value}},
    }


def _compliance(change: Change) -> dict[str, Any]:
    status = change.after.status if change.after is not None else Status.NOT_APPLICABLE
    reason = {"ReasonCode": f"OURHALF_{change.kind.value.upper()}", "Description": _text(why(change) or "-", 1024)}
    return {"Status": _STATUSES[status], "StatusReasons": [reason]}


def _vulnerability(state: State) -> dict[str, Any] | None:
    """The advisory and the package, where the finding is about one."""
    details = state.details or {}
    if details.get("kind") != "vulnerability" or not details.get("advisory"):
        return None
    from ourhalf.packages.purl import parsed

    parts = parsed(str(details.get("purl") or ""))
    found: dict[str, Any] = {"Id": _text(str(details["advisory"]), 200)}
    if parts is not None:
        package = {"Name": _text(parts.name, 200), "Version": _text(parts.version or "", 200)}
        fixed = _text(str(details.get("fixed") or ""), 200)
        more = {"FixedInVersion": fixed} if fixed else {}
        found["VulnerablePackages"] = [{name: value for name, value in package.items() if value} | more]
    aliases = [_text(str(alias), 200) for alias in details.get("aliases") or ()][:30]
    return found | ({"RelatedVulnerabilities": aliases} if aliases else {})


def _text(text: str, most: int) -> str:
    text = clean(text)
    return text if len(text) <= most else text[: most - 1] + "…"


class _Hub:
    """Security Hub takes at most 100 findings a call."""

    most = 100

    def __init__(self, address: str, _: Settings) -> None:
        found = _PLACE.fullmatch(address)
        if found is None:
            raise DestinationError("securityhub needs a region and an account: securityhub:REGION:ACCOUNT")
        self._region, self._account = found["region"], found["account"]
        self._client = client("securityhub", self._region)
        self.name = f"securityhub:{address}"

    def send(self, alert: Alert, repeat: bool) -> None:
        """See `Destination.send`."""
        states: dict[str, dict[str, Any]] = {}
        for change in alert.changes:
            # The most urgent change of a finding comes first, and each tells all that it is.
            states.setdefault(change.finding, finding(alert, change, self._region, self._account))
        answer = asked(lambda: self._client.batch_import_findings(Findings=list(states.values())))
        if answer["FailedCount"]:
            first = next(iter(answer.get("FailedFindings") or [{}]))
            told = f"{first.get('ErrorCode', '')}: {first.get('ErrorMessage', '')}"
            count = f"{answer['FailedCount']} of {len(states)} findings"
            raise DeliveryError(f"Security Hub refused {count}: {told}"[:400], doubt=False)


def _open(address: str, settings: Settings) -> Destination:
    return _Hub(address, settings)


SECURITY_HUB = Kind(
    "securityhub", "securityhub:REGION:ACCOUNT", "findings of AWS Security Hub, by batch import (extra aws)", _open
)
