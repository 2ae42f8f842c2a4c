"""Functions over address ranges."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from ourhalf.readers.terraform.values import Fault

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(prefix: str) -> _Network:
    return ipaddress.ip_network(str(prefix), strict=False)


def _inside(network: _Network, length: int, number: int) -> str:
    """The subnet `number` of the given prefix length."""
    if not network.prefixlen <= length <= network.max_prefixlen:
        raise Fault("cidrsubnet: more bits than the prefix leaves")
    if not 0 <= number < 2 ** (length - network.prefixlen):
        raise Fault("cidrsubnet: a number that does not fit in the bits")
    start = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{type(network.network_address)(start)}/{length}"


def _cidrsubnet(prefix: str, bits: int, number: int) -> str:
    network = _network(prefix)
    return _inside(network, network.prefixlen + int(bits), int(number))


def _cidrsubnets(prefix: str, *bits: int) -> list[str]:
    network = _network(prefix)
    found: list[str] = []
    position = int(network.network_address)
    for wanted in bits:
        length = network.prefixlen + int(wanted)
        size = 1 << (network.max_prefixlen - length)
        position = -(-position // size) * size
        if length > network.max_prefixlen or position + size > int(network.broadcast_address) + 1:
            raise Fault("cidrsubnets: the prefix has no room for all of them")
        found.append(f"{type(network.network_address)(position)}/{length}")
        position += size
    return found


def _cidrhost(prefix: str, number: int) -> str:
    network = _network(prefix)
    offset = int(number) if int(number) >= 0 else network.num_addresses + int(number)
    if not 0 <= offset < network.num_addresses:
        raise Fault("cidrhost: a number out of the prefix")
    return str(network.network_address + offset)


PLAIN: dict[str, Callable[..., object]] = {
    "cidrhost": _cidrhost,
    "cidrnetmask": lambda prefix: str(_network(prefix).netmask),
    "cidrsubnet": _cidrsubnet,
    "cidrsubnets": _cidrsubnets,
}
