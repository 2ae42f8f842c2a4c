"""Signatures by a key: which hold, which do not, and which keys are taken."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.evidence import signing
from ourhalf.evidence.bundle import Bundle
from ourhalf.evidence.errors import EvidenceError, MissingExtraError
from ourhalf.evidence.keyless import Signer
from ourhalf.evidence.manifest import ENVELOPE, PUBLIC_KEY, SIGSTORE
from ourhalf.evidence.verify import Wanted
from tests.evidence.keys import KINDS, private, private_pem, public_pem
from tests.evidence.support import NOBODY, bundle, verified

pytest.importorskip("cryptography", reason="the extra `signing` is not installed")


def _signed(kind: str = "ed25519", number: int = 0) -> Bundle:
    signed = signing.sign(bundle()["statement.json"], private(kind, number))
    return bundle() | {ENVELOPE: signed.envelope, PUBLIC_KEY: signed.public_key}


def _id(kind: str = "ed25519", number: int = 0) -> str:
    return signing.key_id(private(kind, number).public_key())


def _faults(files: Bundle, wanted: Wanted = NOBODY) -> dict[str, str]:
    found = verified(files, wanted)
    assert found.holds is not bool(found.faults)
    return {fault.file: fault.reason for fault in found.faults}


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_holds(kind: str) -> None:
    found = verified(_signed(kind), Wanted(_id(kind)))
    assert found.holds
    assert found.signing.words == f"signed by the key that was given, {_id(kind)}"
    found = verified(_signed(kind))
    assert found.holds
    assert found.signing.words == f"signed by the key {_id(kind)}; whose that is was not checked: give it with --key"


@pytest.mark.parametrize("kind", KINDS)
def test_signing_twice_gives_the_same_bytes(kind: str) -> None:
    assert _signed(kind) == _signed(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_others_can_check_it_too(kind: str) -> None:
    """By another implementation of DSSE, and by the steps of the specification done by hand."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]

    public = private(kind).public_key()
    envelope = json.loads(_signed(kind)[ENVELOPE])
    payload = base64.b64decode(envelope["payload"])
    assert payload == bundle()["statement.json"]
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    signature = base64.b64decode(envelope["signatures"][0]["sig"])
    message = b"DSSEv1 28 application/vnd.in-toto+json " + str(len(payload)).encode() + b" " + payload
    if isinstance(public, ed25519.Ed25519PublicKey):
        public.verify(signature, message)
    else:
        public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    key = CryptoSigner(private(kind)).public_key
    key.keyid = envelope["signatures"][0]["keyid"]
    assert list(Envelope.from_dict(envelope).verify([key], 1)) == [key.keyid]


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    name=st.sampled_from([*sorted(bundle()), ENVELOPE, PUBLIC_KEY]),
    where=st.floats(0, 1, exclude_max=True),
    flip=st.integers(1, 255),
)
def test_any_changed_byte_is_found(kind: str, name: str, where: float, flip: int) -> None:
    files = _signed(kind)
    data = bytearray(files[name])
    data[int(where * len(data))] ^= flip
    try:
        assert name in _faults(files | {name: bytes(data)})
    except EvidenceError as error:  # the version of the bundle was changed
        assert name == str(error).partition(" ")[0]  # noqa: PT017 - most examples do not raise


@pytest.mark.parametrize("name", [ENVELOPE, PUBLIC_KEY])
@pytest.mark.parametrize("kind", KINDS)
def test_every_single_changed_byte_of_a_signature_is_found(kind: str, name: str) -> None:
    files = _signed(kind)
    payload = json.loads(files[ENVELOPE])["payload"].encode()
    inside = files[name].find(payload)
    for at in range(len(files[name])):
        if inside >= 0 and inside + 8 < at < inside + len(payload) - 8:
            continue
        for flip in (1, 32, 128):
            data = bytearray(files[name])
            data[at] ^= flip
            assert name in _faults(files | {name: bytes(data)}), (at, flip)


def test_a_bundle_made_anew_does_not_fit_the_signature() -> None:
    from tests.evidence.test_verify import _again

    files = _again(bundle(), rule_set="0" * 64)
    assert _faults(files) == {}
    signed = _signed()
    faults = _faults(files | {ENVELOPE: signed[ENVELOPE], PUBLIC_KEY: signed[PUBLIC_KEY]})
    assert faults == {ENVELOPE: "what was signed is not statement.json"}


def test_another_key_is_told() -> None:
    faults = _faults(_signed("ed25519", 1), Wanted(_id("ed25519", 2)))
    assert faults == {ENVELOPE: f"is signed by the key {_id('ed25519', 1)}, and not by the one that was given"}
    changed = "the signature names another key than signer.pem holds: one of both was changed"
    faults = _faults(_signed() | {PUBLIC_KEY: public_pem(private("ed25519", 3))})
    assert faults == {ENVELOPE: changed, PUBLIC_KEY: changed}


