"""A real browser without a window, for tests that look at pages as people do."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here")

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
)


def shown(page: Path, anchor: str = "") -> str:
    """The document of a page once its scripts have run."""
    return _run(page, anchor, "--dump-dom")


def screenshot(page: Path, picture: Path, width: int = 1400, height: int = 1000) -> None:
    """A picture of the top of a page."""
    _run(page, "", f"--window-size={width},{height}", "--hide-scrollbars", f"--screenshot={picture}")


def _run(page: Path, anchor: str, *options: str) -> str:
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [CHROMIUM, *_OPTIONS, f"--user-data-dir={profile}", *options, f"{page.resolve().as_uri()}{anchor}"],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    return done.stdout
