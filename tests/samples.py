"""A small assessment made by hand, with names and texts that try to break out of every format."""

from __future__ import annotations

from datetime import date

from ourhalf.model.control import Topic
from ourhalf.model.evidence import Unread
from ourhalf.model.finding import (
    AcceptedBy,
    Assessment,
    CitedPage,
    ControlSummary,
    EvidenceItem,
    Finding,
    ImageSummary,
    PeerId,
    ProfileSummary,
    ResponsibilityRow,
    Subject,
    ToolInfo,
    WorkloadSummary,
)
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Layer, Party
from ourhalf.model.verdict import Status

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> `|*_[x](javascript:y) @everyone \x1b[31m\u202e"
)
"""A label that would run, colour, link or mention where a report forgot to escape it."""

PRIVILEGED = ControlSummary(
    id="container-unprivileged",
    title="Containers run without privileged mode",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.WORKLOAD_SETTINGS,
    rationale="A privileged container reaches every device of its host.",
    remedy="Leave privileged mode off.",
    citations=(
        CitedPage("https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html", date(2026, 10, 2)),
    ),
    same_as=(PeerId("Security Hub", "ECS.4"), PeerId("Checkov", "CKV_AWS_334")),
    nist_800_53=("AC-6",),
    rows=("ecs-004",),
)
KEY = ControlSummary(
    id="sagemaker-endpoint-customer-key",
    title="SageMaker endpoint volumes are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    rationale="Only a key of ours can be withdrawn.",
    remedy="Name a customer managed KMS key.",
)
DASHBOARD = ControlSummary(
    id="ray-dashboard-not-open",
    title="The Ray dashboard is closed to strangers",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.CRITICAL,
    layer=Layer.NETWORK,
    rationale="Whoever reaches it runs code.",
    remedy="Bind it to the pod's own address.",
)


def finding(
    number: int,
    control: ControlSummary = PRIVILEGED,
    status: Status = Status.FAIL,
    *,
    name: str = "train",
    path: str = "k8s/train.yaml",
    reason: str = "root in this container is root on its host",
    snippet: str = "",
    exception: AcceptedBy | None = None,
    workload: str | None = "train",
) -> Finding:
    """A finding of `control`, told apart from others by `number`, which is also its line."""
    return Finding(
        id=f"{number:020x}",
        control=control.id,
        title=control.title,
        topic=control.topic,
        severity=control.severity,
        party=Party.CUSTOMER,
        action=None,
        status=status,
        reason=reason,
        remedy=f"{control.remedy}\n{snippet}" if snippet else control.remedy,
        subject=Subject("PodTemplate", name, "eks", path, max(1, number - 1), workload),
        evidence=(EvidenceItem(path, number, "securityContext.privileged", "true"),),
        exception=exception,
    )


def _yaml(name: str) -> str:
    return f"containers:\n  - name: {name}\n    securityContext:\n      privileged: false"


def sample() -> Assessment:
    """The assessment: every status, severity, party and section is in it."""
    many = tuple(
        finding(n, name=f"job-{n}/worker", path=f"k8s/job {n}.yaml", workload=f"job-{n}", snippet=_yaml("worker"))
        for n in range(10, 19)
    )
    single = (
        finding(
            30, DASHBOARD, name="ray", path="k8s/ray.yaml", workload="ray", reason="port 8265 is open to 0.0.0.0/0"
        ),
        finding(
            31,
            KEY,
            name="endpoint",
            path="infra/main.tf",
            workload=None,
            reason=HOSTILE,
            snippet='resource "aws_sagemaker_endpoint_configuration" "e" {\n  kms_key_arn = "</pre>```"\n}',
        ),
        finding(32, KEY, Status.UNKNOWN, name="other", path="infra/main.tf", reason="variable `key` has no value"),
        finding(33, status=Status.PASS, name="serve", path="k8s/serve.yaml", workload="serve"),
        finding(34, KEY, Status.NOT_APPLICABLE, name="public", path="infra/main.tf", workload=None),
        finding(
            35,
            name=f"plugin-{HOSTILE}",
            path="k8s/plugin.yaml",
            workload="plugin",
            exception=AcceptedBy("exception", "needs the devices", "platform@example.com", date(2027, 1, 1), "EX-1"),
        ),
        finding(
            36,
            name="debug",
            path="k8s/debug.yaml",
            workload="debug",
            exception=AcceptedBy("suppression", f"for debugging {HOSTILE}"),
        ),
    )
    return Assessment(
        tool=ToolInfo("ourhalf", "1.2.3"),
        as_of=date(2026, 11, 1),
        targets=("deploy",),
        profile=ProfileSummary("ourhalf.yaml", "confidential", ("hipaa",), ("exception EX-2 matches no failure",)),
        workloads=(
            *(_workload(f"job-{n}", f"k8s/job {n}.yaml") for n in range(10, 19)),
            _workload("ray", "k8s/ray.yaml"),
            _workload("serve", "k8s/serve.yaml"),
            _workload(HOSTILE, "k8s/plugin.yaml"),
        ),
        findings=many + single,
        responsibilities=(
            ResponsibilityRow(("ray",), "eks", "facilities", Party.PROVIDER, None, "security of the cloud"),
            ResponsibilityRow(("ray",), "eks", "gpu-stack", Party.SHARED, "a new AMI", "AWS publishes, we apply"),
            ResponsibilityRow(("ray",), "eks", "network", Party.CUSTOMER, None, "it is in our configuration"),
            ResponsibilityRow(
                ("ray",), "eks", "host-patching", Party.UNKNOWN, None, HOSTILE, (Party.PROVIDER, Party.CUSTOMER)
            ),
            ResponsibilityRow(
                (HOSTILE,), None, "network", Party.PUBLISHER, None, "it is in the image", (), ("https://a.example/",)
            ),
        ),
        images=(ImageSummary("repo/image:1", None, None, None, ("ray",)),),
        unread=(
            Unread("k8s/broken.yaml", 3, "yaml", "a tab where a space belongs"),
            Unread("k8s/$(touch x).yaml", 1, "yaml", f"odd {HOSTILE}"),
        ),
        controls=(PRIVILEGED, DASHBOARD, KEY),
        files=17,
    )


def _workload(name: str, path: str) -> WorkloadSummary:
    return WorkloadSummary(
        name,
        "PodTemplate",
        "eks",
        ("eks-nodes", "eks-fargate", "eks-auto"),
        "a pod runs on nodes of any kind",
        "confidential",
        ("repo/image:1",),
        path,
        2,
    )


def large(findings: int) -> Assessment:
    """An assessment of `findings` failures on as many workloads, half of them of one control."""
    base = sample()
    found = tuple(
        finding(
            n,
            PRIVILEGED if n % 2 else DASHBOARD,
            name=f"workload-{n}/main",
            path=f"k8s/{n}.yaml",
            workload=f"workload-{n}",
            reason=f"reason {n % 400}",
            snippet=_yaml("main"),
        )
        for n in range(1, findings + 1)
    )
    workloads = tuple(_workload(f"workload-{n}", f"k8s/{n}.yaml") for n in range(1, findings + 1))
    unread = tuple(Unread(f"k8s/broken-{n}.yaml", 1, "yaml", f"broken {n % 300}") for n in range(findings))
    return Assessment(
        tool=base.tool,
        as_of=base.as_of,
        targets=base.targets,
        profile=base.profile,
        workloads=workloads,
        findings=found,
        responsibilities=base.responsibilities,
        images=(),
        unread=unread,
        controls=base.controls,
        files=findings,
    )
