"""What `make demo` runs: the assessment of the example company, in the terminal and as a page."""

from __future__ import annotations

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "acme")
REPORT = os.path.join(os.path.dirname(HERE), "build", "acme.html")


def main() -> int:
    """Assess the example; failures are expected in it, so only a broken run gives another status than 0."""
    os.makedirs(os.path.dirname(REPORT), exist_ok=True)
    program = os.path.join(os.path.dirname(sys.executable), "ourhalf")
    status = subprocess.run(
        [
            program,
            "assess",
            TARGET,
            "--profile",
            os.path.join(TARGET, "ourhalf.yaml"),
            "--format",
            "table",
            "--format",
            f"html={REPORT}",
        ],
        check=False,
    ).returncode
    if status not in (0, 1):
        return status
    print(f"\nThe report as a page: {REPORT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
