"""Allowlists: what a publisher leaves open in an image, and why; each reason is checked against what is known.

A file is a list of `vulnerability_id`, `reason` and `review_by`, as github.com/aws/deep-learning-containers keeps them
below test/security/data/ecr_scan_allowlist. Of a folder those files count that are about every image
(`global_allowlist.json`) or lie in a folder that is named like the repository of the image.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.resources.vulnerabilities import Statement, Vulnerability
from ourhalf.vulnerabilities.clocks import day_of

MAX_BYTES = 16 << 20
MAX_FILES = 2_000
_READER = "allowlists"
_EVERY = "global_allowlist.json"
_NAMED = re.compile(r"(?P<name>[A-Za-z@][\w@./+-]{0,200}?)[ =]+\(?v?(?P<version>\d[\w.+~:-]{0,80})")


class AllowlistError(Exception):
    """An allowlist that cannot be used; `str` of it names the file and says why."""


class Entry(msgspec.Struct, frozen=True):
    """One vulnerability that a publisher leaves open. `about` is the repository, empty for every image."""

    id: str
    reason: str
    review_by: date | None
    place: Place
    about: str = ""


class Allowlists(NamedTuple):
    """What was read of allowlists; `exact` are the files that the user named, rather than a folder."""

    entries: tuple[Entry, ...]
    unread: tuple[Unread, ...]
    exact: frozenset[str]


class _Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    claim: str
    pattern: str


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    claims: tuple[_Claim, ...]
    headers: tuple[str, ...]


class _Raw(msgspec.Struct):
    vulnerability_id: str
    reason: str = ""
    review_by: str = ""


def read_allowlists(paths: Iterable[str]) -> Allowlists:
    """What is in allowlists. Raises AllowlistError where a path is none; a bad entry of one is in `unread`."""
    entries: list[Entry] = []
    unread: list[Unread] = []
    exact: set[str] = set()
    for path in paths:
        if os.path.isdir(path):
            for file in _below(path):
                about = "" if os.path.basename(file) == _EVERY else os.path.basename(os.path.dirname(file))
                _read(file, about, entries, unread)
        else:
            exact.add(path)
            _read(path, "", entries, unread)
    return Allowlists(tuple(entries), tuple(unread), frozenset(exact))


def _below(folder: str) -> list[str]:
    found: list[str] = []
    for at, folders, names in os.walk(folder):
        folders.sort()
        found.extend(os.path.join(at, name) for name in sorted(names) if name.endswith(".json"))
        if len(found) > MAX_FILES:
            raise AllowlistError(f"{folder}: more than {MAX_FILES:,} files; name those that are meant")
    if not found:
        raise AllowlistError(f"{folder}: no allowlist (*.json) is in it")
    return found


def _read(path: str, about: str, entries: list[Entry], unread: list[Unread]) -> None:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise AllowlistError(f"{path}: larger than the bound of {MAX_BYTES >> 20} MB")
        raws = msgspec.json.decode(data, type=list[msgspec.Raw])
    except OSError as error:
        raise AllowlistError(f"{path}: {error.strerror or 'cannot be read'}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AllowlistError(f"{path} is no allowlist, a list of entries in JSON: {error}") from None
    line, position = 1, 0
    for raw in raws:
        text = bytes(raw)
        at = data.find(text, position)
        line += data.count(b"\n", position, at)
        position = at
        try:
            one = msgspec.json.decode(text, type=_Raw)
        except (msgspec.DecodeError, RecursionError) as error:
            unread.append(Unread(path, line, _READER, f"an entry that cannot be read: {error}"))
            continue
        review = day_of(one.review_by)
        if one.review_by and review is None:
            unread.append(Unread(path, line, _READER, f"{one.vulnerability_id}: {one.review_by[:40]} is no day"))
        entries.append(Entry(one.vulnerability_id.strip(), one.reason.strip(), review, Place(path, line), about))


def apply_allowlists(
    found: Sequence[Vulnerability], lists: Allowlists, as_of: date
) -> tuple[tuple[Vulnerability, ...], tuple[Unread, ...]]:
    """Give each vulnerability the entries about it, checked; tell which entries of files that were named match none."""
    by_id: dict[str, list[tuple[int, Entry]]] = {}
    for number, entry in enumerate(lists.entries):
        by_id.setdefault(entry.id.upper(), []).append((number, entry))
    used: set[int] = set()
    made = []
    for one in found:
        ids = dict.fromkeys(name.upper() for name in (one.match.id, *one.match.aliases))
        about = [(n, e) for name in ids for n, e in by_id.get(name, ()) if _is_about(e, one)]
        used.update(number for number, _ in about)
        statements = tuple(_statement(entry, one, as_of) for _, entry in about)
        made.append(msgspec.structs.replace(one, statements=(*one.statements, *statements)) if statements else one)
    return tuple(made), (*lists.unread, *_useless(lists, used))


def _useless(lists: Allowlists, used: set[int]) -> Iterator[Unread]:
    for number, entry in enumerate(lists.entries):
        if number not in used and entry.place.path in lists.exact:
            why = f"{entry.id}: nothing found has it any more: the entry can go"
            yield Unread(entry.place.path, entry.place.line, _READER, why)


def _is_about(entry: Entry, one: Vulnerability) -> bool:
    if not entry.about:
        return True
    names = {entry.about.lower(), entry.about.lower().replace("_", "-")}
    text = re.sub(r"@sha256:.*|:[^:/]*$", "", one.subject.lower())
    return text.rpartition("/")[2] in names


def _statement(entry: Entry, one: Vulnerability, as_of: date) -> Statement:
    problem, checked = _check(entry, one, as_of)
    return Statement(
        kind="allowlist",
        by=os.path.basename(entry.place.path),
        status="affected",
        reason=entry.reason[:1000],
        expires=entry.review_by,
        place=entry.place,
        counts=not problem,
        problem=problem,
        checked=checked,
    )


def _check(entry: Entry, one: Vulnerability, as_of: date) -> tuple[str, str]:
    """Why a reason no longer holds, and else what shows that it does; both empty where nothing tells."""
    if entry.review_by is not None and entry.review_by < as_of:
        return f"it was to be reviewed by {entry.review_by}", ""
    match, package = one.match, one.package
    fix = match.fixed[-1] if match.fixed else None
    since = f" since {fix.available}" if fix is not None and fix.available else ""
    claim = _claim(entry.reason)
    if claim == "no-fix":
        if fix is not None:
            return f"it says that there is no fix, and {fix.version} has it{since}", ""
        return "", "no version that has a fix is known"
    if claim == "not-taken" and fix is not None:
        return f"{fix.version} has the fix{since}: the image was not brought up to date", ""
    if claim == "headers":
        if any(fnmatchcase(package.name, pattern) for pattern in _rules().headers):
            return "", f"{package.name} holds headers only"
        return f"it speaks of headers, and {package.name} is no package of these", ""
    return _of_version(entry, one)


def _of_version(entry: Entry, one: Vulnerability) -> tuple[str, str]:
    """Whether the version that a reason names is the one at hand."""
    package = one.package
    for named in _NAMED.finditer(entry.reason):
        if _plain(named["name"]) != _plain(package.name):
            continue
        version = named["version"].rstrip(".,:")
        if version == (package.version or "").removeprefix("v"):
            # That it cannot be moved alone can be told where nothing that it could be moved to is known.
            return "", "" if one.match.fixed else f"no fix is known for {package.name} {version}, which it is about"
        return f"it is about {package.name} {version}, and {package.version} is here", ""
    return "", ""


def _plain(name: str) -> str:
    name = name.lower()
    return "stdlib" if name in {"go/stdlib", "stdlib"} else re.sub(r"[-_.]+", "-", name)


def _claim(reason: str) -> str:
    return next((one.claim for one in _rules().claims if re.search(one.pattern, reason, re.IGNORECASE)), "")


@cache
def _rules() -> _Rules:
    from yaml import CSafeLoader, load

    text = files(__package__).joinpath("allowlists.yaml").read_bytes()
    return msgspec.convert(load(text, Loader=CSafeLoader), _Rules)
