"""The loop over real files: when it looks, what it tells, and what it does when something breaks."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ourhalf.history.errors import DamagedError
from ourhalf.history.outbox import Outbox
from ourhalf.history.store import History
from ourhalf.model.finding import Assessment
from ourhalf.profile.document import Profile, load
from ourhalf.run import Request, run
from ourhalf.watch import loop
from ourhalf.watch.child import AssessmentError, Child
from ourhalf.watch.delivery import Delivery, Sent
from ourhalf.watch.lock import alone
from ourhalf.watch.loop import Cycle, Parts, Watch
from ourhalf.watch.metrics import Metrics
from ourhalf.watch.sight import glance
from tests.support import calls_of
from tests.watch.test_delivery import Taker

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: trainer}
spec:
  hostNetwork: HOST
  containers:
    - name: train
      image: registry.example.com/train:1
"""
HOST = "workload-own-network"


class World:
    """A target, its history, and a watch on it in this process, whose clock a test sets."""

    def __init__(self, folder: Path) -> None:
        self.target = folder / "target"
        self.target.mkdir()
        self.pod("true")
        self.path = str(folder / "history.sqlite")
        self.history = History(self.path, create=True)
        self.taker = Taker()
        self.metrics = Metrics(("taker",))
        self.assessed: list[Request] = []
        self.time = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
        self.assess: Callable[[Request], Assessment] = run

    def pod(self, host: str) -> None:
        (self.target / "pod.yaml").write_text(POD.replace("HOST", host))

    def watch(self, profile: str | None = None, as_of: date | None = None) -> Watch:
        request = Request((str(self.target),), date(2000, 1, 1), load(profile) if profile else Profile(), profile)
        return Watch(request, self.parts(), as_of)

    def parts(self) -> Parts:
        def assess(request: Request) -> Assessment:
            self.assessed.append(request)
            return self.assess(request)

        return Parts(
            self.history, Delivery(Outbox(self.history), [self.taker]), self.metrics, assess, lambda: self.time
        )

    def told(self) -> list[tuple[str, str]]:
        return [(c.kind.value, c.told.control) for a, _ in self.taker.got for c in a.changes]

    def last(self) -> list[tuple[str, str]]:
        return [(c.kind.value, c.told.control) for c in self.taker.got[-1][0].changes]

    def counted(self) -> dict[str, float]:
        lines = self.metrics.text().decode().splitlines()
        named = "ourhalf_assessments_total{result="
        return {line.split('"')[1]: float(line.split()[-1]) for line in lines if line.startswith(named)}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("OURHALF_CACHE_DIR", str(tmp_path / "cache"))
    found = World(tmp_path)
    yield found
    found.history.close()


def test_it_assesses_what_changed_and_tells_of_it(world: World) -> None:
    watch = world.watch()
    assert watch.cycle().result == "changed"
    watch.send()
    assert ("new", HOST) in world.told()
    world.pod("false")
    assert watch.cycle().result == "changed"
    watch.send()
    assert ("fixed", HOST) in world.last()
    world.pod("true")
    watch.cycle()
    watch.send()
    assert ("reopened", HOST) in world.last()
    assert world.counted() == {"changed": 3, "unchanged": 0, "failed": 0, "not_recorded": 0}


def test_what_did_not_change_is_not_assessed_again(world: World) -> None:
    watch = world.watch()
    watch.cycle()
    watch.send()
    for _ in range(5):
        world.time += timedelta(minutes=5)
        assert watch.cycle().result == "unchanged"
        assert watch.send() == Sent()
    assert len(world.assessed) == 1
    (entry,) = world.history.entries()
    assert (entry.times, entry.last_at) == (6, world.time)


def test_a_file_that_is_written_again_as_it_was_changes_nothing(world: World) -> None:
    watch = world.watch()
    watch.cycle()
    before = glance((str(world.target),))
    world.pod("true")
    assert glance((str(world.target),)) != before, "it is looked at"
    assert watch.cycle().result == "unchanged"
    assert len(world.assessed) == 1


def test_a_restart_tells_nothing_again(world: World) -> None:
    first = world.watch()
    first.cycle()
    first.send()
    told = world.told()
    again = world.watch()
    assert again.cycle().result == "unchanged"
    assert (again.send(), world.told()) == (Sent(), told)
    assert len(world.history.entries()) == 1


def test_another_day_is_assessed_anew(world: World) -> None:
    watch = world.watch()
    watch.cycle()
    world.time += timedelta(days=1)
    watch.cycle()
    assert [request.as_of for request in world.assessed] == [date(2026, 11, 1), date(2026, 11, 2)]


def test_a_day_that_is_given_stays(world: World) -> None:
    watch = world.watch(as_of=date(2026, 10, 1))
    watch.cycle()
    world.time += timedelta(days=400)
    assert watch.cycle().result == "unchanged"
    assert [request.as_of for request in world.assessed] == [date(2026, 10, 1)]


