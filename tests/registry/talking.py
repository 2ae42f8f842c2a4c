"""A client that asks a registry whose answers are bent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ourhalf.images.source import Access
from ourhalf.registry.client import Registry
from ourhalf.registry.hosts import Place
from ourhalf.registry.keychain import Keychain
from ourhalf.registry.means import Means, Meter
from ourhalf.web import Limits, Web
from tests.registries import FakeRegistry, span
from tests.servers import Conversation, Request, Server, serving

SHORT = Limits(connect_seconds=2, read_seconds=1, total_seconds=5, attempts=3, first_wait=0.01, most_wait=5)
BODY = bytes(range(251)) * 1500
"""Over five pieces of 64 KB."""
Hook = Callable[[Conversation, Request], bool]


@contextmanager
def asking(
    fake: FakeRegistry, *hooks: Hook, most: int = 60, auths: bool = False
) -> Iterator[tuple[Registry, Server, Meter]]:
    fake.hooks += hooks
    with serving(fake.script, most=most) as server:
        host = f"127.0.0.1:{server.port}"
        meter = Meter()
        web = Web(environment={}, limits=SHORT)
        kept = json.dumps({"auths": {host: {"username": "secret", "password": "secret"}}}) if auths else ""
        keychain = Keychain({"HOME": "/nonexistent", "DOCKER_AUTH_CONFIG": kept})
        means = Means(web, Access(plain_http=(host,)), keychain, meter)
        yield Registry(Place(host, fake.repository), means), server, meter


def on_blobs(act: Callable[[Conversation, Request, int], bool]) -> Hook:
    """`act` on requests for blobs, told which of them it is."""
    count = 0

    def hook(to: Conversation, request: Request) -> bool:
        nonlocal count
        if "/blobs/" not in request.path:
            return False
        count += 1
        return act(to, request, count)

    return hook


def head(request: Request, size: int, length: bool = True) -> bytes:
    start, end = span(request, size)
    told = f"Content-Length: {end - start}\r\n" if length else "Connection: close\r\n"
    if "range" in request.headers:
        return f"HTTP/1.1 206 Partial\r\nContent-Range: bytes {start}-{end - 1}/{size}\r\n{told}\r\n".encode()
    return f"HTTP/1.1 200 OK\r\n{told}\r\n".encode()
