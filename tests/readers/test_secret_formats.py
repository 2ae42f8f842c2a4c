"""Secrets of formats that identify themselves never leave the files."""

from __future__ import annotations

import pytest

from ourhalf.readers.secrets import scrub

SAMPLES = {
    "aws-access-key-id": ["AKIA" + "Q" * 16, "ASIA" + "Q" * 16],
    "hugging-face-token": ["hf_" + "a" * 36],
    "github-token": [f"gh{letter}_" + "a" * 40 for letter in "pousr"] + ["github_pat_" + "a" * 70],
    "openai-key": ["sk-" + "a" * 40, "sk-proj-" + "a" * 40],
    "ngc-key": ["nvapi-" + "a" * 60],
    "url-credentials": ["https://user:passw0rd@host", "http://user:passw0rd@host"],
    "slack-token": ["xoxb-" + "1" * 30],
    "private-key": ["-----BEGIN RSA PRIVATE " + "KEY-----\n" + "a" * 40 + "\n-----END RSA PRIVATE " + "KEY-----"],
}


@pytest.mark.parametrize(("kind", "secret"), [(kind, s) for kind, many in SAMPLES.items() for s in many])
def test_a_secret_becomes_a_mark_of_its_kind_and_lines_stay(kind: str, secret: str) -> None:
    scrubbed = scrub(f"a: {secret}\nb: 1\n".encode()).decode()
    assert f"REDACTED-{kind}-" in scrubbed
    assert secret not in scrubbed
    assert scrubbed.count("\n") == secret.count("\n") + 2
