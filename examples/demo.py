"""What `make demo` runs: the assessment of the example company, and the clocks of what its server installs."""

from __future__ import annotations

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = "examples/acme"
REQUIREMENTS = "examples/serving/requirements.txt"
ADVISORIES = "examples/advisories"
DAY = "2026-08-01"
"""Of the advisories that ship with the example: they are of that time, and prove nothing by their silence."""
REPORT, STORE, CLOCKS = "build/acme.html", "build/advisories.db", "build/clocks.html"


def main() -> int:
    """Run the program on the examples; only a broken run gives another status than 0, for failures are in them."""
    os.makedirs(os.path.join(ROOT, "build"), exist_ok=True)
    reports = [f"html={REPORT}", f"html={CLOCKS}"]
    for call in (
        ["assess", TARGET, "--profile", f"{TARGET}/ourhalf.yaml", "--format", "table", "--format", reports[0]],
        ["advisories", "import", "--partial", "--store", STORE, ADVISORIES],
        [
            "vulnerabilities",
            REQUIREMENTS,
            "--store",
            STORE,
            "--as-of",
            DAY,
            "--format",
            "table",
            "--format",
            reports[1],
        ],
    ):
        print(f"\n$ ourhalf {' '.join(call)}", flush=True)
        program = os.path.join(os.path.dirname(sys.executable), "ourhalf")
        status = subprocess.run([program, *call], check=False, cwd=ROOT).returncode
        if status not in (0, 1):
            return status
    print(f"\nThe reports as pages: {os.path.join(ROOT, REPORT)} and {os.path.join(ROOT, CLOCKS)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
