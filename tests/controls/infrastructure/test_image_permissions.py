"""Programs that run as more than who starts them, and files that anybody may change."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import image_permissions as group
from ourhalf.model.verdict import Status
from tests.controls.images import HIDDEN, exhibit, exhibits, image
from tests.support import Case, check

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
SU = exhibit("set-uid", "usr/bin/su", owner="pkg:deb/debian/util-linux@2.38")
CHANGED = exhibit("set-uid", "usr/bin/su", owner="pkg:deb/debian/util-linux@2.38", details={"changeable": "true"})
STRAY = exhibit("set-uid", "opt/run")
WHEEL = exhibit("set-uid", "opt/run", owner="pkg:pypi/x@1")
OPEN = exhibit("world-writable", "opt/app.py")

CASES = [
    Case(group.SET_UID, PASS, (image(),)),
    Case(group.SET_UID, PASS, (image(exhibits=exhibits(SU)),)),
    Case(group.SET_UID, FAIL, (image(exhibits=exhibits(SU, CHANGED)),)),
    Case(group.SET_UID, FAIL, (image(exhibits=exhibits(SU, STRAY)),)),
    Case(group.SET_UID, FAIL, (image(exhibits=exhibits(WHEEL, hidden=True)),)),
    Case(group.SET_UID, UNKNOWN, (image(exhibits=exhibits(SU, hidden=True)),)),
    Case(group.SET_UID, UNKNOWN, (image(exhibits=HIDDEN),)),
    Case(group.WRITABLE, PASS, (image(),)),
    Case(group.WRITABLE, FAIL, (image(exhibits=exhibits(OPEN)),)),
    Case(group.WRITABLE, UNKNOWN, (image(exhibits=exhibits(hidden=True)),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
