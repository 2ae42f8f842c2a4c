"""Whether a container checks what it installs."""

from __future__ import annotations

import pytest

from ourhalf.controls.identity import image_accounts
from ourhalf.controls.supply_chain import image_installs as group
from ourhalf.model.verdict import Status
from tests.controls.images import exhibit, exhibits, image
from tests.support import Case, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
SERVER = exhibit("ssh-server", "usr/sbin/sshd")
WEAK = exhibit("ssh-server-settings", "etc/ssh/sshd_config", details={"permitrootlogin": "yes"})
FIRM = exhibit("ssh-server-settings", "etc/ssh/sshd_config", details={"permitrootlogin": "no"})
CLIENT = exhibit("ssh-client-settings", "etc/ssh/ssh_config", details={"stricthostkeychecking": "no"})
HIDDEN = image(exhibits=exhibits(SERVER, hidden=True))

CASES = [
    Case(group.CHECKED, PASS, (image(),)),
    Case(group.CHECKED, FAIL, (image(exhibits=exhibits(exhibit("unchecked-install"))),)),
    Case(group.CHECKED, UNKNOWN, (HIDDEN,)),
    Case(group.ONE_INDEX_IN_FILES, PASS, (image(),)),
    Case(group.ONE_INDEX_IN_FILES, FAIL, (image(exhibits=exhibits(exhibit("second-index"))),)),
    Case(group.ONE_INDEX_IN_FILES, UNKNOWN, (HIDDEN,)),
    Case(image_accounts.NO_PASSWORD, PASS, (image(),)),
    Case(image_accounts.NO_PASSWORD, FAIL, (image(exhibits=exhibits(exhibit("password-empty"))),)),
    Case(image_accounts.NO_PASSWORD, UNKNOWN, (HIDDEN,)),
    Case(image_accounts.SSH_SETTINGS, FAIL, (image(exhibits=exhibits(SERVER, WEAK)),)),
    Case(image_accounts.SSH_SETTINGS, FAIL, (image(exhibits=exhibits(CLIENT)),)),
    Case(image_accounts.SSH_SETTINGS, PASS, (image(exhibits=exhibits(SERVER, FIRM)),)),
    Case(image_accounts.SSH_SETTINGS, UNKNOWN, (HIDDEN,)),
    Case(image_accounts.SSH_SETTINGS, NONE, (image(),)),
    Case(image_accounts.SSH_SETTINGS, NONE, (image(exhibits=exhibits(WEAK)),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
