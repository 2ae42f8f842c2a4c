"""Makes bundles: the evidence, the findings, and everything that decided them."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec

from ourhalf import __version__
from ourhalf.assess import assess
from ourhalf.collect import collect
from ourhalf.evidence import document, manifest
from ourhalf.evidence.errors import EvidenceError
from ourhalf.evidence.inputs import ReadTargets
from ourhalf.evidence.manifest import InputList, Manifest, ProfileUsed
from ourhalf.evidence.portable import Cleaner, portable, portable_profile, shown
from ourhalf.evidence.rules import rule_set
from ourhalf.evidence.statement import statement
from ourhalf.model.finding import Assessment, ToolInfo
from ourhalf.reports import json
from ourhalf.run import Request

EPOCH = "SOURCE_DATE_EPOCH"

Progress = Callable[[int, int], None]
Bundle = dict[str, bytes]
"""The files of a bundle by their names."""


def moment(environment: Mapping[str, str], now: datetime) -> datetime:
    """When the bundle is made: SOURCE_DATE_EPOCH, else `now`. Raises EvidenceError."""
    given = environment.get(EPOCH)
    if not given:
        return manifest.stamp(now)
    try:
        return datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError):
        raise EvidenceError(f"{EPOCH} is {given[:40]!r}, and not a number of seconds since 1970; unset it") from None


def check_time(request: Request, created: datetime, environment: Mapping[str, str]) -> None:
    """Raise EvidenceError where a bundle would be made before the day that it is about."""
    if request.as_of > created.date():
        clock = EPOCH if environment.get(EPOCH) else "the clock"
        raise EvidenceError(
            f"{clock} says {created.date()}, which is before {request.as_of}, the day of the assessment: a bundle "
            f"cannot be made before the day that it is about; give --as-of {created.date()}, or set {clock} right"
        )


def make(request: Request, created: datetime, progress: Progress | None = None, keep: bool = True) -> Bundle:
    """The files of a bundle, not yet signed. `keep` is as in `collect`. Raises EvidenceError."""
    targets = ReadTargets(request.targets)
    evidence = collect(targets, progress, keep)
    tool = ToolInfo("ourhalf", __version__)
    cleaner = Cleaner()
    kept = portable(evidence, tuple(targets.files), tool, cleaner)
    profile = _profile_used(request, cleaner)
    inputs = (msgspec.structs.replace(one, path=cleaner.text(one.path)) for one in targets.inputs())
    files = {
        manifest.EVIDENCE: document.encode(kept),
        manifest.PROFILE: manifest.encode(profile),
        manifest.INPUTS: manifest.encode(InputList(kept.targets, tuple(inputs))),
    }
    assessment = assess(kept.evidence, kept.targets, request.as_of, profile.profile, profile.path)
    files[manifest.ASSESSMENT] = json.render(assessment).encode()
    listed = Manifest(
        tool=tool,
        rule_set=rule_set(),
        as_of=request.as_of,
        created=created,
        targets=kept.targets,
        files=tuple(manifest.entry(name, files[name]) for name in manifest.LISTED),
    )
    files[manifest.MANIFEST] = manifest.encode(listed)
    files[manifest.STATEMENT] = stated(files, assessment)
    for name, data in files.items():
        most = manifest.most_bytes(name)
        if len(data) > most:
            raise EvidenceError(f"{name} would be larger than {most >> 20} MB; bundle fewer targets at once")
    return files


def stated(files: Mapping[str, bytes], assessment: Assessment) -> bytes:
    """The statement about these files."""
    inputs = msgspec.json.decode(files[manifest.INPUTS], type=InputList)
    return statement(files[manifest.MANIFEST], assessment, inputs)


def _profile_used(request: Request, cleaner: Cleaner) -> ProfileUsed:
    """The profile, as it can be read again, and the digest of its file."""
    profile = portable_profile(request.profile, cleaner)
    if request.profile_path is None:
        return ProfileUsed(None, None, None, profile)
    try:
        with open(request.profile_path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise EvidenceError(f"{request.profile_path} cannot be read: {error.strerror}") from None
    entry = manifest.entry(cleaner.text(shown(request.profile_path)), data)
    return ProfileUsed(entry.path, entry.sha256, entry.size, profile)


def write(files: Bundle, folder: str) -> None:
    """Put a bundle in the place of `folder`, whole or not at all. Raises EvidenceError."""
    check_place(folder)
    place = os.path.abspath(folder)
    beside = f"{place}.{secrets.token_hex(4)}.part"
    try:
        os.mkdir(beside)
        try:
            for name, data in files.items():
                with open(os.path.join(beside, name), "xb") as file:
                    file.write(data)
            if os.path.isdir(place):
                os.rmdir(place)
            os.rename(beside, place)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    except OSError as error:
        raise EvidenceError(f"{folder} cannot be written: {error.strerror or error}") from None


def check_place(folder: str) -> None:
    """Raise EvidenceError where a bundle cannot be put there: it takes a folder that is new or empty."""
    if os.path.islink(folder) or (os.path.exists(folder) and not os.path.isdir(folder)):
        raise EvidenceError(f"{folder} is no folder; name one that is new or empty")
    try:
        if os.path.isdir(folder) and os.listdir(folder):
            raise EvidenceError(f"{folder} is not empty; name a folder that is new or empty")
    except OSError as error:
        raise EvidenceError(f"{folder} cannot be read: {error.strerror}") from None
    parent = os.path.dirname(os.path.abspath(folder))
    if not os.path.isdir(parent):
        raise EvidenceError(f"{folder} cannot be written: there is no folder {parent}; make it first")


def digest(files: Mapping[str, bytes]) -> str:
    """The digest of a bundle: that of its manifest, which holds those of all else."""
    return hashlib.sha256(files[manifest.MANIFEST]).hexdigest()
