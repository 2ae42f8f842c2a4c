"""Logging in to ECR by AWS's own SDK, against moto's server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ourhalf.registry import ecr
from ourhalf.registry.hosts import Place
from ourhalf.registry.keychain import Keychain

HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    server = pytest.importorskip("moto.server", reason="moto[server] is not installed")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, aws: str) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


@pytest.mark.usefixtures("signed_in")
def test_ecr_gives_a_user_and_a_password() -> None:
    found = ecr.login(HOST)
    assert (found.user, found.origin) == ("AWS", "ecr:GetAuthorizationToken")
    assert found.password


@pytest.mark.usefixtures("signed_in")
def test_a_keychain_without_an_entry_asks_ecr(tmp_path: Path) -> None:
    kept = Keychain({"HOME": str(tmp_path), "PATH": ""})
    found = kept.find(Place(HOST, "team/app"))
    assert found is not None
    assert found.user == "AWS"
    assert kept.find(Place("r.example", "team/app")) is None


@pytest.mark.usefixtures("signed_in")
def test_an_error_of_ecr_is_told_by_its_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    kept = Keychain({"HOME": str(tmp_path), "PATH": ""})
    assert kept.find(Place(HOST, "team/app")) is None
    assert kept.problems == ["ecr:GetAuthorizationToken failed: EndpointConnectionError"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (HOST, True),
        ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", True),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", True),
        ("123456789012.dkr-ecr.us-west-2.on.aws", True),
        ("public.ecr.aws", False),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example", False),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com:5000", False),
        ("x123456789012.dkr.ecr.eu-west-1.amazonaws.com", False),
        ("123456789012.dkr.ecr.evil.example/.amazonaws.com", False),
    ],
)
def test_ecr_is_known_by_its_hosts(host: str, expected: bool) -> None:
    assert ecr.is_ecr(host) is expected
