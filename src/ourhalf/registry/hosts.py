"""Where the repository of a reference lies: in its registry, or before that in a mirror of it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

import msgspec

from ourhalf.connecting import resolve
from ourhalf.images.source import Access, ImageError
from ourhalf.model.images import ImageReference
from ourhalf.web import WebError

DOCKER_HUB = "docker.io"
_HUB_NAMES = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
_HUB_API = "registry-1.docker.io"
_HOST = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>\d{1,5}))?\Z"
)
_REPOSITORY = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*\Z")
_LONGEST_REPOSITORY = 255

_METADATA = tuple(
    ipaddress.ip_network(network)
    for network in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "100.100.100.200/32", "168.63.129.16/32")
)
"""Link-local addresses, and those outside of them where clouds keep the credentials of their machines."""


class Place(msgspec.Struct, frozen=True):
    """A repository of a registry. `host` has the port; credentials are kept by it."""

    host: str
    repository: str

    @property
    def name(self) -> str:
        """As messages name it."""
        return f"{self.host}/{self.repository}"


def canonical(host: str) -> str:
    """One name for each registry: Docker Hub has several."""
    return DOCKER_HUB if host in _HUB_NAMES else host


def api_host(host: str) -> str:
    """The host that answers for a registry."""
    return _HUB_API if canonical(host) == DOCKER_HUB else host


def is_host(text: str) -> bool:
    """Whether `text` is a name or an address, perhaps with a port."""
    found = _HOST.match(text)
    return found is not None and (found["port"] is None or 0 < int(found["port"]) < 65536)


def bare(host: str) -> str:
    """A host without its port and brackets."""
    found = _HOST.match(host)
    return (found["name"] if found else host).strip("[]").lower()


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by what it is called; no name is looked up."""
    name = bare(host).rstrip(".")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def is_plain(host: str, access: Access) -> bool:
    """Whether the user named this host, with its port or for all of them, as one without TLS."""
    return host in access.plain_http or bare(host) in access.plain_http


def places(reference: ImageReference, access: Access) -> tuple[Place, ...]:
    """Where to ask for a reference: the mirrors of the longest beginning that has any, then its own registry.

    Raises ImageError where a part of it, or of a mirror, cannot be the name of a repository.
    """
    own = _place(f"{canonical(reference.registry)}/{reference.repository}", reference.text)
    whole = own.name
    mirrors = [(_start(start), to) for start, to in access.mirrors]
    fitting = [pair for pair in mirrors if whole == pair[0] or whole.startswith(pair[0] + "/")]
    longest = max((len(start) for start, _ in fitting), default=0)
    found = [
        _place(to.rstrip("/") + whole[len(start) :], f"the mirror {to}")
        for start, to in fitting
        if len(start) == longest
    ]
    return tuple(dict.fromkeys((*found, own)))


def _start(text: str) -> str:
    host, slash, rest = text.rstrip("/").partition("/")
    return canonical(host) + slash + rest


def _place(text: str, named: str) -> Place:
    host, _, repository = text.partition("/")
    if not is_host(host):
        raise ImageError(f"{named[:200]}: {host[:100]!r} is no host of a registry; write HOST[:PORT]/REPOSITORY")
    if len(repository) > _LONGEST_REPOSITORY or not _REPOSITORY.match(repository):
        raise ImageError(f"{named[:200]}: {repository[:100]!r} is no repository: small letters, digits, `.`, `_`, `-`")
    return Place(host, repository)


def is_metadata(address: str) -> bool:
    """Whether a machine at this address can only be a neighbour on the wire, or a cloud's metadata service."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found.version == network.version and found in network for network in _METADATA)


def resolved(host: str, port: int) -> Iterable[tuple[int, str]]:
    """What the system knows of a host, refused where it is a metadata service: references are written by anybody.

    Raises socket.gaierror and WebError.
    """
    found = resolve(host, port)
    for _, address in found:
        if is_metadata(address):
            raise WebError(f"{host} is at {address}, where only link-local and metadata services are: never a registry")
    return found
