"""Keys of SSH in an image: whoever pulls it has them, and two containers that trust each other by them trust anyone.

Sources: openssh.com, PROTOCOL.key (the container of private keys, whose public half is in clear), RFC 4253 section 6.6
(public keys), RFC 8017 appendix A.1.2 (RSA private keys in PKCS #1), manual pages sshd(8) and sshd_config(5).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Generator, Iterator

import msgspec

from ourhalf.images.examiner import Examiner, Surroundings
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.resources.images import Exhibit

_MOST = 1 << 20
_PRIVATE = re.compile(
    rb"-----BEGIN (?P<kind>OPENSSH |RSA |DSA |EC |ENCRYPTED |)PRIVATE KEY-----(?P<body>(?:[^-]|-(?!----)){16,65536})"
    rb"-----END (?P=kind)PRIVATE KEY-----"
)
_PUBLIC = re.compile(
    rb"(?:^|[\s,\"])(?:sk-)?(?:ssh-[a-z0-9]+|ecdsa-[a-z0-9-]+)[^\s]*[ \t]+(?P<blob>AAAA[A-Za-z0-9+/]{32,}={0,2})"
)
_MAGIC = b"openssh-key-v1\0"
_SETTING = re.compile(
    rb"(?im)^[ \t]*(PermitRootLogin|PasswordAuthentication|PermitEmptyPasswords|StrictHostKeyChecking|Port)"
    rb"[ \t=]+([^\s#]+)"
)


class PrivateKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a file with a private key shows without it: the fingerprint of its public half, "" where it is hidden."""

    fingerprint: str = ""
    encrypted: bool = False


def private_key(path: str, data: memoryview) -> bytes | None:
    """What is kept of a file that may be a private key; None where it is none."""
    found = _PRIVATE.search(bytes(data[:_MOST]))
    if found is None:
        return None
    body = found["body"]
    if found["kind"] == b"ENCRYPTED " or b"ENCRYPTED" in body:
        return msgspec.json.encode(PrivateKey(encrypted=True))
    raw = _decoded(b"".join(line for line in body.split() if b":" not in line))
    if raw is None:
        return None
    if raw.startswith(_MAGIC):
        return _of_openssh(raw)
    blob = _rsa_public(raw) if found["kind"] == b"RSA " else None
    return msgspec.json.encode(PrivateKey(fingerprint(blob) if blob else ""))


def _of_openssh(raw: bytes) -> bytes | None:
    """Cipher, key derivation and its options, how many keys there are, and the public half of the first."""
    cipher, at = _text(raw, len(_MAGIC))
    _, at = _text(raw, at)
    _, at = _text(raw, at)
    public, end = _text(raw, at + 4)
    if cipher is None or public is None or end > len(raw):
        return None
    return msgspec.json.encode(PrivateKey(fingerprint(public), cipher != b"none"))


def _text(raw: bytes, at: int) -> tuple[bytes | None, int]:
    """A text with its length before it, and where it ends."""
    if at < 0 or at + 4 > len(raw):
        return None, len(raw) + 1
    end = at + 4 + int.from_bytes(raw[at : at + 4])
    return (raw[at + 4 : end], end) if end <= len(raw) else (None, len(raw) + 1)


def _rsa_public(raw: bytes) -> bytes | None:
    """The public half, as SSH writes it, of an RSA key in PKCS #1: its second number is the modulus, its third e."""
    tag, inner, _ = _der(raw, 0)
    if tag != 0x30 or inner is None:
        return None
    numbers: list[bytes] = []
    at = 0
    while len(numbers) < 3 and at < len(inner):
        tag, value, at = _der(inner, at)
        if tag != 0x02 or value is None:
            return None
        numbers.append(value)
    if len(numbers) < 3:
        return None
    _, modulus, exponent = numbers
    return b"".join(len(part).to_bytes(4) + part for part in (b"ssh-rsa", exponent, modulus))


def _der(raw: bytes, at: int) -> tuple[int, bytes | None, int]:
    """Tag and bytes of one element of DER, and where it ends."""
    if at + 2 > len(raw):
        return 0, None, len(raw)
    tag, length = raw[at], raw[at + 1]
    at += 2
    if length & 0x80:
        many = length & 0x7F
        length = int.from_bytes(raw[at : at + many]) if many <= 4 else len(raw) + 1
        at += many
    end = at + length
    return (tag, raw[at:end], end) if end <= len(raw) else (tag, None, len(raw))


