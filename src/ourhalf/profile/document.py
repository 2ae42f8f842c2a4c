"""The profile's file: its types, and the loader with its errors."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import msgspec

from ourhalf.model.profile import Parameters, Sensitivity, Severity
from ourhalf.readers.node import Node, plain
from ourhalf.readers.yaml import ParseError, documents

MAX_BYTES = 4 * 1024 * 1024


class ProfileError(ValueError):
    """A profile that cannot be used: the file, the line (from 1) and the reason in words."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which subjects a scope or an exception is about: all that is stated must match.

    `path`, `workload`, `bucket` and the values of `tags` are globs: `*` stands for any text. So are `advisory`, an id
    or alias of a vulnerability, and `package`, the name of its package: what is none does not match.
    """

    path: str | None = None
    workload: str | None = None
    service: str | None = None
    bucket: str | None = None
    advisory: str | None = None
    package: str | None = None
    tags: dict[str, str] = {}


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked of the subjects that match."""

    match: Match
    sensitivity: Sensitivity | None = None
    regulations: tuple[str, ...] = ()
    parameters: dict[str, Any] = {}
    severities: dict[str, Severity] = {}
    name: str = ""


class Exception_(msgspec.Struct, frozen=True, forbid_unknown_fields=True):  # noqa: N801 - Exception is Python's own
    """A failure that somebody accepts until a day; that day still counts."""

    control: str
    owner: str
    reason: str
    expires: date
    scope: Match = Match()
    id: str = ""


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a company asks: defaults, scopes in which it asks more or less, and accepted failures."""

    version: int = 1
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    regulations: tuple[str, ...] = ()
    parameters: Parameters = Parameters()
    severities: dict[str, Severity] = {}
    disabled: dict[str, str] = {}
    scopes: tuple[Scope, ...] = ()
    exceptions: tuple[Exception_, ...] = ()

    @property
    def trusts_digests(self) -> bool:
        """Whether anything in it depends on the digest of a model file."""
        return bool(self.parameters.trusted_models) or any(s.parameters.get("trusted_models") for s in self.scopes)

    @property
    def model_keys(self) -> tuple[str, ...]:
        """Every key of a publisher of models that it trusts anywhere, as PEM."""
        scoped = (key for scope in self.scopes for key in scope.parameters.get("trusted_model_keys", ()))
        return tuple(dict.fromkeys((*self.parameters.trusted_model_keys, *scoped)))


def load(path: str) -> Profile:
    """The profile in a YAML or JSON file. Raises ProfileError."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ProfileError(path, 1, f"the profile cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise ProfileError(path, 1, "the profile is larger than 4 MB")
    return parse(data, path)


def parse(data: bytes, path: str) -> Profile:
    """The profile that `data` states. Raises ProfileError, with the line of what is wrong."""
    try:
        document = next(documents(data, path), None)
    except ParseError as error:
        raise ProfileError(path, error.line, error.reason) from None
    if document is None:
        return Profile()
    try:
        profile = msgspec.convert(plain(document), Profile)
        for scope in profile.scopes:
            msgspec.convert(scope.parameters, Parameters)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$")
        raise ProfileError(path, _line(document, where.rstrip("`")), _words(reason, where.rstrip("`"))) from None
    if profile.version != 1:
        raise ProfileError(path, document.line, f"version {profile.version} is not known; write `version: 1`")
    _check_controls(profile, document, path)
    return profile


def _words(reason: str, where: str) -> str:
    if wrong := re.fullmatch(r"Invalid enum value '(.*)'", reason):
        choices = Severity if "severities" in where else Sensitivity
        reason = f"{wrong[1]} is none of {', '.join(choices)}"
    return f"{where.lstrip('.')}: {reason}" if where else reason


def _line(document: Node, where: str) -> int:
    """The line of the deepest node on a path like `.exceptions[0].expires`."""
    node = document
    for key, index in re.findall(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]", where):
        child = node.get(key) if key else None
        if index.isdigit() and isinstance(node.value, list) and int(index) < len(node.value):
            child = node.value[int(index)]
        if child is None:
            break
        node = child
    return node.line


def _check_controls(profile: Profile, document: Node, path: str) -> None:
    """Raises ProfileError where a control is named that does not exist."""
    from difflib import get_close_matches

    from ourhalf.catalogue import all_controls

    known = {control.id for control in all_controls()}
    named = [("severities", name) for name in profile.severities]
    named += [("disabled", name) for name in profile.disabled]
    named += [(f"exceptions[{i}].control", e.control) for i, e in enumerate(profile.exceptions)]
    for where, name in named:
        if name not in known and "*" not in name:
            close = get_close_matches(name, known, 1)
            hint = f"; did you mean {close[0]}?" if close else "; `ourhalf controls list` shows all"
            line = _line(document, f".{where}" if "[" in where else f".{where}.{name}")
            raise ProfileError(path, line, f"no control is named {name}{hint}")
