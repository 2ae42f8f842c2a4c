"""Ranges of addresses: whether they hold the internet, or only what is private or named."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from ourhalf.model.network import Scope

_WIDE_V4 = 8
_WIDE_V6 = 16


@lru_cache(maxsize=4096)
def scope_of(cidr: str) -> tuple[Scope, str]:
    """The scope of a range and the range in words; unknown where it is none.

    A public range of a /8 (IPv4) or /16 (IPv6) or more counts as the internet; a smaller one is of
    somebody who was named, and counts with the VPC and what is routed to it.
    """
    try:
        network = ipaddress.ip_network(cidr.strip(), strict=False)
    except ValueError:
        return Scope.UNKNOWN, f"{cidr!r} is no range of addresses"
    wide = _WIDE_V4 if network.version == 4 else _WIDE_V6
    if network.prefixlen == 0 or (network.prefixlen <= wide and not _private(network)):
        return Scope.INTERNET, "the internet" if network.prefixlen == 0 else f"{cidr}, a large part of the internet"
    return Scope.VPC, f"{cidr}"


def holds_everything(cidr: str) -> bool:
    """Whether a range is every address of its family."""
    try:
        return ipaddress.ip_network(cidr.strip(), strict=False).prefixlen == 0
    except ValueError:
        return False


def _private(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    return network.is_private or network.is_link_local or network.is_multicast
