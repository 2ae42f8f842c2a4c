"""What a build trusts."""

from __future__ import annotations

import msgspec
import pytest

from ourhalf.controls.supply_chain import dockerfile as group
from ourhalf.model.field import Known, Unresolved
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.dockerfiles import BASE, command, file, unread
from tests.support import Case, check

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
DIGEST = "sha256:" + "a" * 64
COMPETING = "RUN pip install --extra-index-url https://pypi.corp.example/simple ours\n"


def part_unread() -> tuple[Resource, ...]:
    """An image of which one base could not be read."""
    (resource,) = file(BASE)
    hidden = Known((Unresolved("not read", resource.place),), resource.place)
    return (msgspec.structs.replace(resource, bases=hidden),)


CASES: list[Case] = [
    Case(group.BASE_PINNED, PASS, file("FROM debian:12.5 AS a\nFROM a\n")),
    Case(group.BASE_PINNED, PASS, file(f"FROM host:5000/debian@{DIGEST}\n")),
    Case(group.BASE_PINNED, PASS, file("FROM scratch\n")),
    Case(group.BASE_PINNED, FAIL, file("FROM debian\n")),
    Case(group.BASE_PINNED, FAIL, file("FROM host:5000/debian\n")),
    Case(group.BASE_PINNED, FAIL, file("ARG TAG=latest\nFROM debian:$TAG\n")),
    Case(group.BASE_PINNED, FAIL, file("FROM debian:12.5\nCOPY --from=ghcr.io/astral-sh/uv /uv /bin/\n")),
    Case(group.BASE_PINNED, UNKNOWN, file("ARG BASE\nFROM $BASE\n")),
    Case(group.BASE_PINNED, PASS, file(f"ARG REGISTRY\nFROM $REGISTRY/debian@{DIGEST}\n")),
    Case(group.BASE_PINNED, UNKNOWN, unread("bases")),
    Case(group.BASE_PINNED, UNKNOWN, part_unread()),
    Case(group.BASE_PINNED, FAIL, file("ARG BASE\nFROM $BASE AS a\nFROM debian:latest\nCOPY --from=a /x /x\n")),
    Case(group.NOT_PIPED, PASS, command("curl -fsSLO https://x/i.sh && sha256sum -c sums && sh i.sh")),
    Case(group.NOT_PIPED, PASS, command("curl https://x/a.tgz | tar xz")),
    Case(group.NOT_PIPED, PASS, command("curl https://x/k | gpg --dearmor > k && cat y | sh")),
    Case(group.NOT_PIPED, PASS, command("curl -o a https://x/a || bash")),
    Case(group.NOT_PIPED, PASS, file(BASE)),
    Case(group.NOT_PIPED, FAIL, command("curl -LsSf https://x/i.sh | sh")),
    Case(group.NOT_PIPED, FAIL, command("wget -qO- 'https://x/i?a=1&b=2' | sudo -E bash -s -- --yes")),
    Case(group.NOT_PIPED, FAIL, command("curl https://x | tee log | /bin/bash")),
    Case(group.NOT_PIPED, FAIL, command("curl https://x | python3 -")),
    Case(group.NOT_PIPED, FAIL, command("curl -fsSL https://x | QUIET=1 V=1.2 sh")),
    Case(group.NOT_PIPED, FAIL, command("curl -fsSL https://x | sudo env QUIET=1 bash -s")),
    Case(group.NOT_PIPED, FAIL, command("bash <(curl -s https://x)")),
    Case(group.NOT_PIPED, FAIL, command('sh -c "$(curl -fsSL https://x)"')),
    Case(group.NOT_PIPED, FAIL, file(BASE + "RUN <<EOF\ncurl https://x | sh\nEOF\n")),
    Case(group.NOT_PIPED, UNKNOWN, unread("commands")),
    Case(group.ONE_INDEX, PASS, command("pip install --index-url https://pypi.corp.example/simple ours")),
    Case(group.ONE_INDEX, PASS, command("uv pip install --extra-index-url https://pypi.corp.example/simple ours")),
    Case(
        group.ONE_INDEX,
        PASS,
        command("if [ $N ]; then uv pip install x; else uv pip install --extra-index-url $I x; fi"),
    ),
    Case(group.ONE_INDEX, PASS, command("( QUIET=1 /root/.local/bin/uv pip install --extra-index-url $I x )")),
    Case(group.ONE_INDEX, FAIL, command("if [ $N ]; then pip install --extra-index-url $I x; fi")),
    Case(
        group.ONE_INDEX,
        FAIL,
        file(BASE + "ENV UV_INDEX_STRATEGY=unsafe-best-match\nRUN uv pip install --extra-index-url $I x\n"),
    ),
    Case(
        group.ONE_INDEX,
        PASS,
        file(BASE + "ENV UV_INDEX_STRATEGY=first-index\nRUN uv pip install --extra-index-url $I x\n"),
    ),
    Case(group.ONE_INDEX, FAIL, command("pip install --extra-index-url https://pypi.corp.example/simple ours")),
    Case(group.ONE_INDEX, FAIL, command("pip install --extra-index-url=$INDEX ours")),
    Case(
        group.ONE_INDEX,
        FAIL,
        command("uv pip install --index-strategy unsafe-best-match --extra-index-url https://pypi.corp.example x"),
    ),
    Case(group.ONE_INDEX, FAIL, file(BASE + "ENV PIP_EXTRA_INDEX_URL=https://pypi.corp.example/simple\n")),
    Case(group.ONE_INDEX, UNKNOWN, unread("commands")),
    Case(group.ONE_INDEX, FAIL, command("pip config set global.extra-index-url https://pypi.corp.example/simple")),
    Case(group.ONE_INDEX, FAIL, file(BASE + "ARG INDEX\nENV PIP_EXTRA_INDEX_URL=$INDEX\n" + COMPETING)),
    Case(group.ONE_INDEX, UNKNOWN, file(BASE + "ARG INDEX\nENV PIP_EXTRA_INDEX_URL=$INDEX\n")),
    Case(group.ONE_INDEX, UNKNOWN, unread("environment")),
    Case(group.ONE_INDEX, PASS, file(BASE + "ENV PIP_EXTRA_INDEX_URL=\n")),
    Case(group.ONE_INDEX, PASS, file(BASE + "ENV PIP_INDEX_URL=https://pypi.corp.example/simple\n")),
    Case(group.CERTIFICATES, PASS, command("curl -fsSL --retry 3 https://x -o /k && wget -k https://x")),
    Case(group.CERTIFICATES, PASS, file(BASE + "ENV GIT_SSL_NO_VERIFY=0\n")),
    Case(group.CERTIFICATES, FAIL, command("curl -fsSLk https://x -o y")),
    Case(group.CERTIFICATES, FAIL, command("curl --insecure https://x -o y")),
    Case(group.CERTIFICATES, FAIL, command("wget --no-check-certificate https://x")),
    Case(group.CERTIFICATES, FAIL, command("pip install --trusted-host pypi.org torch")),
    Case(group.CERTIFICATES, FAIL, command("git config --global http.sslVerify false")),
    Case(group.CERTIFICATES, FAIL, file(BASE + "ENV PIP_TRUSTED_HOST=pypi.org\n")),
    Case(group.CERTIFICATES, UNKNOWN, unread("commands")),
    Case(group.CERTIFICATES, UNKNOWN, unread("environment")),
    Case(group.CERTIFICATES, UNKNOWN, file(BASE + "ARG CHECK\nENV GIT_SSL_NO_VERIFY=$CHECK\n")),
    Case(group.CERTIFICATES, PASS, file(BASE + "ARG EPOCHS\nENV EPOCHS=$EPOCHS\n")),
    Case(group.SIGNATURES, PASS, command("apt-get install -y --no-install-recommends gnupg")),
    Case(group.SIGNATURES, FAIL, command("apt-get install -y --allow-unauthenticated x")),
    Case(group.SIGNATURES, FAIL, command("echo 'deb [arch=amd64 trusted=yes] https://x ./' > /etc/apt/x.list")),
    Case(group.SIGNATURES, FAIL, command("yum install -y --nogpgcheck x")),
    Case(group.SIGNATURES, FAIL, command("apk add --allow-untrusted x.apk")),
    Case(group.SIGNATURES, UNKNOWN, unread("commands")),
    Case(group.ADD_CHECKED, PASS, file(BASE + "ADD --checksum=sha256:01 https://x/a /a\nCOPY b /b\n")),
    Case(group.ADD_CHECKED, PASS, file(BASE + "ADD https://github.com/o/r.git#v1 /src\nADD local.tgz /\n")),
    Case(group.ADD_CHECKED, PASS, file(BASE)),
    Case(group.ADD_CHECKED, FAIL, file(BASE + "ADD https://x/a /a\n")),
    Case(group.ADD_CHECKED, FAIL, file(BASE + "ARG V\nADD https://x/$V.tgz /a\n")),
    Case(group.ADD_CHECKED, UNKNOWN, file(BASE + "ARG URL\nADD $URL /a\n")),
    Case(group.ADD_CHECKED, UNKNOWN, unread("copies")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_an_index_of_a_vendor_is_a_milder_failure() -> None:
    vendor = command("pip install --extra-index-url https://download.pytorch.org/whl/cu124 torch")
    _, verdict = Case(group.ONE_INDEX, FAIL, vendor).judged()
    assert (verdict.status, verdict.severity) == (FAIL, Severity.LOW)
    mixed = command("pip install --extra-index-url https://download.pytorch.org.evil.example/ torch")
    _, verdict = Case(group.ONE_INDEX, FAIL, mixed).judged()
    assert (verdict.status, verdict.severity) == (FAIL, None)
