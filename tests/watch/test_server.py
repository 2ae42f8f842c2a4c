"""The server of the metrics: who may read them, what Prometheus makes of them, and clients that mean ill."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ourhalf.history.state import states_of
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.watch.metrics import Figures, Metrics
from ourhalf.watch.server import MAX_CONNECTIONS, Server, ServerError, tls_of
from tests.history.making import EXCEPTION, MORNING, assessment, finding
from tests.servers import Authority, authority

TOKEN = "a-token-of-many-letters"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    pytest.importorskip("cryptography", reason="the extra `signing` is not installed")
    return authority(tmp_path_factory.mktemp("tls"))


@contextmanager
def running(text: Callable[[], bytes] = lambda: b"x 1\n", **settings: Any) -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), text, **settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def asked(server: Server, path: str = "/metrics", **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def said(server: Server, data: bytes) -> bytes:
    """What comes back for raw bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(data)
        answer = b""
        with suppress(OSError):
            while piece := connection.recv(65536):
                answer += piece
        return answer


def metrics() -> Metrics:
    """Metrics of a history that has seen something."""
    found = Metrics(("webhook:h#1", 'odd "\\\n name'))
    states = states_of(
        assessment(
            finding("a", severity=Severity.CRITICAL, until="2026-10-01"),
            finding("b", "pass", party=Party.PROVIDER),
            finding("c", "unknown"),
            finding("d", exception=EXCEPTION),
            finding("e"),
        )
    )
    found.assessed("changed", MORNING, Figures.of(states, 2))
    found.assessed("unchanged", MORNING)
    found.assessed("failed", MORNING.replace(hour=9))
    found.alerted({("webhook:h#1", "sent"): 3}, {"webhook:h#1": 1, "forgotten": 5})
    return found


class TestPages:
    def test_the_metrics_and_nothing_else(self) -> None:
        with running() as server:
            assert asked(server) == (200, b"x 1\n")
            assert asked(server, "/metrics?x=y") == (200, b"x 1\n")
            assert asked(server, "/healthz") == (200, b"ok\n")
            assert asked(server, "/etc/passwd")[0] == 404
            assert asked(server, "/metrics/..")[0] == 404
            assert b" 405 " in said(server, b"POST /metrics HTTP/1.1\r\n\r\n")
            assert said(server, b"HEAD /metrics HTTP/1.1\r\n\r\n").endswith(b"\r\n\r\n")

    def test_health_ends_with_the_assessments(self) -> None:
        with running(healthy=lambda: False) as server:
            assert asked(server, "/healthz")[0] == 503

    @pytest.mark.parametrize(
        "shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xff"]
    )
    def test_a_wrong_token_reads_nothing(self, shown: str) -> None:
        with running(token=TOKEN) as server:
            status, body = asked(server, **({"Authorization": shown} if shown else {}))
            assert (status, body) == (401, b"the right bearer token is needed\n")

    def test_the_right_token_does(self) -> None:
        with running(token=TOKEN) as server:
            assert asked(server, Authorization=f"Bearer {TOKEN}") == (200, b"x 1\n")
            assert asked(server, Authorization=f"bearer  {TOKEN} ") == (200, b"x 1\n")
            assert asked(server, "/healthz") == (200, b"ok\n")

    def test_tokens_are_compared_in_constant_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compared: list[int] = []

        def compare(first: bytes, second: bytes) -> bool:
            compared.append(len(first))
            assert len(first) == len(second), "digests: their length tells nothing of the token"
            return first == second

        monkeypatch.setattr("ourhalf.watch.server.hmac.compare_digest", compare)
        with running(token=TOKEN) as server:
            assert asked(server, Authorization="Bearer x")[0] == 401
        assert compared == [32]


