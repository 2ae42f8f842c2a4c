"""Ours beside pip-audit and OSV's own rules, over the same records.

    python -m benchmarks.vulnerabilities.compare [FOLDER] [--pip-audit PROGRAM] [--inventory FILE]

Resolves four sets of requirements from PyPI (as they were on a day), and asks of each package of each: ours, over a
store filled from the corpus of PyPI records; OSV's rules (osv_rules.py); and pip-audit in a virtual environment of its
own, whose `--osv-url` is a server on this machine that answers by those rules. Then the same of thousands of versions
that the records name, where pip-audit would only repeat what the server says. Every difference is put under a reason;
one without a reason, or a record that OSV's rules find and ours do not, ends the run with status 1. With --inventory
the Python packages of an image, as `ourhalf inventory --format json` tells them, are one more set.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from packaging.version import InvalidVersion, Version

from benchmarks.vulnerabilities.make import CORPUS, NAMES, real
from benchmarks.vulnerabilities.osv_rules import Records, Server, unordered
from ourhalf.advisories.importing import import_file
from ourhalf.advisories.matching import match
from ourhalf.advisories.store import Store
from ourhalf.advisories.writing import writing
from ourhalf.inventories.input import read_file
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.packages.purl import purl

AS_OF = date(2026, 11, 24)
RESOLVED = "2026-10-01"
SETS = {
    "training": (
        "torch==2.5.1",
        "torchvision",
        "transformers==4.37.2",
        "pytorch-lightning==1.9.5",
        "jupyterlab==4.2.0",
    ),
    "serving": ("vllm==0.8.4",),
    "tensorflow": ("tensorflow==2.15.0", "keras==2.15.0", "pillow==9.5.0", "tensorboard"),
    "platform": ("mlflow==2.9.1", "ray[default,serve]==2.40.0", "gradio==4.10.0", "aiohttp==3.9.0"),
}
_VERSIONS = 12
_RECORD = re.compile(r"\bpypa:([\w-]+)")
Pairs = set[tuple[str, str, str]]


def resolved(folder: Path, inventory: str | None) -> dict[str, Path]:
    """A file of pinned requirements for each set, resolved by uv as PyPI was on that day."""
    found = {"image": _of_image(folder, inventory)} if inventory else {}
    for name, wanted in SETS.items():
        source, target = folder / f"{name}.in", folder / f"requirements-{name}.txt"
        source.write_text("\n".join(wanted) + "\n")
        command = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            "-q",
            "--no-header",
            "--no-annotate",
            "--python-version",
            "3.11",
        ]
        command += ["--python-platform", "x86_64-manylinux_2_28", "--exclude-newer", RESOLVED]
        subprocess.run([*command, "-o", target, source], check=True, stdout=subprocess.DEVNULL)
        found[name] = target
    return found


def _of_image(folder: Path, inventory: str) -> Path:
    """The Python packages of an image that no other package brought, each once."""
    read = read_file(inventory)
    packages = read.packages if read is not None else ()
    pinned = {
        one.name: f"{one.name}=={one.version}"
        for one in packages
        if one.ecosystem is Ecosystem.PYPI and one.version and not one.owner
    }
    target = folder / "requirements-image.txt"
    target.write_text("".join(f"{line}\n" for _, line in sorted(pinned.items())))
    return target


def store(folder: Path) -> Path:
    """A store of the PyPI records."""
    target = folder / "advisories.db"
    if not target.exists():
        with writing(str(target)) as writer:
            import_file(writer, str(CORPUS / NAMES["PyPI"]), AS_OF)
    return target


def of_ours(packages: Iterable[Package], path: Path) -> tuple[Pairs, Pairs, float]:
    """Package, version and record of each match; the same of records that are told as unusable; seconds."""
    asked = tuple(packages)
    begun = time.perf_counter()
    with Store.open(str(path)) as held:
        found = match(asked, held, AS_OF, max_age=3650)
    took = time.perf_counter() - begun
    pairs = {
        (asked[one.package].name, asked[one.package].version or "", record.partition(":")[2])
        for one in found.matches
        for record in one.advisories
    }
    lost = {
        (asked[one.package].name, asked[one.package].version or "", record)
        for one in found.unjudged
        for record in _RECORD.findall(one.reason)
    }
    return pairs, lost, took


def by_rules(packages: Iterable[Package], records: Records) -> Pairs:
    """The same by OSV's rules."""
    return {
        (one.name, one.version or "", record)
        for one in packages
        for record in records.affecting(one.name, one.version or "")
    }


def of_pip_audit(program: str, requirements: Path, url: str) -> tuple[Pairs, float]:
    """The same by pip-audit, without its cache; seconds of the whole process."""
    command = [program, "-r", str(requirements), "--no-deps", "--disable-pip", "-s", "osv", "--osv-url", url]
    with tempfile.TemporaryDirectory() as cache:
        begun = time.perf_counter()
        done = subprocess.run(
            [*command, "-f", "json", "--cache-dir", cache], capture_output=True, text=True, check=False
        )
        took = time.perf_counter() - begun
    if done.returncode not in (0, 1):
        raise SystemExit(f"pip-audit: {done.stderr[-2000:]}")
    said = json.loads(done.stdout)["dependencies"]
    return {(one["name"], one.get("version", ""), vuln["id"]) for one in said for vuln in one.get("vulns", ())}, took