def test_a_signature_of_another_key_under_this_ones_name_is_told() -> None:
    envelope = json.loads(_signed("ed25519", 1)[ENVELOPE])
    envelope["signatures"][0]["keyid"] = _id()
    text = json.dumps(envelope, indent=2) + "\n"
    assert _faults(_signed() | {ENVELOPE: text.encode()}) == {ENVELOPE: "the signature does not hold"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_envelope_is_written_in_one_way(kind: str) -> None:
    """Also where what is written otherwise means the same."""
    text = _signed(kind)[ENVELOPE]
    changed = {ENVELOPE: "not written as ourhalf writes it: it was changed"}
    for other in (text.replace(b"\n", b" ", 1), text + b"\n", text.replace(b'"sig"', b'"sig": "", "sig"')):
        assert _faults(_signed(kind) | {ENVELOPE: other}) == changed


def test_a_signature_is_written_in_one_way() -> None:
    text = _signed()[ENVELOPE]
    sig = json.loads(text)["signatures"][0]["sig"]
    bare = sig.rstrip("=")
    last = chr(ord(bare[-1]) + 1)  # in base64 the last bits of a text that is filled up mean nothing
    same = f"{bare[:-1]}{last}{'=' * (len(sig) - len(bare))}"
    assert len(bare) % 4 != 0
    assert base64.b64decode(same) == base64.b64decode(sig)
    assert list(_faults(_signed() | {ENVELOPE: text.replace(sig.encode(), same.encode())})) == [ENVELOPE]


@pytest.mark.parametrize("number", [0, 2])
def test_one_signature_is_taken(number: int) -> None:
    envelope = json.loads(_signed()[ENVELOPE])
    envelope["signatures"] *= number
    text = json.dumps(envelope, indent=2).replace("[]", "[]") + "\n"
    assert list(_faults(_signed() | {ENVELOPE: text.encode()})) == [ENVELOPE]


def test_taking_the_signature_off_is_told_to_whoever_asks_for_it() -> None:
    assert _faults(bundle(), Wanted(_id())) == {ENVELOPE: "is missing: not signed, and the key was asked for"}
    asked = Wanted(signer=Signer("me@example.com", "https://accounts.example.com"))
    assert _faults(bundle(), asked) == {SIGSTORE: "is missing: not signed, and me@example.com was asked for"}
    assert _faults(_signed(), asked) == {ENVELOPE: "is signed by a key, and me@example.com was asked for"}


@pytest.mark.parametrize("name", [ENVELOPE, PUBLIC_KEY, "statement.json"])
def test_half_a_signature_is_none(name: str) -> None:
    files = _signed()
    del files[name]
    assert _faults(files)[name] in ("is missing: the signature cannot be checked", "is missing")


def test_two_ways_to_sign_are_one_too_many() -> None:
    assert _faults(_signed() | {SIGSTORE: b"{}"}) == {
        SIGSTORE: "is there beside statement.dsse.json: a bundle is signed in one way"
    }


@pytest.mark.parametrize("kind", KINDS)
def test_keys_are_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / "k.pem").write_bytes(private_pem(private(kind)))
    (tmp_path / "locked.pem").write_bytes(private_pem(private(kind), "open sesame"))
    (tmp_path / "p.pem").write_bytes(public_pem(private(kind)))
    for key in (
        signing.private_key(str(tmp_path / "k.pem")),
        signing.private_key(str(tmp_path / "locked.pem"), "open sesame"),
    ):
        assert signing.key_id(key.public_key()) == signing.public_key_id(str(tmp_path / "p.pem")) == _id(kind)


def test_keys_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key = private("ed25519")
    keys = {
        "plain": private_pem(key),
        "locked": private_pem(key, "x"),
        "public": public_pem(key),
        "rsa": private_pem(rsa.generate_private_key(65537, 2048)),  # type: ignore[arg-type]
        "p384": private_pem(ec.derive_private_key(7, ec.SECP384R1())),
        "text": b"secret",
        "empty": b"",
    }
    for name, data in keys.items():
        (tmp_path / name).write_bytes(data)

    def said(name: str, passphrase: str | None = None) -> str:
        with pytest.raises(EvidenceError) as error:
            signing.private_key(str(tmp_path / name), passphrase)
        return str(error.value).removeprefix(f"{tmp_path}/")

    make = "`openssl genpkey -algorithm ed25519 -out KEY.pem` makes one"
    other = f"holds another kind of key; give an Ed25519 key or one of ECDSA on P-256; {make}"
    assert said("locked") == "locked is encrypted: set OURHALF_KEY_PASSPHRASE"
    assert said("locked", "y").endswith(f"or OURHALF_KEY_PASSPHRASE is not its passphrase; {make}")
    assert said("plain", "x") == "plain is not encrypted: unset OURHALF_KEY_PASSPHRASE"
    assert said("public") == f"public is a public key; signing takes the private one; {make}"
    assert said("rsa") == f"rsa {other}"
    assert said("p384") == f"p384 {other}"
    assert said("text") == f"text is no private key in PEM; {make}"
    assert said("empty") == f"empty is no private key in PEM; {make}"
    assert said("none") == "none cannot be read: No such file or directory"


def test_public_keys_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    (tmp_path / "private").write_bytes(private_pem(private("ed25519")))
    (tmp_path / "text").write_text("x")
    for name, words in {
        "private": "is a private key; checking takes the public one; `openssl pkey -in KEY.pem -pubout` writes it",
        "text": "is no public key in PEM; `openssl pkey -in KEY.pem -pubout` writes it",
        "none": "cannot be read: No such file or directory",
    }.items():
        with pytest.raises(EvidenceError) as error:
            signing.public_key_id(str(tmp_path / name))
        assert str(error.value) == f"{tmp_path}/{name} {words}"


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = _signed()
    monkeypatch.setitem(__import__("sys").modules, "cryptography", None)
    words = r"a signature by a key needs the extra `signing`: pip install 'ourhalf\[signing\]'"
    with pytest.raises(MissingExtraError, match=words):
        verified(files)
    with pytest.raises(MissingExtraError, match=words):
        signing.private_key(str(tmp_path / "k.pem"))
    with pytest.raises(MissingExtraError, match=words):
        signing.public_key_id(str(tmp_path / "k.pem"))
    assert verified(bundle()).holds
