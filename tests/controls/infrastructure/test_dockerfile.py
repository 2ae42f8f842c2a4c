"""What a container of an image can do to its host and its neighbours."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import dockerfile as group
from ourhalf.model.verdict import Status
from tests.controls.dockerfiles import BASE, command, file, unread
from tests.support import Case, check

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN

DLC = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.5.1-gpu-py311-cu124-ubuntu22.04-ec2"

CASES: list[Case] = [
    Case(group.NOT_ROOT, PASS, file(BASE + "USER root\nRUN true\nUSER 1000:1000\n")),
    Case(group.NOT_ROOT, PASS, file(BASE.replace("\n", " AS a\n") + "USER app\nFROM a\n")),
    Case(group.NOT_ROOT, FAIL, file(BASE + "USER app\nUSER root\n")),
    Case(group.NOT_ROOT, FAIL, file(BASE + "USER 0:0\n")),
    Case(
        group.NOT_ROOT,
        FAIL,
        file("FROM a:1 AS build\nUSER app\nFROM nvidia/cuda:12.4.1-base-ubuntu22.04\nCOPY --from=build /x /x\n"),
    ),
    Case(group.NOT_ROOT, FAIL, file("FROM public.ecr.aws/docker/library/python:3.12\n")),
    Case(group.NOT_ROOT, FAIL, file("FROM scratch\n")),
    Case(group.NOT_ROOT, UNKNOWN, file(BASE)),
    Case(group.NOT_ROOT, UNKNOWN, file(BASE + "ARG USERNAME\nUSER $USERNAME\n")),
    Case(group.SSH_PORT, PASS, file(BASE + "EXPOSE 8080 220\n")),
    Case(group.SSH_PORT, PASS, file(BASE)),
    Case(group.SSH_PORT, FAIL, file(BASE + "EXPOSE 8080 22/tcp\n")),
    Case(group.SSH_PORT, FAIL, file(BASE + "EXPOSE 2220-2230\n")),
    Case(group.SSH_PORT, FAIL, file(BASE + "EXPOSE 22 $OTHER\n")),
    Case(group.SSH_PORT, UNKNOWN, file(BASE + "ARG PORT\nEXPOSE $PORT\n")),
    Case(group.SSH_PORT, UNKNOWN, unread("ports")),
    Case(group.NO_SUDO, PASS, command("apt-get install -y sudo-prompt && echo sudoku")),
    Case(group.NO_SUDO, FAIL, command("apt-get update && sudo apt-get install -y x")),
    Case(group.NO_SUDO, FAIL, command("echo 'app ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers")),
    Case(group.NO_SUDO, UNKNOWN, unread("commands")),
    Case(group.NO_KEYS, PASS, command("ssh-keygen -R host && mkdir -p /root/.ssh")),
    Case(group.NO_KEYS, PASS, command("ssh-keygen -A && rm -f /etc/ssh/ssh_host_*_key")),
    Case(group.NO_KEYS, PASS, file("FROM a:1 AS b\nRUN ssh-keygen -A\nFROM a:1\nCOPY --from=b /x /x\n")),
    Case(group.NO_KEYS, FAIL, command("ssh-keygen -t rsa -f /root/.ssh/id_rsa -N ''")),
    Case(group.NO_KEYS, FAIL, file("FROM a:1 AS b\nRUN ssh-keygen -A\nFROM b\n")),
    Case(group.NO_KEYS, UNKNOWN, unread("commands")),
    Case(group.NOT_ROOT, FAIL, file(f"FROM {DLC}\n")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
