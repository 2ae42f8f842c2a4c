"""How long the advisory store takes to fill and to ask, and in how much memory.

    python -m benchmarks.vulnerabilities.store [FOLDER]

Fills a store with 250,000 and then 500,000 synthetic records (see make.py) and asks it for the 2,000 packages of an
image: 400 of PyPI, ten of the most afflicted among them, 900 of AlmaLinux 9, and 700 that no record names. One package
in ten of PyPI and one in thirty of AlmaLinux is old, the others are up to date. Each figure is of a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

PEAK = """
def peak():
    # Of this process alone: ru_maxrss begins with what the parent had.
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmHWM"))
"""

IMPORT = """
import resource, sys, time
from datetime import date
from ourhalf.advisories.importing import import_file
from ourhalf.advisories.writing import writing
begun = time.perf_counter()
with writing(sys.argv[1]) as writer:
    for file in sys.argv[2:]:
        import_file(writer, file, date(2026, 11, 24))
told = resource.getrusage(resource.RUSAGE_SELF)
core = told.ru_utime + told.ru_stime
print(f"{time.perf_counter() - begun:.1f} s, {core:.1f} s of one core, {peak()} MB")
"""

MATCH = """
import resource, sys, time
import msgspec
from datetime import date
from ourhalf.advisories.matching import match
from ourhalf.advisories.store import Store
from ourhalf.model.packages import Package
with open(sys.argv[2], "rb") as file:
    asked = msgspec.json.decode(file.read(), type=tuple[Package, ...])
for turn in ("first", "again"):
    begun, cpu = time.perf_counter(), time.process_time()
    with Store.open(sys.argv[1]) as store:
        found = match(asked, store, date(2026, 11, 24))
    wall, core = time.perf_counter() - begun, time.process_time() - cpu
    print(f"{turn}: {wall:.2f} s, {core:.2f} s of one core, {len(found.matches):,} matches", end="; ")
print(f"{peak()} MB")
"""


def packages() -> tuple[object, ...]:
    """The packages of an image: what the synthetic records name most, and what they do not name."""
    from benchmarks.vulnerabilities import make
    from ourhalf.model.packages import Ecosystem, Package

    named = {one["package"]["name"].lower() for record in make.real("PyPI") for one in record["affected"]}
    others = sorted(named - set(_HOT))[::3][:390]
    rpms = [*_RPMS, *(f"{name}-{number}" for number in range(1, 60) for name in _RPMS)][:900]
    made = [("pypi", name, "1.5.0", "") for name in _HOT]
    made += [("pypi", name, "999" if number % 10 else "1.5.0", "") for number, name in enumerate(others)]
    ages = ("0:1.0-1.el9", *["99:1-1.el9"] * 29)
    made += [("rpm", name, ages[number % 30], "almalinux:9.4") for number, name in enumerate(rpms)]
    made += [("pypi", f"nobody-knows-{number}", "1.0", "") for number in range(700)]
    return tuple(
        Package(name=name, version=version, ecosystem=Ecosystem(kind), purl=f"pkg:{kind}/{name}", distribution=system)
        for kind, name, version, system in made
    )


_HOT = ("tensorflow", "django", "ansible", "pillow", "vllm", "mlflow", "gradio", "transformers", "torch", "jinja2")
_RPMS = (
    *("kernel-headers", "firefox", "openssl-libs", "glibc", "python3", "curl", "libxml2", "bind-utils", "nodejs"),
    *("systemd", "gnutls", "expat", "sqlite-libs", "libtiff", "ruby", "postgresql", "httpd", "nginx", "sudo", "vim"),
)


def _size(path: str) -> str:
    return f"{os.path.getsize(path) // 2**20} MB"


def ran(code: str, *arguments: str) -> str:
    """What a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK + code, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def main(folder: str) -> None:
    """Measure, and print."""
    from benchmarks.vulnerabilities import make

    feed, store = os.path.join(folder, "feed.jsonl"), os.path.join(folder, "advisories.db")
    if not os.path.exists(feed):
        make.main("500000", feed)
    half = os.path.join(folder, "half.jsonl")
    with open(feed, "rb") as whole, open(half, "wb") as out:
        out.writelines(line for line, _ in zip(whole, range(250_000), strict=False))
    for name, file in (("250,000 records", half), ("500,000 records", feed)):
        Path(store).unlink(missing_ok=True)
        print(f"import of {name} ({_size(file)}): {ran(IMPORT, store, file)}; the store: {_size(store)}", flush=True)
    asked = os.path.join(folder, "packages.json")
    Path(asked).write_bytes(msgspec.json.encode(packages()))
    for _ in range(3):
        print(f"2,000 packages against 500,000 records: {ran(MATCH, store, asked)}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as made:
            main(made)
