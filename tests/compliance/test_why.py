"""Why a requirement has its outcome, word by word."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ourhalf.compliance.formats.words import provided
from ourhalf.compliance.framework import How
from ourhalf.compliance.outcome import Provided, Told
from ourhalf.compliance.results import Borne, Inherited, Outcome
from ourhalf.compliance.why import why
from ourhalf.model.responsibility import Party

DAY = date(2026, 10, 2)
SILENT = frozenset({How.SUPPORTS})
IMPLEMENTS = frozenset({How.IMPLEMENTS})


def control(name: str, **counts: Any) -> Borne:
    ids = tuple(f"{name}-{n}" for n in range(sum(counts.values())))
    return Borne(name, How.SUPPORTS, "ourhalf", DAY, **counts, findings=ids)


def covered(
    service: str = "ecs", program: str = "soc", status: str = "in-scope", layer: str = "facilities"
) -> Inherited:
    dated = (DAY, "https://example.com/scope") if status != "unknown" else (None, None)
    return Inherited(layer, ("train",), service, program, status, *dated)


FOUR = tuple(control(name, failed=n) for n, name in enumerate(("a", "b", "c", "d", "e")))

CASES: dict[str, tuple[Outcome, Told, tuple[Borne, ...], tuple[Inherited, ...], str]] = {
    "the worst control first, three by name": (
        Outcome.NOT_MET, Told(failed=10), FOUR, (), "10 verdicts fail: e, d, c and 1 more",
    ),
    "accepted": (
        Outcome.ACCEPTED, Told(accepted=2), (control("a", accepted=2), control("b", passed=1)), (),
        "2 verdicts fail and are accepted: a",
    ),
    "several reasons for not knowing": (
        Outcome.UNKNOWN,
        Told(unknown=1, disabled=2, provided=Provided.OUT),
        (control("a", unknown=1), control("b", passed=1)),
        (covered(status="not-in-scope"), covered("eks")),
        "1 verdict is unknown: a; the profile disables 2 verdicts; the provider answers for a part, and a program does "
        "not cover it: ecs",
    ),
    "nobody covers the provider": (
        Outcome.UNKNOWN,
        Told(provided=Provided.OPEN),
        (),
        tuple(covered(name, status="unknown") for name in ("ecs", "eks", "ec2", "sagemaker")),
        "the provider answers for a part, and no dated source says that a program covers it: ecs, eks, ec2 and 1 more",
    ),
    "some is covered and some is not": (
        Outcome.UNKNOWN,
        Told(provided=Provided.OPEN),
        (),
        (covered("ecs"), covered("eks", status="unknown")),
        "the provider answers for a part, and no dated source says that a program covers it: eks",
    ),
    "all is met": (Outcome.MET, Told(passed=2), (), (), "2 verdicts hold and decide it"),
    "only support": (
        Outcome.PARTLY, Told(passed=2, holding=SILENT), (control("a", passed=2),), (),
        "2 verdicts hold; what holds supports it and does not suffice",
    ),
    "all that is missing": (
        Outcome.PARTLY,
        Told(passed=1, holding=SILENT, silent=SILENT, attach=True),
        (control("a", passed=1), control("b"), control("c")),
        (),
        "1 verdict holds; a part must be attached by a person; what holds supports it and does not suffice; "
        "2 of 3 controls found nothing here to judge",
    ),
    "what found nothing where the provider answers is not missing": (
        Outcome.PARTLY,
        Told(passed=1, holding=IMPLEMENTS, attach=True),
        (control("a", passed=1), control("b")),
        (),
        "1 verdict holds; a part must be attached by a person",
    ),
    "the provider's part alone": (
        Outcome.PARTLY, Told(provided=Provided.COVERED), (), (covered(),),
        "the provider's part is inherited; nothing shows our part",
    ),
    "the provider's part and a person's": (
        Outcome.PARTLY, Told(provided=Provided.COVERED, attach=True), (), (covered(),),
        "the provider's part is inherited; a part must be attached by a person",
    ),
    "inherited": (
        Outcome.INHERITED,
        Told(provided=Provided.COVERED),
        (),
        (covered(), covered(layer="hypervisor"), covered(program="iso-27001"), covered(program="c5", status="unknown")),
        "the provider answers for it here, in the scope of soc, iso-27001",
    ),
    "manual": (Outcome.MANUAL, Told(attach=True), (), (), "no configuration shows it: attach what is named"),
    "manual after all": (
        Outcome.MANUAL, Told(attach=True, not_applicable=1), (control("a", not_applicable=1),), (),
        "nothing in the configuration is subject to it; what a person must attach remains",
    ),
    "not applicable": (
        Outcome.NOT_APPLICABLE, Told(not_applicable=2, silent=SILENT), (), (),
        "nothing here is subject to it, 2 verdicts say; other controls found nothing to judge",
    ),
    "nobody's": (
        Outcome.NOT_APPLICABLE, Told(parties=frozenset({Party.NOT_APPLICABLE})), (), (), "nobody answers for it here",
    ),
    "nothing at all": (
        Outcome.UNKNOWN, Told(), (), (), "no control of ours bears on it, and nothing says what to attach",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_sentences(name: str) -> None:
    outcome, told, borne, inherited, said = CASES[name]
    assert why(outcome, told, borne, inherited) == said


def test_lines_about_the_provider_join_programs_of_which_the_same_is_known() -> None:
    lines = provided(
        [
            covered(program="soc", status="unknown"),
            covered(program="iso-27001", status="unknown"),
            covered(program="none", status="unknown", layer="hypervisor"),
            covered(program="pci-dss"),
            covered("eks", status="not-in-scope"),
        ]
    )
    assert lines == [
        "Facilities of 1 workload on ecs: no dated source says that it is covered (soc, iso-27001)",
        "Hypervisor of 1 workload on ecs: no program of audits is known for this framework",
        "Facilities of 1 workload on ecs: in-scope of pci-dss as of 2026-10-02, says https://example.com/scope",
        "Facilities of 1 workload on eks: not-in-scope of soc as of 2026-10-02, says https://example.com/scope",
    ]
