"""Channels between the members of a cluster: Ray's own ports, rendezvous of training, and vLLM's nodes.

None of them asks who connects, and most take pickled objects: they belong inside of the cluster.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from ipaddress import ip_address
from typing import Any

from ourhalf.controls.infrastructure.model_servers import VLLM
from ourhalf.controls.infrastructure.open_servers import RAY
from ourhalf.controls.servers import Server, Unclear, command_words, flag_values, hides, server
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, entry, known_part
from ourhalf.model.network import Scope
from ourhalf.model.references import WebPage
from ourhalf.model.responsibility import Service
from ourhalf.model.verdict import Status, Verdict
from ourhalf.model.workload import Container

_READ = date(2026, 10, 2)
_ORDER = (Status.FAIL, Status.UNKNOWN, Status.PASS)


def _inside(ports: Iterable[int], what: str, context: Context, *fields: Field[Any]) -> Verdict:
    """Whether none of `ports` is reached from beyond the cluster: for pods the VPC, for all the internet."""
    workload = context.workload
    if workload is None:
        return Verdict.unknown(f"from where {what} is reached is not known")
    found: list[Verdict] = []
    for port in ports:
        exposure = context.network.exposure(workload, port)
        reason = f"{what} listens on port {port}; {exposure.why}"
        decided = (*fields, *exposure.fields)
        match exposure.scope:
            case Scope.INTERNET:
                found.append(Verdict.failed(reason, *decided))
            case Scope.VPC if workload.services == (Service.EKS,):
                found.append(Verdict.failed(reason, *decided, severity=Severity.MEDIUM))
            case Scope.UNKNOWN:
                found.append(Verdict.unknown(reason, *decided))
            case _:
                found.append(Verdict.passed(reason, *decided))
    return min(found, key=lambda verdict: _ORDER.index(verdict.status))


def _unless_hidden(verdict: Verdict, container: Container, flags: tuple[str, ...]) -> Verdict:
    """A pass is unknown where hidden words of the command may name another port or address."""
    hidden = hides(container, *flags)
    if hidden is None or verdict.status is not Status.PASS:
        return verdict
    return Verdict.unknown(hidden, *verdict.fields)


def _written(container: Container) -> tuple[Field[Any], ...]:
    """What starts the container, as far as it is known: `_unless_hidden` sees to the rest."""
    return tuple(known_part(f) for f in (container.entrypoint, container.arguments) if not isinstance(f, Absent))


def _ports(words: tuple[str, ...], flags: tuple[str, ...], otherwise: int) -> int:
    return next((int(value) for value in flag_values(words, flags) if re.fullmatch(r"\d{1,5}", value)), otherwise)


def _ray_inside(container: Container, context: Context) -> Verdict | None:
    match server(container, RAY):
        case Unclear(because):
            return Verdict.unknown(because)
        case Server(authenticated=True) as head:
            return Verdict.passed("the cluster asks for a token", *head.started_by, *head.by_secret)
        case Server() as head:
            words = command_words(container)
            ports = (_ports(words, ("--port",), 6379), _ports(words, ("--ray-client-server-port",), 10001))
            found = _inside(ports, "the head of the Ray cluster", context, *_written(container))
            if head.authenticated is None and found.status is Status.FAIL:
                return Verdict.unknown("whether the cluster asks for a token is not known", *head.fields, *found.fields)
            return _unless_hidden(found, container, ("--port", "--ray-client-server-port"))
    return None


_RENDEZVOUS = re.compile(
    r"\btorchrun\b|torch\.distributed\.(run|launch)|\baccelerate launch\b|\bdeepspeed\b|--(master|rdzv)[_-]"
)
_MASTER_FLAGS = ("--master_port", "--master-port", "--main_process_port", "--main-process-port")
_MASTER_VARIABLE = re.compile(r"\$[{(]?MASTER_PORT[})]?")
# PyTorch's store, its c10d rendezvous, and the port that Kubeflow's operator chooses.
_MASTER_PORTS = (29500, 29400, 23456)


def _rendezvous_inside(container: Container, context: Context) -> Verdict | None:
    words = command_words(container)
    port = entry(container.environment, "MASTER_PORT")
    named = isinstance(container.environment, Known) and "MASTER_PORT" in container.environment.value.items
    if not named and not _RENDEZVOUS.search(" ".join(words)):
        return None
    chosen = _ports(words, _MASTER_FLAGS, 0)
    given = [value for value in flag_values(words, _MASTER_FLAGS) if not _MASTER_VARIABLE.fullmatch(value)]
    flags = _MASTER_FLAGS if given else ()  # the variable is what the environment or an operator sets
    if chosen:
        return _inside((chosen,), "the rendezvous", context, *_written(container))
    if named and isinstance(port, Known) and isinstance(port.value, str) and re.fullmatch(r"\d{1,5}", port.value):
        found = _inside((int(port.value),), "the rendezvous", context, port)
        return _unless_hidden(found, container, flags)
    if named and isinstance(port, Unresolved):
        found = _inside(_MASTER_PORTS, "the rendezvous", context)
        return found if found.status is Status.FAIL else Verdict.unknown(port, *found.fields)
    found = _inside(_MASTER_PORTS, "the rendezvous", context, *_written(container))
    return _unless_hidden(found, container, flags)


_CHANNEL_FLAGS = ("--kv-ip", "--data-parallel-address", "--kv-transfer-config", "--data-parallel-rpc-port", "-dpa")
# quotes and commas around it are lost where a shell splits the text
_KV_ADDRESS = re.compile(r"kv_ip\"?\s*:\s*\"?([0-9a-fA-F.:]{2,45})")
_RPC_FLAGS = ("--data-parallel-rpc-port", "-dpp")
_RPC_PORT = 29550
_CHANNEL_PORTS = (14579, _RPC_PORT, 29500)


def _vllm_inside(container: Container, context: Context) -> Verdict | None:
    match server(container, VLLM):
        case None:
            return None
        case Unclear(because):
            return Verdict.unknown(because)
    words = command_words(container)
    flagged = tuple(flag_values(words, _CHANNEL_FLAGS))
    address = entry(container.environment, "VLLM_HOST_IP")
    environment = container.environment
    named = isinstance(environment, Known) and "VLLM_HOST_IP" in environment.value.items
    if not flagged and not named and "--headless" not in words:
        return None
    written = _written(container)
    for value in (*flagged, *_KV_ADDRESS.findall(" ".join(words))):
        if _is_public(value):
            return Verdict.failed(f"vLLM's nodes talk over {value}, in clear and with whoever connects", *written)
    if named and isinstance(address, Known) and isinstance(address.value, str) and _is_public(address.value):
        return Verdict.failed(f"vLLM's nodes talk over {address.value}, in clear and with whoever connects", address)
    rpc = _ports(words, _RPC_FLAGS, _RPC_PORT)
    found = _inside({*_CHANNEL_PORTS, rpc}, "the channel between vLLM's nodes", context, *written)
    if named and isinstance(address, Unresolved) and found.status is not Status.FAIL:
        return Verdict.unknown(address, *found.fields)
    return _unless_hidden(found, container, (*_CHANNEL_FLAGS, *_RPC_FLAGS))


def _is_public(value: str) -> bool:
    """Whether a text is an address of the internet, or every address."""
    try:
        address = ip_address(value)
    except ValueError:
        return False
    return address.is_unspecified or address.is_global


RAY_INSIDE = Control(
    id="ray-cluster-ports-inside",
    title="Ray's client and control ports stay inside of the cluster",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=Container,
    evaluate=_ray_inside,
    rationale="Clients and nodes of a Ray cluster run code on it by design; its ports take whatever connects.",
    remedy=(
        "Leave the head's Service a ClusterIP, admit only the cluster's own nodes and clients, "
        "and set RAY_AUTH_MODE=token."
    ),
    settings={"environment": {"RAY_AUTH_MODE": "token"}},
    citations=(WebPage("docs.ray.io/en/latest/ray-security/index.html", _READ),),
)
RENDEZVOUS_INSIDE = Control(
    id="training-rendezvous-inside",
    title="The rendezvous of distributed training stays inside of the cluster",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=Container,
    evaluate=_rendezvous_inside,
    rationale=(
        "PyTorch's store, Gloo and NCCL know no authorisation and speak in clear: who connects reads and joins the job."
    ),
    remedy=(
        "Admit the job's own members only: a security group that names itself, a headless Service, a network policy."
    ),
    citations=(WebPage("github.com/pytorch/pytorch/security/policy", _READ),),
)
VLLM_INSIDE = Control(
    id="vllm-node-channels-inside",
    title="Channels between vLLM's nodes stay inside of the cluster",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=Container,
    evaluate=_vllm_inside,
    rationale="Nodes exchange caches and pickled objects in clear, with whoever connects.",
    remedy="Give VLLM_HOST_IP and the transfers private addresses, and admit only the other nodes to their ports.",
    citations=(WebPage("docs.vllm.ai/en/latest/usage/security.html", _READ),),
)
