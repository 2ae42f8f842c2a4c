"""What the tests of importers share: samples, results that were read, and assessments to join them with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ourhalf.assess import assess
from ourhalf.evidence.imported.format import Foreign
from ourhalf.evidence.imported.joining import join
from ourhalf.evidence.imported.reading import Results, read_results
from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.profile import Sensitivity
from ourhalf.profile.document import Profile
from tests.support import read

SAMPLES = Path(__file__).parent / "samples"
TODAY = date(2026, 11, 1)
ACCOUNT, REGION = "111122223333", "us-east-1"


def sample(name: str) -> Results:
    """What a sample holds."""
    return read_results(str(SAMPLES / name), name)


def written(folder: Path, document: Any, name: str = "results.json") -> Results:
    """What a file with this document holds."""
    path = folder / name
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document, indent=1).encode())
    return read_results(str(path), name)


def of(*foreign: Foreign, path: str = "results.json") -> Results:
    """Results that were read from nowhere."""
    return Results(path, foreign, (), 0)


def ours(texts: Mapping[str, str], targets: tuple[str, ...] = ("infra",)) -> Assessment:
    """The assessment of a target that holds these files, under a profile that asks most controls."""
    return assess(read(texts), targets, TODAY, Profile(sensitivity=Sensitivity.CONFIDENTIAL))


def one(findings: Iterable[Finding], control: str) -> Finding:
    """The only finding of a control."""
    (found,) = [f for f in findings if f.control == control]
    return found


def joined(base: Assessment | None, *results: Results) -> Assessment:
    """As `join`, on the day of the tests."""
    return join(results, base, TODAY)


def asff(
    control: str,
    status: str,
    resource: str,
    type_: str,
    updated: str = "2026-10-20T08:00:00Z",
    **more: Any,
) -> dict[str, Any]:
    """A finding of Security Hub about a control."""
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"{control}/{resource}",
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
        "GeneratorId": f"security-control/{control}",
        "AwsAccountId": ACCOUNT,
        "Types": [],
        "CreatedAt": updated,
        "UpdatedAt": updated,
        "Severity": {"Label": "MEDIUM"},
        "Title": f"{control} holds",
        "Description": f"what {control} looks at",
        "Resources": [{"Type": type_, "Id": resource, "Partition": "aws", "Region": REGION}],
        "Compliance": {"Status": status, "SecurityControlId": control},
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"},
        **more,
    }
