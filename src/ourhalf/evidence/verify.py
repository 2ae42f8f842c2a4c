"""Checks a bundle by itself: every byte, the signature, the clocks, and the verdicts by judging again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from ourhalf.evidence import keyless, manifest, signing
from ourhalf.evidence.bundle import digest, stated
from ourhalf.evidence.comparing import Again, judged_again
from ourhalf.evidence.errors import EvidenceError, NoBundleError
from ourhalf.evidence.manifest import ENVELOPE, MANIFEST, PUBLIC_KEY, SIGSTORE, STATEMENT, Manifest
from ourhalf.evidence.opened import Fault, Opened
from ourhalf.evidence.rules import rule_set
from ourhalf.model.finding import Assessment
from ourhalf.reports import json

_SKEW = timedelta(minutes=10)
"""How far two clocks may be apart."""


class Wanted(msgspec.Struct, frozen=True):
    """Who must have signed: the owner of the public key of this id, or an identity; None asks for nobody.

    `trust` is the file with the trust configuration of a sigstore instance other than the public one.
    """

    key_id: str | None = None
    signer: keyless.Signer | None = None
    trust: str | None = None


class Signing(msgspec.Struct, frozen=True):
    """Who signed, in words. `holds` is None where nobody did."""

    holds: bool | None
    words: str


class Verification(msgspec.Struct, frozen=True):
    """What was found. `again` is None where nothing was judged again, because of `faults`."""

    faults: tuple[Fault, ...]
    digest: str
    listed: Manifest | None = None
    signing: Signing = Signing(None, "")
    again: Again | None = None

    @property
    def same_rules(self) -> bool:
        """Whether the very program that made the bundle judged again."""
        return self.listed is not None and self.listed.rule_set == rule_set()

    @property
    def holds(self) -> bool:
        """Whether the bundle is whole, signed as was asked, and comes to the same verdicts."""
        return not self.faults and self.again is not None and not self.again.differences


def verify(opened: Opened, wanted: Wanted, now: datetime) -> Verification:
    """Check a bundle. Raises NoBundleError where it is of another version, EvidenceError without an extra it needs."""
    files = opened.files
    if MANIFEST not in files:
        return Verification((*opened.faults, Fault(MANIFEST, "is missing")), "")
    faults = list(opened.faults)
    listed = _manifest(files[MANIFEST], faults)
    if listed is None:
        return Verification(tuple(faults), digest(files))
    faults += _listed(listed, files)
    assessment = _assessment(files, faults)
    faults += _statement(files, assessment)
    faults += _clocks(listed, now)
    who = _signing(files, wanted, faults)
    again = None
    if not faults and assessment is not None:
        again = _again(files, listed, assessment, faults)
    return Verification(tuple(faults), digest(files), listed, who, again)


def _manifest(data: bytes, faults: list[Fault]) -> Manifest | None:
    try:
        listed = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _check_version(data)
        faults.append(Fault(MANIFEST, f"is no manifest: it was changed or cut off ({error})"))
        return None
    _check_version(data)
    if manifest.encode(listed) != data:
        faults.append(Fault(MANIFEST, "is not written as ourhalf writes it: it was changed"))
    return listed


class _Version(msgspec.Struct, frozen=True):
    kind: str
    schema_version: str


def _check_version(data: bytes) -> None:
    try:
        found = msgspec.json.decode(data, type=_Version)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if found.kind == manifest.KIND and found.schema_version != manifest.SCHEMA_VERSION:
        raise NoBundleError(
            f"{MANIFEST} says that the bundle is of version {found.schema_version[:20]}, and this program checks "
            f"{manifest.SCHEMA_VERSION}; use the ourhalf that made it"
        )


def _listed(listed: Manifest, files: dict[str, bytes]) -> Iterator[Fault]:
    """What is not as the manifest says."""
    if tuple(entry.path for entry in listed.files) != manifest.LISTED:
        yield Fault(MANIFEST, f"lists other files than {', '.join(manifest.LISTED)}, each once and in this order")
    for entry in listed.files:
        if entry.path not in manifest.LISTED:
            where = "leads out of the bundle" if _leads_out(entry.path) else "is no file of a bundle"
            yield Fault(MANIFEST, f"lists {entry.path!r}, which {where}")
        elif entry.path not in files:
            yield Fault(entry.path, "is missing")
        elif len(files[entry.path]) != entry.size:
            found = len(files[entry.path])
            what = "cut off" if found < entry.size else "added to"
            yield Fault(entry.path, f"has {found:,} bytes where the manifest says {entry.size:,}: it was {what}")
        elif manifest.sha256(files[entry.path]) != entry.sha256:
            yield Fault(entry.path, "has another digest than the manifest says: it was changed")
    if STATEMENT not in files:
        yield Fault(STATEMENT, "is missing")


def _leads_out(path: str) -> bool:
    return path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/") or ":" in path


def _clocks(listed: Manifest, now: datetime) -> Iterator[Fault]:
    if listed.created > now + _SKEW:
        yield Fault(
            MANIFEST,
            f"says that it was made at {listed.created:%Y-%m-%d %H:%M} UTC, and it is {now:%Y-%m-%d %H:%M} UTC here: "
            "the bundle comes from the future, or one of both clocks is wrong",
        )
    if listed.as_of > listed.created.date():
        yield Fault(
            MANIFEST,
            f"says that it was made on {listed.created.date()}, before {listed.as_of}, the day of its findings: "
            "a clock went back",
        )


def _assessment(files: dict[str, bytes], faults: list[Fault]) -> Assessment | None:
    """The bundled assessment; None where it is known to be changed, or cannot be read."""
    if {fault.file for fault in faults} & {MANIFEST, *manifest.LISTED}:
        return None
    try:
        return json.load(files[manifest.ASSESSMENT])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        faults.append(Fault(manifest.ASSESSMENT, f"cannot be read: {error}"))
        return None


def _statement(files: dict[str, bytes], assessment: Assessment | None) -> Iterator[Fault]:
    """Where the statement and the rest do not belong together."""
    found = files.get(STATEMENT)
    if found is None:
        return
    if assessment is not None:
        try:
            wanted = stated(files, assessment)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield Fault(manifest.INPUTS, f"cannot be read: {error}")
            return
        if found == wanted:
            return
    if manifest.sha256(files[MANIFEST]).encode() not in found:
        yield Fault(MANIFEST, f"is not the one that {STATEMENT} names: one of both was changed")
        yield Fault(STATEMENT, f"names another {MANIFEST}: one of both was changed")
    elif assessment is not None:
        yield Fault(STATEMENT, "does not say what the rest of the bundle says: it was changed")


def _signing(files: dict[str, bytes], wanted: Wanted, faults: list[Fault]) -> Signing:
    """Who signed; what does not hold goes to `faults`."""
    with_key = ENVELOPE in files or PUBLIC_KEY in files
    if with_key and SIGSTORE in files:
        faults.append(Fault(SIGSTORE, f"is there beside {ENVELOPE}: a bundle is signed in one way"))
        return Signing(False, "signed in two ways")
    try:
        if with_key:
            return _by_key(files, wanted)
        if SIGSTORE in files:
            return _by_identity(files, wanted)
    except signing.SignatureError as error:
        faults.extend(Fault(file, str(error)) for file in error.files)
        return Signing(False, "not as it should be, as is told below")
    asked = "the key" if wanted.key_id is not None else wanted.signer.identity if wanted.signer is not None else None
    if asked is not None:
        faults.append(
            Fault(ENVELOPE if wanted.key_id else SIGSTORE, f"is missing: not signed, and {asked} was asked for")
        )
    return Signing(None, "not signed: whoever had the bundle could have made all of it anew")


def _by_key(files: dict[str, bytes], wanted: Wanted) -> Signing:
    for name in (ENVELOPE, PUBLIC_KEY, STATEMENT):
        if name not in files:
            raise signing.SignatureError(name, "is missing: the signature cannot be checked")
    signed = signing.Signed(files[ENVELOPE], files[PUBLIC_KEY])
    key_id = signing.check(files[STATEMENT], signed, ENVELOPE, PUBLIC_KEY)
    if wanted.signer is not None:
        raise signing.SignatureError(ENVELOPE, f"is signed by a key, and {wanted.signer.identity} was asked for")
    if wanted.key_id is None:
        return Signing(True, f"signed by the key {key_id}; whose that is was not checked: give it with --key")
    if wanted.key_id != key_id:
        raise signing.SignatureError(ENVELOPE, f"is signed by the key {key_id}, and not by the one that was given")
    return Signing(True, f"signed by the key that was given, {key_id}")


def _by_identity(files: dict[str, bytes], wanted: Wanted) -> Signing:
    if STATEMENT not in files:
        raise signing.SignatureError(STATEMENT, "is missing: the signature cannot be checked")
    if wanted.key_id is not None:
        raise signing.SignatureError(SIGSTORE, "is signed by an identity, and a key was asked for")
    who = keyless.check(files[STATEMENT], files[SIGSTORE], SIGSTORE, wanted.signer, wanted.trust)
    if wanted.signer is None:
        return Signing(True, f"signed by {who}; whether that is the right one was not checked: give --identity")
    return Signing(True, f"signed by {who}, as was asked for")


def _again(files: dict[str, bytes], listed: Manifest, assessment: Assessment, faults: list[Fault]) -> Again | None:
    try:
        again = judged_again(files, listed, assessment)
    except EvidenceError as error:
        faults.append(Fault(*_blamed(str(error))))
        return None
    if listed.rule_set == rule_set():
        faults.extend(_other_words(again))
    return again


def _other_words(again: Again) -> Iterator[Fault]:
    """What the very program that made the bundle would have written otherwise."""
    if not again.same_evidence:
        yield Fault(manifest.EVIDENCE, "is not written as ourhalf writes it: it was changed")
    if not again.same_words and not again.differences:
        yield Fault(manifest.ASSESSMENT, f"is not what this program makes of {manifest.EVIDENCE}, word by word")


def _blamed(reason: str) -> tuple[str, str]:
    """The file that an error names first, and what it says of it."""
    file, _, rest = reason.partition(" ")
    return (file, rest) if file in manifest.LISTED else (manifest.EVIDENCE, reason)
