"""What instances act as, and who gets into them."""

from __future__ import annotations

import pytest

from ourhalf.controls.identity import ec2_instances as group
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, instance, template
from tests.support import Case, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE

CASES: list[Case] = [
    Case(group.PROFILE, PASS, instance(IamInstanceProfile={"Name": "p"})),
    Case(group.PROFILE, FAIL, instance()),
    Case(group.PROFILE, UNKNOWN, instance(IamInstanceProfile={"Name": UNCLEAR})),
    Case(group.PROFILE, NONE, instance(LaunchTemplate={"LaunchTemplateName": "l"})),
    Case(group.NO_KEY_PAIR, PASS, template()),
    Case(group.NO_KEY_PAIR, FAIL, template(KeyName="k")),
    Case(group.NO_KEY_PAIR, UNKNOWN, instance(KeyName=UNCLEAR)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