def fingerprint(blob: bytes) -> str:
    """The name of a public key, as `ssh-keygen -l` writes it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def public_keys(path: str, data: memoryview) -> bytes | None:
    """The fingerprints of the public keys in a file, one a line."""
    blobs = (_decoded(found["blob"]) for found in _PUBLIC.finditer(bytes(data[:_MOST])))
    names = dict.fromkeys(fingerprint(blob) for blob in blobs if blob)
    return "\n".join(names).encode() if names else None


def _decoded(text: bytes) -> bytes | None:
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return None


def settings(path: str, data: memoryview) -> bytes | None:
    """The settings of a server or client that matter here, `name value` a line, the first of each."""
    found: dict[str, str] = {}
    for match in _SETTING.finditer(bytes(data[:_MOST])):
        found.setdefault(match[1].decode().lower(), match[2].decode("utf-8", "replace").lower())
    return "\n".join(f"{name} {value}" for name, value in found.items()).encode() if found else None


_KEYS = r"(?:.*/)?\.ssh/[^/]+|(?:.*/)?id_(?:rsa|dsa|ecdsa|ed25519)|etc/ssh/ssh_host_[^/]+_key"
_SETTINGS = r"etc/ssh/sshd?_config(?:\.d/[^/]+\.conf)?|(?:.*/)?\.ssh/config"
_WANTED = (
    Wanted("ssh/private", _KEYS, most=_MOST, reduce=private_key),
    Wanted("ssh/public", rf"(?:{_KEYS})\.pub", most=_MOST, reduce=public_keys),
    Wanted("ssh/authorized", r"(?:.*/)?\.ssh/authorized_keys2?", most=_MOST, reduce=public_keys),
    Wanted("ssh/settings", _SETTINGS, most=_MOST, reduce=settings),
)


def _examine(files: FileSystem, around: Surroundings) -> Iterator[Exhibit | Unread]:
    trusted = yield from _trusted(files)
    for node, kept, removed in _everywhere(files, "ssh/private"):
        if isinstance(kept, Missing):
            yield Unread(node.path, 1, "ssh", kept.reason)
            continue
        key = msgspec.json.decode(kept, type=PrivateKey)
        if not key.fingerprint:
            key = msgspec.structs.replace(key, fingerprint=_beside(files, node))
        yield _private(node, key, removed, trusted.get(key.fingerprint, ()) if key.fingerprint else ())
    for node, kept in files.kept("ssh/settings"):
        if isinstance(kept, Missing):
            yield Unread(node.path, 1, "ssh", kept.reason)
        else:
            yield _settings(node, kept.decode())
    for path in ("usr/sbin/sshd", "usr/local/sbin/sshd"):
        server = files.node(path)
        if server is not None:
            what = "an SSH server is installed"
            yield Exhibit(kind="ssh-server", what=what, place=Place(server.path), layer=server.layer)


def _trusted(files: FileSystem) -> Generator[Exhibit | Unread, None, dict[str, tuple[str, ...]]]:
    """Tell of each list of trusted keys; gives, by fingerprint, the lists that trust it."""
    found: dict[str, tuple[str, ...]] = {}
    for node, kept in files.kept("ssh/authorized"):
        if isinstance(kept, Missing):
            yield Unread(node.path, 1, "ssh", kept.reason)
            continue
        names = kept.decode().splitlines()
        for name in names:
            found[name] = (*found.get(name, ()), node.path)
        yield Exhibit(
            kind="ssh-authorized-keys",
            what=f"{len(names)} key{'s' if len(names) != 1 else ''} may log in: {', '.join(names[:3])}",
            place=Place(node.path),
            layer=node.layer,
            details={"fingerprints": " ".join(names)},
        )
    return found


def _beside(files: FileSystem, node: Node) -> str:
    """The fingerprint of the public key that lies beside a private one which does not show its own."""
    kept = files.of(f"{node.path}.pub", "ssh/public")
    return kept.decode().partition("\n")[0] if isinstance(kept, bytes) else ""


def _everywhere(files: FileSystem, key: str) -> Iterator[tuple[Node, bytes | Missing, int | None]]:
    """What a container sees, and what a later layer hides."""
    yield from ((node, kept, None) for node, kept in files.kept(key))
    yield from files.hidden(key)


def _private(node: Node, key: PrivateKey, removed: int | None, lists: tuple[str, ...]) -> Exhibit:
    host = node.path.startswith("etc/ssh/")
    kind = "ssh-host-key" if host else "ssh-private-key"
    what = "the private key of an SSH server" if host else "a private key of SSH"
    if key.encrypted:
        what += ", encrypted by a passphrase"
    if lists:
        what += f", which {', '.join(f'/{path}' for path in lists)} trusts: whoever has the image may log in"
    if removed is not None:
        what += f", deleted by layer {removed} and still in layer {node.layer}"
    details = {"fingerprint": key.fingerprint, "encrypted": str(key.encrypted).lower(), "trusted-by": " ".join(lists)}
    return Exhibit(
        kind=kind,
        what=what,
        place=Place(node.path),
        layer=node.layer,
        removed=removed,
        details={name: value for name, value in details.items() if value},
    )


def _settings(node: Node, kept: str) -> Exhibit:
    details = dict(line.split(" ", 1) for line in kept.splitlines())
    server = "sshd" in node.path
    what = f"settings of the SSH {'server' if server else 'client'}: {', '.join(kept.splitlines())}"
    kind = "ssh-server-settings" if server else "ssh-client-settings"
    return Exhibit(kind=kind, what=what, place=Place(node.path), layer=node.layer, details=details)


SSH = Examiner("ssh", _WANTED, _examine)
