"""Finds credentials where Docker and Podman keep them, and asks ECR for its own.

Formats: docs.docker.com/reference/cli/docker/login, and containers-auth.json(5) of github.com/containers/image.
"""

from __future__ import annotations

import base64
import binascii
import os
import threading
from collections.abc import Iterator, Mapping

import msgspec

from ourhalf.registry import ecr, helpers
from ourhalf.registry.credential import Credential
from ourhalf.registry.hosts import DOCKER_HUB, Place, canonical

_MOST = 4 << 20
_HUB_ADDRESS = "https://index.docker.io/v1/"


class _Auth(msgspec.Struct, frozen=True):
    auth: str = ""
    username: str = ""
    password: str = ""
    identitytoken: str = ""
    registrytoken: str = ""


class _Config(msgspec.Struct, frozen=True, rename="camel"):
    auths: dict[str, _Auth] | None = None
    cred_helpers: dict[str, str] | None = None
    creds_store: str = ""


class Keychain:
    """Credentials by registry. Each place is looked into once; what was wrong there is in `problems`."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self._lock = threading.Lock()
        self._configs: tuple[tuple[str, _Config], ...] | None = None
        self._found: dict[Place, Credential | None] = {}
        self.problems: list[str] = []

    def find(self, place: Place) -> Credential | None:
        """What opens `place`, None where nobody gave us anything for it."""
        with self._lock:
            if place not in self._found:
                self._found[place] = self._find(place)
            return self._found[place]

    def _find(self, place: Place) -> Credential | None:
        if self._configs is None:
            self._configs = tuple(self._read())
        for origin, config in self._configs:
            found = self._in(origin, config, place)
            if found is not None:
                return found
        if not ecr.is_ecr(place.host):
            return None
        try:
            return ecr.login(place.host)
        except ecr.EcrError as error:
            self.problems.append(str(error))
            return None

    def _read(self) -> Iterator[tuple[str, _Config]]:
        text = self._environment.get("DOCKER_AUTH_CONFIG")
        if text:
            yield from self._decoded("DOCKER_AUTH_CONFIG", text.encode())
        for path in _paths(self._environment):
            try:
                with open(path, "rb") as file:
                    data = file.read(_MOST + 1)
            except FileNotFoundError:
                continue
            except OSError as error:
                self.problems.append(f"{path}: {error.strerror}")
                continue
            yield from self._decoded(path, data)

    def _decoded(self, origin: str, data: bytes) -> Iterator[tuple[str, _Config]]:
        if len(data) > _MOST:
            self.problems.append(f"{origin}: over {_MOST >> 20} MB")
            return
        try:
            yield origin, msgspec.json.decode(data or b"{}", type=_Config)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.problems.append(f"{origin}: no configuration of Docker or Podman in JSON")

    def _in(self, origin: str, config: _Config, place: Place) -> Credential | None:
        names = _names(place)
        for key, name in (config.cred_helpers or {}).items():
            if _normal(key) in names:
                return self._helped(name, place)
        kept = {_normal(key): auth for key, auth in (config.auths or {}).items()}
        for name in names:
            if name in kept:
                found = self._of(origin, name, kept[name])
                if found is not None:
                    return found
        return self._helped(config.creds_store, place) if config.creds_store else None

    def _helped(self, name: str, place: Place) -> Credential | None:
        host = canonical(place.host)
        try:
            return helpers.ask(name, _HUB_ADDRESS if host == DOCKER_HUB else host, self._environment)
        except helpers.HelperError as error:
            self.problems.append(str(error))
            return None

    def _of(self, origin: str, name: str, auth: _Auth) -> Credential | None:
        if auth.registrytoken:
            return Credential(origin=origin, bearer=auth.registrytoken)
        if auth.identitytoken:
            return Credential(origin=origin, refresh=auth.identitytoken)
        user, password = auth.username, auth.password
        if auth.auth:
            try:
                user, _, password = base64.b64decode(auth.auth, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                self.problems.append(f"{origin}: what is kept of {name} is no user with a password")
                return None
        if not user:
            return None
        return Credential(origin=origin, user=user, password=password.rstrip("\0"))


def _paths(environment: Mapping[str, str]) -> Iterator[str]:
    """Files in the order in which they are asked; one that the user named comes first."""
    home = environment.get("HOME") or os.path.expanduser("~")
    if named := environment.get("REGISTRY_AUTH_FILE"):
        yield named
    yield os.path.join(environment.get("DOCKER_CONFIG") or os.path.join(home, ".docker"), "config.json")
    if runtime := environment.get("XDG_RUNTIME_DIR"):
        yield os.path.join(runtime, "containers", "auth.json")
    yield os.path.join(environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "containers", "auth.json")


def _names(place: Place) -> tuple[str, ...]:
    """The keys that fit a place, the narrowest first: Podman keeps credentials of single repositories too."""
    parts = [canonical(place.host), *place.repository.split("/")]
    return tuple("/".join(parts[:count]) for count in range(len(parts), 0, -1))


def _normal(key: str) -> str:
    """A key of a configuration as `_names` writes it: Docker's may be a URL of the first API."""
    rest = key.partition("://")[2]
    text = rest.partition("/")[0] if rest else key.rstrip("/")
    host, slash, path = text.partition("/")
    return canonical(host) + (slash + path if path not in {"", "v1", "v2"} else "")