def of_command(requirements: Path, path: Path) -> float:
    """Seconds of the whole command of ours on one list."""
    command = [sys.executable, "-m", "ourhalf", "vulnerabilities", str(requirements), "--store", str(path)]
    begun = time.perf_counter()
    done = subprocess.run(
        [*command, "--as-of", AS_OF.isoformat(), "--format", "json"], capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - begun
    if done.returncode not in (0, 1):
        raise SystemExit(f"ourhalf: {done.stderr[-2000:]}")
    return took


def why_only_ours(one: tuple[str, str, str], records: Records) -> str:
    """Why ours finds a record that OSV's rules do not; empty where nothing explains it."""
    name, version, wanted = one
    found = [(record, affected) for record, affected in records.of(name) if record["id"] == wanted]
    if not found:
        return ""
    if "+" in version and wanted in records.affecting(name, version, public=True):
        return "a local version (+cu124) is judged by its public one"
    if any(unordered(affected) for _, affected in found):
        return "an end of the range is no version: the rest of it is taken as affected"
    return ""


def why_only_theirs(one: tuple[str, str, str], records: Records, lost: Pairs) -> str:
    """Why OSV's rules find a record that ours does not match; empty where nothing explains it."""
    name, version, wanted = one
    if one in lost:
        return "the record is quarantined: the package is told as unknown, and the record by its id"
    if "+" in version and wanted not in records.affecting(name, version, public=True):
        return "the local version sorts above the public one, which is not affected"
    return ""


def compared(name: str, ours: Pairs, theirs: Pairs, lost: Pairs, records: Records) -> bool:
    """Print how two answers differ, by reason; whether each difference has one and nothing is missed."""
    more = Counter(why_only_ours(one, records) for one in ours - theirs)
    less = Counter(why_only_theirs(one, records, lost) for one in theirs - ours)
    print(f"  {name}: {len(ours & theirs)} in both, {len(ours - theirs)} only ours, {len(theirs - ours)} only theirs")
    for counts, whose in ((more, "only ours"), (less, "only theirs")):
        for why, count in sorted(counts.items()):
            print(f"    {count} {whose}: {why or 'NOT EXPLAINED'}")
    for one in sorted(ours - theirs):
        if not why_only_ours(one, records):
            print(f"      {one}")
    for one in sorted(theirs - ours):
        if not why_only_theirs(one, records, lost):
            print(f"      {one}")
    return not more[""] and not less[""]


def boundary_versions(records: Records) -> list[Package]:
    """Of every package that a record names: some of its listed versions, ends of ranges, and versions next to these."""
    chooser = random.Random(6)
    found: list[Package] = []
    for name in records.names:
        texts: set[str] = set()
        for _, affected in records.of(name):
            ends = [text for one in affected.get("ranges", ()) for event in one["events"] for text in event.values()]
            texts.update(text for text in ends if text != "0" and len(text) < 40)
            texts.update(affected.get("versions", ())[-2:])
        texts |= {f"{text}{more}" for text in sorted(texts) for more in (".post1", ".dev0", "+cu124") if _regular(text)}
        picked = sorted(text for text in texts if _is_version(text))
        found += [_package(name, text) for text in chooser.sample(picked, min(_VERSIONS, len(picked)))]
    return found


def _regular(text: str) -> bool:
    return text.replace(".", "").isdigit()


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _package(name: str, version: str) -> Package:
    return Package(name=name, version=version, ecosystem=Ecosystem.PYPI, purl=purl("pypi", name, version))


def sets(folder: Path, program: str, held: Path, records: Records, inventory: str | None) -> bool:
    """Compare the three on the sets of requirements; print times too."""
    fine = True
    totals: Counter[str] = Counter()
    with Server(records) as server:
        for name, path in resolved(folder, inventory).items():
            read = read_file(str(path))
            packages = read.packages if read is not None else ()
            print(f"{name}: {len(packages)} packages")
            ours, lost, asked = of_ours(packages, held)
            fine &= compared("against OSV's rules", ours, by_rules(packages, records), lost, records)
            audited, audit = of_pip_audit(program, path, server.url)
            fine &= compared("against pip-audit", ours, audited, lost, records)
            whole = of_command(path, held)
            print(f"  seconds: pip-audit {audit:.2f}, ourhalf vulnerabilities {whole:.2f}, matching alone {asked:.3f}")
            totals.update(audit=round(audit * 1000), ours=round(whole * 1000), matching=round(asked * 1000))
    print(f"whole commands: pip-audit takes {totals['audit'] / totals['ours']:.1f} times as long as ours")
    return fine


def main() -> int:
    """Run it; 1 where a difference has no reason."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", help="where the store and the sets are kept")
    parser.add_argument("--pip-audit", dest="program", help="made in a virtual environment if left out")
    parser.add_argument("--inventory", help="an inventory of an image in JSON, whose Python packages are a set too")
    told = parser.parse_args()
    folder = Path(told.folder or tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    records = Records(real("PyPI"))
    held = store(folder)
    fine = sets(folder, told.program or _installed(folder), held, records, told.inventory)
    packages = boundary_versions(records)
    print(f"ends of ranges, and versions next to them: {len(packages):,} of {len(records.names):,} packages")
    ours, lost, asked = of_ours(packages, held)
    fine &= compared("against OSV's rules", ours, by_rules(packages, records), lost, records)
    print(f"  seconds: matching alone {asked:.2f}")
    return 0 if fine else 1


def _installed(folder: Path) -> str:
    """pip-audit in an environment of its own."""
    home = folder / "pip-audit"
    if not (home / "bin" / "pip-audit").exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", "pip-audit>=2.10"], check=True, env=dict(os.environ))
    return str(home / "bin" / "pip-audit")


if __name__ == "__main__":
    sys.exit(main())
