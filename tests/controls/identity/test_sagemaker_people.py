"""How people sign in to SageMaker, and what they may do on its instances."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.identity import sagemaker_people as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
SECRET = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
LATER = {"Ref": "x"}


def made(operation: str, **fields: Any) -> tuple[Resource, ...]:
    return (api(f"sagemaker:{operation}", **fields),)


def variants(*many: Any) -> tuple[Resource, ...]:
    return made("CreateEndpointConfig", EndpointConfigName="e", ProductionVariants=list(many))


def identity(value: Any) -> tuple[Resource, ...]:
    return made("CreateDomain", DomainSettings={"ExecutionRoleIdentityConfig": value})


def space(value: Any) -> tuple[Resource, ...]:
    return made("CreateSpace", SpaceName="s", SpaceSettings={"RemoteAccess": value})


def debug(value: Any) -> tuple[Resource, ...]:
    return made("CreateTrainingJob", TrainingJobName="t", RemoteDebugConfig={"EnableRemoteDebug": value})


CASES: list[Case] = [
    Case(group.NO_ROOT, PASS, made("CreateNotebookInstance", RootAccess="Disabled")),
    Case(group.NO_ROOT, FAIL, made("CreateNotebookInstance", RootAccess="Enabled")),
    Case(group.NO_ROOT, FAIL, made("CreateNotebookInstance")),
    Case(group.NO_ROOT, UNKNOWN, made("CreateNotebookInstance", RootAccess=LATER)),
    Case(group.SINGLE_SIGN_ON, PASS, made("CreateDomain", AuthMode="SSO")),
    Case(group.SINGLE_SIGN_ON, FAIL, made("CreateDomain", AuthMode="IAM"), requirements=SECRET),
    Case(group.SINGLE_SIGN_ON, NONE, made("CreateDomain", AuthMode="IAM")),
    Case(group.SINGLE_SIGN_ON, UNKNOWN, made("CreateDomain", AuthMode=LATER)),
    Case(group.SINGLE_SIGN_ON, UNKNOWN, made("CreateDomain"), requirements=SECRET),
    Case(group.SOURCE_IDENTITY, PASS, identity("USER_PROFILE_NAME")),
    Case(group.SOURCE_IDENTITY, FAIL, identity("DISABLED"), requirements=SECRET),
    Case(group.SOURCE_IDENTITY, FAIL, made("CreateDomain"), requirements=SECRET),
    Case(group.SOURCE_IDENTITY, NONE, made("CreateDomain")),
    Case(group.SOURCE_IDENTITY, UNKNOWN, identity(LATER)),
    Case(group.REMOTE_SPACE, PASS, space("DISABLED")),
    Case(group.REMOTE_SPACE, FAIL, space("ENABLED"), requirements=SECRET),
    Case(group.REMOTE_SPACE, NONE, space("ENABLED")),
    Case(group.REMOTE_SPACE, UNKNOWN, space(LATER)),
    Case(group.NO_SHELL, PASS, variants({"ModelName": "m"}, {"EnableSSMAccess": False})),
    Case(group.NO_SHELL, FAIL, variants({"ModelName": "m"}, {"EnableSSMAccess": True})),
    Case(group.NO_SHELL, UNKNOWN, variants({"EnableSSMAccess": LATER})),
    Case(group.NO_SHELL, UNKNOWN, variants({"ModelName": "m"}, "later")),
    Case(group.NO_REMOTE_DEBUG, PASS, debug(False)),
    Case(group.NO_REMOTE_DEBUG, PASS, debug(None)),
    Case(group.NO_REMOTE_DEBUG, FAIL, debug(True)),
    Case(group.NO_REMOTE_DEBUG, UNKNOWN, debug(LATER)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
