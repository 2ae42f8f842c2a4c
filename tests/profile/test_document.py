"""A profile is read whole, or refused with the line that is wrong."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.profile import Sensitivity, Severity
from ourhalf.profile.document import Profile, ProfileError, load, parse


def test_a_whole_profile() -> None:
    profile = parse(
        b"""
version: 1
sensitivity: confidential
regulations: [hipaa]
parameters: {approved_registries: [a.example], log_retention_days: 30}
severities: {container-unprivileged: low}
disabled: {workload-own-network: "we run on the host's network everywhere"}
scopes:
  - match: {path: "prod/**", tags: {data: phi}}
    sensitivity: regulated
exceptions:
  - {control: container-unprivileged, owner: me, reason: because, expires: 2027-01-01}
""",
        "p.yaml",
    )
    assert profile.sensitivity is Sensitivity.CONFIDENTIAL
    assert profile.parameters.log_retention_days == 30
    assert profile.severities == {"container-unprivileged": Severity.LOW}
    assert profile.scopes[0].match.tags == {"data": "phi"}
    assert profile.exceptions[0].expires == date(2027, 1, 1)


def test_an_empty_file_is_the_default() -> None:
    assert parse(b"", "p.yaml") == Profile()


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("sensitivity: secret\n", 1, "sensitivity: secret is none of public, internal, confidential, regulated"),
        ("version: 1\nsensitivty: public\n", 1, "sensitivty"),
        ("version: 2\n", 1, "version 2 is not known"),
        ("exceptions:\n  - control: container-unprivileged\n    owner: me\n", 2, "reason"),
        (
            "exceptions:\n  - control: container-unprivileged\n    owner: me\n    reason: x\n    expires: soon\n",
            5,
            "Invalid RFC3339",
        ),
        ("disabled:\n  container-unprivilegd: x\n", 2, "did you mean container-unprivileged"),
        ("scopes:\n- match: {}\n  parameters: {log_days: 3}\n", 1, "log_days"),
        ("a: [\n", 2, ""),
        ("- 1\n", 1, "Expected `object`"),
    ],
)
def test_what_is_wrong_is_named(text: str, line: int, complaint: str) -> None:
    with pytest.raises(ProfileError) as raised:
        parse(text.encode(), "p.yaml")
    assert complaint in raised.value.reason
    assert raised.value.line == line
    assert str(raised.value).startswith(f"p.yaml:{line}: ")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        load(str(tmp_path / "none.yaml"))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_profile_or_an_error(data: bytes) -> None:
    with contextlib.suppress(ProfileError):
        assert isinstance(parse(data, "p.yaml"), Profile)
