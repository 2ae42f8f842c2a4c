"""The plan as Kubernetes manifests: the API's schemas, Falco's rules, Prometheus's rules, the collector's pipelines."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from ourhalf.monitor.formats.format import Planned, all_formats
from ourhalf.watch.metrics import Figures, Metrics
from tests.monitor.assessed import failures
from tests.monitor.deployments import FILES, acme, everything, planned


def kubernetes(made: Planned) -> str:
    return all_formats()["kubernetes"].render(made)


def documents(made: Planned) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(kubernetes(made)) if document]


def config(made: Planned, name: str) -> Any:
    """What the only file of a ConfigMap holds."""
    found = next(d for d in documents(made) if d["kind"] == "ConfigMap" and d["metadata"]["name"] == name)
    (text,) = found["data"].values()
    return yaml.safe_load(text)


both = pytest.mark.parametrize("made", [everything, acme], ids=["everything", "acme"])


@both
@pytest.mark.parametrize("version", ["1.30", kubernetes_validate.latest_version()])
def test_the_api_takes_it(made: Any, version: str) -> None:
    found = documents(made())
    for document in found:
        kubernetes_validate.validate(document, version, strict=True)
    assert {"Deployment", "NetworkPolicy", "ConfigMap", "Role", "RoleBinding", "Service"} <= {d["kind"] for d in found}
    keys = [(d["kind"], d["metadata"].get("namespace"), d["metadata"]["name"]) for d in found]
    assert len(set(keys)) == len(keys)


def test_what_the_api_does_not_take_is_seen() -> None:
    wrong = next(d for d in documents(everything()) if d["kind"] == "Deployment")
    wrong["spec"]["template"]["spec"]["containers"][0]["imagePolicy"] = "Always"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.30", strict=True)


@both
@pytest.mark.parametrize("regulated", [False, True])
def test_it_passes_our_own_assessment(made: Any, regulated: bool) -> None:
    found, unread = failures({"manifests.yaml": kubernetes(made())}, regulated)
    assert (found, unread) == ([], ())


# Falco: the keys of its own JSON Schema (falcosecurity/falco, userspace/engine/rule_json_schema.h, read 2026-11-27),
# and the grammar of conditions at falco.org/docs/concepts/rules/conditions.
_TEXTS = ("required_engine_version", "macro", "condition", "list", "rule", "desc", "output", "source")
FALCO = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{key: {"type": "string"} for key in _TEXTS},
            "items": {"type": "array", "items": {"type": ["string", "integer"]}},
            "priority": {
                "enum": ["EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFORMATIONAL", "DEBUG"]
            },
            "tags": {"type": "array", "items": {"type": "string"}},
            "enabled": {"type": "boolean"},
        },
        "oneOf": [
            {"required": ["required_engine_version"]},
            {"required": ["list", "items"]},
            {"required": ["macro", "condition"]},
            {"required": ["rule", "desc", "condition", "output", "priority"]},
        ],
    },
}
# Fields and operators from falco.org/docs/reference/rules/supported-fields, read 2026-11-27.
_FIELDS = {
    "container.id", "container.image.repository", "evt.is_open_read", "evt.type", "fd.name", "fd.sip", "fd.sport",
    "k8s.ns.name", "k8s.pod.name", "proc.args", "proc.cmdline", "proc.name", "proc.pname", "proc.tty", "user.name",
}  # fmt: skip
_OPERATORS = {"=", "!=", "in", "contains", "startswith", "endswith"}
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[()]|!=|=|,|[^\s()=!,"]+)')


class Condition:
    """Reads a condition of Falco, and refuses what its grammar does not know."""

    def __init__(self, text: str, macros: set[str], lists: set[str]) -> None:
        self.tokens = _TOKEN.findall(text)
        self.macros, self.lists = macros, lists
        self.at = 0

    def whole(self) -> None:
        self._or()
        assert self.at == len(self.tokens), f"left over: {self.tokens[self.at :]}"

    def _peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _take(self, *wanted: str) -> str:
        token = self._peek()
        assert token is not None, "the condition ends too early"
        assert not wanted or token in wanted, f"{token} where one of {wanted} belongs"
        self.at += 1
        return str(token)

    def _or(self) -> None:
        self._and()
        while self._peek() == "or":
            self._take()
            self._and()

    def _and(self) -> None:
        self._one()
        while self._peek() == "and":
            self._take()
            self._one()

    def _one(self) -> None:
        if self._peek() == "not":
            self._take()
            return self._one()
        if self._peek() == "(":
            self._take()
            self._or()
            self._take(")")
            return None
        name = self._take()
        if self._peek() not in _OPERATORS:
            assert name in self.macros, f"{name} is no macro"
            return None
        assert name in _FIELDS, f"{name} is no field"
        if self._take() != "in":
            self._value(self._take())
            return None
        self._take("(")
        self._member(self._take())
        while self._peek() == ",":
            self._take()
            self._member(self._take())
        self._take(")")
        return None

    def _member(self, token: str) -> None:
        if token.startswith("ourhalf_"):
            assert token in self.lists, f"{token} is no list"
        else:
            self._value(token)

    @staticmethod
    def _value(token: str) -> None:
        assert token.startswith('"') or re.fullmatch(r"[\w.:/-]+", token), f"{token} is no value"


@both
def test_falco_takes_the_rules(made: Any) -> None:
    found = config(made(), "ourhalf-falco-rules")
    jsonschema.Draft7Validator(FALCO).validate(found)
    macros: set[str] = set()
    lists: set[str] = set()
    for one in found:  # what a condition names must stand before it
        if "condition" in one:
            Condition(one["condition"], macros, lists).whole()
        macros |= {one["macro"]} if "macro" in one else set()
        lists |= {one["list"]} if "list" in one else set()
        for field in re.findall(r"%([\w.]+)", one.get("output", "")):
            assert field in _FIELDS
    assert len({one["rule"] for one in found if "rule" in one}) == 6


@pytest.mark.parametrize(
    "wrong",
    ["evt.type in (open", "evt.kind = open", "spawned", "evt.type in (ourhalf_ports)", "(evt.type = open) or", "a b"],
)
def test_conditions_that_falco_would_refuse_are_refused(wrong: str) -> None:
    with pytest.raises(AssertionError):
        Condition(wrong, {"ourhalf_started"}, set()).whole()


def test_falco_watches_the_images_and_ports_at_hand() -> None:
    found = {one.get("list") or one.get("macro"): one for one in config(everything(), "ourhalf-falco-rules")}
    assert 'endswith "/rayproject/ray"' in found["ourhalf_container"]["condition"]
    ports = found["ourhalf_ports"]["items"]
    assert 8888 in ports
    assert not {8265, 6379} & set(ports), "the pod declares them"
    assert 8265 in {one.get("list"): one for one in config(planned({"p.yaml": FILES["head.yaml"].replace(
        "containerPort: 8265", "containerPort: 9")}), "ourhalf-falco-rules")}["ourhalf_ports"]["items"]  # fmt: skip


@cache
def _promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool of Debian's prometheus is not installed")
    return found


@both
def test_prometheus_takes_the_alerts(made: Any, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(yaml.safe_dump(config(made(), "ourhalf-alert-rules")))
    done = subprocess.run([_promtool(), "check", "rules", str(rules)], capture_output=True, text=True, check=False)
    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stderr


def test_prometheus_fires_where_it_should(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(config(everything(), "ourhalf-alert-rules")))
    (tmp_path / "test.yaml").write_text(ALERTED)
    done = subprocess.run(
        [_promtool(), "test", "rules", "test.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


ALERTED = """
rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: ourhalf_findings{status="fail",severity="critical",party="customer",topic="identity"}
        values: 2x60
      - series: ourhalf_findings{status="pass",severity="critical",party="customer",topic="patching"}
        values: 9x60
      - series: ourhalf_last_assessment_timestamp_seconds
        values: 0x60
      - series: ourhalf_unread_inputs
        values: 0x60
      - series: ourhalf_clocks_overdue{party="publisher"}
        values: 3x60
      - series: DCGM_FI_DEV_GPU_UTIL{Hostname="node-1",gpu="0"}
        values: 99x60
      - series: DCGM_FI_DEV_GPU_UTIL{Hostname="node-1",gpu="1",exported_pod="train"}
        values: 99x60
      - series: kube_pod_container_status_restarts_total{namespace="vision",pod="head",container="ray"}
        values: 0+1x60
      - series: kube_pod_container_status_restarts_total{namespace="other",pod="x",container="y"}
        values: 0+1x60
    alert_rule_test:
      - alertname: OurhalfCriticalFindings
        eval_time: 30m
        exp_alerts:
          - exp_labels: {severity: critical, topic: identity}
            exp_annotations: {summary: "2 critical findings on identity are ours to mend"}
      - alertname: OurhalfAssessmentStale
        eval_time: 30m
        exp_alerts: []
      - alertname: OurhalfInputsUnread
        eval_time: 60m
        exp_alerts: []
      - alertname: OurhalfSilent
        eval_time: 30m
        exp_alerts: []
      - alertname: OurhalfClocksOverdue
        eval_time: 30m
        exp_alerts:
          - exp_labels: {severity: warning, party: publisher}
            exp_annotations: {summary: "3 fixes are overdue by the clock of the publisher"}
      - alertname: GpuBusyWithoutPod
        eval_time: 30m
        exp_alerts:
          - exp_labels: {severity: critical, Hostname: node-1, gpu: "0"}
            exp_annotations:
              summary: A GPU of node-1 is busy, and no pod has it
              description: Something computes on GPU 0 outside of Kubernetes, as miners do.
      - alertname: ContainerRestartsAgain
        eval_time: 60m
        exp_alerts:
          - exp_labels: {severity: warning, namespace: vision, pod: head, container: ray}
            exp_annotations: {summary: "vision/head: ray restarted 60 times in an hour"}
  - interval: 1m
    input_series: []
    alert_rule_test:
      - alertname: OurhalfSilent
        eval_time: 30m
        exp_alerts:
          - exp_labels: {severity: critical}
            exp_annotations: {summary: ourhalf watch gives no metrics}
