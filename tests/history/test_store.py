"""The history in its file: what was recorded comes back, all or nothing, whatever happens to the disk."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ourhalf.history.changes import Kind
from ourhalf.history.errors import DamagedError, HistoryError
from ourhalf.history.state import states_of
from ourhalf.history.store import History, Recorded
from ourhalf.model.finding import Finding
from ourhalf.model.responsibility import Party
from tests.history.making import DAY, assessment, finding, minutes


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "history.sqlite")


def test_each_assessment_comes_back_as_it_was(path: str) -> None:
    rounds = [
        assessment(finding("a"), finding("b", "pass")),
        assessment(finding("a", "pass"), finding("b", "pass"), finding("c", until="2026-12-01")),
        assessment(finding("a"), finding("c", party=Party.SHARED, until="2026-12-01")),
        assessment(),
    ]
    with History(path, create=True) as history:
        series = history.series(["."], None)
        recorded = [history.record(series, one, minutes(n)) for n, one in enumerate(rounds)]
    assert [[(c.kind.value, c.finding) for c in one.changes] for one in recorded] == [
        [("new", "a")],
        [("new", "c"), ("fixed", "a")],
        [("reopened", "a"), ("party_changed", "c")],
        [("fixed", "a"), ("fixed", "c")],
    ]
    with History(path) as history:
        entries = history.entries()
        assert [(e.id, e.findings, e.failing, e.at) for e in entries] == [
            (1, 2, 1, minutes(0)),
            (2, 3, 1, minutes(1)),
            (3, 2, 2, minutes(2)),
            (4, 0, 0, minutes(3)),
        ]
        assert [history.states(entry) for entry in entries] == [states_of(one) for one in rounds]
        assert [history.changes(entry) for entry in entries] == [one.changes for one in recorded]
        assert [c.kind.value for c in history.between(entries[0], entries[2])] == ["new", "party_changed"][:1]
        assert history.between(entries[2], entries[0])[0].kind is Kind.FIXED


def test_what_is_found_again_is_counted_and_takes_no_room(path: str) -> None:
    with History(path, create=True) as history:
        series = history.series(["."], None)
        first = history.record(series, assessment(finding("a")), minutes(0))
        rows = _rows(history)
        for n in range(1, 50):
            again = history.record(series, assessment(finding("a")), minutes(n))
            assert (again.entry.id, again.changes) == (first.entry.id, ())
        (entry,) = history.entries()
        assert (entry.times, entry.at, entry.last_at) == (50, minutes(0), minutes(49))
        assert _rows(history) == rows


def _rows(history: History) -> int:
    tables = ("assessments", "states", "changes", "alerts")
    return sum(history.database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


def test_targets_and_profiles_have_histories_of_their_own(path: str) -> None:
    with History(path, create=True) as history:
        ours, other = history.series(["a"], None), history.series(["a"], "p.yaml")
        assert history.series(["a"], None) == ours
        one = history.record(ours, assessment(finding("a")), minutes(0))
        two = history.record(other, assessment(finding("a")), minutes(1))
        assert [c.kind for c in two.changes] == [Kind.NEW]
        with pytest.raises(HistoryError, match="different targets"):
            history.between(one.entry, two.entry)
        assert history.entries(other) == (two.entry,)


def test_unread_files_do_not_fix_anything(path: str) -> None:
    with History(path, create=True) as history:
        series = history.series(["."], None)
        history.record(series, assessment(finding("a")), minutes(0))
        lost = history.record(series, assessment(unread=("main.tf",)), minutes(1))
        same = history.record(series, assessment(unread=("main.tf",)), minutes(2))
        back = history.record(series, assessment(finding("a")), minutes(3))
    assert [c.kind for c in lost.changes] == [Kind.BECAME_UNKNOWN]
    assert (same.entry.id, same.entry.unknown) == (lost.entry.id, 1)
    assert [c.kind for c in back.changes] == [Kind.REOPENED]


def test_what_goes_with_it_is_written_with_it_or_not_at_all(path: str) -> None:
    def breaks(_: Recorded) -> None:
        raise RuntimeError("in the middle")

    with History(path, create=True) as history:
        series = history.series(["."], None)
        history.record(series, assessment(finding("a")), minutes(0))
        with pytest.raises(RuntimeError):
            history.record(series, assessment(finding("b")), minutes(1), breaks)
        assert [e.id for e in history.entries()] == [1]
        assert set(history.states(history.entry(1))) == {"a"}


def test_random_rounds_equal_what_was_put_in(path: str) -> None:
    chance = random.Random(7)
    seen = []
    with History(path, create=True) as history:
        series = history.series(["."], None)
        for n in range(60):
            found = [
                finding(name, chance.choice(["fail", "pass", "unknown"]), party=chance.choice(list(Party)))
                for name in chance.sample("abcdef", chance.randint(0, 6))
            ]
            recorded = history.record(series, assessment(*found), minutes(n))
            seen.append((recorded.entry, states_of(assessment(*found))))
        for entry, states in seen:
            assert history.states(entry) == states


class TestDisk:
    def test_a_full_disk_in_the_middle_leaves_what_was(self, path: str) -> None:
        many = [finding(f"f{n}", reason=f"{n} " * 200) for n in range(400)]
        with History(path, create=True) as history:
            series = history.series(["."], None)
            history.record(series, assessment(finding("a")), minutes(0))
            pages = history.database.execute("PRAGMA page_count").fetchone()[0]
            history.database.execute(f"PRAGMA max_page_count = {pages + 20}")
            with pytest.raises(HistoryError, match="the disk is full; nothing of this change was kept"):
                history.record(series, assessment(*many), minutes(1))
            assert [e.id for e in history.entries()] == [1]
            history.database.execute("PRAGMA max_page_count = 1000000")
            after = history.record(series, assessment(*many), minutes(2))
            assert len(after.changes) == 401

    def test_a_limit_of_the_system_is_told_and_the_file_stays_whole(self, path: str) -> None:
        """RLIMIT_FSIZE makes real writes fail, those of the journal too."""
        code = f"""
            import resource, signal, sys
            sys.path[:0] = {sys.path!r}
            from ourhalf.history.errors import HistoryError
            from ourhalf.history.store import History
            from tests.history.making import assessment, finding, minutes
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            history = History({path!r}, create=True)
            series = history.series(["."], None)
            history.record(series, assessment(finding("a")), minutes(0))
            many = assessment(*[finding(f"f{{n}}", reason="x" * 900) for n in range(300)])
            for limit in range(4096, 4_000_000, 80_000):
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
                try:
                    history.record(series, many, minutes(1))
                except HistoryError as error:
                    print(error)
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                if len(history.entries()) > 1:
                    print("kept", len(history.states(history.entries()[-1])))
                    break
                assert list(history.states(history.entry(1))) == ["a"]
        """
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
        *failures, last = done.stdout.splitlines()
        assert failures
        assert all(line.startswith(f"{path} cannot be") for line in failures)
        assert last == "kept 300"
        with History(path) as history:
            assert len(history.entries()) == 2

    @pytest.mark.parametrize("where", ["start", "middle", "end", "cut", "empty", "text", "zeros"])
    def test_a_damaged_file_is_told_and_left_as_it_is(self, path: str, where: str) -> None:
        with History(path, create=True) as history:
            series = history.series(["."], None)
            history.record(series, assessment(*[finding(f"f{n}") for n in range(300)]), minutes(0))
        data = bytearray(Path(path).read_bytes())
        match where:
            case "start":
                data[:40] = b"\xff" * 40
            case "middle":
                data[len(data) // 2 : len(data) // 2 + 9000] = b"\xff" * 9000
            case "end":
                data[-5000:] = b"\xff" * 5000
            case "cut":
                data = data[: len(data) // 2]
            case "empty":
                data = bytearray()
            case "text":
                data = bytearray(b"not a database\n" * 1000)
            case "zeros":
                data = bytearray(len(data))
        Path(path).write_bytes(data)
        with pytest.raises(DamagedError, match=r"history\.sqlite is ") as caught:
            History(path)
        assert "Traceback" not in str(caught.value)
        assert Path(path).read_bytes() == data

    def test_a_database_of_somebody_else_is_not_touched(self, path: str) -> None:
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE theirs (x)")
        other.close()
        before = Path(path).read_bytes()
        for create in (False, True):
            with pytest.raises(DamagedError, match="is no history of ourhalf"):
                History(path, create)
        assert Path(path).read_bytes() == before

    def test_one_of_a_later_version_is_not_either(self, path: str) -> None:
        History(path, create=True).close()
        database = sqlite3.connect(path)
        database.execute("PRAGMA user_version = 9")
        database.close()
        with pytest.raises(HistoryError, match="of version 9"):
            History(path, create=True)

    def test_what_is_not_there_or_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(HistoryError, match="no such history"):
            History(str(tmp_path / "none"))
        assert not (tmp_path / "none").exists()
        (tmp_path / "file").write_text("")
        with pytest.raises(HistoryError, match="cannot be written"):
            History(str(tmp_path / "file" / "history"), create=True)
        with pytest.raises(HistoryError, match="cannot be"):
            History(str(tmp_path), create=True)

    def test_another_program_that_holds_it_is_waited_for_and_told(
        self, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ourhalf.history.database._WAIT_SECONDS", 0.1)
        with History(path, create=True) as history:
            series = history.series(["."], None)
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(HistoryError, match="in use by another program"):
                history.record(series, assessment(finding("a")), minutes(0))
            other.close()
            assert history.record(series, assessment(finding("a")), minutes(0)).changes

    def test_nobody_else_may_read_it(self, path: str) -> None:
        History(path, create=True).close()
        assert os.stat(path).st_mode & 0o077 == 0


def test_a_query_for_what_is_not_there(path: str) -> None:
    with History(path, create=True) as history, pytest.raises(HistoryError, match="no assessment 7"):
        history.entry(7)


def test_days_are_kept(path: str) -> None:
    found: list[Finding] = [finding("a")]
    with History(path, create=True) as history:
        series = history.series(["."], None)
        history.record(series, assessment(*found), minutes(0))
        history.record(series, assessment(*found, as_of=DAY.replace(day=2)), minutes(1))
        (entry,) = history.entries()
    assert (entry.as_of, entry.last_as_of) == (DAY, DAY.replace(day=2))
