"""Whether a build installs what the repositories hold on the day of the build."""

from __future__ import annotations

import pytest

from ourhalf.controls.patching import dockerfile as group
from ourhalf.model.verdict import Status
from tests.controls.dockerfiles import command, file, unread
from tests.support import Case, check

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN

CASES: list[Case] = [
    Case(group.UPDATE_WITH_INSTALL, PASS, command("apt-get update -y && apt-get install -y --no-install-recommends x")),
    Case(group.UPDATE_WITH_INSTALL, PASS, command("apt-get -qq update && apt-get -y upgrade")),
    Case(group.UPDATE_WITH_INSTALL, FAIL, command("apt-get update")),
    Case(group.UPDATE_WITH_INSTALL, FAIL, file("FROM a:1\nRUN apt update\nRUN apt install -y x\n")),
    Case(group.UPDATE_WITH_INSTALL, UNKNOWN, unread("commands")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
