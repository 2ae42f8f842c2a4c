from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.advisories.made import before, osv

Run = Callable[..., Any]


@pytest.fixture
def feed(run: Run) -> str:
    """A file with one good record and one that cannot be used, in the current folder."""
    assert run is not None
    records = [
        osv("PYSEC-2026-1", "thing", *before("2"), aliases=["CVE-2026-1000"], summary="bad \u001b[2J thing"),
        osv("PYSEC-2026-2", "thing", {"introduced": "0"}, {"fixed": "trunk"}),
    ]
    Path("feed.jsonl").write_text("\n".join(map(json.dumps, records)))
    return "feed.jsonl"


def test_import_and_status(run: Run, feed: str) -> None:
    done = run("advisories", "import", feed)
    assert (done.status, done.out) == (0, "feed.jsonl: pypa 2; 1 unusable\n")
    assert "advisories status --unusable" in done.err
    told = run("advisories", "status", "--as-of", "2026-01-04").out
    assert "pypa    2026-01-02  2 days  2        1         proved    pypi" in told
    assert "Python Packaging Advisory Database contributors (CC-BY-4.0)" in told
    assert "stale" in run("advisories", "status", "--as-of", "2026-01-10").out
    assert "stale" not in run("advisories", "status", "--as-of", "2026-01-10", "--max-age", "30").out
    unusable = run("advisories", "status", "--unusable").out
    assert unusable == "pypa  PYSEC-2026-2: 'trunk' is not written as versions of pypi are (pypi/thing)\n"


def test_status_as_json(run: Run, feed: str) -> None:
    run("advisories", "import", feed)
    document = json.loads(run("advisories", "status", "--format", "json").out)
    (source,) = document["sources"]
    assert (source["name"], source["records"], source["proved"]) == ("pypa", 2, True)
    assert document["digest"].startswith("sha256:")
    assert [one["record"] for one in document["unusable"]] == ["PYSEC-2026-2"]


def test_show(run: Run, feed: str) -> None:
    run("advisories", "import", feed)
    page = run("advisories", "show", "CVE-2026-1000").out
    assert page.startswith("CVE-2026-1000\n\npypa: PYSEC-2026-1\n")
    assert "  pypi thing: before 2\n" in page
    assert "\u001b" not in page
    document = json.loads(run("advisories", "show", "PYSEC-2026-1", "--format", "json").out)
    assert document["records"][0]["affected"][0]["intervals"] == [{"low": "", "high": "2", "closed": False}]
    missing = run("advisories", "show", "CVE-2020-1")
    assert missing.status == 2
    assert "CVE-2020-1 is not in the store" in missing.err


def test_a_store_of_its_own(run: Run, feed: str) -> None:
    assert run("advisories", "import", feed, "--store", "here.db").status == 0
    assert Path("here.db").is_file()
    assert run("advisories", "status", "--store", "here.db").status == 0
    missing = run("advisories", "status")
    assert missing.status == 2
    assert "no advisory store" in missing.err


def test_the_day_of_a_source_and_its_whole(run: Run, feed: str) -> None:
    run("advisories", "import", feed, "--source", "osv-pypi", "--taken", "2026-05-05")
    Path("other.json").write_text(json.dumps(osv("PYSEC-2026-3", "thing", *before("2"))))
    done = run("advisories", "import", "other.json", "--source", "osv-pypi", "--replace", "--taken", "2026-05-06")
    assert done.status == 0
    (source,) = json.loads(run("advisories", "status", "--format", "json").out)["sources"]
    assert (source["name"], source["records"], source["as_of"]) == ("osv-pypi", 1, "2026-05-06")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "missing.json"), "missing.json: No such file or directory; nothing was imported"),
        (("import", "page.txt"), "page.txt holds no advisory that ourhalf reads; nothing was imported"),
        (("import", "feed.jsonl", "--source", "pyp"), "no source is named pyp; did you mean pypa?"),
        (("import", "feed.jsonl", "--replace"), "--replace is said of one source: name it with --source"),
        (("import", "feed.jsonl", "--source", "pypa", "--taken", "May"), "--taken May is no day"),
        (("status", "--store", "page.txt"), "page.txt: a damaged advisory store"),
        (("update", "cisa"), "no source is named cisa; did you mean cisa-kev?"),
        (("import",), "Missing argument"),
    ],
)
def test_what_is_wrong_is_one_line_with_a_remedy(run: Run, feed: str, arguments: tuple[str, ...], said: str) -> None:
    assert feed
    Path("page.txt").write_text("only a text that is no database at all, and long enough to be one")
    done = run("advisories", *arguments)
    assert (done.status, done.out if "import" not in arguments else "") == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert not Path("../cache/advisories.db").exists()


def test_an_import_is_whole_or_not_at_all(run: Run, feed: str) -> None:
    run("advisories", "import", feed)
    before_ = run("advisories", "status", "--format", "json").out
    Path("more.json").write_text(json.dumps(osv("PYSEC-2026-9", "thing", *before("2"))))
    assert run("advisories", "import", "more.json", "missing.json").status == 2
    assert run("advisories", "status", "--format", "json").out == before_


def test_update_tells_what_it_would_fetch(run: Run) -> None:
    done = run("advisories", "update", "--list")
    assert done.status == 0
    assert "cisa-kev          https://www.cisa.gov/" in done.out


def test_update_without_a_network_fails_and_says_why(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    done = run("advisories", "update", "cisa-kev")
    assert done.status == 2
    assert "cisa-kev stays as it was: https://www.cisa.gov" in done.err