def test_a_profile_that_changes_is_read_again(world: World, tmp_path: Path) -> None:
    profile = tmp_path / "ourhalf.yaml"
    profile.write_text("sensitivity: internal\n")
    watch = world.watch(str(profile))
    watch.cycle()
    watch.send()
    profile.write_text(
        f"sensitivity: internal\nexceptions:\n  - {{control: {HOST}, reason: agreed, owner: me, expires: 2026-11-02}}\n"
    )
    watch.cycle()
    watch.send()
    assert ("accepted", HOST) in world.last()
    world.time += timedelta(days=2)
    watch.cycle()
    watch.send()
    assert ("exception_ended", HOST) in world.last()


def test_a_broken_profile_is_told_and_what_was_found_stands(world: World, tmp_path: Path) -> None:
    profile = tmp_path / "ourhalf.yaml"
    profile.write_text("sensitivity: internal\n")
    watch = world.watch(str(profile))
    watch.cycle()
    figures = [line for line in world.metrics.text().splitlines() if line.startswith(b"ourhalf_findings")]
    profile.write_text("sensitivity: [\n")
    cycle = watch.cycle()
    assert cycle.result == "failed"
    assert cycle.problem is not None
    assert "ourhalf.yaml" in cycle.problem
    assert [line for line in world.metrics.text().splitlines() if line.startswith(b"ourhalf_findings")] == figures
    assert len(world.history.entries()) == 1


def test_a_file_that_can_no_longer_be_read_is_unknown_and_not_fixed(world: World) -> None:
    watch = world.watch()
    watch.cycle()
    watch.send()
    (world.target / "pod.yaml").write_text("apiVersion: v1\nkind: [Pod\n")
    cycle = watch.cycle()
    watch.send()
    assert cycle.recorded is not None
    assert cycle.recorded.entry.unread == 1
    assert ("became_unknown", HOST) in world.told()
    assert "fixed" not in {kind for kind, _ in world.told()}
    (world.target / "pod.yaml").unlink()
    watch.cycle()
    watch.send()
    assert ("fixed", HOST) in world.last()


def test_a_full_disk_loses_nothing_and_tells_nothing_twice(world: World) -> None:
    watch = world.watch()
    watch.cycle()
    watch.send()
    told = world.told()
    pages = world.history.database.execute("PRAGMA page_count").fetchone()[0]
    world.history.database.execute(f"PRAGMA max_page_count = {pages}")
    (world.target / "more.yaml").write_text("---\n".join(POD.replace("trainer", f"t{n}") for n in range(60)))
    for _ in range(3):
        cycle = watch.cycle()
        assert cycle.result == "not_recorded"
        assert cycle.problem is not None
        assert "the disk is full" in cycle.problem
        watch.send()
    assert world.told() == told
    world.history.database.execute("PRAGMA max_page_count = 1000000")
    assert watch.cycle().result == "changed"
    watch.send()
    new = world.told()[len(told) :]
    assert len(new) == len([c for c in world.history.changes(world.history.entry(2)) if c.alerts]) > 60
    assert world.counted() == {"changed": 2, "unchanged": 0, "failed": 0, "not_recorded": 3}


