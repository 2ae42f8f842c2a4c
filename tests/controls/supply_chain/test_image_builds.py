"""What the history of an image says of how it was built is judged as its Dockerfile is."""

from __future__ import annotations

import pytest

from ourhalf.controls.identity import dockerfile as accounts
from ourhalf.controls.supply_chain import dockerfile as group
from ourhalf.model.verdict import Status
from ourhalf.resources.images import ContainerImage, HistoryLine
from tests.controls.images import HIDDEN, environment, image, known
from tests.support import Case, check

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
PLAIN = "RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit"


def built(*lines: str, **more: object) -> tuple[ContainerImage]:
    """An image with these lines of history."""
    return (image(history=known(tuple(HistoryLine(command=known(line)) for line in lines)), **more),)


PIPED = "RUN |2 A=b C=d /bin/sh -c curl -LsSf https://x.example/install.sh | sh # buildkit"
EXTRA = "/bin/sh -c pip install --extra-index-url https://pip.example/simple ours"
INSECURE = "RUN curl -k https://x.example/a.tgz -o a.tgz"
UNSIGNED = "/bin/bash -o pipefail -c apt-get install -y --allow-unauthenticated tool"
PASSWORD = "RUN /bin/sh -c echo root:x | chpasswd # buildkit"
NOT_RUN = "LABEL note=curl https://x.example | sh"

CASES = [
    Case(group.IMAGE_NOT_PIPED, FAIL, built(PIPED)),
    Case(group.IMAGE_NOT_PIPED, PASS, built(PLAIN, NOT_RUN)),
    Case(group.IMAGE_NOT_PIPED, UNKNOWN, (image(),)),
    Case(group.IMAGE_ONE_INDEX, FAIL, built(EXTRA)),
    Case(group.IMAGE_ONE_INDEX, FAIL, built(PLAIN, environment=environment(PIP_EXTRA_INDEX_URL="https://x.example"))),
    Case(group.IMAGE_ONE_INDEX, PASS, built(PLAIN)),
    Case(group.IMAGE_ONE_INDEX, UNKNOWN, (image(history=HIDDEN),)),
    Case(group.IMAGE_CERTIFICATES, FAIL, built(INSECURE)),
    Case(group.IMAGE_CERTIFICATES, FAIL, built(PLAIN, environment=environment(PIP_TRUSTED_HOST="x.example"))),
    Case(group.IMAGE_CERTIFICATES, PASS, built(PLAIN)),
    Case(group.IMAGE_CERTIFICATES, UNKNOWN, built(PLAIN, environment=HIDDEN)),
    Case(group.IMAGE_SIGNATURES, FAIL, built(UNSIGNED)),
    Case(group.IMAGE_SIGNATURES, PASS, built(PLAIN)),
    Case(group.IMAGE_SIGNATURES, UNKNOWN, (image(),)),
    Case(accounts.IMAGE_NO_PASSWORD, FAIL, built(PASSWORD)),
    Case(accounts.IMAGE_NO_PASSWORD, PASS, built(PLAIN)),
    Case(accounts.IMAGE_NO_PASSWORD, UNKNOWN, (image(),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
