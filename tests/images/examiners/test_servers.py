"""Settings of servers are told as the servers would take them, without secrets, and nothing is run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.examiners.servers import SERVERS
from ourhalf.model.evidence import Unread
from tests.images.examiners.examining import AROUND, examined
from tests.images.tree import over

CASES = {
    "open": (
        "root/.jupyter/jupyter_server_config.py",
        "c = get_config()\nc.ServerApp.token = ''\nc.ServerApp.password = u''\nc.ServerApp.ip = '0.0.0.0'\n"
        "c.ServerApp.allow_root = True\n",
        {"server": "jupyter", "token": "empty", "password": "empty", "address": "0.0.0.0", "allow-root": "true"},
    ),
    "a token is not told": (
        "etc/jupyter/jupyter_notebook_config.py",
        "c.NotebookApp.token = 'correct-horse-battery'\n",
        {"server": "jupyter", "token": "set"},
    ),
    "a token of the environment": (
        "etc/jupyter/jupyter_lab_config.py",
        "import os\nc.IdentityProvider.token = os.environ['T']\n",
        {"server": "jupyter", "token": "unclear"},
    ),
    "two ways": (
        "etc/jupyter/jupyter_server_config.py",
        "if x:\n    c.ServerApp.token = ''\nelse:\n    c.ServerApp.token = 'a'\n",
        {"server": "jupyter", "token": "unclear"},
    ),
    "json": (
        "opt/conda/etc/jupyter/jupyter_server_config.json",
        '{"ServerApp": {"ip": "*", "port": 8889}, "PasswordIdentityProvider": {"hashed_password": "argon2:x"}}',
        {"server": "jupyter", "address": "*", "port": "8889", "password": "set"},
    ),
    "torchserve": (
        "home/model-server/config.properties",
        "inference_address=http://0.0.0.0:8080\nmanagement_address = http://127.0.0.1:8081\n"
        "management_address=http://0.0.0.0:8081\n#allowed_urls=x\ndisable_token_authorization=true\n",
        {
            "server": "torchserve",
            "inference-address": "http://0.0.0.0:8080",
            "address": "http://0.0.0.0:8081",
            "token-off": "true",
        },
    ),
    "multi model server": (
        "etc/sagemaker-mms.properties",
        "management_address=http://0.0.0.0:$$SAGEMAKER_BIND_TO_PORT$$\n",
        {"server": "mms", "address": "http://0.0.0.0:$$SAGEMAKER_BIND_TO_PORT$$"},
    ),
    "mlflow": (
        "app/basic_auth.ini",
        "[mlflow]\ndefault_permission = EDIT\nadmin_username = admin\nadmin_password = password1234\n",
        {"server": "mlflow", "admin-password": "default", "default-permission": "EDIT"},
    ),
    "streamlit": (
        "root/.streamlit/config.toml",
        '[server]\naddress = "0.0.0.0"\nenableXsrfProtection = false\n',
        {"server": "streamlit", "address": "0.0.0.0", "xsrf": "false"},
    ),
}


def _write(root: Path, path: str, text: str | bytes) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)


@pytest.mark.parametrize(("path", "text", "expected"), CASES.values(), ids=CASES)
def test_settings(path: str, text: str, expected: dict[str, str], tmp_path: Path) -> None:
    _write(tmp_path, path, text)
    [found] = examined(SERVERS, tmp_path)
    assert found.details == expected
    assert "correct-horse" not in found.what


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("usr/lib/python3/site-packages/notebook/jupyter_notebook_config.py", "c.NotebookApp.token = ''\n"),
        ("etc/jupyter/jupyter_server_config.py", "# c.ServerApp.token = ''\n"),
        ("opt/kafka/config.properties", "bootstrap.servers=a:9092\n"),
        ("etc/jupyter/jupyter_server_config.json", "[1]"),
    ],
)
def test_what_sets_nothing_is_not_told(path: str, text: str, tmp_path: Path) -> None:
    _write(tmp_path, path, text)
    assert examined(SERVERS, tmp_path) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/jupyter/jupyter_server_config.py", b"c.ServerApp.token = ("),
        ("etc/jupyter/jupyter_server_config.py", b"c.ServerApp.token = " + b"(" * 5000),
        ("etc/jupyter/jupyter_server_config.py", b"\0"),
        ("etc/jupyter/jupyter_server_config.json", b"[" * 100_000),
        ("app/basic_auth.ini", b"admin_password"),
        ("root/.streamlit/config.toml", b"[server"),
        ("app/config.properties", b"x" * (300 << 10)),
    ],
    ids=["syntax", "deep", "null", "deep json", "no section", "toml", "large"],
)
def test_what_cannot_be_read_is_said(path: str, text: bytes, tmp_path: Path) -> None:
    _write(tmp_path, path, text)
    [unread] = SERVERS.examine(over(tmp_path, SERVERS.wanted), AROUND)
    assert isinstance(unread, Unread)
    assert unread.path == path


@given(
    st.sampled_from([one for one in SERVERS.wanted if one.reduce]).flatmap(
        lambda w: st.tuples(st.just(w), st.binary(max_size=300))
    )
)
def test_no_bytes_stop_it(case: tuple[object, bytes]) -> None:
    wanted, data = case
    made = wanted.reduce("x", memoryview(data))  # type: ignore[attr-defined]
    assert made is None or isinstance(made, bytes)
