"""How often each control passes, fails and cannot tell over real files, and what was made of the outliers.

    python benchmarks/prevalence.py ../shared/corpora/dev > docs/prevalence.md

A control that fails nearly everywhere says nothing, and one that never decides does nothing. Each such control
needs a line in `prevalence.yaml` that says why it stays as it is; where one is missing, the exit status is 1.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

from ourhalf.assess import assess
from ourhalf.catalogue import all_controls
from ourhalf.collect import Targets, collect
from ourhalf.model.control import Severity
from ourhalf.model.evidence import Evidence
from ourhalf.model.profile import Sensitivity
from ourhalf.model.verdict import Status
from ourhalf.profile.document import Profile

AS_OF = date(2026, 11, 1)
REASONS = Path(__file__).with_name("prevalence.yaml")
FEWEST_SUBJECTS = 10
OFTEN = 0.9
Counts = Mapping[Status, int]


class Row(NamedTuple):
    """What one control says by default, and where data is regulated."""

    control: str
    usual: Counts
    strict: Counts
    failures: Mapping[Severity, int]

    @property
    def outlier(self) -> str:
        """Why a person has to look at this control; empty where nobody has."""
        decided = self.usual[Status.PASS] + self.usual[Status.FAIL]
        if decided >= FEWEST_SUBJECTS and self.usual[Status.FAIL] > OFTEN * decided:
            return "fails nearly everywhere"
        if sum(self.usual.values()) and not decided and not self.strict[Status.PASS] + self.strict[Status.FAIL]:
            return "never decides"
        return ""

    @property
    def note(self) -> str:
        """What the profile changes, for controls that say nothing without one."""
        if not sum(self.usual.values()):
            return "no subject in these files"
        if self.usual[Status.PASS] + self.usual[Status.FAIL] or not self.strict[Status.PASS] + self.strict[Status.FAIL]:
            return ""
        return f"decides under a profile: {self.strict[Status.PASS]} pass, {self.strict[Status.FAIL]} fail"


def rows(evidence: Evidence) -> Iterator[Row]:
    """Every control, by id."""
    usual, failures = _counted(evidence, Profile())
    strict, _ = _counted(evidence, Profile(sensitivity=Sensitivity.REGULATED, regulations=("gdpr",)))
    for control in all_controls():
        yield Row(control.id, usual[control.id], strict[control.id], failures[control.id])


def _counted(evidence: Evidence, profile: Profile) -> tuple[dict[str, Counter[Status]], dict[str, Counter[Severity]]]:
    statuses: dict[str, Counter[Status]] = defaultdict(Counter)
    failures: dict[str, Counter[Severity]] = defaultdict(Counter)
    for finding in assess(evidence, (), AS_OF, profile).findings:
        statuses[finding.control][finding.status] += 1
        if finding.status is Status.FAIL:
            failures[finding.control][finding.severity] += 1
    return statuses, failures


def page(found: list[Row], reasons: Mapping[str, str]) -> str:
    """The Markdown page."""
    outliers = [row for row in found if row.outlier]
    lines = [
        "# Prevalence",
        "",
        "<!-- Made by `python benchmarks/prevalence.py ../shared/corpora/dev > docs/prevalence.md` -->",
        "",
        "What each control says of the configuration in some forty public repositories of deep-learning workloads,",
        "without a profile. Samples are laxer than what runs in production, and a few of them hold many copies of one",
        "file, so the numbers compare controls, not repositories.",
        "",
        f"{len(found)} controls; {sum(1 for row in found if not sum(row.usual.values()))} have no subject there.",
        "",
        "## Looked at by hand",
        "",
        "Controls that fail over nine tenths of at least ten subjects that they decide, or that decide none, with a",
        "profile or without.",
        "",
        "| control | why looked at | failures | what was made of it |",
        "| --- | --- | --- | --- |",
        *(
            f"| `{row.control}` | {row.outlier} | {_by_severity(row)} | {reasons.get(row.control, 'not looked at')} |"
            for row in outliers
        ),
        "",
        "## All controls",
        "",
        "| control | pass | fail | unknown | not applicable | |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
        *(_line(row) for row in found),
        "",
    ]
    return "\n".join(lines)


def _by_severity(row: Row) -> str:
    return ", ".join(f"{row.failures[one]} {one}" for one in Severity if row.failures[one])


def _line(row: Row) -> str:
    numbers = " | ".join(
        str(row.usual[status]) for status in (Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE)
    )
    return f"| `{row.control}` | {numbers} | {row.note} |"


def main() -> int:
    """Print the page; 1 where an outlier has no reason, or a reason no outlier."""
    found = list(rows(collect(Targets(tuple(sys.argv[1:])))))
    reasons: dict[str, str] = yaml.safe_load(REASONS.read_text("utf-8")) if REASONS.exists() else {}
    sys.stdout.write(page(found, reasons))
    outliers = {row.control for row in found if row.outlier}
    for name in sorted(outliers - reasons.keys()):
        print(f"no reason for {name}", file=sys.stderr)
    for name in sorted(reasons.keys() - outliers):
        print(f"{name} is no outlier any more", file=sys.stderr)
    return 1 if outliers ^ reasons.keys() else 0


if __name__ == "__main__":
    sys.exit(main())
