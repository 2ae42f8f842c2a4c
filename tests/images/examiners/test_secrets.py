"""Secrets in files are told by kind and line, never by themselves; look-alikes are not told."""

from __future__ import annotations

import base64
import json
import random
import string
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.examiners import secrets
from ourhalf.readers.tokens import is_real
from tests.images.examiners.examining import examined

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def _github() -> str:
    """A token with the checksum that GitHub's have."""
    body = "".join(random.Random(3).choices(_BASE62, k=30))
    number, check = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        check = _BASE62[digit] + check
    return f"ghp_{body}{check.rjust(6, '0')}"


def _access_key(account: int) -> str:
    raw = (account << 7).to_bytes(6) + bytes([0x5A, 0x13, 0xC7, 0x90])
    return "AKIA" + base64.b32encode(raw).decode()


def _random(length: int) -> str:
    return "".join(random.Random(5).choices(_BASE62, k=length))


FILES = {
    "root/.netrc": f"machine api.wandb.ai\n  login user\n  password {_random(40)}\n",
    "root/.cache/huggingface/token": f"hf_{_random(34)}",
    "root/.docker/config.json": json.dumps({"auths": {"r.example": {"auth": base64.b64encode(b"u:pw123").decode()}}}),
    "root/.kaggle/kaggle.json": json.dumps({"username": "u", "key": "0f" * 16}),
    "root/.aws/credentials": (
        f"[default]\naws_access_key_id = {_access_key(111122223333)}\naws_secret_access_key = {_random(40)}\n"
    ),
    "root/.npmrc": f"//registry.npmjs.org/:_authToken={_random(36)}\n",
    "root/.pypirc": f"[pypi]\nusername = __token__\npassword = {_random(30)}\n",
    "root/.ngc/config": f"[CURRENT]\napikey = {_random(40)}\n",
    "app/.env": f"DEBUG=1\nMLFLOW_TRACKING_PASSWORD='{_random(12)}'\n",
    "app/train.py": f"import x\n\nTOKEN = '{_github()}'\n",
    "root/.git-credentials": f"https://me:{_random(20)}@git.example\n",
}
EXPECTED = {
    "root/.netrc": ("password for api.wandb.ai", 1),
    "root/.docker/config.json": ("login of the registry r.example", 1),
    "root/.kaggle/kaggle.json": ("key of Kaggle", 1),
    "root/.npmrc": ("token of npm for registry.npmjs.org", 1),
    "root/.pypirc": ("password of a package index (pypi)", 3),
    "root/.ngc/config": ("key of NGC (CURRENT)", 2),
    "app/.env": ("value of MLFLOW_TRACKING_PASSWORD", 2),
    "app/train.py": ("github-token", 3),
    "root/.git-credentials": ("url-credentials", 1),
}


def _write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def test_each_is_told_with_its_line_and_without_itself(tmp_path: Path) -> None:
    _write(tmp_path, FILES)
    found = examined(secrets.SECRETS, tmp_path)
    told = {(one.place.path, one.details["secret"], one.place.line) for one in found}
    assert {(path, *what) for path, what in EXPECTED.items()} <= told
    assert {path for path, *_ in told} == set(FILES)
    kinds = {kind for path, kind, _ in told if path == "root/.aws/credentials"}
    assert kinds == {"aws-access-key-id", "secret access key of AWS (default)"}
    everything = json.dumps([(one.what, one.details) for one in found])
    for path, text in FILES.items():
        words = [word.strip("'\"") for word in text.replace("=", " ").replace(":", " ").split()]
        assert not [w for w in words if len(w) > 16 and not w.isupper() and w in everything], path


LOOK_ALIKES = {
    "app/doc.md": "Use AKIAIOSFODNN7EXAMPLE and ghp_000000000000000000000000000000000000\n",
    "app/broken.txt": _github()[:-1] + "x",
    "app/url.txt": "postgres://user:password@db and redis://admin:admin@cache",
    "app/key.pem": "-----BEGIN PRIVATE KEY-----\nnot base64 at all, but long enough\n-----END PRIVATE KEY-----\n",
    "app/.env": "TOKEN=${TOKEN}\nPASSWORD=changeme\nTOKEN_FILE=/run/secrets/token\n",
    "root/.docker/config.json": '{"auths": {"r.example": {}}, "credsStore": "ecr-login"}',
    "root/.npmrc": "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n",
    "usr/lib/python3/dist-packages/x/test_keys.py": f"KEY = '{_github()}'",
    "opt/venv/lib/python3.11/site-packages/x/data.json": f'{{"t": "{_github()}"}}',
}


def test_look_alikes_and_what_packages_brought_are_not_told(tmp_path: Path) -> None:
    _write(tmp_path, LOOK_ALIKES)
    assert [(one.place.path, one.what) for one in examined(secrets.SECRETS, tmp_path)] == []


def test_a_real_private_key_is_told(tmp_path: Path) -> None:
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-out", str(tmp_path / "server.key")],
        check=True,
        capture_output=True,
    )
    found = examined(secrets.SECRETS, tmp_path)
    assert [(one.place.path, one.details["secret"]) for one in found] == [("server.key", "private-key")]


@pytest.mark.parametrize("account", [210987654321, 111122223333, 999999999999])
def test_an_access_key_carries_its_account(account: int) -> None:
    assert is_real("aws-access-key-id", _access_key(account).encode())


@given(st.binary(max_size=400), st.sampled_from(sorted(FILES)))
def test_any_bytes_in_any_file_are_read(data: bytes, path: str) -> None:
    for want in secrets.SECRETS.wanted:
        assert want.reduce is not None
        want.reduce(path, memoryview(data))


_VALUES = st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda v: st.lists(v) | st.dictionaries(st.sampled_from(["auths", "key", "auth", "x"]), v), max_leaves=8)  # fmt: skip  # noqa: E501


@given(_VALUES)
def test_any_document_is_read(value: object) -> None:
    for want in secrets.SECRETS.wanted:
        assert want.reduce is not None
        want.reduce("root/.docker/config.json", memoryview(json.dumps(value).encode()))
