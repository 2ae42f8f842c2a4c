"""`ourhalf watch` and `ourhalf history` as people call them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.servers import authority, saying, serving

Run = Callable[..., Any]
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


def pod(host: str) -> None:
    Path("pod.yaml").write_text(POD.replace("HOST", host))


def test_one_round_tells_what_is_new_and_the_next_nothing(run: Run) -> None:
    pod("true")
    done = run("watch", "pod.yaml", "--once")
    assert (done.status, done.err) == (0, "")
    assert any(
        line.startswith("new: high, ours: Workloads keep to a network of their own: ") for line in done.out.splitlines()
    )
    assert run("watch", "pod.yaml", "--once") == (0, "", "")
    pod("false")
    done = run("watch", "pod.yaml", "--once")
    assert "fixed: high, ours: Workloads keep to a network of their own: trainer (pod.yaml:1)" in done.out


def test_alerts_arrive_once_whatever_the_number_of_rounds(run: Run, tmp_path: Path) -> None:
    pod("true")
    (tmp_path / "secret").write_text("shared\n")
    with serving(saying(200)) as server:
        options = ["--alert", f"webhook:{server.url}/hook", "--alert-allow-host", "127.0.0.1"]
        options += ["--alert-secret-file", str(tmp_path / "secret"), "--alert", "ocsf:events.ndjson"]
        for _ in range(3):
            assert run("watch", "pod.yaml", "--once", *options).status == 0
    (sent,) = server.requests
    changes = json.loads(sent.body)["changes"]
    assert len(changes) == len(Path("events.ndjson").read_text().splitlines()) > 3
    assert sent.headers["ourhalf-signature"].startswith("sha256=")
    listed = run("history", "list").out
    assert "1 alerts sent, 0 waiting" in listed
    assert "secret" not in listed


def test_what_cannot_be_delivered_is_told_and_waits(run: Run) -> None:
    pod("true")
    with serving(saying(503)) as server:
        to = ["--alert", f"webhook:{server.url}/T0/path", "--alert-allow-host", "127.0.0.1"]
        done = run("watch", "pod.yaml", "--once", *to)
    assert done.status == 1
    assert "answers with status 503; it is tried again" in done.err
    assert "T0" not in done.err
    done = run("watch", "pod.yaml", "--once")
    assert "1 alerts of an earlier run wait for webhook:127.0.0.1" in done.err


def test_events_to_standard_output_stand_alone_there(run: Run) -> None:
    pod("true")
    done = run("watch", "pod.yaml", "--once", "--alert", "ocsf:-")
    assert done.status == 0
    assert {json.loads(line)["class_uid"] for line in done.out.splitlines()} == {2003}
    assert "ourhalf: new: high" in done.err


def test_what_is_known_is_told_to_nobody(run: Run) -> None:
    pod("true")
    run("watch", "pod.yaml", "--once", "--known", "--alert", "ocsf:events.ndjson")
    assert not Path("events.ndjson").exists()
    assert json.loads(run("history", "show", "1", "--format", "json").out)["changes"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["none.tf"], "none.tf: no such file or folder"),
        (["pod.yaml", "--interval", "soon"], "soon is no time"),
        (["pod.yaml", "--interval", "31d"], "31d is no time"),
        (["pod.yaml", "--interval", "0"], "0 is no time"),
        (
            ["pod.yaml", "--alert", "pager:x"],
            "no destination is named pager; there are ocsf, securityhub, slack, sns, webhook",
        ),
        (["pod.yaml", "--alert", "webhook:x"], "webhook needs an address of the web"),
        (["pod.yaml", "--alert", "ocsf:a", "--alert", "ocsf:./a"], "twice"),
        (["pod.yaml", "--listen", "9108"], "9108 is no address"),
        (["pod.yaml", "--listen", ":9108"], ":9108 is no address"),
        (["pod.yaml", "--listen", "127.0.0.1:99999"], "is no address"),
        (["pod.yaml", "--token-file", "token"], "are for --listen"),
        (["pod.yaml", "--listen", "127.0.0.1:0", "--tls-key", "k"], "--tls-key goes with --tls-cert"),
        (["pod.yaml", "--listen", "127.0.0.1:0", "--token-file", "none"], "--token-file none: No such file"),
        (["pod.yaml", "--listen", "127.0.0.1:0", "--token-file", "empty"], "write one line of text into it"),
        (["pod.yaml", "--listen", "127.0.0.1:0", "--token-file", "two"], "write one line of text into it"),
        (["pod.yaml", "--listen", "127.0.0.1:0", "--tls-cert", "empty"], "cannot be used"),
        (["pod.yaml", "--history", "pod.yaml"], "pod.yaml is damaged"),
        (["pod.yaml", "--profile", "none.yaml"], "none.yaml"),
        (["pod.yaml", "--as-of", "soon"], "--as-of soon is no day"),
    ],
)
def test_what_is_wrong_with_a_call_is_told_in_one_line(run: Run, options: list[str], told: str) -> None:
    pod("true")
    Path("empty").write_text("")
    Path("two").write_text("a\nb\n")
    done = run("watch", *options, "--once")
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert len(done.err.splitlines()) == 1
    assert "mistake of ourhalf" not in done.err


def test_what_does_not_change_cannot_be_watched(run: Run) -> None:
    pod("true")
    Path("assessment.json").write_text(run("assess", "pod.yaml", "--format", "json").out)
    assert "was made once and does not change" in run("watch", "assessment.json", "--once").err


def test_a_broken_file_is_unknown_and_the_watch_goes_on(run: Run) -> None:
    pod("true")
    run("watch", ".", "--once")
    Path("pod.yaml").write_text("kind: [Pod\n")
    done = run("watch", ".", "--once")
    assert done.status == 0
    assert "became unknown: " in done.out
    assert "fixed" not in done.out


def test_the_dashboard_is_printed(run: Run) -> None:
    done = run("watch", "--print-dashboard")
    assert (done.status, json.loads(done.out)["uid"]) == (0, "ourhalf")


def test_it_serves_metrics_until_it_is_ended(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="the extra `signing` is not installed")
    import ssl

    pod("true")
    tls = authority(tmp_path)
    (tmp_path / "token").write_text("a-long-token\n")
    command = [sys.executable, "-c", "from ourhalf.cli.main import program; program()", "watch", "pod.yaml"]
    command += ["--interval", "1h", "--listen", "127.0.0.1:0", "--tls-cert", tls.cert_file, "--tls-key", tls.key_file]
    command += ["--token-file", str(tmp_path / "token")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        assert first.startswith("ourhalf: metrics at https://127.0.0.1:")
        url = first.split()[3]
        request = urllib.request.Request(url, headers={"Authorization": "Bearer a-long-token"})
        trust = ssl.create_default_context(cafile=tls.ca_file)
        for _ in range(600):
            with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
                text = answer.read().decode()
            if "ourhalf_findings" in text:
                break
            time.sleep(0.1)
        assert 'status="fail"' in text
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(url, timeout=10, context=trust)
        os.kill(process.pid, signal.SIGTERM)
        error = process.stderr.read()
        assert process.wait(60) == 0
        assert error.splitlines() == [f"ourhalf: watching pod.yaml every 3600 s; the history is {_history(tmp_path)}"]


def _history(folder: Path) -> str:
    return str(folder / "cache" / "history.sqlite")
