"""Credentials as Docker and Podman keep them, from real files and real helper programs."""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from ourhalf.registry import helpers
from ourhalf.registry.credential import Credential
from ourhalf.registry.helpers import HelperError
from ourhalf.registry.hosts import Place
from ourhalf.registry.keychain import Keychain

SECRET = "s3cret-of-the-test"
APP = Place("r.example:5000", "team/app")


def auth(user: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def keychain(folder: Path, docker: Any = None, **environment: str) -> Keychain:
    if docker is not None:
        (folder / ".docker").mkdir(exist_ok=True)
        (folder / ".docker" / "config.json").write_text(docker if isinstance(docker, str) else json.dumps(docker))
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return Keychain({"HOME": str(folder), "PATH": path, **environment})


def helper(folder: Path, name: str, script: str) -> None:
    path = folder / f"docker-credential-{name}"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("key", "place", "found"),
    [
        ("r.example:5000", APP, True),
        ("https://r.example:5000", APP, True),
        ("https://r.example:5000/v1/", APP, True),
        ("r.example:5000/v2/", APP, True),
        ("r.example:5000/team", APP, True),
        ("r.example:5000/team/app", APP, True),
        ("r.example:5000/te", APP, False),
        ("r.example", APP, False),
        ("https://index.docker.io/v1/", Place("docker.io", "library/ubuntu"), True),
        ("docker.io", Place("docker.io", "library/ubuntu"), True),
    ],
)
def test_keys_of_a_configuration(tmp_path: Path, key: str, place: Place, found: bool) -> None:
    kept = keychain(tmp_path, {"auths": {key: auth("me", SECRET)}, "other": 1}).find(place)
    origin = str(tmp_path / ".docker/config.json")
    assert kept == (Credential(origin=origin, user="me", password=SECRET) if found else None)


def test_the_narrowest_key_counts(tmp_path: Path) -> None:
    auths = {"r.example:5000": auth("wide", "1"), "r.example:5000/team/app": auth("narrow", "2")}
    kept = keychain(tmp_path, {"auths": auths})
    found, other = kept.find(APP), kept.find(Place(APP.host, "team/other"))
    assert (found and found.user, other and other.user) == ("narrow", "wide")


def test_files_in_their_order(tmp_path: Path) -> None:
    def put(name: str, user: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"auths": {APP.host: auth(user, SECRET)}}))
        return user

    def user(**environment: str) -> str | None:
        found = keychain(tmp_path, **environment).find(APP)
        return found.user if found else None

    assert user() is None
    put(".config/containers/auth.json", "podman at home")
    assert user() == "podman at home"
    put("run/containers/auth.json", "podman at work")
    runtime = {"XDG_RUNTIME_DIR": str(tmp_path / "run")}
    assert user(**runtime) == "podman at work"
    put(".docker/config.json", "docker")
    assert user(**runtime) == "docker"
    put("elsewhere/config.json", "docker elsewhere")
    assert user(**runtime, DOCKER_CONFIG=str(tmp_path / "elsewhere")) == "docker elsewhere"
    put("named.json", "named")
    named = {**runtime, "REGISTRY_AUTH_FILE": str(tmp_path / "named.json")}
    assert user(**named) == "named"
    text = json.dumps({"auths": {APP.host: auth("in the environment", SECRET)}})
    assert user(**named, DOCKER_AUTH_CONFIG=text) == "in the environment"


def test_tokens_that_are_kept(tmp_path: Path) -> None:
    auths = {"a.example": {"identitytoken": "refresh me"}, "b.example": {"registrytoken": "send me"}}
    kept = keychain(tmp_path, {"auths": auths})
    one, two = kept.find(Place("a.example", "x")), kept.find(Place("b.example", "x"))
    assert (one and one.refresh, two and two.bearer) == ("refresh me", "send me")


@pytest.mark.parametrize("text", ["{", "[]", '{"auths": 3}', "\xff", '{"auths": {"r.example:5000": {"auth": "***"}}}'])
def test_a_broken_configuration_is_told_and_gives_nothing(tmp_path: Path, text: str) -> None:
    kept = keychain(tmp_path, text)
    assert kept.find(APP) is None
    assert len(kept.problems) == 1
    assert "config.json" in kept.problems[0]


def test_a_helper_is_asked_for_the_host_on_its_input(tmp_path: Path) -> None:
    answer = json.dumps({"ServerURL": "x", "Username": "me", "Secret": SECRET})
    helper(tmp_path, "one", f"echo \"$1 $(cat)\" >> {tmp_path}/asked\ncat <<'E'\n{answer}\nE")
    kept = keychain(tmp_path, {"credHelpers": {APP.host: "one"}, "credsStore": "two"})
    assert kept.find(APP) == Credential(origin="docker-credential-one", user="me", password=SECRET)
    assert kept.find(APP) == kept.find(APP)
    assert (tmp_path / "asked").read_text() == "get r.example:5000\n"


def test_the_store_is_asked_for_docker_hub_by_its_old_address(tmp_path: Path) -> None:
    helper(tmp_path, "all", f'cat > {tmp_path}/asked; echo \'{{"Username": "<token>", "Secret": "{SECRET}"}}\'')
    found = keychain(tmp_path, {"credsStore": "all", "auths": {"https://index.docker.io/v1/": {}}}).find(
        Place("docker.io", "library/ubuntu")
    )
    assert found == Credential(origin="docker-credential-all", refresh=SECRET)
    assert (tmp_path / "asked").read_text() == "https://index.docker.io/v1/"


def test_a_helper_that_knows_nothing(tmp_path: Path) -> None:
    helper(tmp_path, "all", "echo credentials not found in native keychain; exit 1")
    kept = keychain(tmp_path, {"credsStore": "all"})
    assert kept.find(APP) is None
    assert kept.problems == []


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (f"echo {SECRET}; echo {SECRET} >&2; exit 3", "ended with status 3"),
        (f"echo {SECRET}", "wrote no Username and Secret"),
        (f'echo \'{{"Username": "{SECRET}"}}\'', "wrote no Username and Secret"),
        ("", "wrote no Username and Secret"),
    ],
)
def test_a_helper_that_fails_is_told_without_what_it_wrote(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], script: str, problem: str
) -> None:
    helper(tmp_path, "bad", script)
    kept = keychain(tmp_path, {"credsStore": "bad"})
    assert kept.find(APP) is None
    assert len(kept.problems) == 1
    assert problem in kept.problems[0]
    assert SECRET not in "".join([*kept.problems, *capfd.readouterr()])


@pytest.mark.parametrize("name", ["../evil", "a b", "", "$(id)", "x/y", "-x"])
def test_names_of_helpers_are_only_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(HelperError, match="no name of a credential helper"):
        helpers.ask(name, "r.example", {"PATH": str(tmp_path)})


def test_a_helper_that_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(HelperError, match="docker-credential-none is not installed"):
        helpers.ask("none", "r.example", {"PATH": str(tmp_path)})


def test_a_helper_that_hangs_ends_with_all_that_it_started(tmp_path: Path) -> None:
    helper(tmp_path, "slow", f"sleep 1000 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(HelperError, match=r"gave no answer in 0\.5 s"):
        helpers.ask("slow", "r.example", {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}, seconds=0.5)
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not _runs(child):
            return
        time.sleep(0.05)
    raise AssertionError("the child of the helper still runs")


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_credential_shows_no_secret() -> None:
    shown = repr(Credential(origin="here", user="u", password=SECRET, refresh=SECRET, bearer=SECRET))
    assert SECRET not in shown
    assert f"{Credential(origin='here', password=SECRET)}" == "<Credential from here>"
