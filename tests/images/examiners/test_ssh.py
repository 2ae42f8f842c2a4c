"""Keys are told by the real ssh-keygen: which is private, which is trusted, and which of them are a pair."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.examiners.ssh import SSH, private_key, public_keys, settings
from ourhalf.resources.images import Exhibit
from tests.images.examiners.examining import examined

if shutil.which("ssh-keygen") is None:
    pytest.skip("ssh-keygen of Debian's openssh-client is not installed", allow_module_level=True)

KINDS = {
    "rsa": ("-t", "rsa", "-b", "2048"),
    "rsa-pem": ("-t", "rsa", "-b", "2048", "-m", "PEM"),
    "rsa-pkcs8": ("-t", "rsa", "-b", "2048", "-m", "PKCS8"),
    "ecdsa": ("-t", "ecdsa"),
    "ecdsa-pem": ("-t", "ecdsa", "-m", "PEM"),
    "ed25519": ("-t", "ed25519"),
}


def _keygen(path: Path, *kind: str, passphrase: str = "") -> str:
    """Make a key and give its fingerprint as ssh-keygen tells it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-N", passphrase, "-f", str(path), *kind], check=True)
    told = subprocess.run(["ssh-keygen", "-lf", f"{path}.pub"], capture_output=True, text=True, check=True).stdout
    return told.split()[1]


def _by_kind(found: list[Exhibit]) -> dict[str, Exhibit]:
    return {one.kind: one for one in found}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_pair_is_found_whatever_the_format(kind: tuple[str, ...], tmp_path: Path) -> None:
    key = tmp_path / "root/.ssh/id_it"
    name = _keygen(key, *kind)
    shutil.copy(f"{key}.pub", key.parent / "authorized_keys")
    found = _by_kind(examined(SSH, tmp_path))
    assert found["ssh-private-key"].details == {
        "fingerprint": name,
        "encrypted": "false",
        "trusted-by": "root/.ssh/authorized_keys",
    }
    assert "whoever has the image may log in" in found["ssh-private-key"].what
    assert found["ssh-authorized-keys"].details["fingerprints"] == name


def test_a_key_that_nobody_trusts_is_no_pair(tmp_path: Path) -> None:
    _keygen(tmp_path / "root/.ssh/id_rsa", "-t", "ed25519")
    other = tmp_path / "other"
    _keygen(other, "-t", "ed25519")
    shutil.copy(f"{other}.pub", tmp_path / "root/.ssh/authorized_keys")
    assert "trusted-by" not in _by_kind(examined(SSH, tmp_path))["ssh-private-key"].details


@pytest.mark.parametrize("kind", [("-t", "ed25519"), ("-t", "rsa", "-m", "PEM")], ids=["openssh", "pem"])
def test_a_passphrase_is_seen(kind: tuple[str, ...], tmp_path: Path) -> None:
    _keygen(tmp_path / "root/.ssh/id_x", *kind, passphrase="a long one")
    assert _by_kind(examined(SSH, tmp_path))["ssh-private-key"].details["encrypted"] == "true"


def test_host_keys_and_settings_are_told(tmp_path: Path) -> None:
    _keygen(tmp_path / "etc/ssh/ssh_host_ed25519_key", "-t", "ed25519")
    (tmp_path / "etc/ssh/sshd_config").write_text("#PermitRootLogin no\nPermitRootLogin yes\nPort 2222\n")
    (tmp_path / "etc/ssh/ssh_config").write_text("Host *\n    StrictHostKeyChecking no\n")
    (tmp_path / "usr/sbin").mkdir(parents=True)
    (tmp_path / "usr/sbin/sshd").write_text("")
    found = _by_kind(examined(SSH, tmp_path))
    assert set(found) == {"ssh-host-key", "ssh-server-settings", "ssh-client-settings", "ssh-server"}
    assert found["ssh-server-settings"].details == {"permitrootlogin": "yes", "port": "2222"}
    assert found["ssh-client-settings"].details == {"stricthostkeychecking": "no"}


def test_no_part_of_a_private_key_is_kept(tmp_path: Path) -> None:
    _keygen(tmp_path / "k", "-t", "rsa", "-m", "PEM")
    text = (tmp_path / "k").read_bytes()
    kept = private_key("k", memoryview(text)) or b""
    assert all(line not in kept for line in text.splitlines() if len(line) > 8)


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    armoured = b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + data + b"\n-----END OPENSSH PRIVATE KEY-----"
    for content in (data, armoured, armoured.replace(b"OPENSSH", b"RSA")):
        private_key("k", memoryview(content))
        public_keys("k", memoryview(content))
        settings("k", memoryview(content))
