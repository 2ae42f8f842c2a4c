"""`Network` over the resources of one assessment: joins rules, addresses, routes and load balancers."""

from __future__ import annotations

from typing import Any

from ourhalf.graph.reach import balancers, pods, routes, rules
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Unresolved, effective, elements
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Platform, Service
from ourhalf.model.workload import Workload
from ourhalf.resources.ecs import EcsTaskDefinition
from ourhalf.resources.vpc import Subnet

_SAGEMAKER_FRONTED = {
    Platform.SAGEMAKER_ENDPOINT: "SageMaker passes on signed requests, and lets no other connection in",
    Platform.SAGEMAKER_JOB: "a SageMaker job accepts no connections from outside",
    Platform.SAGEMAKER_NOTEBOOK: "a SageMaker notebook is reached through signed addresses only",
}


class ResourceNetwork:
    """Judges reachability by the resources in a graph, each question once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._asked: dict[tuple[int, int, str], tuple[Workload, Exposure]] = {}

    def exposure(self, workload: Workload, port: int, protocol: str = "tcp") -> Exposure:
        """See `Network.exposure`."""
        key = (id(workload), port, protocol)
        found = self._asked.get(key)
        if found is None:
            # The workload is kept with the answer so that its id stays its own.
            found = self._asked[key] = (workload, self._judge(workload, port, protocol))
        return found[1]

    def admitted(self, group: Resource, port: int, protocol: str = "tcp") -> Exposure:
        """See `Network.admitted`."""
        return rules.admitted(group, port, protocol, self._graph)

    def _judge(self, workload: Workload, port: int, protocol: str) -> Exposure:
        fronted = [_SAGEMAKER_FRONTED.get(platform) for platform in workload.platforms]
        if fronted and all(fronted):
            return Exposure(Scope.NONE, str(fronted[0]))
        if workload.services == (Service.EKS,):
            return pods.exposure(workload, port, protocol, self._graph)
        outside, published = _published(workload, port)
        found = published if outside is None else self._direct(workload, outside, protocol)
        for one in balancers.through(workload, port, self._graph):
            found = found.wider(one)
        return found

    def _direct(self, workload: Workload, port: int, protocol: str) -> Exposure:
        """From where the workload's own addresses can be reached."""
        inside = rules.around(workload, port, protocol, self._graph)
        if inside.scope not in (Scope.INTERNET, Scope.UNKNOWN):
            return inside
        answer, fields = self._public(workload, port, protocol)
        if answer is False:
            return Exposure(Scope.VPC, f"{inside.why}, but no way leads there from the internet", fields)
        if answer and inside.scope is Scope.INTERNET:
            return Exposure(Scope.INTERNET, f"{inside.why}, and it has a public address", (*inside.fields, *fields))
        if inside.scope is Scope.UNKNOWN:
            return inside
        return Exposure(Scope.UNKNOWN, f"{inside.why}; whether it has a public address is not known", inside.fields)

    def _public(self, workload: Workload, port: int, protocol: str) -> tuple[bool | None, tuple[Field[Any], ...]]:
        """Whether the workload has an address that the internet is routed to, through the network ACL too."""
        address = workload.public_address
        if effective(address) is False:
            return False, (address,)
        match workload.subnets:
            case Known(links, place) if links:
                answers = [
                    self._subnet(link if isinstance(link, Unresolved) else Known(link, place), workload, port, protocol)
                    for link in links
                ]
            case Unresolved() as unresolved:
                return None, (unresolved,)
            case field:
                return (True if effective(address) else None), (address, field)
        for wanted in (True, None):
            for answer, fields in answers:
                if answer is wanted:
                    return answer, fields
        return answers[0]

    def _subnet(
        self, link: Field[Any], workload: Workload, port: int, protocol: str
    ) -> tuple[bool | None, tuple[Field[Any], ...]]:
        subnet = self._graph.find(link, Subnet, workload.resource)
        if isinstance(subnet, Unresolved):
            return None, (subnet,)
        address = workload.public_address
        given: tuple[bool | None, tuple[Field[Any], ...]] = (effective(address), (address,))
        if isinstance(address, Absent) and address.default is None:
            given = (effective(subnet.public_addresses), (subnet.public_addresses,))
        steps = [given, routes.passes(subnet, port, protocol, self._graph)]
        if not routes.is_default(subnet, self._graph):
            steps.append(routes.routed(subnet, self._graph))
        for answer, fields in steps:
            if answer is False:
                return False, fields
        for answer, fields in steps:
            if answer is None:
                return None, fields
        return True, tuple(field for _, fields in steps for field in fields)


def _published(workload: Workload, port: int) -> tuple[int | None, Exposure]:
    """The port of the workload's own address or host behind which `port` is, None where there is none."""
    none = Exposure(Scope.HOST, "the port is not published by the host")
    if effective(workload.host_network):
        return port, none
    definition = workload.resource
    if isinstance(definition, EcsTaskDefinition):
        match definition.network_mode:
            case Known("awsvpc" | "host"):
                return port, none
            case Known("none") as field:
                return None, Exposure(Scope.NONE, "the task has no network", (field,))
            case Unresolved() as unresolved:
                return None, Exposure(Scope.UNKNOWN, unresolved.reason, (unresolved,))
    elif Service.EC2 not in workload.services:
        return port, none
    return _mapped(workload, port)


def _mapped(workload: Workload, port: int) -> tuple[int | None, Exposure]:
    doubt: Unresolved | None = workload.containers if isinstance(workload.containers, Unresolved) else None
    for container in elements(workload.containers):
        if isinstance(container.ports, Unresolved):
            doubt = container.ports
        for mapping in elements(container.ports):
            if effective(mapping.container_port) != port:
                continue
            address = effective(mapping.host_address)
            if address is not None and (address.startswith("127.") or address in ("localhost", "::1")):
                return None, Exposure(Scope.HOST, f"the host publishes it on {address} only", (mapping.host_address,))
            match mapping.host_port:
                case Known(value) if value:
                    return value, Exposure(Scope.HOST, "")
                case Unresolved() as unresolved:
                    return None, Exposure(Scope.UNKNOWN, unresolved.reason, (unresolved,))
                case field:
                    return None, Exposure(Scope.UNKNOWN, "the host chooses the port that it publishes", (field,))
    if doubt is not None:
        return None, Exposure(Scope.UNKNOWN, doubt.reason, (doubt,))
    return None, Exposure(Scope.HOST, "the host does not publish the port", (workload.containers,))
