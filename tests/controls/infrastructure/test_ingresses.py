"""What Ingresses open to the outside."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import ingresses as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.serving import HIDDEN
from tests.support import Case, check, kubernetes

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
SCHEME = "alb.ingress.kubernetes.io/scheme"
SERVICE = """---
apiVersion: v1
kind: Service
metadata: {name: head}
spec:
  ports: [{name: ui, port: 80, targetPort: 8265}]
"""


def ingress(
    port: str = "number: 8265", annotations: str = "{}", more: str = "", beside: str = "", rules: str = ""
) -> tuple[Resource, ...]:
    return kubernetes(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: front\n"
        f"  annotations: {annotations}\nspec:\n{more}  rules:\n  - http:\n      paths:\n"
        f"      - backend: {{service: {{name: head, port: {{{port}}}}}}}\n{rules}{beside}"
    )


ALB = "  ingressClassName: alb\n"

CASES: list[Case] = [
    Case(group.MANAGEMENT_INTERNAL, FAIL, ingress(annotations=f"{{{SCHEME}: internet-facing}}")),
    Case(group.MANAGEMENT_INTERNAL, PASS, ingress(annotations=f"{{{SCHEME}: internal}}")),
    Case(group.MANAGEMENT_INTERNAL, PASS, ingress(more=ALB)),
    Case(group.MANAGEMENT_INTERNAL, UNKNOWN, ingress()),
    Case(group.MANAGEMENT_INTERNAL, UNKNOWN, ingress(annotations=f"{{{SCHEME}: '{HIDDEN}'}}")),
    Case(
        group.MANAGEMENT_INTERNAL,
        PASS,
        ingress(annotations=f"{{{SCHEME}: internet-facing, alb.ingress.kubernetes.io/auth-type: oidc}}"),
    ),
    Case(
        group.MANAGEMENT_INTERNAL,
        FAIL,
        ingress("name: ui", f"{{{SCHEME}: internet-facing}}", beside=SERVICE),
        "front",
    ),
    Case(group.MANAGEMENT_INTERNAL, NONE, ingress("number: 443", f"{{{SCHEME}: internet-facing}}")),
    Case(group.MANAGEMENT_INTERNAL, UNKNOWN, ingress("number: 443", rules=f"  - '{HIDDEN}'\n")),
    Case(
        group.MANAGEMENT_INTERNAL,
        FAIL,
        ingress(annotations=f"{{{SCHEME}: internet-facing}}", rules=f"  - '{HIDDEN}'\n"),
    ),
    Case(
        group.MANAGEMENT_INTERNAL,
        FAIL,
        ingress(
            "number: 443",
            f"{{{SCHEME}: internet-facing}}",
            rules="  - http: {paths: [{backend: {serviceName: head, servicePort: 8265}}]}\n",
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
