"""What keeps the logs of a Kubernetes cluster."""

from __future__ import annotations

from ourhalf.controls.pods import RBAC, READ
from ourhalf.controls.rbac import Power, without
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.references import KubernetesDoc, Trivy
from ourhalf.resources.kubernetes_access import KubernetesRole

LOGS_KEPT = Control(
    id="kubernetes-role-logs-kept",
    title="Kubernetes roles delete no logs and no events",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.CONTAINER_LOGS,
    applies_to=KubernetesRole,
    evaluate=without(
        Power(("pods/log", "events"), ("delete", "deletecollection", "*"), even_named=True),
        reason="its holders cover their tracks",
        namespaced=Severity.LOW,
    ),
    rationale="Whoever can delete logs and events can hide what they did.",
    remedy="Leave delete out of rules on pods/log and events.",
    citations=(KubernetesDoc(RBAC, READ),),
    same_as=(Trivy("KSV-0042"),),
    rows=("kubernetes-064",),
)
