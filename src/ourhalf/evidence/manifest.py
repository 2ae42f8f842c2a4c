"""The manifest of a bundle: what it holds and what it was made of and by."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Literal

import msgspec

from ourhalf.evidence.document import lines
from ourhalf.evidence.inputs import InputFile
from ourhalf.model.finding import ToolInfo
from ourhalf.profile.document import Profile

SCHEMA_VERSION = "1.0"
KIND = "ourhalf-evidence-bundle"

MANIFEST = "manifest.json"
EVIDENCE = "evidence.json"
ASSESSMENT = "assessment.json"
PROFILE = "profile.json"
INPUTS = "inputs.json"
STATEMENT = "statement.json"
ENVELOPE = "statement.dsse.json"
PUBLIC_KEY = "signer.pem"
SIGSTORE = "statement.sigstore.json"

LISTED = (ASSESSMENT, EVIDENCE, INPUTS, PROFILE)
"""What every manifest lists, in its order."""

CORE = (*LISTED, MANIFEST, STATEMENT)
"""What every bundle holds."""

KNOWN = (*CORE, ENVELOPE, PUBLIC_KEY, SIGSTORE)
"""What a bundle may hold."""


_LARGE = frozenset({EVIDENCE, ASSESSMENT})


def most_bytes(name: str) -> int:
    """How large a file of a bundle may be."""
    return (512 if name in _LARGE else 64) * 1024 * 1024


class FileEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the bundle."""

    path: str
    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a bundle says of itself. `rule_set` is the SHA-256 of the program that judged."""

    kind: Literal["ourhalf-evidence-bundle"] = "ourhalf-evidence-bundle"
    schema_version: str = SCHEMA_VERSION
    tool: ToolInfo
    rule_set: str
    as_of: date
    created: datetime
    targets: tuple[str, ...]
    files: tuple[FileEntry, ...]


class ProfileUsed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The profile that was in force; `path`, `sha256` and `size` are those of its file, None without one."""

    path: str | None
    sha256: str | None
    size: int | None
    profile: Profile


class InputList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The files that were read; `target` of each is a place in `targets`, from 0."""

    targets: tuple[str, ...]
    files: tuple[InputFile, ...]


def sha256(data: bytes) -> str:
    """The digest as the manifest writes it."""
    return hashlib.sha256(data).hexdigest()


def entry(path: str, data: bytes) -> FileEntry:
    """The line of the manifest for a file of this content."""
    return FileEntry(path, sha256(data), len(data))


def encode(value: msgspec.Struct) -> bytes:
    """A document as a bundle holds it: the only way to write it."""
    return lines(value)


def stamp(moment: datetime) -> datetime:
    """A moment as a bundle tells it: in UTC, to the second."""
    return moment.astimezone(UTC).replace(microsecond=0)
