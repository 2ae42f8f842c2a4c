"""What to run in clusters: Falco's rules, an OpenTelemetry collector, Prometheus's alert rules."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, KubernetesDoc, WebPage
from ourhalf.model.responsibility import Platform, Service
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.recommendation import Because, Cost, On, Recommendation, Sight, State
from ourhalf.monitor.states import only, reason

_READ = date(2026, 11, 27)
_FALCO = WebPage("falco.org/docs/concepts/rules/basic-elements/", _READ)
_COLLECTOR = WebPage("opentelemetry.io/docs/collector/configuration/", _READ)
_ALERTS = WebPage("prometheus.io/docs/prometheus/latest/configuration/alerting_rules/", _READ)
_OWN_NODES = KubernetesDoc("concepts/architecture/nodes/", _READ)


def _pods(facts: Facts) -> tuple[Because, ...]:
    return reason("workloads in clusters", facts.of(Service.EKS))


def _unread(facts: Facts) -> State:
    return State(On.UNKNOWN, "what runs in the cluster beside these workloads was not looked at")


FALCO = Recommendation(
    id="falco-rules",
    title="Falco knows what deep-learning containers never do",
    service="Kubernetes",
    weight=Severity.MEDIUM,
    because=_pods,
    already=_unread,
    sees=(
        Sight(
            "A shell in an inference container, SSH keys and tokens read, calls to the metadata service, a listener "
            "on a port of Ray, Jupyter or TensorBoard that nobody planned, packages installed while it runs.",
            _FALCO,
        ),
    ),
    blind=(
        Sight(
            "Pods on Fargate: Falco needs the node's kernel.",
            AwsDoc("eks/latest/userguide/fargate.html", _READ),
            lambda facts: only(facts, Platform.EKS_FARGATE),
        ),
        Sight(
            "What happens inside one Python process, such as a pickle that only computes: it sees system calls.", _FALCO
        ),
    ),
    costs=(Cost("CPU and memory of the agent on each node, and whatever keeps its output", _OWN_NODES),),
    by_hand=lambda facts: (
        "These are rules, not Falco: install it with its Helm chart, and mount the ConfigMap ourhalf-falco-rules "
        "below /etc/falco/rules.d.",
    ),
)

COLLECTOR = Recommendation(
    id="otel-collector",
    title="An OpenTelemetry collector takes metrics and traces of model servers",
    service="Kubernetes",
    weight=Severity.LOW,
    because=_pods,
    already=_unread,
    sees=(
        Sight(
            "Metrics and traces that servers send by OTLP, and those that it fetches from pods that say where, "
            "DCGM's of the GPUs among them.",
            _COLLECTOR,
        ),
    ),
    blind=(
        Sight(
            "Servers that neither send nor offer metrics; and nothing leaves it before you name a place.", _COLLECTOR
        ),
    ),
    costs=(Cost("CPU and memory of one small pod, and whatever you send its data to", _OWN_NODES),),
)

ALERTS = Recommendation(
    id="prometheus-alerts",
    title="Prometheus alerts on GPUs, restarts, failing servers, and what ourhalf finds",
    service="Kubernetes",
    weight=Severity.MEDIUM,
    because=_pods,
    already=_unread,
    sees=(
        Sight(
            "GPUs in use when nobody should use them and GPUs with errors, containers that restart, servers that "
            "answer 5xx, and, from `ourhalf watch`, findings, clocks that ran out and assessments that stopped.",
            _ALERTS,
        ),
    ),
    blind=(
        Sight("Whatever is not scraped: it needs kube-state-metrics, DCGM's exporter and `ourhalf watch`.", _ALERTS),
    ),
    costs=(Cost("samples that Prometheus keeps", _OWN_NODES),),
    by_hand=lambda facts: (
        "Mount the ConfigMap ourhalf-alert-rules where rule_files of Prometheus looks, or wrap its groups in a "
        "PrometheusRule where the operator runs.",
    ),
)
