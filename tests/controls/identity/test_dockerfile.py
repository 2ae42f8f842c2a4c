"""Accounts that a build makes in its image."""

from __future__ import annotations

import pytest

from ourhalf.controls.identity import dockerfile as group
from ourhalf.model.verdict import Status
from tests.controls.dockerfiles import command, file, unread
from tests.support import Case, check

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN

CASES: list[Case] = [
    Case(group.NO_PASSWORD, PASS, command("useradd -m -u 1000 app && cat /etc/passwd | head")),
    Case(group.NO_PASSWORD, PASS, file("FROM a:1 AS b\nRUN echo root:x | chpasswd\nFROM a:1\nCOPY --from=b /x /x\n")),
    Case(group.NO_PASSWORD, FAIL, command("echo 'root:root' | chpasswd")),
    Case(group.NO_PASSWORD, FAIL, command("useradd -p secret app")),
    Case(group.NO_PASSWORD, FAIL, command("echo pw | passwd --stdin app")),
    Case(group.NO_PASSWORD, UNKNOWN, unread("commands")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
