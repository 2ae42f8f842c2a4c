"""Keyless signatures, by an instance of sigstore in memory: the public one cannot be reached in a test."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sigstore", reason="the extra `sigstore` is not installed")

import requests

from ourhalf.evidence import keyless
from ourhalf.evidence.bundle import Bundle
from ourhalf.evidence.errors import EvidenceError, MissingExtraError
from ourhalf.evidence.keyless import Signer
from ourhalf.evidence.manifest import SIGSTORE
from ourhalf.evidence.verify import Wanted
from tests.evidence.local_sigstore import IDENTITY, ISSUER, LocalSigstore, token
from tests.evidence.support import bundle, verified

AUDITOR = Signer(IDENTITY, ISSUER)


@pytest.fixture
def trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The trust configuration of an instance that answers."""
    instance = LocalSigstore()

    def post(session: requests.Session, url: str, **call: Any) -> requests.Response:
        return instance.post(session, url, **call)

    monkeypatch.setattr(requests.Session, "post", post)
    (tmp_path / "trust.json").write_text(instance.trust_config())
    return str(tmp_path / "trust.json")


def _signed(trust: str, statement: bytes | None = None) -> Bundle:
    environment = {"SIGSTORE_ID_TOKEN": token()}
    return bundle() | {SIGSTORE: keyless.sign(statement or bundle()["statement.json"], environment, trust)}


def _faults(files: Bundle, wanted: Wanted) -> dict[str, str]:
    found = verified(files, wanted)
    assert found.holds is not bool(found.faults)
    return {fault.file: fault.reason for fault in found.faults}


def test_a_keyless_signature_holds(trust: str) -> None:
    found = verified(_signed(trust), Wanted(signer=AUDITOR, trust=trust))
    assert found.faults == ()
    assert found.signing.words == f"signed by {IDENTITY}, as was asked for"
    found = verified(_signed(trust), Wanted(trust=trust))
    assert found.holds
    assert found.signing.words == (
        f"signed by {IDENTITY}; whether that is the right one was not checked: give --identity"
    )


def test_it_is_checked_without_the_network(trust: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files = _signed(trust)
    monkeypatch.setattr(requests.Session, "request", None)
    monkeypatch.setattr(requests.Session, "post", None)
    assert _faults(files, Wanted(signer=AUDITOR, trust=trust)) == {}


@pytest.mark.parametrize("wanted", [Signer("other@example.com", ISSUER), Signer(IDENTITY, "https://other.example.com")])
def test_another_identity_or_issuer_is_told(trust: str, wanted: Signer) -> None:
    (reason,) = _faults(_signed(trust), Wanted(signer=wanted, trust=trust)).values()
    assert reason.startswith("the signature does not hold: ")


def test_the_public_instance_does_not_know_it(trust: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (reason,) = _faults(_signed(trust), Wanted()).values()
    assert reason.startswith("the signature does not hold: ")


def test_another_instance_does_not_know_it(trust: str, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(LocalSigstore().trust_config())
    assert list(_faults(_signed(trust), Wanted(trust=str(other)))) == [SIGSTORE]


def test_another_statement_is_told(trust: str) -> None:
    statement = bundle()["statement.json"].replace(b"FAILED", b"PASSED")
    faults = _faults(_signed(trust, statement), Wanted(trust=trust))
    assert faults == {SIGSTORE: "what was signed is not statement.json"}


def test_a_key_was_asked_for(trust: str) -> None:
    faults = _faults(_signed(trust), Wanted("0" * 64, trust=trust))
    assert faults == {SIGSTORE: "is signed by an identity, and a key was asked for"}


def test_any_changed_byte_is_found(trust: str) -> None:
    files = _signed(trust)
    data = files[SIGSTORE]
    for at in range(0, len(data), 37):
        changed = bytearray(data)
        changed[at] ^= 1
        assert list(_faults(files | {SIGSTORE: bytes(changed)}, Wanted(trust=trust))) == [SIGSTORE], at


def test_it_is_written_in_one_way(trust: str) -> None:
    files = _signed(trust)
    for other in (files[SIGSTORE] + b"\n", b" " + files[SIGSTORE]):
        faults = _faults(files | {SIGSTORE: other}, Wanted(trust=trust))
        assert faults == {SIGSTORE: "not written as sigstore writes it: it was changed"}


def _break(data: bytes, *path: str | int) -> bytes:
    """The sigstore bundle with one byte of a base64 field changed."""
    document = json.loads(data)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    raw = bytearray(base64.b64decode(inner[path[-1]]))
    raw[len(raw) // 2] ^= 1
    inner[path[-1]] = base64.b64encode(raw).decode()
    return json.dumps(document, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "path",
    [
        ("dsseEnvelope", "signatures", 0, "sig"),
        ("dsseEnvelope", "payload"),
        ("verificationMaterial", "certificate", "rawBytes"),
        ("verificationMaterial", "tlogEntries", 0, "canonicalizedBody"),
        ("verificationMaterial", "tlogEntries", 0, "inclusionPromise", "signedEntryTimestamp"),
        ("verificationMaterial", "tlogEntries", 0, "inclusionProof", "rootHash"),
    ],
)
def test_each_part_of_the_proof_is_checked(trust: str, path: tuple[str | int, ...]) -> None:
    files = _signed(trust)
    files[SIGSTORE] = _break(files[SIGSTORE], *path)
    (reason,) = _faults(files, Wanted(trust=trust)).values()
    assert reason.startswith("the signature does not hold: ")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"{" * 100_000, b'{"a":' * 100_000, b"null"])
def test_what_is_no_sigstore_bundle_is_told(trust: str, data: bytes) -> None:
    assert list(_faults(bundle() | {SIGSTORE: data}, Wanted(trust=trust))) == [SIGSTORE]


def test_nobody_to_sign_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sigstore.oidc.detect_credential", lambda: None)
    with pytest.raises(EvidenceError, match="nothing here says who signs: run it in a CI job that has an identity"):
        keyless.sign(b"{}", {})


@pytest.mark.parametrize("raw", ["no token", token(exp=1), token(aud="other")])
def test_a_token_that_cannot_be_used_is_told(raw: str) -> None:
    with pytest.raises(EvidenceError, match=r"the identity cannot be used: .*; set SIGSTORE_ID_TOKEN, or sign"):
        keyless.sign(b"{}", {"SIGSTORE_ID_TOKEN": raw})


def test_an_instance_that_does_not_answer_is_told(trust: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise requests.ConnectionError("no route to host")

    monkeypatch.setattr(requests.Session, "post", unreachable)
    with pytest.raises(EvidenceError, match="sigstore did not sign: no route to host; try again, or sign with --key"):
        _signed(trust)


@pytest.mark.parametrize("text", ["", "{}", "[", "\x00"])
def test_what_is_no_trust_configuration_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(EvidenceError, match=r"t\.json is no trust configuration of sigstore: "):
        keyless.check(b"", b"", "x", None, str(tmp_path / "t.json"))
    with pytest.raises(EvidenceError, match=r"none\.json cannot be read: No such file"):
        keyless.check(b"", b"", "x", None, str(tmp_path / "none.json"))


def test_without_the_extra_it_is_named(trust: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files = _signed(trust)
    monkeypatch.setitem(sys.modules, "sigstore", None)
    words = r"a keyless signature needs the extra `sigstore`: pip install 'ourhalf\[sigstore\]'"
    with pytest.raises(MissingExtraError, match=words):
        verified(files)
    with pytest.raises(MissingExtraError, match=words):
        keyless.sign(b"{}", {})