class TestTls:
    def test_it_is_served_by_tls(self, tls: Authority) -> None:
        with running(tls=tls_of(tls.cert_file, tls.key_file), token=TOKEN) as server:
            trust = ssl.create_default_context(cafile=tls.ca_file)
            request = urllib.request.Request(
                f"https://127.0.0.1:{server.port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
            )
            with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
                assert answer.read() == b"x 1\n"

    def test_a_client_without_tls_gets_nothing(self, tls: Authority) -> None:
        with running(tls=tls_of(tls.cert_file, tls.key_file)) as server:
            assert b"x 1" not in said(server, b"GET /metrics HTTP/1.1\r\n\r\n")

    def test_a_handshake_that_stops_is_ended(self, tls: Authority) -> None:
        with running(tls=tls_of(tls.cert_file, tls.key_file), seconds=0.4) as server:
            assert said(server, b"\x16\x03\x01\x02\x00") == b""

    def test_a_bad_certificate_is_told(self, tls: Authority, tmp_path: Path) -> None:
        (tmp_path / "bad.pem").write_text("no certificate")
        for cert, key in ((str(tmp_path / "bad.pem"), None), ("/none", None), (tls.cert_file, None)):
            with pytest.raises(ServerError, match="cannot be used"):
                tls_of(cert, key)

    def test_an_encrypted_key_is_told_and_asks_nobody(self, tls: Authority, tmp_path: Path) -> None:
        from cryptography.hazmat.primitives import serialization

        key = serialization.load_pem_private_key(Path(tls.key_file).read_bytes(), None)
        path = tmp_path / "server.key"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(b"pw"),
            )
        )
        with pytest.raises(ServerError, match="the key is encrypted"):
            tls_of(tls.cert_file, str(path))


def test_an_address_that_is_taken_is_told() -> None:
    with running() as server, pytest.raises(ServerError, match=r"--listen 127\.0\.0\.1:"):
        Server(("127.0.0.1", server.port), bytes)
    with pytest.raises(ServerError):
        Server(("256.0.0.1", 1), bytes)


class TestIllWill:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / / HTTP/1.1\r\n\r\n",
            b"\x00" * 500 + b"\r\n\r\n",
            b"GET /metrics FTP/1\r\n\r\n",
            b"GET /" + b"a" * 20_000,
            b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000,
        ],
    )
    def test_what_is_no_request_is_answered_or_ended(self, data: bytes) -> None:
        with running(seconds=0.5) as server:
            assert b" 200 " not in said(server, data)
            assert asked(server)[0] == 200

    def test_a_client_that_drips_is_ended(self) -> None:
        with running(seconds=0.4) as server, socket.create_connection(("127.0.0.1", server.port)) as slow:
            slow.settimeout(10)
            with suppress(OSError):
                for _ in range(400):
                    slow.sendall(b"G")
                    time.sleep(0.02)
                pytest.fail("it may drip for ever")

    def test_a_client_that_never_reads_is_ended(self) -> None:
        with running(lambda: b"x 1\n" * 5_000_000, seconds=0.4) as server:
            idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(4)]
            for one in idle:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
                one.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
            assert _until(lambda: _threads() == 0), "its threads end"
            for one in idle:
                one.close()

    def test_many_connections_do_not_keep_prometheus_out(self) -> None:
        with running(seconds=30) as server:
            idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(3 * MAX_CONNECTIONS)]
            try:
                assert asked(server) == (200, b"x 1\n")
                assert _until(lambda: _threads() <= MAX_CONNECTIONS + 1)
            finally:
                for one in idle:
                    one.close()

    def test_clients_that_leave_leave_nothing(self) -> None:
        with running() as server:
            for _ in range(100):
                with closing(socket.create_connection(("127.0.0.1", server.port))) as one:
                    one.sendall(b"GET /metr")
            assert asked(server)[0] == 200
            assert _until(lambda: _threads() == 0)


def _threads() -> int:
    return sum("_talk" in thread.name for thread in threading.enumerate())


def _until(holds: Callable[[], bool]) -> bool:
    for _ in range(500):
        if holds():
            return True
        time.sleep(0.02)
    return False


