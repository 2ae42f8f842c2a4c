"""Whatever happens with a registry, nothing secret is in what the command writes, nor in the cache."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.registries import FakeRegistry, digest, image, packed
from tests.servers import Conversation, Request, close, serving

SECRET = "s3cret-of-the-test"
USER = "somebody"
ENCODED = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
MADE = image([packed({"etc/os-release": b"ID=debian\n"})])
Act = Callable[[Conversation, Request], bool]


def serves(to: Conversation, request: Request) -> bool:
    """Let in who has the password, and no other."""
    if request.headers.get("authorization") == f"Basic {ENCODED}":
        return False
    to.answer(401, b"", www_authenticate='Basic realm="here"')
    return True


def echoes(status: int) -> Act:
    """Answer with all that was sent."""

    def act(to: Conversation, request: Request) -> bool:
        if "authorization" not in request.headers:
            to.answer(401, b"", www_authenticate='Basic realm="here"')
            return True
        said = f"{request.headers['authorization']} is {SECRET}"
        errors = json.dumps({"errors": [{"code": said, "message": said, "detail": said}]}).encode()
        to.answer(status, errors, docker_content_digest=said, link=said, content_type=said, etag=f'"{said}"')
        return True

    return act


def signs(to: Conversation, request: Request) -> bool:
    """Send on to an address whose query is a secret, and drop the connection there."""
    if serves(to, request):
        return True
    if "/blobs/" in request.path and "X-Amz-Signature" not in request.path:
        to.answer(307, b"", location=f"{request.path}?X-Amz-Signature={SECRET}")
        return True
    if "X-Amz-Signature" in request.path:
        close(to)
        return True
    return False


def asks_for_tokens(to: Conversation, request: Request) -> bool:
    """Name a token server that refuses, and repeats what it was given."""
    if request.path.startswith("/token"):
        to.answer(403, f"{request.headers} {SECRET}".encode())
    else:
        host = request.headers["host"]
        to.answer(401, b"", www_authenticate=f'Bearer realm="http://{host}/token?key={SECRET}",service="s"')
    return True


def lies_of_the_length(to: Conversation, request: Request) -> bool:
    """Let in, and send another blob."""
    if serves(to, request):
        return True
    if "/blobs/" in request.path:
        to.answer(200, SECRET.encode())
        return True
    return False


SCENES: dict[str, tuple[Act, int]] = {
    "the password is right": (serves, 0),
    "it is refused with what was sent": (echoes(401), 2),
    "it is forbidden with what was sent": (echoes(403), 2),
    "it is not there, with what was sent": (echoes(404), 2),
    "what was sent is taken for a manifest": (echoes(200), 2),
    "a signed address fails": (signs, 2),
    "a token server refuses": (asks_for_tokens, 2),
    "a blob is another": (lies_of_the_length, 2),
}


def run(folder: Path, host: str, config: dict[str, object]) -> tuple[int, str]:
    """The exit status of `ourhalf inventory`, and all that it wrote anywhere, caches included."""
    (folder / "docker").mkdir()
    (folder / "docker" / "config.json").write_text(json.dumps(config))
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment = {
        **kept,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "DOCKER_CONFIG": str(folder / "docker"),
        "OURHALF_CACHE_DIR": str(folder / "cache"),
    }
    (folder / "home").mkdir()
    command = [sys.executable, "-m", "ourhalf", "inventory", f"{host}/team/app:1", "--plain-http", host]
    ended = subprocess.run(
        [*command, "--format", "json", "--output", str(folder / "home" / "out.json")],
        env=environment, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    written = [ended.stdout, ended.stderr]
    written += [
        path.read_bytes() for place in ("cache", "home") for path in (folder / place).rglob("*") if path.is_file()
    ]
    assert written[0] or written[1] or len(written) > 2
    return ended.returncode, b"\n".join(written).decode("utf-8", "replace")


def check(written: str) -> None:
    for secret in (SECRET, ENCODED, f"{USER}:{SECRET}", base64.b64encode(SECRET.encode()).decode()):
        assert secret not in written


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_secret_is_written(tmp_path: Path, scene: str) -> None:
    act, status = SCENES[scene]
    fake = FakeRegistry()
    fake.put(MADE)
    fake.hooks.append(act)
    with serving(fake.script, most=200) as server:
        host = f"127.0.0.1:{server.port}"
        ended, written = run(tmp_path, host, {"auths": {host: {"auth": ENCODED}}})
        sent = [request.headers.get("authorization") for request in server.requests]
    assert f"Basic {ENCODED}" in sent
    check(written)
    assert "Traceback" not in written
    assert ended == status, written


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_that_a_helper_says_is_written(tmp_path: Path, fails: bool) -> None:
    helper = tmp_path / "docker-credential-test"
    answer = json.dumps({"Username": USER, "Secret": SECRET})
    helper.write_text(f"#!/bin/sh\necho '{answer}'\necho '{answer}' >&2\nexit {int(fails)}\n")
    helper.chmod(0o755)
    fake = FakeRegistry()
    fake.put(MADE)
    fake.hooks.append(serves)
    with serving(fake.script) as server:
        host = f"127.0.0.1:{server.port}"
        ended, written = run(tmp_path, host, {"credsStore": "test"})
    check(written)
    assert ended == (2 if fails else 0)
    assert ("ended with status 1" in written) is fails
    assert digest(MADE.manifest) in written or fails
