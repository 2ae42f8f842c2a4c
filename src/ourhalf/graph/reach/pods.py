"""Pods: reached on their node's address, through Services and Ingresses, and by other pods."""

from __future__ import annotations

from ourhalf.model.context import Graph
from ourhalf.model.field import Known, Unresolved, effective, elements
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.workload import Workload


def exposure(workload: Workload, port: int, protocol: str, graph: Graph) -> Exposure:
    """From where `port` of a pod can be reached: every pod of the cluster, unless something widens it."""
    found = Exposure(
        Scope.CLUSTER, "every pod of the cluster reaches it unless a NetworkPolicy forbids it", (workload.containers,)
    )
    return found.wider(_on_node(workload, port))


def _on_node(workload: Workload, port: int) -> Exposure:
    """The pod as its node's address shows it: through the node's network, or a host port."""
    match workload.host_network:
        case Known(True) as field:
            return Exposure(Scope.VPC, "it listens on its node's own address", (field,))
        case Unresolved() as field:
            return Exposure(Scope.UNKNOWN, f"whether it uses its node's network is not known: {field.reason}", (field,))
    for container in elements(workload.containers):
        for mapping in elements(container.ports):
            if effective(mapping.container_port) == port and isinstance(mapping.host_port, Known):
                return Exposure(Scope.VPC, "its node's address passes the port on", (mapping.host_port,))
    return Exposure(Scope.NONE, "the node does not pass it on")
