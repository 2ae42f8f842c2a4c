from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import msgspec
import pytest

from ourhalf.advisories.importing import import_file
from ourhalf.advisories.store import Store, StoreError
from ourhalf.advisories.writing import writing
from tests.advisories.made import TODAY, before, matched, only, osv, package, store_of

WRITES = """
import sys
from datetime import date
from ourhalf.advisories.importing import import_file
from ourhalf.advisories.writing import writing
print("ready", flush=True)
with writing(sys.argv[1]) as writer:
    import_file(writer, sys.argv[2], date(2026, 11, 24))
"""


def content(path: Path) -> tuple[str, tuple[str, ...]]:
    """The digest of a store, and that of all its pages by SQLite's own check."""
    with Store.open(path) as store:
        digest = store.digest
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        checked = tuple(row[0] for row in db.execute("PRAGMA integrity_check"))
    db.close()
    return digest, checked


def lines(folder: Path, name: str, count: int, fixed: str) -> Path:
    file = folder / name
    records = [osv(f"PYSEC-2026-{number}", f"p{number}", *before(fixed)) for number in range(count)]
    file.write_bytes(b"\n".join(msgspec.json.encode(one) for one in records))
    return file


def test_a_kill_at_any_moment_leaves_the_old_store_whole(tmp_path: Path) -> None:
    path = tmp_path / "advisories.db"
    with writing(path) as writer:
        import_file(writer, str(lines(tmp_path, "old.jsonl", 300, "1.0")), TODAY)
    old = content(path)
    more = lines(tmp_path, "new.jsonl", 3000, "2.0")
    with writing(tmp_path / "whole.db") as writer:
        import_file(writer, str(lines(tmp_path, "old.jsonl", 300, "1.0")), TODAY)
        import_file(writer, str(more), TODAY)
    new = content(tmp_path / "whole.db")
    shutil.copyfile(path, tmp_path / "old.db")
    statuses, found = [], []
    for size in (0, 1, 200_000, 500_000, 900_000, 1_300_000):
        shutil.copyfile(tmp_path / "old.db", path)
        statuses.append(_killed_at(path, more, size))
        found.append(content(path))
        assert found[-1] in (old, new)
    # The first two were killed as soon as the process began, and as soon as it wrote.
    assert (statuses[:2], found[:2]) == ([-signal.SIGKILL] * 2, [old, old])
    shutil.copyfile(tmp_path / "old.db", path)
    with writing(path) as writer:
        import_file(writer, str(more), TODAY)
    assert content(path) == new
    assert not os.path.exists(f"{path}.new")


