"""The dashboard asks only for what is told, in queries that Prometheus can read, and has the form of Grafana's own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from ourhalf.watch.dashboard import dashboard
from tests.watch.test_server import metrics

BOARD: dict[str, Any] = json.loads(dashboard())
PANELS: list[dict[str, Any]] = BOARD["panels"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]
NAMED = re.compile(r"\bourhalf_\w+")


def test_panels_have_what_grafana_asks_of_them() -> None:
    assert BOARD["uid"] == "ourhalf"
    assert BOARD["schemaVersion"] >= 36
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    for panel in PANELS:
        assert panel["type"] in {"stat", "timeseries", "bargauge"}
        assert panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert [t["refId"] for t in panel["targets"]] == ["A", "B"][: len(panel["targets"])]
        assert {"defaults", "overrides"} == set(panel["fieldConfig"])


def test_panels_do_not_cover_each_other() -> None:
    places = [(p["title"], p["gridPos"]) for p in PANELS]
    assert all(g["x"] >= 0 and g["x"] + g["w"] <= 24 for _, g in places)
    for (one, a), (other, b) in combinations(places, 2):
        apart_x = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        apart_y = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert apart_x or apart_y, f"{one} covers {other}"


def test_it_shows_every_metric_and_asks_for_no_other() -> None:
    told = {line.split("{")[0].split()[0] for line in metrics().text().decode().splitlines() if line[0] != "#"}
    told = {name for name in told if not name.endswith("_created")}
    assert {name for query in QUERIES for name in NAMED.findall(query)} == told


def test_variables_are_those_that_queries_use() -> None:
    names = {variable["name"] for variable in BOARD["templating"]["list"]}
    used = {name for query in QUERIES for name in re.findall(r"\$(?!__)(\w+)", query)}
    assert used | {"datasource"} == names


def test_prometheus_reads_every_query(tmp_path: Path) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool of Debian's prometheus is not installed")
    filled = [q.replace("$job", ".*").replace("$instance", ".*").replace("$__rate_interval", "5m") for q in QUERIES]
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(filled)]
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    done = subprocess.run([program, "check", "rules", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
