"""Nothing that a public advisory describes as missed by a scanner of models is judged safe."""

from __future__ import annotations

import re

import pytest

from ourhalf.artifacts.files import model_file
from ourhalf.model.field import effective
from tests.artifacts.advisories.constructions import Case, cases

CASES = cases()
ADVISORIES = {case.id for case in CASES if re.fullmatch(r"GHSA(-[0-9a-z]{4}){3}", case.id)}
# What these do is known, however it is called; of the others only that they are not known to be harmless.
NOT_NAMED = {
    "python/copyreg.extensions", "python/persistent-ids", "python/dotted-names", "python/dotted-names-2",
    "hub/hoanghai2110/scanner-bypass-poc", "github/mmaitre314/picklescan/7z", "GHSA-7q5r-7gvp-wc82",
    "GHSA-w8jq-xcqf-f792", "hub/SiggytheShark/pickle-bypass-asteval-build-injection",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id}-{case.tool}")
def test_it_is_not_judged_safe(case: Case) -> None:
    found = model_file(case.name, memoryview(case.data), wanted=True)
    assert found is not None
    judgement = effective(found.judgement)
    assert judgement in ("unsafe", "unproved", "unread")
    assert judgement == "unsafe" or case.id in NOT_NAMED


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len(ADVISORIES) >= 60
