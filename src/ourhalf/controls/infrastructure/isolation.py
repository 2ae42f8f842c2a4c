"""Ways a container can act with the power of its host."""

from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known
from ourhalf.model.references import AwsDoc, Checkov, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container, Workload


def _unprivileged(container: Container, _: Context) -> Verdict:
    match container.privileged:
        case Known(True) | Absent(default=True) as field:
            return Verdict.failed("root in this container is root on its host", field)
        case Known(False) | Absent(default=False) as field:
            return Verdict.passed("privileged mode is off", field)
        case field:
            return Verdict.unknown(field)


UNPRIVILEGED = Control(
    id="container-unprivileged",
    title="Containers run without privileged mode",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    evaluate=_unprivileged,
    rationale="A privileged container reaches every device of its host, GPUs and other tenants' data included.",
    remedy="Leave privileged mode off; add the one capability or device that is needed.",
    settings={"privileged": False},
    citations=(AwsDoc("securityhub/latest/userguide/ecs-controls.html#ecs-4", date(2026, 10, 2)),),
    same_as=(SecurityHub("ECS.4"), Checkov("CKV_AWS_334"), Checkov("CKV_K8S_16")),
    rows=("ecs-004",),
)


def _own_network(workload: Workload, _: Context) -> Verdict:
    match workload.host_network:
        case Known(True) | Absent(default=True) as field:
            return Verdict.failed("the workload shares its host's network and every port on it", field)
        case Known(False) | Absent(default=False) as field:
            return Verdict.passed("the workload has a network of its own", field)
        case field:
            return Verdict.unknown(field)


OWN_NETWORK = Control(
    id="workload-own-network",
    title="Workloads keep to a network of their own",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Workload,
    evaluate=_own_network,
    rationale="On the host's network a container hears every port of the host, its metadata service included.",
    remedy="Leave host networking off and publish the ports that are needed.",
    settings={"host_network": False},
    citations=(AwsDoc("securityhub/latest/userguide/ecs-controls.html", date(2026, 10, 2)),),
    same_as=(Checkov("CKV_K8S_19"),),
)
