"""Ports of tasks over which a server is steered rather than used."""

from __future__ import annotations

from ourhalf.controls.compute import ECS_TASKS, READ
from ourhalf.controls.sagemaker import eased, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known, Unresolved, doubt, elements
from ourhalf.model.network import Scope
from ourhalf.model.references import AwsDoc
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container, Port

_PORTS = {22: "SSH", 6006: "TensorBoard", 8081: "TorchServe's management", 8265: "Ray's dashboard", 8888: "Jupyter"}


def _of_port(port: Port, context: Context) -> Verdict | None:
    """The verdict on a port that servers are steered by; None where it is none."""
    match port.container_port:
        case Unresolved() as field:
            return Verdict.unknown(field)
        case Known(number) as field if number in _PORTS and context.workload is not None:
            reach = context.network.exposure(context.workload, number)
            reason = f"port {number}, that of {_PORTS[number]}, is published; {reach.why}"
            if reach.scope in (Scope.HOST, Scope.NONE):
                return Verdict.passed(reason, field, *reach.fields)
            severity = None if reach.scope is Scope.INTERNET else eased(context)
            return Verdict.failed(reason, field, *reach.fields, severity=severity)
    return None


def _none_published(container: Container, context: Context) -> Verdict:
    ports = container.ports
    verdicts = [v for port in elements(ports) if (v := _of_port(port, context)) is not None]
    hidden = doubt(ports)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts) if verdicts else Verdict.passed("no port that servers are steered by is published", ports)


NONE_PUBLISHED = Control(
    id="ecs-no-management-port",
    title="ECS containers publish no port that servers are steered by",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=Container,
    about=ECS_TASKS,
    evaluate=_none_published,
    rationale="Dashboards, notebooks and management interfaces run what they are sent; users of a model need none.",
    remedy="Publish the port of the service itself; reach the others by ECS Exec and port forwarding.",
    citations=(AwsDoc("AmazonECS/latest/APIReference/API_PortMapping.html", READ),),
    rows=("ecs-025",),
)
