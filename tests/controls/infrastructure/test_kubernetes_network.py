"""What may reach pods."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import kubernetes_network as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.pods import pod
from tests.support import Case, check, kubernetes, read

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
STRICT = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
LABELLED = "name: train, labels: {app: train}"


def policy(selector: str, namespace: str = "default") -> str:
    return (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        f"metadata: {{name: deny, namespace: {namespace}}}\n"
        f"spec:\n  podSelector: {selector}\n  policyTypes: [Ingress]\n"
    )


def apart(selector: str) -> tuple[Resource, ...]:
    """A labelled pod, and a policy in another folder."""
    deployed = "apiVersion: v1\nkind: Pod\nmetadata: {" + LABELLED + "}\nspec:\n  containers: [{name: c, image: x:1}]\n"
    return read({"apps/pod.yaml": deployed, "policies/policy.yaml": policy(selector)}).resources


def service(spec: str, annotations: str = "{}") -> tuple[Resource, ...]:
    return kubernetes(
        f"apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n  annotations: {annotations}\nspec:\n"
        + "".join(f"  {line}\n" for line in spec.splitlines())
    )


def ingress(annotations: str) -> tuple[Resource, ...]:
    return kubernetes(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        f"metadata:\n  name: i\n  annotations: {annotations}\nspec: {{}}\n"
    )


JUPYTER = "type: LoadBalancer\nports: [{port: 8888}]"
EXTERNAL = "{service.beta.kubernetes.io/aws-load-balancer-type: external}"
INTERNAL = "{service.beta.kubernetes.io/aws-load-balancer-scheme: internal}"
FACING = "{service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}"

CASES: list[Case] = [
    Case(group.SELECTED, PASS, pod(more=policy("{}")), requirements=STRICT),
    Case(group.SELECTED, PASS, pod(more=policy("{matchLabels: {app: train}}"), metadata=LABELLED), requirements=STRICT),
    Case(group.SELECTED, FAIL, pod(more=policy("{matchLabels: {app: web}}"), metadata=LABELLED), requirements=STRICT),
    Case(group.SELECTED, FAIL, pod(more=policy("{}", "other")), requirements=STRICT),
    Case(group.SELECTED, FAIL, pod(), requirements=STRICT),
    Case(group.SELECTED, NONE, pod()),
    Case(
        group.SELECTED,
        UNKNOWN,
        pod(more=policy("{matchExpressions: [{key: app, operator: In, values: [train]}]}"), metadata=LABELLED),
        requirements=STRICT,
    ),
    Case(group.SELECTED, UNKNOWN, apart("{matchLabels: {app: train}}"), requirements=STRICT),
    Case(group.SELECTED, FAIL, apart("{matchLabels: {app: web}}"), requirements=STRICT),
    Case(group.SELECTED, FAIL, apart("{}"), requirements=STRICT),
    Case(group.OWN_NAMESPACE, PASS, pod(metadata="name: p, namespace: ml")),
    Case(group.OWN_NAMESPACE, FAIL, pod()),
    Case(group.OWN_NAMESPACE, FAIL, pod(metadata="name: p, namespace: kube-system")),
    Case(group.OWN_NAMESPACE, UNKNOWN, pod(metadata="name: p, namespace: '${NAMESPACE}'")),
    Case(group.NO_EXTERNAL_ADDRESS, PASS, service("ports: [{port: 80}]")),
    Case(group.NO_EXTERNAL_ADDRESS, FAIL, service("externalIPs: [203.0.113.7]")),
    Case(group.NO_EXTERNAL_ADDRESS, UNKNOWN, service("externalIPs: '${IPS}'")),
    Case(group.INTERNAL, PASS, service(JUPYTER, INTERNAL)),
    Case(group.INTERNAL, FAIL, service(JUPYTER, FACING)),
    Case(group.INTERNAL, FAIL, service(JUPYTER)),
    Case(group.INTERNAL, FAIL, service("type: LoadBalancer\nports: [{name: dashboard, port: 80}]")),
    Case(group.INTERNAL, PASS, service(f"loadBalancerClass: service.k8s.aws/nlb\n{JUPYTER}")),
    Case(group.INTERNAL, PASS, service(f"loadBalancerSourceRanges: [10.0.0.0/8]\n{JUPYTER}")),
    Case(group.INTERNAL, FAIL, service(f"loadBalancerSourceRanges: [0.0.0.0/0]\n{JUPYTER}")),
    Case(group.INTERNAL, NONE, service("type: LoadBalancer\nports: [{port: 443}]")),
    Case(group.INTERNAL, NONE, service("type: LoadBalancer\nports: [{port: 443, targetPort: web}]")),
    Case(group.INTERNAL, FAIL, service("type: LoadBalancer\nports: [{port: 443, targetPort: 8888}]")),
    Case(group.INTERNAL, FAIL, service("type: LoadBalancer\nports: [{port: 443, targetPort: jupyter}]")),
    Case(group.INTERNAL, NONE, service("type: LoadBalancer\nports: [{port: 443, targetPort: '²'}]")),
    Case(group.INTERNAL, NONE, service(f"type: LoadBalancer\nports: [{{port: 443, targetPort: '{'8' * 5000}'}}]")),
    Case(group.INTERNAL, UNKNOWN, service("type: LoadBalancer\nports: '${PORTS}'")),
    Case(group.INTERNAL, PASS, service(JUPYTER, EXTERNAL)),
    Case(group.INTERNAL, NONE, service("ports: [{port: 8888}]")),
    Case(group.INTERNAL, UNKNOWN, service("type: '${TYPE}'\nports: [{port: 8888}]")),
    Case(group.NO_SNIPPETS, PASS, ingress("{alb.ingress.kubernetes.io/scheme: internal}")),
    Case(group.NO_SNIPPETS, FAIL, ingress("{nginx.ingress.kubernetes.io/server-snippet: 'lua {}'}")),
    Case(
        group.NO_SNIPPETS,
        UNKNOWN,
        kubernetes(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: i\n  annotations:\n"
            "    {{- toYaml .Values.annotations | nindent 4 }}\nspec: {}\n"
        ),
    ),
    Case(
        group.SELECTED,
        UNKNOWN,
        pod(more=policy("{matchLabels: {app: train}}", "other"), metadata="name: train, labels: '${LABELS}'"),
        requirements=STRICT,
    ),
    Case(group.NO_EXTERNAL_ADDRESS, PASS, service("externalIPs: []")),
    Case(group.INTERNAL, UNKNOWN, service(JUPYTER, "'${ANNOTATIONS}'")),
    Case(group.INTERNAL, PASS, service("type: LoadBalancer\nports: '${PORTS}'", INTERNAL)),
    Case(group.NO_SNIPPETS, PASS, ingress("{nginx.ingress.kubernetes.io/rewrite-target: /}")),
    Case(group.NO_SNIPPETS, PASS, ingress("{example.com/server-snippet: 'lua {}'}")),
    Case(group.NO_SNIPPETS, UNKNOWN, ingress("\n    a: b\n    {{- toYaml .Values.annotations | nindent 4 }}")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("port", "told"),
    [
        (8888, True),
        ("8888", True),
        ("jupyter", True),
        ("Jupyter", True),
        (443, False),
        ("443", False),
        ("web", False),
        ("\u0663", False),
        (None, False),
    ],
)
def test_ports_of_management(port: int | str | None, told: bool) -> None:
    assert (group.management_port(port) is not None) is told