def test_a_history_that_is_damaged_ends_the_watch(world: World) -> None:
    watch = world.watch()
    watch.cycle()
    with open(world.path, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(24)
        file.write(b"\xff" * 4)  # the count of changes: what SQLite holds in memory is no longer good
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    world.pod("false")
    with pytest.raises(DamagedError, match="is damaged"):
        watch.cycle()


def test_an_assessment_that_cannot_be_made_is_told(world: World) -> None:
    def breaks(_: Request) -> Assessment:
        raise AssessmentError("MemoryError: ")

    world.assess = breaks
    watch = world.watch()
    assert watch.cycle() == Cycle("failed", problem="MemoryError: ")
    world.assess = run
    assert watch.cycle().result == "changed"


class TestRun:
    """`Watch.run` in a thread, with real waiting."""

    @staticmethod
    def running(
        world: World, seconds: float, until: Callable[[list[Cycle]], bool], act: Callable[[], Any]
    ) -> list[Cycle]:
        """Run until `until` holds of the cycles, having done `act` after the first."""
        stop, cycles = threading.Event(), []
        acted = threading.Event()

        def told(cycle: Cycle, _: Sent) -> None:
            cycles.append(cycle)
            if not acted.is_set():
                acted.set()
                act()
            if until(cycles):
                stop.set()

        timer = threading.Timer(60, stop.set)
        timer.start()
        world.watch().run(stop, seconds, told)
        timer.cancel()
        return cycles

    def test_a_change_is_seen_long_before_the_interval(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loop, "_POLL_SECONDS", 0.05)
        cycles = self.running(world, 3600, lambda found: len(found) == 2, lambda: world.pod("false"))
        assert [cycle.result for cycle in cycles] == ["changed", "changed"]
        assert ("fixed", HOST) in world.last()

    def test_the_interval_is_kept_to(self, world: World) -> None:
        cycles = self.running(world, 0.05, lambda found: len(found) == 4, lambda: None)
        assert [cycle.result for cycle in cycles] == ["changed", "unchanged", "unchanged", "unchanged"]

    def test_an_alert_that_falls_due_does_not_wait_for_the_interval(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from ourhalf.watch.destination import DeliveryError

        monkeypatch.setattr(loop, "_POLL_SECONDS", 0.05)
        answers = iter([DeliveryError("down", doubt=False), None])
        world.taker.fails = lambda _: next(answers)

        def later() -> None:
            world.time += timedelta(seconds=20)

        cycles = self.running(world, 3600, lambda found: len(found) == 2, later)
        assert [cycle.result for cycle in cycles] == ["changed", "waiting"]
        assert [repeat for _, repeat in world.taker.got] == [False, False]


class TestSight:
    @pytest.mark.parametrize("how", ["content", "touch", "add", "remove", "rename", "mode", "folder", "same-time"])
    def test_every_change_shows(self, tmp_path: Path, how: str) -> None:
        file = tmp_path / "a" / "main.tf"
        file.parent.mkdir()
        file.write_text("a")
        before = glance((str(tmp_path),))
        assert glance((str(tmp_path),)) == before
        time.sleep(0.02)
        match how:
            case "content":
                file.write_text("b")
            case "touch":
                os.utime(file, (1, 1))
            case "add":
                (tmp_path / "b.tf").write_text("")
            case "remove":
                file.unlink()
            case "rename":
                file.rename(tmp_path / "other.tf")
            case "mode":
                file.chmod(0o600)
            case "folder":
                (tmp_path / "a").rename(tmp_path / "b")
            case "same-time":
                status = os.stat(file)
                file.write_text("b")
                os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert glance((str(tmp_path),)) != before

    def test_a_history_in_its_own_target_may_grow(self, tmp_path: Path) -> None:
        (tmp_path / "main.tf").write_text("a")
        history = tmp_path / "history.sqlite"
        history.write_bytes(b"1")
        before = glance((str(tmp_path),))
        history.write_bytes(b"22")
        assert glance((str(tmp_path),)) == before
        (tmp_path / "main.tf").write_text("b")
        assert glance((str(tmp_path),)) != before

    def test_a_single_file_a_profile_and_what_is_not_there(self, tmp_path: Path) -> None:
        file = tmp_path / "main.tf"
        file.write_text("a")
        profile = tmp_path / "profile.yaml"
        before = glance((str(file), "registry.example.com/x:1"), (str(profile),))
        profile.write_text("")
        with_profile = glance((str(file), "registry.example.com/x:1"), (str(profile),))
        file.write_text("ab")
        assert len({before, with_profile, glance((str(file), "registry.example.com/x:1"), (str(profile),))}) == 3

    def test_the_work_grows_with_the_files_and_opens_none(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for n in range(40):
            (tmp_path / f"f{n}.tf").write_text("a")
        _, forty = calls_of(lambda: glance((str(tmp_path),)))
        for n in range(40, 80):
            (tmp_path / f"f{n}.tf").write_text("a")
        monkeypatch.setattr(os, "open", None)
        _, eighty = calls_of(lambda: glance((str(tmp_path),)))
        assert eighty < 2.1 * forty


class TestChild:
    def test_it_gives_what_a_run_here_gives(self, world: World) -> None:
        request = Request((str(world.target),), date(2026, 11, 1))
        assert Child().assess(request) == run(request, use_cache=False)

    def test_nothing_is_imported_from_the_target(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(world.target)
        (world.target / "msgspec.py").write_text("raise SystemExit('this is run')")
        (world.target / "ourhalf.py").write_text("raise SystemExit('this is run')")
        assert Child().assess(Request((".",), date(2026, 11, 1))).findings

    def test_one_that_is_ended_is_no_assessment(self, world: World) -> None:
        child = Child()
        killer = threading.Thread(target=_stop_soon, args=(child,))
        killer.start()
        with pytest.raises(AssessmentError, match="status -15"):
            child.assess(Request((str(world.target),), date(2026, 11, 1)))
        killer.join()


def _stop_soon(child: Child) -> None:
    while child._process is None:
        time.sleep(0.005)
    child.stop()


def test_two_watches_cannot_share_a_history(tmp_path: Path) -> None:
    from ourhalf.history.errors import HistoryError

    path = str(tmp_path / "history.sqlite")
    with alone(path), pytest.raises(HistoryError, match=rf"in use by another .*process {os.getpid()}"), alone(path):
        pass
    with alone(path):
        pass
