"""Signs statements with a key of one's own, and checks such signatures: DSSE, with Ed25519 or ECDSA on P-256."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from ourhalf.evidence.errors import EvidenceError, MissingExtraError
from ourhalf.evidence.statement import PAYLOAD_TYPE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    PrivateKey: TypeAlias = Ed25519PrivateKey | EllipticCurvePrivateKey
    PublicKey: TypeAlias = Ed25519PublicKey | EllipticCurvePublicKey

MOST_KEY_BYTES = 64 * 1024
_KINDS = "an Ed25519 key or one of ECDSA on P-256"
_MAKE = "`openssl genpkey -algorithm ed25519 -out KEY.pem` makes one"


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signature of an envelope; `keyid` is the SHA-256 of the public key."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A DSSE envelope, https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md (read 2026-11-27)."""

    payloadType: str  # noqa: N815 - the format's own name
    payload: str
    signatures: tuple[Signature, ...]


class Signed(msgspec.Struct, frozen=True):
    """A signed statement: the envelope's file, and that of the public key that checks it."""

    envelope: bytes
    public_key: bytes


class SignatureError(ValueError):
    """A signature that does not hold: `file` is to blame, or `other`, and nothing tells which."""

    def __init__(self, file: str, reason: str, other: str | None = None) -> None:
        super().__init__(reason)
        self.files = (file,) if other is None else (file, other)


def sign(statement: bytes, key: PrivateKey) -> Signed:
    """The statement in an envelope. The same key and statement give the same bytes."""
    public = key.public_key()
    signature = Signature(key_id(public), base64.b64encode(_signature(key, _encoded(statement))).decode())
    envelope = Envelope(PAYLOAD_TYPE, base64.b64encode(statement).decode(), (signature,))
    return Signed(_envelope_bytes(envelope), _pem(public))


def _signature(key: PrivateKey, message: bytes) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256

    if isinstance(key, Ed25519PrivateKey):
        return key.sign(message)
    try:
        return key.sign(message, ECDSA(SHA256(), deterministic_signing=True))
    except UnsupportedAlgorithm:
        raise EvidenceError(
            "the OpenSSL of this installation cannot sign twice alike with ECDSA (RFC 6979): use an Ed25519 key, or "
            "install cryptography from PyPI"
        ) from None


def _encoded(statement: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding of the payload and its type."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(statement), statement)


def _envelope_bytes(envelope: Envelope) -> bytes:
    return msgspec.json.format(msgspec.json.encode(envelope), indent=2) + b"\n"


def check(statement: bytes, signed: Signed, envelope_file: str, key_file: str) -> str:
    """The id of the key that signed `statement`. Raises SignatureError, and EvidenceError without the extra.

    It says that this key signed, not whose key it is.
    """
    public = _of_bundle(signed.public_key, key_file)
    try:
        envelope = msgspec.json.decode(signed.envelope, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SignatureError(envelope_file, f"no DSSE envelope: {error}") from None
    if _envelope_bytes(envelope) != signed.envelope or len(envelope.signatures) != 1:
        raise SignatureError(envelope_file, "not written as ourhalf writes it: it was changed")
    if envelope.payloadType != PAYLOAD_TYPE or envelope.payload != base64.b64encode(statement).decode():
        raise SignatureError(envelope_file, "what was signed is not statement.json")
    signature = envelope.signatures[0]
    if signature.keyid != key_id(public):
        why = f"the signature names another key than {key_file} holds: one of both was changed"
        raise SignatureError(envelope_file, why, key_file)
    _check(public, signature, statement, envelope_file)
    return signature.keyid


def _check(public: PublicKey, signature: Signature, statement: bytes, envelope_file: str) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        data = base64.b64decode(signature.sig, validate=True)
        if base64.b64encode(data).decode() != signature.sig:
            raise SignatureError(envelope_file, "the signature is not written as ourhalf writes it: it was changed")
        if isinstance(public, Ed25519PublicKey):
            public.verify(data, _encoded(statement))
        else:
            public.verify(data, _encoded(statement), ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error):
        raise SignatureError(envelope_file, "the signature does not hold") from None


def key_id(public: PublicKey) -> str:
    """The SHA-256 of a public key in DER."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _pem(public: PublicKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _of_bundle(data: bytes, file: str) -> PublicKey:
    require()
    try:
        public = _public(data, file)
    except EvidenceError as error:
        raise SignatureError(file, str(error)) from None
    if _pem(public) != data:
        raise SignatureError(file, "not written as ourhalf writes it: it was changed")
    return public


def require() -> None:
    """Raise MissingExtraError where the extra `signing` is not installed."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise MissingExtraError("a signature by a key", "signing") from None


def private_key(path: str, passphrase: str | None = None) -> PrivateKey:
    """The private key in a PEM file. Raises EvidenceError."""
    require()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = _key_file(path)
    try:
        key = load_pem_private_key(data, passphrase.encode() if passphrase is not None else None)
    except TypeError:
        unlock = "is not encrypted: unset" if passphrase is not None else "is encrypted: set"
        raise EvidenceError(f"{path} {unlock} OURHALF_KEY_PASSPHRASE") from None
    except (ValueError, UnsupportedAlgorithm):
        wrong = "a public key; signing takes the private one" if b"PUBLIC KEY" in data else "no private key in PEM"
        if passphrase is not None:
            wrong += ", or OURHALF_KEY_PASSPHRASE is not its passphrase"
        raise EvidenceError(f"{path} is {wrong}; {_MAKE}") from None
    if isinstance(key, Ed25519PrivateKey):
        return key
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name == "secp256r1":
        return key
    raise EvidenceError(f"{path} holds another kind of key; give {_KINDS}; {_MAKE}")


def public_key_id(path: str) -> str:
    """The id of the public key in a PEM file. Raises EvidenceError."""
    require()
    return key_id(_public(_key_file(path), path))


def _public(data: bytes, name: str) -> PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        wrong = "a private key; checking takes the public one" if b"PRIVATE KEY" in data else "no public key in PEM"
        raise EvidenceError(f"{name} is {wrong}; `openssl pkey -in KEY.pem -pubout` writes it") from None
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, EllipticCurvePublicKey) and key.curve.name == "secp256r1":
        return key
    raise EvidenceError(f"{name} holds another kind of key; give {_KINDS}")


def _key_file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(MOST_KEY_BYTES)
    except OSError as error:
        raise EvidenceError(f"{path} cannot be read: {error.strerror}") from None
