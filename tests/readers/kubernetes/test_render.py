"""Rendering by the user's own programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ourhalf.readers.kubernetes import render
from ourhalf.readers.reader import UnreadableError

POD = "apiVersion: v1\\nkind: Pod\\n"


def install(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_documents_of_a_chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "helm", f'printf "{POD}# %s %s %s\\n---\\na: b\\n" "$1" "$3" "$5"', monkeypatch)
    found = render.helm_template("/charts/c", "c/Chart.yaml", ("v.yaml",))
    assert len(found) == 2
    assert found[0].path == "c/Chart.yaml"


def test_a_program_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableError, match="kubectl is not installed"):
        render.kustomize_build("/x", "x/kustomization.yaml")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo broken >&2; exit 3", "kustomize failed: broken"),
        ("exit 3", "kustomize failed: status 3"),
        ("printf 'a: [b'", "printed no YAML"),
        ("exec sleep 30", "longer than"),
        ("exec yes", "printed more than"),
    ],
)
def test_a_program_that_fails(script: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "kustomize", script, monkeypatch)
    monkeypatch.setattr(render, "MAX_OUTPUT", 1_000_000)
    with pytest.raises(UnreadableError, match=reason):
        render.kustomize_build("/x", "x/kustomization.yaml", timeout=0.5)