def _killed_at(path: Path, more: Path, size: int) -> int:
    """Kill a process that imports once the new file has so many bytes, or as soon as it began; gives its status."""
    new = Path(f"{path}.new")
    new.unlink(missing_ok=True)
    process = subprocess.Popen([sys.executable, "-c", WRITES, str(path), str(more)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    while size and process.poll() is None and not (new.exists() and new.stat().st_size >= size):
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    return process.wait()


def test_an_exception_leaves_the_old_store_and_no_file(tmp_path: Path) -> None:
    path = store_of(tmp_path, osv("PYSEC-2026-1", "thing", *before("2")))
    old = content(path)

    def broken() -> None:
        with writing(path) as writer:
            writer.replace("pypa")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert content(path) == old
    assert not os.path.exists(f"{path}.new")


def test_who_reads_keeps_reading_what_was_there(tmp_path: Path) -> None:
    path = store_of(tmp_path, osv("PYSEC-2026-1", "thing", *before("2")))
    with Store.open(path) as reading:
        digest = reading.digest
        store_of(tmp_path, osv("PYSEC-2026-2", "thing", *before("2")))
        assert reading.digest == digest
        assert [one.advisory.id for one, _, _ in reading.known_as("PYSEC-2026-1")] == ["PYSEC-2026-1"]
        assert reading.known_as("PYSEC-2026-2") == ()
    with Store.open(path) as again:
        assert again.digest != digest


def test_only_one_writes(tmp_path: Path) -> None:
    path = tmp_path / "advisories.db"
    with writing(path), pytest.raises(StoreError, match="another process writes it"), writing(path):
        pass


def test_yesterdays_report_from_yesterdays_store(tmp_path: Path) -> None:
    path = store_of(tmp_path, osv("PYSEC-2026-1", "thing", *before("2")), taken="2026-05-01")
    kept = tmp_path / "yesterday.db"
    shutil.copyfile(path, kept)
    asked = [package("thing", "1.0")]
    yesterday = msgspec.json.encode(matched(path, asked, date(2026, 5, 1)))
    changed = osv("PYSEC-2026-1", "thing", *before("3"), modified="2026-05-02T00:00:00Z", summary="worse than thought")
    store_of(tmp_path, changed, osv("PYSEC-2026-2", "thing", *before("9")), taken="2026-05-02")
    assert msgspec.json.encode(matched(path, asked, date(2026, 5, 2))) != yesterday
    assert msgspec.json.encode(matched(kept, asked, date(2026, 5, 1))) == yesterday
    # Asked of today's store, the past says that it was changed since.
    assert [one.changed_later for one in matched(path, asked, date(2026, 5, 1)).matches] == [True, False]


def test_the_newer_of_two_records_counts(tmp_path: Path) -> None:
    old = osv("PYSEC-2026-1", "thing", *before("2"))
    new = osv("PYSEC-2026-1", "other", *before("2"), modified="2026-06-01T00:00:00Z")
    for order in ([old, new], [new, old]):
        path = store_of(tmp_path, *order, name=f"{order[0]['modified']}.db")
        assert only(matched(path, [package("thing", "1"), package("other", "1")])).package == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [(None, "no advisory store"), (b"not a database, at least not one of SQLite", "damaged"), (b"", "of this version")],
)
def test_what_is_no_store_is_said(tmp_path: Path, data: bytes | None, said: str) -> None:
    path = tmp_path / "advisories.db"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(StoreError, match=said):
        Store.open(path)
    if data is not None:
        with pytest.raises(StoreError), writing(path):
            pass
        assert path.read_bytes() == data


def test_a_store_with_broken_pages_is_damaged_not_clean(tmp_path: Path) -> None:
    path = store_of(tmp_path, *(osv(f"PYSEC-2026-{n}", "thing", *before("2"), summary="x" * 400) for n in range(40)))
    data = bytearray(path.read_bytes())
    for at in range(4096, len(data)):
        data[at] ^= 0x5A
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        matched(path, [package("thing", "1")])


def test_many_records_into_a_store_that_has_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From so many on the indices are made anew; nothing else is to be seen of it."""
    old = [osv(f"PYSEC-2026-{number}", f"p{number}", *before("2")) for number in range(4)]
    new = [{**one, "modified": "2026-05-01T00:00:00Z", "summary": "again"} for one in old[1:]]
    store_of(tmp_path, *old, *new, name="at-once.db")
    monkeypatch.setattr("ourhalf.advisories.writing._BULK", 2)
    store_of(tmp_path, *old, name="in-two.db")
    path = store_of(tmp_path, *new, name="in-two.db")
    assert content(path) == content(tmp_path / "at-once.db")
    with sqlite3.connect(path) as db:
        indices = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT NULL")}
        left = [
            db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("advisory", "affected", "alias")
        ]
    db.close()
    assert indices == {"advisory_by_id", "affected_by_name", "affected_by_advisory", "alias_by_id"}
    assert left == [4, 4, 4]


def test_what_was_superseded_does_not_count(tmp_path: Path) -> None:
    old = osv("PYSEC-2026-1", "thing", *before("2"), aliases=["CVE-2026-1000"])
    path = store_of(tmp_path, old, {**old, "aliases": [], "modified": "2026-05-01T00:00:00Z"})
    with Store.open(path) as store:
        assert store.known_as("CVE-2026-1000") == ()
        assert [one.records for one in store.sources()] == [1]
