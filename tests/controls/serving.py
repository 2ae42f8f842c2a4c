"""Containers that serve: pods and tasks told by their command, and what opens them to others."""

from __future__ import annotations

from ourhalf.model.resource import Resource
from tests.support import api, kubernetes


def pod(image: str, command: str = "", arguments: str = "", more: str = "", beside: str = "") -> tuple[Resource, ...]:
    """A pod `app: serve` with one container; `beside` are further documents."""
    lines = [f"    image: {image}"]
    if command:
        lines.append(f"    command: {command}")
    if arguments:
        lines.append(f"    args: {arguments}")
    if more:
        lines.append(more)
    inner = "\n".join(lines)
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: serve, labels: {app: serve}}\nspec:\n  containers:\n"
    return kubernetes(f"{head}  - name: main\n{inner}\n{beside}")


def public_task(*command: str, image: str = "x", **environment: str) -> tuple[Resource, ...]:
    """A task with public addresses in subnets and groups of which nothing is known."""
    container = {
        "name": "main",
        "image": image,
        **({"entryPoint": list(command)} if command else {}),
        "environment": [{"name": name, "value": value} for name, value in environment.items()],
    }
    asked = {"family": "t", "networkMode": "awsvpc", "containerDefinitions": [container]}
    addresses = {"subnets": ["subnet-0"], "securityGroups": ["sg-0"], "assignPublicIp": "ENABLED"}
    network = {"awsvpcConfiguration": addresses}
    service = api("ecs:CreateService", serviceName="s", taskDefinition="t", networkConfiguration=network)
    return (api("ecs:RegisterTaskDefinition", **asked), service)


def balanced(port: int, scheme: str = "internet-facing") -> str:
    """A Service of the pod with a load balancer, as a further document."""
    return (
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: front\n  annotations:\n"
        f"    service.beta.kubernetes.io/aws-load-balancer-scheme: {scheme}\n"
        "spec:\n  type: LoadBalancer\n  selector: {app: serve}\n"
        f"  ports: [{{port: {port}, targetPort: {port}}}]\n"
    )


def environment(**values: str) -> str:
    """Variables of the pod's container, for `more`."""
    return "    env:\n" + "\n".join(f"    - {{name: {name}, value: '{value}'}}" for name, value in values.items())


HIDDEN = "${FILLED_IN}"
"""A value that is filled in later."""
