"""Checkov 3.3.30 in an environment of its own, and the corpus without what ends its run."""

from __future__ import annotations

import os
import shutil
import subprocess
import venv
from pathlib import Path

CHECKOV = "checkov==3.3.30"
# Checkov 3.3.30 raises on these (`unhashable type: 'dict'`) and loses its whole run; found by bisecting.
ENDS_CHECKOV = frozenset(
    f"aws-cloudformation__aws-cloudformation-templates/Solutions/{path}"
    for path in (
        "GitLab/GitLabServer.yaml",
        "GitLabAndVSCode/GitLabAndVSCode.yaml",
        "Gitea/Gitea.yaml",
        "VSCode/VSCodeServer.yaml",
    )
)
ENDINGS = (".yaml", ".yml", ".json", ".tf", ".template", ".tfvars")
OPTIONS = ("--framework", "kubernetes", "cloudformation", "terraform", "-o", "json", "--compact", "--skip-download")

_HERE = Path(__file__).parent


def corpus() -> Path:
    """The folder of real files that benchmarks read when none is named."""
    return Path(os.environ.get("OURHALF_CORPORA", str(_HERE.parents[1] / "shared" / "corpora"))) / "dev"


def install() -> Path:
    """Checkov's program, installed under benchmarks/.checkov where it is not yet."""
    folder = _HERE / ".checkov"
    program = folder / "bin" / "checkov"
    if not program.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "-q", CHECKOV], check=True)
    return program


def command(checkov: Path, folder: Path, *more: str) -> list[str]:
    """How Checkov is run over `folder`, so that failed checks are no error."""
    return [str(checkov), "-d", str(folder), *OPTIONS, "--soft-fail", *more]


def copy(source: Path, target: Path) -> list[str]:
    """Copy configuration without what ends Checkov's run; gives what was left out."""
    left_out = []
    for path in sorted(source.rglob("*")):
        name = str(path.relative_to(source))
        if not path.is_file() or path.suffix not in ENDINGS:
            continue
        if name in ENDS_CHECKOV:
            left_out.append(name)
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / name)
    return left_out
