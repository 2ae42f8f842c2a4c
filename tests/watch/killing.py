"""Kills `ourhalf watch` again and again, and holds what was received against what happened.

    python -m tests.watch.killing --kills 1000
    python -m tests.watch.killing --kills 100 --whole

The command runs against a real receiver; it is killed by SIGKILL at random moments, and at those where most can go
wrong: when a request has come in, when it has just been answered, and while the history is being written. Without
`--whole`, its assessments come from `tests.watch.light`, and all else is the command itself.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from tests.servers import Conversation, Request, serving
from tests.watch.light import STATES

_START = "from ourhalf.cli.main import program; program()"
_SETTINGS = ("privileged", "hostNetwork", "hostPID")
_BEGUN = {"new", "reopened", "exception_ended"}
_ENDED = {"fixed", "accepted", "became_unknown"}
_LONGEST = 0.6


def _listen(process: subprocess.Popen[bytes], said: list[bytes], begun: threading.Event) -> None:
    """Keep what a process says, and note when it has begun to watch."""
    if process.stderr is not None:
        for line in process.stderr:
            said.append(line)
            if b"watching" in line:
                begun.set()
    begun.set()


class Received(NamedTuple):
    """One delivery of an alert."""

    id: str
    repeat: bool
    body: bytes


class Killer:
    """Changes files, runs the command, kills it, and keeps what its receiver got."""

    def __init__(self, folder: Path, seed: int, whole: bool) -> None:
        self._whole = whole
        self.target = folder / "target"
        self.target.mkdir()
        self.history = folder / "history.sqlite"
        self.events = folder / "events.ndjson"
        self.cache = folder / "cache"
        self.received: list[Received] = []
        self.kills: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._states = {(pod, name): False for pod in range(4) for name in _SETTINGS}
        self._process: subprocess.Popen[bytes] | None = None
        self._trigger = ""
        self._lock = threading.Lock()

    def receive(self, to: Conversation, request: Request) -> None:
        """The script of the receiver."""
        self._kill_if("request")
        alert = json.loads(request.body)["id"]
        assert request.headers["idempotency-key"] == alert
        self.received.append(Received(alert, "ourhalf-repeat" in request.headers, request.body))
        to.answer(200)
        if self._trigger == "answer":
            time.sleep(self._chance.uniform(0, 0.003))
            self._kill_if("answer")

    def rounds(self, kills: int, url: str) -> None:
        """Run and kill so many times."""
        while sum(self.kills.values()) < kills:
            self._change()
            self._trigger = self._chance.choice(["time", "time", "request", "answer", "journal"])
            self._run(url)

    def finish(self, url: str) -> None:
        """Let it run until nothing waits."""
        self._trigger = ""
        for _ in range(20):
            command = self._command(url, "--once")
            done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            if self._waiting() == 0:
                return
        raise AssertionError("alerts wait for ever")

    def _command(self, url: str, *more: str) -> list[str]:
        start = ["-c", _START] if self._whole else ["-m", "tests.watch.light"]
        options = ["--history", str(self.history), "--alert", f"webhook:{url}/hook", "--alert", f"ocsf:{self.events}"]
        options += ["--alert-allow-host", "127.0.0.1", "--interval", "50ms", "--as-of", "2026-11-01", *more]
        return [sys.executable, *start, "watch", str(self.target), *options]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "OURHALF_CACHE_DIR": str(self.cache)}

    def _run(self, url: str) -> None:
        """One process, from its start to its end by our hand."""
        pipe = subprocess.PIPE
        with subprocess.Popen(
            self._command(url), env=self._environment(), stdout=subprocess.DEVNULL, stderr=pipe
        ) as process:
            self._process = process
            said: list[bytes] = []
            begun = threading.Event()
            listening = threading.Thread(target=_listen, args=(process, said, begun))
            listening.start()
            if self._chance.random() > 0.1:
                begun.wait(30)
            self._until_killed(process)
            process.wait()
            listening.join()
            error = b"".join(said).decode()
            assert process.returncode == -signal.SIGKILL, error
            assert "damaged" not in error, error
            assert "mistake" not in error, error

    def _until_killed(self, process: subprocess.Popen[bytes]) -> None:
        longest = _LONGEST * (4 if self._whole else 1)
        until = time.monotonic() + (self._chance.uniform(0, longest) if self._trigger == "time" else 4 * longest)
        changes = time.monotonic() + self._chance.uniform(0, longest)
        written = self._chance.randint(1, 6)
        journal = f"{self.history}-journal"
        was = False
        while process.poll() is None and time.monotonic() < until:
            if self._trigger == "journal" and (now := os.path.exists(journal)) != was:
                was = now
                written -= now
                if not written:
                    time.sleep(self._chance.uniform(0, 0.002))
                    self._kill_if("journal")
            if time.monotonic() > changes:
                self._change()
                changes += self._chance.uniform(0, longest)
            time.sleep(0.0002 if self._trigger == "journal" else 0.005)
        with self._lock:
            if self._process is not None:
                self._trigger = "time"
        self._kill_if("time")

    def _kill_if(self, trigger: str) -> None:
        with self._lock:
            process = self._process
            if self._trigger == trigger and process is not None and process.poll() is None:
                process.kill()
                self.kills[trigger] += 1
                self._trigger = "done"
                self._process = None

    def _change(self) -> None:
        """Make some settings other than they are."""
        for key in self._chance.sample(sorted(self._states), self._chance.randint(1, 3)):
            self._states[key] = not self._states[key]
        beside = self.target.parent / "new"
        beside.write_text(self._pods() if self._whole else self._names())
        os.replace(beside, self.target / ("pods.yaml" if self._whole else STATES))

    def _names(self) -> str:
        return json.dumps({f"{name}-{pod}": fails for (pod, name), fails in self._states.items()})

    def _pods(self) -> str:
        pods = []
        for pod in range(4):
            on = {name: str(self._states[pod, name]).lower() for name in _SETTINGS}
            lines = ["apiVersion: v1", "kind: Pod", f"metadata: {{name: pod-{pod}}}", "spec:"]
            lines += [f"  hostNetwork: {on['hostNetwork']}", f"  hostPID: {on['hostPID']}"]
            lines += ["  containers:", "    - name: train", "      image: registry.example.com/train:1"]
            lines += [f"      securityContext: {{privileged: {on['privileged']}}}"]
            pods.append("\n".join(lines) + "\n")
        return "---\n".join(pods)

    def _waiting(self) -> int:
        return sum(status != "sent" for _, status in self.alerts())

    def alerts(self) -> list[tuple[str, str]]:
        """The id and status of every alert for the receiver."""
        import sqlite3

        with sqlite3.connect(self.history) as database:
            found = database.execute("SELECT id, status FROM alerts WHERE destination LIKE 'webhook:%'").fetchall()
        database.close()
        return found

    def failing(self) -> set[str]:
        """What fails now, by an assessment that knows nothing of the history."""
        if not self._whole:
            return {f"{name}-{pod}" for (pod, name), fails in self._states.items() if fails}
        command = [
            sys.executable,
            "-c",
            _START,
            "assess",
            str(self.target),
            "--as-of",
            "2026-11-01",
            "--format",
            "json",
        ]
        done = subprocess.run(command, env=self._environment(), capture_output=True, check=False)
        return {f["id"] for f in json.loads(done.stdout)["findings"] if f["status"] == "fail" and not f["exception"]}


def check(killer: Killer) -> dict[str, Any]:
    """Nothing lost, and nothing told twice to who honours the key. Raises AssertionError; gives figures."""
    bodies: dict[str, bytes] = {}
    plain: Counter[str] = Counter()
    for one in killer.received:
        assert bodies.setdefault(one.id, one.body) == one.body, "an alert is the same each time that it is sent"
        plain[one.id] += not one.repeat
    assert set(bodies) == {key for key, _ in killer.alerts()}, "every alert arrived, and no other"
    assert max(plain.values()) == 1, "what comes a second time says that it may be a repeat"
    told = sorted((json.loads(body) for body in bodies.values()), key=lambda a: (a["assessment"], a["part"]))
    sequences: dict[str, list[str]] = defaultdict(list)
    changes = []
    for alert in told:
        for number, change in enumerate(alert["changes"]):
            if change["kind"] in _BEGUN | _ENDED:
                sequences[change["finding"]].append(change["kind"])
            changes.append((alert["assessment"], change["finding"], change["kind"]))
            assert number < 100
    for finding, kinds in sequences.items():
        for before, after in zip(["fixed", *kinds], kinds, strict=False):
            assert (before in _BEGUN) != (after in _BEGUN), f"{finding} was told twice, or a change was lost: {kinds}"
        assert kinds.count("new") == 1, f"{finding} is new once: {kinds}"
    assert {key for key, kinds in sequences.items() if kinds[-1] in _BEGUN} == killer.failing()
    events = [json.loads(line) for line in killer.events.read_bytes().splitlines()]
    uids = [event["metadata"]["uid"] for event in events]
    assert len(uids) == len(set(uids)), "a file takes each event once"
    named = Counter((e["finding_info"]["uid"].split("/")[1], e["unmapped"]["change"]) for e in events)
    assert named == Counter((finding, kind) for _, finding, kind in changes)
    return {
        "kills": sum(killer.kills.values()),
        **{f"kills at {name}": count for name, count in sorted(killer.kills.items())},
        "alerts": len(bodies),
        "changes": len(changes),
        "deliveries": len(killer.received),
        "marked as possible repeats": sum(one.repeat for one in killer.received),
        "events in the file": len(events),
    }


def run(folder: Path, kills: int, seed: int, whole: bool) -> dict[str, Any]:
    """All of it, in an empty folder."""
    killer = Killer(folder, seed, whole)
    with serving(killer.receive, most=1_000_000) as server:
        killer.rounds(kills, server.url)
        killer.finish(server.url)
    return check(killer)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--seed", type=int, default=20261127)
    given = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(Path(folder), given.kills, given.seed, given.whole)
    figures["seconds"] = round(time.monotonic() - begun)
    sys.stdout.write("".join(f"{name}: {value:,}\n" for name, value in figures.items()))


if __name__ == "__main__":
    main()
