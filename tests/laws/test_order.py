"""The order of files and targets changes no finding."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ourhalf.run import Request, run

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


def test_order_of_targets_changes_no_finding() -> None:
    targets = tuple(str(EXAMPLE / part) for part in ("kubernetes", "terraform", "cloudformation"))
    one = run(Request(targets, date(2026, 11, 1)), use_cache=False)
    other = run(Request(targets[::-1], date(2026, 11, 1)), use_cache=False)
    assert one.findings
    assert {f.id: f.status for f in one.findings} == {f.id: f.status for f in other.findings}


def test_the_cache_changes_nothing(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("OURHALF_CACHE_DIR", str(tmp_path))
    request = Request((str(EXAMPLE),), date(2026, 11, 1))
    fresh, kept, without = run(request), run(request), run(request, use_cache=False)
    assert fresh == kept == without
