"""Where a reference leads: its registry, mirrors before it, and the addresses that none may have."""

from __future__ import annotations

import socket

import pytest

from ourhalf.images.reference import parse
from ourhalf.images.source import Access, ImageError
from ourhalf.registry import hosts
from ourhalf.registry.hosts import api_host, is_loopback, is_metadata, is_plain, places, resolved
from ourhalf.web import WebError


def leads(text: str, *mirrors: tuple[str, str]) -> list[str]:
    reference = parse(text)
    assert reference is not None
    return [place.name for place in places(reference, Access(mirrors=mirrors))]


@pytest.mark.parametrize(
    ("text", "mirrors", "expected"),
    [
        ("ubuntu:22.04", (), ["docker.io/library/ubuntu"]),
        ("index.docker.io/team/app", (), ["docker.io/team/app"]),
        (
            "ubuntu",
            (("docker.io", "mirror.example/hub"),),
            ["mirror.example/hub/library/ubuntu", "docker.io/library/ubuntu"],
        ),
        (
            "r.example/team/app:1",
            (("r.example", "a.example"), ("r.example/team", "b.example:5000/x"), ("r.example/team/", "c.example")),
            ["b.example:5000/x/app", "c.example/app", "r.example/team/app"],
        ),
        ("r.example/team/app", (("r.example/te", "a.example"),), ["r.example/team/app"]),
        ("r.example/team/app", (("r.example/team/app", "a.example/other"),), ["a.example/other", "r.example/team/app"]),
        ("r.example/team/app", (("r.example", "r.example"),), ["r.example/team/app"]),
    ],
)
def test_a_reference_leads_to_mirrors_of_its_longest_beginning_and_to_its_registry(
    text: str, mirrors: tuple[tuple[str, str], ...], expected: list[str]
) -> None:
    assert leads(text, *mirrors) == expected


@pytest.mark.parametrize(
    ("text", "mirrors"),
    [
        ("a b.example/app", ()),
        ("user@r.example/app", ()),
        ("r.example:99999/app", ()),
        ("r.example/app", (("r.example", "https://mirror.example"),)),
        ("r.example/app", (("r.example", "mirror.example/../x"),)),
    ],
)
def test_what_cannot_be_a_repository_is_told(text: str, mirrors: tuple[tuple[str, str], ...]) -> None:
    reference = parse(text)
    assert reference is not None
    with pytest.raises(ImageError, match=r"no host of a registry|no repository"):
        places(reference, Access(mirrors=mirrors))


def test_docker_hub_answers_at_a_host_of_its_own() -> None:
    assert api_host("docker.io") == "registry-1.docker.io"
    assert api_host("r.example:5000") == "r.example:5000"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LOCALHOST:5000", True),
        ("127.8.0.1:5000", True),
        ("[::1]:5000", True),
        ("r.localhost", True),
        ("localhost.example", False),
        ("10.0.0.1", False),
    ],
)
def test_this_machine_is_known_by_its_names(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_hosts_without_tls_are_those_that_the_user_names() -> None:
    access = Access(plain_http=("r.example", "s.example:5000"))
    assert is_plain("r.example:80", access)
    assert is_plain("s.example:5000", access)
    assert not is_plain("s.example:5001", access)
    assert not is_plain("t.example", access)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("169.254.169.254", True),
        ("::ffff:169.254.170.2", True),
        ("fe80::1%eth0", True),
        ("fd00:ec2::254", True),
        ("168.63.129.16", True),
        ("10.0.0.1", False),
        ("127.0.0.1", False),
        ("2001:db8::1", False),
    ],
)
def test_metadata_services_are_known_by_their_addresses(address: str, expected: bool) -> None:
    assert is_metadata(address) is expected


def test_a_name_that_leads_to_a_metadata_service_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, "93.184.215.14"), (socket.AF_INET, "169.254.169.254")]
    monkeypatch.setattr(hosts, "resolve", lambda host, port: both)
    with pytest.raises(WebError, match=r"169\.254\.169\.254"):
        resolved("r.example", 443)
