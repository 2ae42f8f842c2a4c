"""Signs statements without a key of one's own, by an identity that a sigstore instance vouches for.

Signing needs the network and an identity: that of the CI job where there is one, else a token of OpenID
Connect in SIGSTORE_ID_TOKEN. Checking needs neither: sigstore's library brings the root of trust of its
public instance, and whoever runs one of their own gives its trust configuration.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from ourhalf.evidence.errors import EvidenceError, MissingExtraError
from ourhalf.evidence.signing import SignatureError
from ourhalf.evidence.statement import PAYLOAD_TYPE

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from sigstore.models import ClientTrustConfig
    from sigstore.oidc import IdentityToken
    from sigstore.verify.policy import VerificationPolicy

TOKEN = "SIGSTORE_ID_TOKEN"
MOST_BYTES = 4 * 1024 * 1024
_KEY_INSTEAD = "or sign with --key PRIVATE.pem"


class Signer(msgspec.Struct, frozen=True):
    """Who is asked for: the identity of a certificate, and the issuer who vouches for it."""

    identity: str
    issuer: str


def require() -> None:
    """Raise MissingExtraError where the extra `sigstore` is not installed."""
    try:
        import sigstore  # noqa: F401
    except ImportError:
        raise MissingExtraError("a keyless signature", "sigstore") from None
    # It warns of working offline, which is what is wanted here.
    logging.getLogger("sigstore").setLevel(logging.ERROR)


def sign(statement: bytes, environment: Mapping[str, str], trust: str | None = None) -> bytes:
    """The statement in a sigstore bundle. Raises EvidenceError.

    `trust` is the file with the trust configuration of an instance other than the public one.
    """
    require()
    from sigstore.dsse import Statement
    from sigstore.sign import SigningContext

    token = _token(environment)
    try:
        context = SigningContext.from_trust_config(_trust_config(trust, offline=False))
        with context.signer(token) as signer:
            return signer.sign_dsse(Statement(statement)).to_json().encode()
    except EvidenceError:
        raise
    except Exception as error:  # noqa: BLE001 - sigstore's errors, and those of all that it calls over the network
        raise EvidenceError(f"sigstore did not sign: {_first_line(error)}; try again, {_KEY_INSTEAD}") from None


def _token(environment: Mapping[str, str]) -> IdentityToken:
    from sigstore.oidc import IdentityError, IdentityToken, detect_credential

    try:
        raw = environment.get(TOKEN) or detect_credential()
        if raw is None:
            raise EvidenceError(
                f"nothing here says who signs: run it in a CI job that has an identity, set {TOKEN}, {_KEY_INSTEAD}"
            )
        return IdentityToken(raw)
    except IdentityError as error:
        raise EvidenceError(f"the identity cannot be used: {_first_line(error)}; set {TOKEN}, {_KEY_INSTEAD}") from None


def check(statement: bytes, bundle: bytes, file: str, wanted: Signer | None, trust: str | None = None) -> str:
    """Who signed `statement`. Raises SignatureError, and EvidenceError without the extra.

    Without `wanted` whoever signed is as good as anybody. `trust` is as in `sign`.
    """
    require()
    from sigstore.errors import Error
    from sigstore.models import Bundle
    from sigstore.verify import Verifier
    from sigstore.verify.policy import Identity, UnsafeNoOp

    policy: VerificationPolicy = UnsafeNoOp()
    if wanted is not None:
        policy = Identity(identity=wanted.identity, issuer=wanted.issuer)
    verifier = Verifier(trusted_root=_trust_config(trust, offline=True).trusted_root)
    try:
        found = Bundle.from_json(bundle)
        kind, payload = verifier.verify_dsse(found, policy)
        written = found.to_json().encode()
    except (Error, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SignatureError(file, f"the signature does not hold: {_first_line(error)}") from None
    if written != bundle:
        raise SignatureError(file, "not written as sigstore writes it: it was changed")
    if kind != PAYLOAD_TYPE or payload != statement:
        raise SignatureError(file, "what was signed is not statement.json")
    return _identity(found.signing_certificate)


def _trust_config(path: str | None, offline: bool) -> ClientTrustConfig:
    from sigstore.errors import Error
    from sigstore.models import ClientTrustConfig

    if path is None:
        try:
            return ClientTrustConfig.production(offline=offline)
        except (Error, OSError) as error:
            raise EvidenceError(f"sigstore's root of trust cannot be had: {_first_line(error)}") from None
    try:
        with open(path, "rb") as file:
            return ClientTrustConfig.from_json(file.read(MOST_BYTES).decode())
    except OSError as error:
        raise EvidenceError(f"{path} cannot be read: {error.strerror}") from None
    except (Error, ValueError, RecursionError) as error:
        raise EvidenceError(f"{path} is no trust configuration of sigstore: {_first_line(error)}") from None


def _identity(certificate: Certificate) -> str:
    from cryptography.x509 import RFC822Name, SubjectAlternativeName, UniformResourceIdentifier

    names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    kinds = (*names.get_values_for_type(RFC822Name), *names.get_values_for_type(UniformResourceIdentifier))
    return ", ".join(kinds) or "somebody without a name"


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
