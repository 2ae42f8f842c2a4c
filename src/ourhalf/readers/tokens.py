"""Tells tokens that are real by what their makers built in: checksums, numbers of accounts, structure.

A scanner that reports every look-alike is not read. What fails its own checksum, or is a manual's example, is none.
Sources: github.blog/2021-04-05-behind-githubs-new-authentication-token-formats (six characters of CRC-32 in base 62),
RFC 7468 and RFC 5958 (private keys), medium.com/@TalBeerySec on the account in an access key id.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import zlib
from collections import Counter

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FAKE = re.compile(rb"(?i)EXAMPLE|0123456789|1234567890|abcdefghij|(.)\1{7}|xxxxxx|placeholder|changeme|dummy|redacted")
_LEAST_ENTROPY = 3.0
_PEM = re.compile(rb"-----BEGIN (?P<kind>[A-Z ]*)PRIVATE KEY-----(?P<body>[^-]+)-----END")
_LARGEST_ACCOUNT = 10**12


def is_real(kind: str, secret: bytes) -> bool:
    """Whether a secret of a self-identifying format can be one, by all that can be checked without its issuer."""
    if kind == "private-key":
        return _is_key(secret)
    if _FAKE.search(secret):
        return False
    match kind:
        case "aws-access-key-id":
            return _is_access_key(secret)
        case "github-token" if not secret.startswith(b"github_pat_"):
            return _has_checksum(secret)
        case "url-credentials":
            return _is_password(secret)
    return _entropy(secret.rpartition(b"_")[2] or secret) >= _LEAST_ENTROPY


def _is_access_key(secret: bytes) -> bool:
    """An access key id carries the number of its account, which has twelve digits."""
    try:
        raw = base64.b32decode(secret[4:])
    except binascii.Error:
        return False
    account = (int.from_bytes(raw[:6]) & 0x7FFFFFFFFF80) >> 7
    return account < _LARGEST_ACCOUNT


def _has_checksum(secret: bytes) -> bool:
    body = secret.rpartition(b"_")[2]
    number, text = zlib.crc32(body[:-6]), ""
    while number:
        number, digit = divmod(number, 62)
        text = _BASE62[digit] + text
    return body[-6:] == text.rjust(6, "0").encode()


_WORDS = frozenset(
    ("password", "passwd", "pass", "pwd", "pw", "secret", "token", "apikey", "key", "user", "root", "admin", "guest")
)


def _is_password(secret: bytes) -> bool:
    """Credentials in an address, where the password is no word of a manual."""
    user, _, password = secret.removeprefix(b"://").rstrip(b"@").partition(b":")
    return password.lower().decode("latin-1") not in _WORDS and user != password


def _is_key(secret: bytes) -> bool:
    """A private key whose text is base64 of a structure that begins as one does."""
    found = _PEM.search(secret)
    if found is None:
        return False
    body = b"".join(line for line in found["body"].split() if b":" not in line)
    try:
        raw = base64.b64decode(body + b"=" * (-len(body) % 4), validate=True)
    except binascii.Error:
        return False
    return raw.startswith(b"openssh-key-v1\0") or (len(raw) > 32 and raw[0] == 0x30 and raw[1] >= 0x20)


def _entropy(text: bytes) -> float:
    """Bits a character, by how often each stands in the text."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0
