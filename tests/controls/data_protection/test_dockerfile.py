"""Secrets that a build writes into its image."""

from __future__ import annotations

import pytest

from ourhalf.controls.data_protection import dockerfile as group
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Status
from tests.controls.dockerfiles import BASE, command, file, unread, unread_names, unread_run
from tests.support import Case, check

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
MARK = "hf_REDACTED-hugging-face-token-0123456789ab"

CASES: list[Case] = [
    Case(
        group.NO_SECRETS, PASS, file(BASE + "ENV TOKENIZERS_PARALLELISM=false MAX_TOKENS=512\nARG VERSION=1\nRUN x\n")
    ),
    Case(group.NO_SECRETS, PASS, file(BASE + "RUN --mount=type=secret,id=hf cat /run/secrets/hf\n")),
    Case(group.NO_SECRETS, PASS, file("ARG HF_TOKEN\n" + BASE)),
    Case(group.NO_SECRETS, FAIL, file(BASE + "ENV WANDB_API_KEY=abcdefgh12345678\n")),
    Case(group.NO_SECRETS, FAIL, file(BASE + "ARG DB_PASSWORD=hunter2hunter2\n")),
    Case(group.NO_SECRETS, FAIL, file(BASE + "ARG HF_TOKEN\n")),
    Case(group.NO_SECRETS, FAIL, file(BASE + 'ARG HF_TOKEN=""\n')),
    Case(group.NO_SECRETS, FAIL, file(BASE + "ARG T\nENV HF_TOKEN=$T\n")),
    Case(group.NO_SECRETS, UNKNOWN, file(BASE + "ENV HF_TOKEN=$T\n")),
    Case(group.NO_SECRETS, FAIL, file("FROM a:1 AS b\nARG HF_TOKEN\nENV HF_TOKEN=$HF_TOKEN\nFROM b\n")),
    Case(group.NO_SECRETS, FAIL, command(f"huggingface-cli login --token {MARK}")),
    Case(group.NO_SECRETS, PASS, file("FROM a:1 AS b\nARG HF_TOKEN\nFROM a:1\nCOPY --from=b /m /m\n")),
    Case(group.NO_SECRETS, UNKNOWN, unread("environment")),
    Case(group.NO_SECRETS, UNKNOWN, unread("arguments")),
    Case(group.NO_SECRETS, UNKNOWN, unread("commands")),
    Case(group.NO_SECRETS, UNKNOWN, unread_names("environment")),
    Case(group.NO_SECRETS, UNKNOWN, unread_names("arguments")),
    Case(group.NO_SECRETS, UNKNOWN, unread_run()),
    Case(group.NO_SECRETS, FAIL, file(f"FROM a:1 AS b\nRUN login --token {MARK}\nFROM a:1\nCOPY --from=b /m /m\n")),
    Case(group.NO_SECRETS, PASS, file(BASE + "ARG MODE\nENV MODE=$MODE\n")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_a_secret_that_is_only_passed_in_is_milder_than_one_in_the_file() -> None:
    _, verdict = Case(group.NO_SECRETS, FAIL, file(BASE + "ARG HF_TOKEN\n")).judged()
    assert verdict.severity is Severity.HIGH
