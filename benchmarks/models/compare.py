"""ourhalf and four scanners of model files over the same files, in one run: detection, false alarms, time.

    python -m benchmarks.models.compare [--environment PYTHON] [--keep DIR]

The benign set is made by the libraries themselves (`make.py`), the malicious one by the constructions of published
advisories (tests/artifacts/advisories). Peers and libraries are installed into benchmarks/.models unless
--environment names a Python that has them. picklescan, modelscan and fickling are right on a malicious file when
they flag it, on a benign one when they call it clean; a refusal is neither. ours is right when it says safe of
benign weights, and anything but safe of a malicious file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from ourhalf.artifacts.judging import judge_file, together

PEERS = ("picklescan==1.0.5", "modelscan==0.8.8", "fickling==0.1.12", "modelaudit==0.2.54")
LIBRARIES = (
    "torch==2.13.0", "numpy", "safetensors", "joblib", "scikit-learn", "onnx", "keras", "h5py", "xgboost", "lightgbm",
    "gguf",
)  # fmt: skip
_HERE = Path(__file__).parent


class Row(NamedTuple):
    """What one tool said of one file, and how long it took."""

    said: str
    seconds: float


def main() -> None:
    """Make the files, judge them, and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, help="a Python with the peers and the libraries")
    parser.add_argument("--peers", type=Path, help="another Python that has the peers")
    parser.add_argument("--keep", type=Path, help="a folder for the files, kept")
    options = parser.parse_args()
    python = options.environment or _installed()
    with tempfile.TemporaryDirectory() as folder:
        work = options.keep or Path(folder)
        subprocess.run([python, _HERE / "make.py", work / "benign"], check=True, capture_output=True)
        _malicious(work / "malicious")
        files = sorted(str(path) for path in work.rglob("*") if path.is_file())
        said = {"ourhalf": _ours(files)}
        for peer in PEERS:
            name = peer.partition("==")[0]
            said[name] = _peer(options.peers or python, name, files)
        _tables(work, files, said)


def _installed() -> Path:
    folder = _HERE.parent / ".models"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS, *LIBRARIES], check=True)
    return python


def _malicious(folder: Path) -> None:
    from tests.artifacts.advisories.constructions import cases

    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(cases()):
        (folder / f"{number:03}-{one.name}").write_bytes(one.data)


def _ours(files: list[str]) -> dict[str, Row]:
    made = {}
    for path in files:
        started = time.perf_counter()
        found = judge_file(path, Path(path).name)
        said = together(found)[0].value if found else "unproved"
        made[path] = Row(said, time.perf_counter() - started)
    return made


def _peer(python: Path, name: str, files: list[str]) -> dict[str, Row]:
    command = [str(python), str(_HERE / "peers.py"), name]
    done = subprocess.run(command, input="\n".join(files), capture_output=True, text=True, check=True)
    return {path: Row(*row) for path, row in json.loads(done.stdout).items()}


def _tables(work: Path, files: list[str], said: dict[str, dict[str, Row]]) -> None:
    weights = [path for path in files if "/benign/" in path and "/weights/" in path]
    malicious = [path for path in files if "/malicious/" in path]
    print(f"{len(weights)} benign files of weights, {len(malicious)} malicious files\n")
    print("| tool | malicious told | malicious called clean | benign called clean | false alarms | refused | s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for tool, rows in said.items():
        bad, good = Counter(_plain(rows[p].said) for p in malicious), Counter(_plain(rows[p].said) for p in weights)
        seconds = sum(rows[path].seconds for path in files)
        refused = bad["refused"] + good["refused"]
        told = bad["flagged"] if tool != "ourhalf" else len(malicious) - bad["clean"]
        print(f"| {tool} | {told} | {bad['clean']} | {good['clean']} | {good['flagged']} | {refused} | {seconds:.2f} |")
    print("\n| library | files of weights | proved safe |\n| --- | --- | --- |")
    by_library: dict[str, Counter[str]] = defaultdict(Counter)
    for path in weights:
        by_library[Path(path).relative_to(work / "benign").parts[0]][said["ourhalf"][path].said] += 1
    for library, counts in sorted(by_library.items()):
        print(f"| {library} | {counts.total()} | {counts['safe']} |")
    for path in malicious:
        if said["ourhalf"][path].said == "safe":
            print(f"\nJUDGED SAFE: {path}")
            sys.exit(1)


def _plain(said: str) -> str:
    """The words of all tools as those of the peers: ours proves, so that what is not safe is flagged."""
    if said.startswith("refused"):
        return "refused"
    return {"safe": "clean", "unsafe": "flagged", "unproved": "flagged", "unread": "refused"}.get(said, said)


if __name__ == "__main__":
    main()
