"""Real root file systems, made by the package managers themselves and kept between runs.

They lie in the folder for temporary files of this user, each made once by whoever comes first.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

_MIRROR = "http://deb.debian.org/debian"
RPM = ("--define", "_dbpath /var/lib/rpm")
_SPEC = """\
Name: epochal
Epoch: 2
Version: 1.4
Release: 3.el9
Summary: a package
License: MIT and GPLv2+
%description
x
%package -n plain
Version: 0.1
Summary: a package that needs another
License: Apache-2.0
BuildArch: noarch
ModularityLabel: perl:5.32:8060020211122104554:9fe1d287
Requires: epochal >= 1.0
Requires: /usr/bin/epochal
%description -n plain
x
%{lua: for i = 1, 90 do
  print("%package -n many-"..i.."\\nSummary: one of many\\nProvides: capability-"..i.."\\n")
  if i > 1 then print("Requires: capability-"..(i - 1).."\\n") end
  print("%description -n many-"..i.."\\nx\\n%files -n many-"..i.."\\n/usr/share/many/"..i.."\\n")
end}
%install
mkdir -p %{buildroot}/usr/share/epochal %{buildroot}/usr/bin %{buildroot}/etc %{buildroot}/usr/share/many
for i in $(seq 1 400); do echo $i > %{buildroot}/usr/share/epochal/file-with-a-rather-long-name-$i.txt; done
for i in $(seq 1 90); do mkdir %{buildroot}/usr/share/many/$i; echo $i > "%{buildroot}/usr/share/many/$i/a file"; done
echo > %{buildroot}/usr/bin/epochal
echo > %{buildroot}/etc/plain.conf
%files
/usr/share/epochal
/usr/bin/epochal
%files -n plain
%config /etc/plain.conf
"""


def needs(program: str, package: str) -> None:
    """Skip where a program is missing that a package of Debian brings."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed here; Debian's package {package} brings it")


def run(*command: str | Path, at: Path | None = None, said: str | None = None) -> str:
    """What a program prints. Fails with what it complained about."""
    done = subprocess.run([str(c) for c in command], cwd=at, input=said, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stderr[-2000:]}"
    return done.stdout


def made(name: str, build: Callable[[Path], None]) -> Path:
    """The folder that `build` fills, once for all tests and runs of this user."""
    folder = Path(tempfile.gettempdir(), f"ourhalf-test-roots-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    root = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            half = folder / f"{name}.half"
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            build(half)
            half.rename(root)
    return root


@cache
def debian() -> Path:
    """A Debian with Python packages of its own, one package removed but for its settings and one only unpacked."""
    needs("mmdebstrap", "mmdebstrap")
    if os.getuid():
        pytest.skip("a Debian is made and asked as root")

    def build(root: Path) -> None:
        run(
            "mmdebstrap",
            "--variant=essential",
            "--include=python3-minimal,python3-yaml,python3-six,node-semver,nano",
            "bookworm",
            root / "system",
            _MIRROR,
        )
        run("chroot", root / "system", "dpkg", "--remove", "nano")
        run("apt-get", "download", "hello:amd64", at=root)
        shutil.copy(next(root.glob("hello_*.deb")), root / "system/hello.deb")
        run("chroot", root / "system", "dpkg", "--unpack", "/hello.deb")

    return made("debian-1", build) / "system"


@cache
def rpms() -> Path:
    """Package files of ninety-two small packages."""
    needs("rpmbuild", "rpm")

    def build(root: Path) -> None:
        (root / "all.spec").write_text(_SPEC)
        run("rpmbuild", "-bb", "--define", f"_topdir {root}/work", "--define", f"_rpmdir {root}", root / "all.spec")

    return made("rpms-1", build)


@cache
def rpm_sqlite() -> Path:
    """A root file system in which rpm installed them, with its SQLite database."""
    packages = sorted(rpms().rglob("*.rpm"))

    def build(root: Path) -> None:
        run("rpm", "--root", root, "--define", "_db_backend sqlite", *RPM, "--nodeps", "--ignoresize", "-i", *packages)

    return made("rpm-sqlite-1", build)


@cache
def wheels() -> Path:
    """A virtual environment with packages of PyPI, one of them editable, one older than wheels."""

    def build(root: Path) -> None:
        run(sys.executable, "-m", "venv", root / "env")
        install = (root / "env/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        named = (
            "PyYAML",
            "cryptography",
            "pillow",
            "psycopg2-binary",
            "requests[socks]",
            "setuptools==80.9.0",
            "pip==24.0",
        )
        run(*install, *named, "uv")
        project = root / "env/src/here"
        project.mkdir(parents=True)
        (project / "pyproject.toml").write_text(
            '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
            '[project]\nname = "Here.We_are"\nversion = "1.2+cu126"\ndependencies = ["six>1; python_version>\'3\'"]\n'
        )
        (project / "here.py").write_text("")
        run(*install, "--no-build-isolation", "--no-deps", "--editable", project)

    return made("wheels-1", build) / "env"


@cache
def modules() -> Path:
    """A folder in which npm installed packages, two versions of one among them."""
    needs("npm", "npm")

    def build(root: Path) -> None:
        (root / "package.json").write_text('{"name": "app", "version": "1.0.0", "private": true}')
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--silent")
        run("npm", "install", *quiet, "@babel/code-frame@7", "chalk@4", "ansi-styles@3", "debug@2", at=root)

    return made("modules-1", build)
