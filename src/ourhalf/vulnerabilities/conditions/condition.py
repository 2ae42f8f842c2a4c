"""A condition of use: which vulnerabilities it speaks of, and the facts under which they matter."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

import msgspec


class _Fact(msgspec.Struct, frozen=True, tag_field="fact", forbid_unknown_fields=True):
    """Something that holds of a container, or not, or cannot be told. `says` tells what it means when it holds."""


class All(_Fact, frozen=True, tag="all", kw_only=True):
    """Holds where all of them do."""

    of: tuple[Fact, ...]


class Any(_Fact, frozen=True, tag="any", kw_only=True):
    """Holds where one of them does."""

    of: tuple[Fact, ...]


class Flag(_Fact, frozen=True, tag="flag", kw_only=True):
    """A flag of a server that the container starts, or the variable that its image turns into that flag.

    It holds where its value matches `matches`, or is a number above `above`; `unless` are values by which it does
    not. `absent` is what holds without it: None where that cannot be told.
    """

    server: str
    names: tuple[str, ...]
    variables: tuple[str, ...] = ()
    matches: str = ""
    unless: str = ""
    above: int | None = None
    switch: bool = False
    absent: bool | None = False
    says: str


class Variable(_Fact, frozen=True, tag="variable", kw_only=True):
    """A variable of the environment whose value matches `matches`. `absent` is what holds without it."""

    name: str
    matches: str
    absent: bool | None = False
    says: str


class Runs(_Fact, frozen=True, tag="runs", kw_only=True):
    """The known command of a server that the container starts matches `matches`."""

    server: str
    matches: str
    says: str


class Reached(_Fact, frozen=True, tag="reached", kw_only=True):
    """Others than the host itself open connections to a server that the container starts, on its port or `ports`."""

    server: str
    ports: tuple[int, ...] = ()
    says: str


class Loads(_Fact, frozen=True, tag="loads", kw_only=True):
    """The container loads a model of one of these formats, or one whose name ends so."""

    formats: tuple[str, ...]
    endings: tuple[str, ...] = ()
    says: str


class Version(_Fact, frozen=True, tag="version", kw_only=True):
    """The version of the package lies in a range."""

    range: str
    says: str


class Installed(_Fact, frozen=True, tag="installed", kw_only=True):
    """The image holds a package of one of these names."""

    names: tuple[str, ...]
    says: str


class Privileged(_Fact, frozen=True, tag="privileged", kw_only=True):
    """The container acts on its host: it is privileged, or has a folder of the host."""

    says: str


class Shared(_Fact, frozen=True, tag="shared", kw_only=True):
    """Other containers, or processes of the host, reach what is local to the container."""

    says: str


class Untold(_Fact, frozen=True, tag="untold", kw_only=True):
    """What no configuration tells."""

    says: str


Fact = All | Any | Flag | Variable | Runs | Reached | Loads | Version | Installed | Privileged | Shared | Untold


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page, and the day it was read."""

    page: str
    read: date


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The facts under which some vulnerabilities of a package matter.

    `exposure` is the row of the project's list of exposures. `advisories` gives the range of versions that the source
    states for each id, for which the condition is known. `packages` are names, of any ecosystem. `needs` says in
    words what it takes.
    """

    id: str
    exposure: str
    packages: tuple[str, ...]
    advisories: dict[str, str]
    needs: str
    when: Fact
    citations: tuple[Source, ...]


@cache
def all_conditions() -> tuple[Condition, ...]:
    """Every condition, by id."""
    from yaml import CSafeLoader, load

    text = files(__package__).joinpath("conditions.yaml").read_bytes()
    return tuple(sorted(msgspec.convert(load(text, Loader=CSafeLoader), tuple[Condition, ...]), key=lambda c: c.id))
