"""Where the corpora lie, and the mark for tests that read them."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from ourhalf.model.finding import Assessment

CORPORA = Path(os.environ.get("OURHALF_CORPORA", Path(__file__).parents[2] / "shared" / "corpora"))
DEV = CORPORA / "dev"

needs_corpora = pytest.mark.skipif(not DEV.is_dir(), reason="the corpora are not beside this clone")


@cache
def assessed() -> Assessment:
    """The assessment of all of dev, made once a process."""
    from datetime import date

    from ourhalf.run import Request, run

    return run(Request((str(DEV),), date(2026, 11, 1)), use_cache=False)
