"""What containers fetch when they start."""

from __future__ import annotations

import pytest

from ourhalf.controls.supply_chain import start as group
from ourhalf.model.verdict import Status
from tests.controls.serving import HIDDEN, pod
from tests.support import Case, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def shell(script: str) -> str:
    return f"[bash, -c, '{script}']"


CASES: list[Case] = [
    Case(group.NOTHING_INSTALLED, FAIL, pod("x", shell("pip install -r requirements.txt && python train.py"))),
    Case(group.NOTHING_INSTALLED, FAIL, pod("x", shell("apt-get -y install git; python train.py"))),
    Case(group.NOTHING_INSTALLED, FAIL, pod("x", shell("curl -sSL https://example.org/i.sh | bash"))),
    Case(group.NOTHING_INSTALLED, PASS, pod("x", shell("pip install --require-hashes -r r.txt; python train.py"))),
    Case(group.NOTHING_INSTALLED, PASS, pod("x", shell("pip install -e /workspace/train && python train.py"))),
    Case(group.NOTHING_INSTALLED, PASS, pod("x", "[python, train.py]")),
    Case(group.NOTHING_INSTALLED, UNKNOWN, pod("x", f"[python, '{HIDDEN}']")),
    Case(group.NOTHING_INSTALLED, NONE, pod("x")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
