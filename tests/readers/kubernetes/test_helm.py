"""Helm charts, read without rendering them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Entries, Known, Unresolved
from ourhalf.readers import go_templates
from ourhalf.readers.kubernetes.helm import NOT_RENDERED
from ourhalf.resources.kubernetes import PodContainer, PodTemplate
from tests.support import calls_of, read

CHART = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
TEMPLATE = """{{- if .Values.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "c.fullname" . }}-server
  labels:
    {{- include "c.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling }}
  replicas: {{ .Values.replicas }}
  {{- end }}
  template:
    spec:
      hostNetwork: true
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: main
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          command: ["serve", "{{ .Values.port }}"]
          securityContext:
            {{- toYaml .Values.securityContext | nindent 12 }}
          env:
            - name: A
              value: fixed
            {{- range $k, $v := .Values.env }}
            - name: {{ $k }}
              value: {{ $v | quote }}
            {{- end }}
      {{- if .Values.volumes }}
      volumes:
        - name: v
          hostPath: {path: /}
      {{- end }}
{{- end }}
"""


def chart(template: str, **more: str) -> Evidence:
    files = {"c/Chart.yaml": CHART, "c/values.yaml": "apiVersion: v1\nkind: Pod\n", "c/templates/t.yaml": template}
    return read({**files, **{f"c/templates/{name}.yaml": text for name, text in more.items()}})


def deployment(found: Evidence) -> PodTemplate:
    (pod,) = [r for r in found.resources if isinstance(r, PodTemplate)]
    return pod


def container(pod: PodTemplate) -> PodContainer:
    assert isinstance(pod.containers, Known)
    (found,) = pod.containers.value
    assert isinstance(found, PodContainer)
    return found


def test_a_template_is_told_once_and_read_as_far_as_it_can_be() -> None:
    found = chart(TEMPLATE)
    assert [(u.path, u.line, u.reason) for u in found.unread] == [("c/templates/t.yaml", 1, NOT_RENDERED)]
    pod = deployment(found)
    assert pod.name == '{{ include "c.fullname" . }}-server'
    assert isinstance(pod.host_network, Known)
    assert pod.host_network.value is True
    assert pod.host_network.place.line == 14


def test_what_a_template_fills_in_is_not_known() -> None:
    pod = deployment(chart(TEMPLATE))
    main = container(pod)
    assert main.image == Unresolved("filled in by a template", main.image.place, (None, ":", None))
    assert isinstance(main.privileged, Unresolved)
    assert isinstance(main.run_as_non_root, Unresolved)
    assert isinstance(main.entrypoint, Known)
    assert main.entrypoint.value[0] == "serve"
    assert isinstance(main.entrypoint.value[1], Unresolved)


def test_what_stands_under_a_condition_is_not_known() -> None:
    pod = deployment(chart(TEMPLATE))
    assert isinstance(pod.replicas, Unresolved)
    assert isinstance(pod.volumes, Unresolved)
    assert isinstance(pod.node_selector, Unresolved)


def test_a_loop_leaves_a_list_open() -> None:
    environment = container(deployment(chart(TEMPLATE))).environment
    assert isinstance(environment, Known)
    assert isinstance(environment.value, Entries)
    assert isinstance(environment.value.items["A"], Known)
    assert environment.value.rest is not None


def test_what_an_action_cannot_reach_stays_certain() -> None:
    pod = deployment(chart(TEMPLATE))
    assert isinstance(pod.host_pid, Absent)
    assert isinstance(container(pod).ports, Absent)


def test_an_action_of_unknown_indentation_may_write_anywhere_above_it() -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: a, image: i}]\n"
        '  {{ include "x" . | nindent $n }}\n'
    )
    assert isinstance(deployment(chart(text)).host_network, Unresolved)
    below = text.replace("nindent $n", "nindent 0")
    assert isinstance(deployment(chart(below)).host_network, Absent)


def test_a_static_template_is_a_manifest() -> None:
    found = chart("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: i}]}\n")
    assert not found.unread
    assert deployment(found).name == "p"


def test_values_are_no_manifest_and_charts_within_charts_are_charts() -> None:
    files = {
        "c/Chart.yaml": CHART,
        "c/values.yaml": "apiVersion: v1\nkind: Pod\n",
        "c/charts/d/Chart.yaml": CHART,
        "c/charts/d/values.yaml": "a: {{ broken",
        "c/charts/d/templates/_helpers.tpl": '{{ define "d" }}{{ end }}',
    }
    found = read(files)
    assert (found.resources, found.unread) == ((), ())
    assert found.files == len(files)


def test_a_template_that_is_in_no_chart() -> None:
    found = read({"m.yaml": TEMPLATE})
    assert [u.reason for u in found.unread] == ["a template, not YAML until it is rendered"]
    assert deployment(found).host_network.place.line == 14


def test_a_broken_document_leaves_the_others() -> None:
    good = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: i}]}\n"
    found = read({"m.yaml": f"{good}---\na: [b\n---\n{good.replace('name: p', 'name: q')}"})
    assert [r.name for r in found.resources] == ["p", "q"]
    assert [(u.line, u.reader) for u in found.unread] == [(7, "documents")]
    assert found.resources[1].place.line == 8


def test_actions_that_never_end_cost_no_more_than_they_are_long() -> None:
    _, calls = calls_of(lambda: go_templates.read(b"{{" * 100_000, "t.yaml", "test"))
    assert calls < 1_000_000


LINES = st.sampled_from(
    [
        "apiVersion: v1",
        "kind: Pod",
        "spec:",
        "  containers:",
        "  - name: a",
        "    image: {{ .Values.i }}",
        "{{- if .Values.x }}",
        "  {{- else }}",
        "{{ end }}",
        "  {{- toYaml .Values.y | nindent 2 }}",
        '  {{- include "x" . | nindent $n }}',
        "{{/* a",
        "comment */}}",
        "    {{ $k }}: v",
        "---",
        "  text: |",
        "    line {{ .x }}",
        "\ue0000\ue001: a",
        "{{",
        "}}",
    ]
)


@given(st.lists(LINES, max_size=25))
def test_no_template_breaks_the_reader(lines: list[str]) -> None:
    found = chart("\n".join(lines))
    assert not [u for u in found.unread if "failed" in u.reason]


@given(st.text(max_size=200))
def test_any_text_is_a_template(text: str) -> None:
    documents, refused = go_templates.read(text.encode("utf-8", "surrogatepass"), "t.yaml", "test")
    assert isinstance(documents, list)
    assert all(u.reason for u in refused)
