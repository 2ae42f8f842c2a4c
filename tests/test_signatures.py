"""Signatures of models: made by OpenSSF's own library, and what each may and may not cover."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ourhalf.model.profile import Parameters
from ourhalf.profile.document import Match, Profile, Scope
from ourhalf.run import Request, run
from ourhalf.scanning.scan import scanned
from tests.controls.models.test_files import CLASS, DATA

pytest.importorskip("model_signing", reason="the extra model-signing is not installed")

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from model_signing import hashing, signing

DAY = date(2026, 11, 27)
OWN, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
FILES = {"llm/w.pkl": CLASS, "llm/sub/v.pkl": DATA, "other/x.pkl": DATA}


def public(key: ec.EllipticCurvePrivateKey) -> str:
    encoded = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return encoded.decode()


def sign(folder: Path, model: str, to: str, key: ec.EllipticCurvePrivateKey = OWN, shards: bool = False) -> None:
    private = folder.parent / "private.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    hashed: Any = hashing.Config()  # type: ignore[no-untyped-call]
    if shards:
        hashed.use_shard_serialization()
    made = folder.parent / "made.sig"
    config: Callable[[], Any] = signing.Config
    config().use_elliptic_key_signer(private_key=private).set_hashing_config(hashed).sign(folder / model, made)
    made.rename(folder / to)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    for path, content in FILES.items():
        (tmp_path / "t" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "t" / path).write_bytes(content)
    return tmp_path / "t"


TRUSTING = Profile(parameters=Parameters(trusted_model_keys=(public(OWN),)))


def told(target: Path, profile: Profile = TRUSTING, control: str = "model-file-trusted") -> dict[str, str]:
    request = Request((str(target),), DAY, profile)
    found = {f.subject.path: f.status.value for f in scanned(request).findings if f.control == control}
    assert found == {
        f.subject.path: f.status.value for f in run(request, use_cache=False).findings if f.control == control
    }
    return found


def test_the_files_of_a_signed_folder_are_trusted(target: Path) -> None:
    sign(target, "llm", "llm/model.sig")
    assert told(target) == {"llm/w.pkl": "pass", "llm/sub/v.pkl": "pass", "other/x.pkl": "fail"}
    proof = msgspec.structs.replace(TRUSTING.parameters, require_proved_models=True)
    assert told(target, Profile(parameters=proof), "model-file-only-data") == {
        "llm/w.pkl": "unknown", "llm/sub/v.pkl": "pass", "other/x.pkl": "pass",
    }  # fmt: skip


def test_a_file_beside_its_signature(target: Path) -> None:
    sign(target, "llm/w.pkl", "llm/w.pkl.sig")
    assert told(target) == {"llm/w.pkl": "pass", "llm/sub/v.pkl": "fail", "other/x.pkl": "fail"}


def test_a_file_that_came_later_is_not_covered(target: Path) -> None:
    sign(target, "llm", "llm/model.sig")
    (target / "llm" / "new.pkl").write_bytes(DATA)
    assert told(target)["llm/new.pkl"] == "fail"
    assert told(target)["llm/w.pkl"] == "pass"


def test_what_was_changed_is_not_covered(target: Path) -> None:
    sign(target, "llm", "llm/model.sig")
    (target / "llm" / "w.pkl").write_bytes(DATA)
    assert set(told(target).values()) == {"fail"}


def test_the_key_must_be_one_that_is_trusted(target: Path) -> None:
    sign(target, "llm", "llm/model.sig", OTHER)
    assert set(told(target).values()) == {"fail"}
    both = Profile(parameters=Parameters(trusted_model_keys=(public(OWN), public(OTHER))))
    assert told(target, both)["llm/w.pkl"] == "pass"


def test_a_key_that_is_trusted_elsewhere_is_not_trusted_here(target: Path) -> None:
    sign(target, "llm", "llm/model.sig")
    sign(target, "other", "other/model.sig", OTHER)
    scope = Scope(Match(path="other/**"), parameters={"trusted_model_keys": [public(OTHER)]})
    found = told(target, Profile(parameters=TRUSTING.parameters, scopes=(scope,)))
    assert found == {"llm/w.pkl": "pass", "llm/sub/v.pkl": "pass", "other/x.pkl": "pass"}
    sign(target, "other", "other/model.sig", OWN)
    assert told(target, Profile(parameters=TRUSTING.parameters, scopes=(scope,)))["other/x.pkl"] == "fail"


def test_signatures_of_parts_of_files_cover_nothing(target: Path) -> None:
    sign(target, "llm/w.pkl", "llm/w.pkl.sig", shards=True)
    assert told(target)["llm/w.pkl"] == "fail"


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"dsseEnvelope": {"payload": "e30="}}', b"[" * 100_000])
def test_what_is_no_signature(target: Path, content: bytes) -> None:
    (target / "llm" / "model.sig").write_bytes(content)
    assert set(told(target).values()) == {"fail"}


def test_a_statement_that_was_changed(target: Path) -> None:
    sign(target, "llm", "llm/model.sig")
    path = target / "llm" / "model.sig"
    bundle = json.loads(path.read_text())
    bundle["dsseEnvelope"]["payload"] = bundle["dsseEnvelope"]["payload"][:-8] + "AAAAAAAA"
    path.write_text(json.dumps(bundle))
    assert set(told(target).values()) == {"fail"}


def test_what_is_no_key_verifies_nothing(target: Path) -> None:
    sign(target, "llm", "llm/model.sig")
    assert set(told(target, Profile(parameters=Parameters(trusted_model_keys=("no key",)))).values()) == {"fail"}


def test_a_signature_that_changes_is_seen_in_spite_of_the_cache(
    target: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OURHALF_CACHE_DIR", str(tmp_path / "cache"))
    request = Request((str(target),), DAY, TRUSTING)

    def trusted() -> set[str]:
        return {f.status.value for f in run(request).findings if f.control == "model-file-trusted"}

    assert trusted() == {"fail"}
    sign(target, "llm", "llm/model.sig")
    assert trusted() == {"fail", "pass"}


def test_without_the_library_nothing_is_known(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sign(target, "llm", "llm/model.sig")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert set(told(target).values()) == {"unknown"}
