"""Judges files by one peer in one process; run by `compare.py` in the environment that has the peers.

    python peers.py TOOL < LIST OF PATHS > JSON

For each path: `flagged`, `clean`, `refused` (an error, or a file that it passes over), and seconds.
"""

# It runs where libraries are installed that are not here.
# mypy: ignore-errors

import json
import logging
import os
import sys
import time
import warnings


def picklescan(path: str) -> str:
    """picklescan's own scan of one file."""
    from picklescan.scanner import scan_file_path

    result = scan_file_path(path)
    if result.infected_files or result.issues_count:
        return "flagged"
    return "refused" if result.scan_err or not result.scanned_files else "clean"


def modelscan(path: str) -> str:
    """modelscan's own scan of one file."""
    from modelscan.modelscan import ModelScan

    result = ModelScan().scan(path)
    if result.get("issues"):
        return "flagged"
    scanned = result.get("summary", {}).get("scanned", {}).get("total_scanned")
    return "refused" if result.get("errors") or not scanned else "clean"


def fickling(path: str) -> str:
    """fickling's safety check of each pickle in a file, PyTorch's archives included."""
    from fickling.analysis import Severity, check_safety
    from fickling.fickle import StackedPickle

    try:
        with open(path, "rb") as file:
            pickles = list(StackedPickle.load(file))
    except Exception:  # noqa: BLE001 - whatever it was, it may be an archive
        from fickling.pytorch import PyTorchModelWrapper

        pickles = [PyTorchModelWrapper(path).pickled]
    worst = max((check_safety(one).severity for one in pickles), default=Severity.LIKELY_SAFE)
    return "clean" if worst == Severity.LIKELY_SAFE else "flagged"


def modelaudit(path: str) -> str:
    """modelaudit's scan of one file; only what it calls critical counts."""
    from modelaudit.core import scan_model_directory_or_file

    result = scan_model_directory_or_file(path)
    critical = [one for one in result.issues if str(one.severity).rsplit(".", 1)[-1].lower() == "critical"]
    return "flagged" if critical else "clean" if result.success else "refused"


def main() -> None:
    """Judge every path that standard input lists."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # peers print what they like
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    judge = {one.__name__: one for one in (picklescan, modelscan, fickling, modelaudit)}[sys.argv[1]]
    told = {}
    for path in sys.stdin.read().split("\n"):
        if not path:
            continue
        started = time.perf_counter()
        try:
            said = judge(path)
        except BaseException as error:  # noqa: BLE001 - a peer that breaks down has refused
            said = f"refused: {type(error).__name__}"
        told[path] = (said, time.perf_counter() - started)
    json.dump(told, out)
    out.close()


if __name__ == "__main__":
    main()
