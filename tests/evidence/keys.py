"""Keys made for a test."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ourhalf.evidence.signing import PrivateKey

KINDS = ("ed25519", "p256")


@cache
def private(kind: str, number: int = 0) -> PrivateKey:
    """A key of that kind; the same for the same number, within a run."""
    pytest.importorskip("cryptography", reason="the extra `signing` is not installed")
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    return ec.derive_private_key(number + 12345, ec.SECP256R1())


def private_pem(key: PrivateKey, passphrase: str | None = None) -> bytes:
    """The key as `openssl genpkey` writes it."""
    from cryptography.hazmat.primitives import serialization as s

    lock: s.KeySerializationEncryption = s.NoEncryption()
    if passphrase is not None:
        lock = s.BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, lock)


def public_pem(key: PrivateKey) -> bytes:
    """The public half as `openssl pkey -pubout` writes it."""
    from cryptography.hazmat.primitives import serialization as s

    return key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo)