class TestMetrics:
    def test_the_text(self) -> None:
        lines = metrics().text().decode().splitlines()
        assert (
            'ourhalf_findings{party="customer",severity="critical",status="fail",topic="infrastructure"} 1.0' in lines
        )
        assert (
            'ourhalf_findings{party="customer",severity="high",status="accepted",topic="infrastructure"} 1.0' in lines
        )
        assert 'ourhalf_clocks_overdue{party="customer"} 1.0' in lines
        assert "ourhalf_unread_inputs 2.0" in lines
        (last,) = [line for line in lines if line.startswith("ourhalf_last_assessment_timestamp_seconds")]
        assert float(last.split()[1]) == MORNING.timestamp()
        assert 'ourhalf_assessments_total{result="failed"} 1.0' in lines
        assert 'ourhalf_alerts_total{destination="webhook:h#1",result="sent"} 3.0' in lines
        assert 'ourhalf_alerts_total{destination="webhook:h#1",result="failed"} 0.0' in lines
        assert 'ourhalf_alerts_waiting{destination="webhook:h#1"} 1.0' in lines

    def test_before_the_first_assessment_nothing_is_claimed(self) -> None:
        text = Metrics().text().decode()
        assert "ourhalf_findings" not in text
        assert "ourhalf_unread_inputs" not in text
        assert "timestamp" not in text

    def test_figures_of_a_failed_assessment_are_those_before_it(self) -> None:
        found = metrics()
        before = found.text()
        found.assessed("not_recorded", datetime(2030, 1, 1, tzinfo=UTC))
        assert [a for a in found.text().splitlines() if a not in before.splitlines()] == [
            b'ourhalf_assessments_total{result="not_recorded"} 1.0'
        ]

    @pytest.mark.parametrize("made", [metrics, Metrics])
    def test_promtool_finds_nothing_wrong(self, made: Callable[[], Metrics]) -> None:
        program = shutil.which("promtool")
        if program is None:
            pytest.skip("promtool of Debian's prometheus is not installed")
        done = subprocess.run([program, "check", "metrics"], input=made().text(), capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        broken = subprocess.run([program, "check", "metrics"], input=b"no metrics {", capture_output=True, check=False)
        assert broken.returncode != 0


def test_a_real_prometheus_scrapes_by_tls_and_token(tls: Authority, tmp_path: Path) -> None:
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("Debian's prometheus is not installed")
    with running(metrics().text, tls=tls_of(tls.cert_file, tls.key_file), token=TOKEN) as server:
        job = {
            "job_name": "ourhalf",
            "scheme": "https",
            "scrape_interval": "1s",
            "authorization": {"credentials": TOKEN},
            "tls_config": {"ca_file": tls.ca_file},
            "static_configs": [{"targets": [f"127.0.0.1:{server.port}"]}],
        }
        wrong = {**job, "job_name": "stranger", "authorization": {"credentials": "guess"}}
        (tmp_path / "prometheus.yml").write_text(json.dumps({"scrape_configs": [job, wrong]}))
        with _prometheus(program, tmp_path) as url:
            assert _until(lambda: _value(url, 'up{job="ourhalf"}') == 1), "Prometheus reads it"
            assert _until(lambda: _value(url, 'up{job="stranger"}') == 0), "nobody reads it with another token"
            assert _until(lambda: _value(url, 'sum(ourhalf_findings{status="fail"})') == 2)
            assert _value(url, "ourhalf_last_assessment_timestamp_seconds") == MORNING.timestamp()
            assert _value(url, 'ourhalf_alerts_total{result="sent",destination="webhook:h#1"}') == 3


@contextmanager
def _prometheus(program: str, folder: Path) -> Iterator[str]:
    """A Prometheus that runs with the settings in `folder`: its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    options += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _value(url: str, query: str) -> float | None:
    """What a Prometheus answers; None before it has anything."""
    try:
        with urllib.request.urlopen(
            f"{url}/api/v1/query?{urllib.parse.urlencode({'query': query})}", timeout=10
        ) as got:
            found = json.load(got)["data"]["result"]
    except OSError:
        return None
    return float(found[0]["value"][1]) if found else None