"""


def test_alerts_on_ourhalf_ask_for_what_watch_gives() -> None:
    metrics = Metrics(("hook",))
    figures = Figures({("fail", "critical", "customer", "identity"): 1}, {"customer": 1}, 1)
    metrics.assessed("changed", datetime(2026, 11, 1, tzinfo=UTC), figures)
    given = metrics.text().decode()
    names = set(re.findall(r"^(ourhalf_\w+)", given, re.MULTILINE))
    labels = set(re.findall(r'(\w+)="', given))
    groups = {group["name"]: group for group in config(everything(), "ourhalf-alert-rules")["groups"]}
    asked = " ".join(rule["expr"] for rule in groups["ourhalf"]["rules"])
    assert set(re.findall(r"ourhalf_\w+", asked)) <= names
    assert set(re.findall(r'(\w+)=~?"', asked)) | set(re.findall(r"by \((\w+)\)", asked)) <= labels
    for value in re.findall(r'result=~?"([^"]+)"', asked):
        assert all(f'result="{one}"' in given for one in value.split("|"))


def test_the_collector_is_wired() -> None:
    found = config(everything(), "otel-collector")
    service = found["service"]
    assert set(service["extensions"]) <= set(found["extensions"])
    used: dict[str, set[str]] = {"receivers": set(), "processors": set(), "exporters": set()}
    for pipeline in service["pipelines"].values():
        assert pipeline.keys() == used.keys()
        for kind, ones in pipeline.items():
            used[kind] |= set(ones)
    assert used == {kind: set(found[kind]) for kind in used}, "each part is used, and each part used is there"
    assert all(pipeline["processors"][0] == "memory_limiter" for pipeline in service["pipelines"].values())
    deployment = next(d for d in documents(everything()) if d["kind"] == "Deployment")
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    listens = set(re.findall(r"POD_IP\}:(\d+)", kubernetes(everything())))
    assert {str(port["containerPort"]) for port in container["ports"]} == listens


def test_the_collector_may_see_pods_of_its_namespaces_alone() -> None:
    found = documents(everything())
    roles = [d for d in found if d["kind"] == "Role"]
    assert [(r["metadata"]["namespace"], r["rules"]) for r in roles] == [
        ("vision", [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}])
    ]
    assert not [d for d in found if d["kind"].startswith("ClusterRole")]
