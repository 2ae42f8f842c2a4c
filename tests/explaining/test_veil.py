"""Lines that people are shown hold no secret, and what is no secret stays to be seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.explaining.veil import HIDDEN, veiled

SECRET = "hunter2"

HOLDING = [
    "DB_PASSWORD: hunter2",
    'db_password = "hunter2"',
    "export API_KEY='hunter2'",
    "ENV DB_PASSWORD hunter2",
    "ENV MODE=fast DB_PASSWORD=hunter2 OTHER=x",
    "RUN login --password hunter2 --quiet",
    "RUN login --api-key=hunter2",
    "args: [--password, hunter2]",
    'command: ["--token", "hunter2"]',
    "env: [{name: DB_PASSWORD, value: hunter2}]",
    '{"Name": "DB_PASSWORD", "Value": "hunter2"}',
    "MasterUserPassword: hunter2",
    "password: hunter2 # true",
    "token: true hunter2",
    "- name: DB_PASSWORD\n  value: hunter2",
    "- value: hunter2\n  name: DB_PASSWORD",
    "- name: MODE\n  value: fast\n- value: hunter2\n  name: DB_PASSWORD",
    "RUN curl -u me:hunter2 https://example.com",
    "RUN echo me:hunter2 | chpasswd",
    "- name: DB_PASSWORD\n  # why\n  value: hunter2",
    '{\n  "name": "DB_PASSWORD",\n  "value": "hunter2"\n}',
    "args:\n- --password\n- hunter2",
    '"command": [\n  "--password",\n  "hunter2"\n]',
    "password: |\n  one\n\n  hunter2",
    "password: >-\n  hunter2\nmode: x",
    "password:\n  hunter2",
    "password:\n- hunter2",
    'variable "db_password" {\n  type    = string\n  default = "hunter2"\n}',
    "DbPassword:\n  Type: String\n  NoEcho: true\n  Default: hunter2",
    "apiVersion: v1\nkind: Secret\ndata:\n  plain: hunter2",
    "apiVersion: v1\ndata:\n  plain: hunter2\nkind: Secret",
    "kind: Secret\nstringData:\n  plain: |\n    hunter2\n    more hunter2",
    '{\n "data": {\n  "plain": "hunter2"\n },\n "kind": "Secret"\n}',
    'resource "kubernetes_secret" "x" {\n  data = {\n    plain = "hunter2"\n  }\n}',
    'resource "aws_ssm_parameter" "x" {\n  value = "hunter2"\n}',
]


def whole(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(veiled(lines, 0, len(lines) - 1))


@pytest.mark.parametrize("text", HOLDING)
def test_secrets_are_hidden(text: str) -> None:
    shown = whole(text)
    assert SECRET not in shown
    assert HIDDEN in shown or "REDACTED-" in shown
    assert shown.count("\n") == text.count("\n")


@pytest.mark.parametrize("text", HOLDING)
def test_secrets_are_hidden_in_every_part_of_the_text(text: str) -> None:
    lines = text.split("\n")
    for first in range(len(lines)):
        for last in range(first, len(lines)):
            assert SECRET not in "\n".join(veiled(lines, first, last))


@pytest.mark.parametrize(
    "text",
    [
        "privileged: true",
        "automountServiceAccountToken: false",
        "automountServiceAccountToken: false # on purpose",
        "NoEcho: true",
        'metadata_options { http_tokens = "optional" }',
        "secretKeyRef:\n  name: database\n  key: password",
        "volumes:\n- name: certificates\n  secret:\n    secretName: certificates\n    defaultMode: 256",
        "- name: MODE\n  value: fast",
        "- name: MODE\n  value: fast\n- name: DB_PASSWORD\n  valueFrom: {secretKeyRef: {name: x, key: y}}",
        "max_tokens: 4096",
        "kind: Pod\nhostNetwork: true",
        'resource "aws_s3_bucket" "x" {\n  acl = "public-read"\n}',
        "",
    ],
)
def test_what_is_no_secret_is_shown(text: str) -> None:
    assert whole(text) == text


def test_the_next_document_is_no_secret() -> None:
    shown = whole("kind: Secret\ndata:\n  plain: hunter2\n---\nkind: Pod\nspec:\n  hostNetwork: true")
    assert SECRET not in shown
    assert shown.endswith("---\nkind: Pod\nspec:\n  hostNetwork: true")


def test_a_line_that_is_known_to_hold_a_secret() -> None:
    assert veiled(["mode: x", "plain: hunter2", "- hunter2", "y"], 0, 3, {1, 2}) == [
        "mode: x",
        f"plain: {HIDDEN}",
        f"- {HIDDEN}",
        "y",
    ]


def test_a_name_that_is_known_to_be_that_of_a_secret() -> None:
    lines = ["- name: MODE", "  value: fast", "- name: PLAIN", "  value: hunter2"]
    assert veiled(lines, 0, 3, {2}) == [*lines[:3], f"  value: {HIDDEN}"]


def test_only_the_lines_asked_for() -> None:
    assert veiled([f"line {n}" for n in range(1000)], 500, 502) == ["line 500", "line 501", "line 502"]


NAMES = st.sampled_from(["PASSWORD", "DB_PASSWORD", "api_key", "secretToken", "AWS_SECRET_ACCESS_KEY", "client_secret"])
VALUES = st.from_regex(r"zq[A-Za-z0-9+/]{6,30}zq", fullmatch=True)
BETWEEN = st.sampled_from([": ", "=", " = ", ': "', "='", ":\n  ", ": |\n  ", ": >-\n  "])


@given(NAMES, BETWEEN, VALUES, st.text("ab :{}[]\"'\n-=,#", max_size=30), st.text("ab :{}[]\"'\n-=,#", max_size=30))
def test_a_value_behind_the_name_of_a_secret_is_never_shown(
    name: str, between: str, value: str, before: str, after: str
) -> None:
    text = f"{before}\n{name}{between}{value}\n{after}"
    assert value not in whole(text)


@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_lines_are_taken(lines: list[str]) -> None:
    assert len(veiled(lines, 0, len(lines) - 1)) == len(lines)
