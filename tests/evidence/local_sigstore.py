"""A sigstore instance in memory: its certificate authority, its log of certificates and its log of signatures.

All of it is signed and checked for real; only the network is not there. RFC 6962 says what a log of certificates
signs, https://c2sp.org/signed-note (read 2026-11-27) what a checkpoint is.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("sigstore", reason="the extra `sigstore` is not installed")

import jwt
import requests
import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

ISSUER = "https://issuer.example.com"
IDENTITY = "auditor@example.com"
LOG = "log.example.com"
_AUTHORITY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
_SINCE = {"start": "2020-01-01T00:00:00Z"}


def token(identity: str = IDENTITY, **claims: Any) -> str:
    """A token of OpenID Connect that says who somebody is."""
    now = int(datetime.now(UTC).timestamp())
    told = {"iss": ISSUER, "sub": identity, "aud": "sigstore", "iat": now, "exp": now + 300, **claims}
    return jwt.encode(told, "a key that nobody checks, of 32 bytes", algorithm="HS256")


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _der(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _id(key: ec.EllipticCurvePrivateKey) -> bytes:
    return hashlib.sha256(_der(key)).digest()


def _signed(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


class LocalSigstore:
    """One instance, with keys of its own."""

    def __init__(self) -> None:
        self._authority_key, self._certificates_key, self._log_key = _key(), _key(), _key()
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self._authority = (
            self._builder(_AUTHORITY, self._authority_key.public_key(), timedelta(days=1))
            .add_extension(x509.BasicConstraints(True, 0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._authority_key.public_key()), critical=False)
            .sign(self._authority_key, hashes.SHA256())
        )

    def trust_config(self) -> str:
        """What a client needs to know of the instance."""
        certificate = {"rawBytes": _text(self._authority.public_bytes(serialization.Encoding.DER))}
        root = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [self._log(self._log_key)],
            "ctlogs": [self._log(self._certificates_key)],
            "certificateAuthorities": [
                {
                    "subject": {"commonName": "an authority", "organization": "a test"},
                    "uri": "https://authority.example.com",
                    "certChain": {"certificates": [certificate]},
                    "validFor": _SINCE,
                }
            ],
        }
        service = {"majorApiVersion": 1, "validFor": _SINCE, "operator": "a test"}
        signing = {
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": [{**service, "url": "https://authority.example.com"}],
            "oidcUrls": [],
            "rekorTlogUrls": [{**service, "url": f"https://{LOG}"}],
            "rekorTlogConfig": {"selector": "ANY"},
            "tsaUrls": [],
            "tsaConfig": {"selector": "ANY"},
        }
        kind = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json"
        return json.dumps({"mediaType": kind, "trustedRoot": root, "signingConfig": signing})

    @staticmethod
    def _log(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
        public = {"rawBytes": _text(_der(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": _SINCE}
        identity = {"keyId": _text(_id(key))}
        return {"baseUrl": f"https://{LOG}", "hashAlgorithm": "SHA2_256", "logId": identity, "publicKey": public}

    def post(self, _: requests.Session, url: str, **call: Any) -> requests.Response:
        """What the instance answers: in the place of `requests.Session.post`."""
        answer = requests.Response()
        answer.status_code = 201
        if url.endswith("/api/v2/signingCert"):
            made = self._certificate(json.loads(call["data"]), call["headers"]["Authorization"].removeprefix("Bearer "))
        else:
            assert url == f"https://{LOG}/api/v1/log/entries"
            made = self._entry(call["json"])
        answer._content = json.dumps(made).encode()
        return answer

    def _builder(self, subject: x509.Name, key: Any, lasts: timedelta) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_AUTHORITY)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + lasts)
        )

    def _certificate(self, asked: dict[str, str], bearer: str) -> dict[str, Any]:
        request = x509.load_pem_x509_csr(base64.b64decode(asked["certificateSigningRequest"]))
        who = jwt.decode(bearer, options={"verify_signature": False})
        usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        issuer = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1"), who["iss"].encode())
        about = self._authority_key.public_key()
        builder = (
            self._builder(x509.Name([]), request.public_key(), timedelta(minutes=10))
            .add_extension(usage, critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(who["sub"])]), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(about), critical=False)
            .add_extension(issuer, critical=False)
        )
        before = builder.sign(self._authority_key, hashes.SHA256()).tbs_certificate_bytes
        proof = x509.UnrecognizedExtension(ExtensionOID.PRECERT_SIGNED_CERTIFICATE_TIMESTAMPS, self._proof(before))
        made = builder.add_extension(proof, critical=False).sign(self._authority_key, hashes.SHA256())
        chain = [one.public_bytes(serialization.Encoding.PEM).decode() for one in (made, self._authority)]
        return {"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}}

    def _proof(self, before: bytes) -> bytes:
        """That a certificate was logged: the list of RFC 6962, 3.3, in an octet string."""
        when = struct.pack("!Q", int(datetime.now(UTC).timestamp() * 1000))
        signed = b"\0\0" + when + b"\0\1" + _id(self._authority_key) + len(before).to_bytes(3, "big") + before + b"\0\0"
        signature = _signed(self._certificates_key, signed)
        one = (
            b"\0"
            + _id(self._certificates_key)
            + when
            + b"\0\0"
            + b"\4\3"
            + len(signature).to_bytes(2, "big")
            + signature
        )
        listed = struct.pack("!HH", len(one) + 2, len(one)) + one
        assert len(listed) < 128
        return bytes([4, len(listed)]) + listed

    def _entry(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The first and only entry of the log of signatures."""
        given = asked["spec"]["proposedContent"]
        envelope = json.loads(given["envelope"])
        spec: dict[str, Any] = {
            "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(given["envelope"].encode()).hexdigest()},
            "payloadHash": {
                "algorithm": "sha256",
                "value": hashlib.sha256(base64.b64decode(envelope["payload"])).hexdigest(),
            },
            "signatures": [{"signature": envelope["signatures"][0]["sig"], "verifier": given["verifiers"][0]}],
        }
        body = rfc8785.dumps({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec})
        now = int(datetime.now(UTC).timestamp())
        promised: dict[str, Any] = {
            "body": _text(body),
            "integratedTime": now,
            "logID": _id(self._log_key).hex(),
            "logIndex": 0,
        }
        leaf = hashlib.sha256(b"\0" + body).digest()
        note = f"{LOG}\n1\n{_text(leaf)}\n"
        line = _text(_id(self._log_key)[:4] + _signed(self._log_key, note.encode()))
        proof = {"logIndex": 0, "treeSize": 1, "rootHash": leaf.hex(), "hashes": []}
        checked = {
            "signedEntryTimestamp": _text(_signed(self._log_key, rfc8785.dumps(promised))),
            "inclusionProof": {**proof, "checkpoint": f"{note}\n\u2014 {LOG} {line}\n"},
        }
        return {"0" * 64: {**promised, "verification": checked}}
