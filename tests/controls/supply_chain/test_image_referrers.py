"""Signature, bill of materials and provenance of an image."""

from __future__ import annotations

import pytest

from ourhalf.controls.supply_chain.image_referrers import DESCRIBED
from ourhalf.model.verdict import Status
from ourhalf.resources.images import Referrer
from tests.controls.images import HIDDEN, image, known
from tests.support import Case, check

ALL = tuple(Referrer(sort=one, digest="sha256:0") for one in ("signature", "sbom", "provenance"))
CASES = [
    Case(DESCRIBED, Status.PASS, (image(referrers=known(ALL)),)),
    Case(DESCRIBED, Status.PASS, (image(referrers=known((*ALL, HIDDEN))),)),
    Case(DESCRIBED, Status.FAIL, (image(referrers=known(())),)),
    Case(DESCRIBED, Status.FAIL, (image(referrers=known(ALL[1:])),)),
    Case(DESCRIBED, Status.UNKNOWN, (image(referrers=known((*ALL[1:], HIDDEN))),)),
    Case(DESCRIBED, Status.UNKNOWN, (image(referrers=HIDDEN),)),
    Case(DESCRIBED, Status.UNKNOWN, (image(),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_what_is_missing_is_named() -> None:
    _, verdict = Case(DESCRIBED, Status.FAIL, (image(referrers=known(ALL[1:])),)).judged()
    assert "no signature" in verdict.reason
    assert "bill of materials" not in verdict.reason
