"""Builds the reference image: a Debian base, the packages of a deep-learning container, and one layer of ours.

    python -m benchmarks.images.make FOLDER [--small]

Needs root and Debian's mmdebstrap and umoci; takes about 3 GB from PyPI. With --small it is the same without torch
and what it brings. What is made is an OCI layout in FOLDER/oci with the one tag `ref`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

_SUITE = "bookworm"
_DEBIAN = ("python3", "ca-certificates", "openssl", "openssh-server", "libgomp1", "curl")
_SMALL = ("ray[default]", "transformers", "jupyterlab", "numpy", "pillow", "mlflow-skinny")
_LARGE = ("torch", *_SMALL)
_SITE = "usr/local/lib/python3.11/dist-packages"


def make(folder: Path, small: bool) -> Path:
    """Build the image and give the layout's folder. Raises CalledProcessError."""
    layout, work = folder / "oci", folder / "work"
    shutil.rmtree(folder, ignore_errors=True)
    work.mkdir(parents=True)
    _run("umoci", "init", "--layout", layout)
    _run("umoci", "new", "--image", f"{layout}:ref")
    base = work / "base.tar"
    _run("mmdebstrap", "--variant=minbase", f"--include={','.join(_DEBIAN)}", _SUITE, base)
    _add(layout, base, "debian bookworm with python3 and openssh-server")
    site = work / "pip"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", site / _SITE)
    _run(*pip, *(_SMALL if small else _LARGE))
    _add(layout, _tar(site, work / "pip.tar"), f"RUN pip install {' '.join(_SMALL if small else _LARGE)}")
    ours = work / "ours"
    _ours(ours)
    _add(layout, _tar(ours, work / "ours.tar"), "COPY . /")
    _run(
        "umoci", "config", "--image", f"{layout}:ref", "--config.env", "PATH=/usr/local/bin:/usr/bin:/bin",
        "--config.exposedports", "8265", "--config.exposedports", "22", "--config.cmd", "ray",
        "--config.cmd", "start", "--config.cmd", "--head", "--config.cmd", "--dashboard-host=0.0.0.0",
    )  # fmt: skip
    shutil.rmtree(work)
    return layout


def _ours(root: Path) -> None:
    """What a team adds: a key pair that every container shares, code, and an unsafe default of a notebook server."""
    ssh = root / "root/.ssh"
    ssh.mkdir(parents=True)
    _run("ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", ssh / "id_rsa")
    shutil.copy(ssh / "id_rsa.pub", ssh / "authorized_keys")
    (root / "opt/app").mkdir(parents=True)
    (root / "opt/app/requirements.txt").write_text("ray\ntransformers\n")
    (root / "root/.jupyter").mkdir(parents=True)
    (root / "root/.jupyter/jupyter_server_config.py").write_text('c.ServerApp.token = ""\nc.ServerApp.ip = "0.0.0.0"\n')


def _tar(folder: Path, target: Path) -> Path:
    _run("tar", "-C", folder, "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "-cf", target, ".")
    shutil.rmtree(folder)
    return target


def _add(layout: Path, tar: Path, history: str) -> None:
    _run("umoci", "raw", "add-layer", "--image", f"{layout}:ref", "--history.created_by", history, tar)
    tar.unlink()


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True)


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(description="Build the reference image of the benchmarks.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--small", action="store_true", help="without torch and what it brings")
    arguments = parser.parse_args()
    print(make(arguments.folder, arguments.small))


if __name__ == "__main__":
    main()
