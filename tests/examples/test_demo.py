"""What `make demo` runs ends well, and leaves two pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_runs_on_what_ships() -> None:
    done = subprocess.run([sys.executable, ROOT / "examples/demo.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Our half: ") == 2
    assert "fixed in" in done.stdout
    for page in ("acme.html", "clocks.html"):
        assert "</html>" in (ROOT / "build" / page).read_text()
