"""A framework held against the hand-made assessment, with a requirement of every outcome."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import replace

from ourhalf.compliance.formats.format import Held
from ourhalf.compliance.framework import Framework, How
from ourhalf.compliance.results import Borne, ComplianceReport, Inherited, Outcome, RequirementResult
from ourhalf.model.finding import Assessment
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from tests.samples import DASHBOARD, HOSTILE, KEY, PRIVILEGED, sample

READ = date(2026, 10, 2)
COVERED = Inherited(
    "facilities", ("ray",), "eks", "fedramp-high", "in-scope", date(2026, 9, 1), "https://aws.example/scope"
)
OPEN = Inherited("gpu-stack", ("ray",), "eks", "fedramp-high", "unknown")


def assessment() -> Assessment:
    """The sample with one failure that a clock gives a day."""
    made = sample()
    clock = {"party": "customer", "since": "2026-10-20", "until": "2026-11-17", "proof": "published"}
    timed = replace(made.findings[0], details={"kind": "vulnerability", "advisory": "CVE-2026-1", "clock": clock})
    return replace(made, findings=(timed, *made.findings[1:]))


def bears(control: str, of: Assessment, how: How = How.IMPLEMENTS, *, only: Status | None = None) -> Borne:
    """What a control found, or only its verdicts of one status."""
    found = [f for f in of.findings if f.control == control and only in (None, f.status)]

    def count(status: Status, accepted: bool = False) -> int:
        return sum(f.status is status and (f.exception is not None) is accepted for f in found)

    return Borne(
        control,
        how,
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html",
        READ,
        passed=count(Status.PASS),
        failed=count(Status.FAIL),
        accepted=count(Status.FAIL, True),
        unknown=count(Status.UNKNOWN),
        not_applicable=count(Status.NOT_APPLICABLE),
        findings=tuple(f.id for f in found),
    )


def results(of: Assessment) -> tuple[RequirementResult, ...]:
    """One requirement of every outcome, and two that the provider answers for without a dated source."""
    ours, theirs = (Party.CUSTOMER,), (Party.PROVIDER,)
    accepted = [f for f in of.findings if f.exception is not None]
    met, unknown, not_met, inherited = Outcome.MET, Outcome.UNKNOWN, Outcome.NOT_MET, Outcome.INHERITED
    held = bears(PRIVILEGED.id, of, only=Status.PASS)
    waived = Borne(PRIVILEGED.id, How.IMPLEMENTS, "ourhalf", READ, accepted=2, findings=tuple(f.id for f in accepted))
    failing = (bears(PRIVILEGED.id, of), bears(DASHBOARD.id, of, How.SUPPORTS))
    return (
        RequirementResult("ac-2", "accounts", met, "1 verdict holds", ours, (held,)),
        RequirementResult("ac-6", "least privilege", not_met, f"10 verdicts fail {HOSTILE}", ours, failing),
        RequirementResult("ac-6.9", "logged use", Outcome.ACCEPTED, "2 fail and are accepted", ours, (waived,)),
        RequirementResult("sc-28", "data at rest", unknown, "1 is unknown", ours, (bears(KEY.id, of),)),
        RequirementResult(
            "cm-6", "settings", Outcome.PARTLY, "what was judged holds", ours, (held,), attach="a policy"
        ),
        RequirementResult("pe-3", "doors", inherited, "the provider answers", theirs, (), (COVERED,)),
        RequirementResult("pe-13", "fire", inherited, "it answers", theirs, (), (COVERED,), actions=("a new AMI",)),
        RequirementResult(
            "si-2", "patches", inherited, "it answers", theirs, (), (COVERED, OPEN), actions=("a new AMI",)
        ),
        RequirementResult(
            "si-2.2", "patch state", unknown, "nothing says", theirs, (), (OPEN,), actions=("a new AMI",)
        ),
        RequirementResult(
            "at-2", "training", Outcome.MANUAL, "no configuration shows it", ours, attach=f"a list {HOSTILE}"
        ),
        RequirementResult(
            "pe-20", "tracking", Outcome.NOT_APPLICABLE, "nothing is subject to it", (Party.NOT_APPLICABLE,)
        ),
    )


def held(of: Assessment | None = None, found: tuple[RequirementResult, ...] | None = None, **changed: Any) -> Held:
    """The sample; `of`, `found` and fields of the report may be others."""
    assessed = of or assessment()
    told = results(assessed) if found is None else found
    report = ComplianceReport(
        framework="nist-800-53-r5",
        title="NIST SP 800-53",
        version="5.1.1",
        baseline="MODERATE",
        as_of=assessed.as_of,
        targets=assessed.targets,
        size=287,
        covered=sum(bool(one.controls) for one in told),
        counts={outcome.value: sum(one.outcome is outcome for one in told) for outcome in Outcome},
        results=told,
        notes=("2 files could not be read",),
    )
    framework = Framework(
        id="nist-800-53-r5",
        title="NIST SP 800-53",
        version="5.1.1",
        publisher="NIST",
        source="https://github.com/usnistgov/oscal-content",
        read=READ,
        licence="public domain",
        size=1007,
        requirements=(),
    )
    return Held(replace(report, **changed), framework, assessed)
