"""Docker Compose files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ourhalf.files import TargetFiles
from ourhalf.model.field import Known, Unresolved, effective, elements, entry
from ourhalf.model.resource import Resource
from ourhalf.readers.compose import COMPOSE
from ourhalf.readers.yaml import documents
from ourhalf.resources.compose import ComposeService, HostContainer
from tests.support import MemoryFiles


def services(text: str, **beside: str) -> dict[str, ComposeService]:
    """The services of a Compose file; `beside` are other files, `env` standing for `.env`."""
    files = MemoryFiles({{"env": ".env"}.get(name, f"{name}.yaml"): other for name, other in beside.items()})
    document = next(documents(text.encode(), "compose.yaml"))
    assert COMPOSE.wants(document)
    found = COMPOSE.read(document, files).resources
    return {service.name: service for service in found if isinstance(service, ComposeService)}


def container(text: str, name: str = "a", **beside: str) -> HostContainer:
    field = services(text, **beside)[name].container
    assert isinstance(field, Known)
    return field.value


def service(body: str) -> HostContainer:
    return container("services:\n  a:\n    image: x:1\n" + "".join(f"    {line}\n" for line in body.splitlines()))


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ('["8888:8888"]', ("0.0.0.0", 8888, 8888)),
        ('["127.0.0.1:8888:80/udp"]', ("127.0.0.1", 8888, 80)),
        ("[8888]", ("0.0.0.0", None, 8888)),
        ("[{target: 80, published: 8080, host_ip: 127.0.0.1}]", ("127.0.0.1", 8080, 80)),
        ('[{target: 80, published: "8080"}]', ("0.0.0.0", 8080, 80)),
        ("[{target: 80}]", ("0.0.0.0", None, 80)),
        ('["${PORT:-8000}:8000"]', ("0.0.0.0", 8000, 8000)),
        ('["${PORT}:8000"]', ("0.0.0.0", None, 8000)),
    ],
)
def test_ports(ports: str, expected: tuple[str, int | None, int]) -> None:
    (port,) = elements(service(f"ports: {ports}").ports)
    assert (effective(port.host_address), effective(port.host_port), effective(port.container_port)) == expected


def test_settings_of_a_service() -> None:
    found = service(
        """privileged: true
user: "1000"
read_only: true
cap_add: [SYS_ADMIN]
cap_drop: [ALL]
security_opt: ["seccomp:unconfined"]
shm_size: 8gb
network_mode: host
pid: host
ipc: host
restart: always
devices: ["/dev/nvidia0:/dev/nvidia0"]
env_file: [a.env, {path: b.env, required: false}]
secrets: [token, {source: key, target: /run/key}]
command: serve --port 8000
entrypoint: ["vllm"]
healthcheck: {test: [CMD, "true"]}
logging: {driver: awslogs, options: {awslogs-group: g}}
volumes:
  - /var/run/docker.sock:/var/run/docker.sock:ro
  - type: bind
    source: /data
    target: /data
    read_only: true
  - models:/models
deploy:
  resources:
    limits: {memory: 8g, cpus: "2"}
    reservations:
      devices: [{driver: nvidia, count: all, capabilities: [gpu]}]
"""
    )
    assert effective(found.privileged) is True
    assert effective(found.user) == "1000"
    assert effective(found.read_only_root) is True
    assert (effective(found.network_mode), effective(found.pid), effective(found.ipc)) == ("host", "host", "host")
    assert effective(found.gpus) == "all"
    assert effective(found.shared_memory) == "8gb"
    assert effective(found.memory_limit) == "8g"
    assert elements(found.environment_files) == ("a.env", "b.env")
    assert elements(found.arguments) == ("serve", "--port", "8000")
    assert effective(found.log_driver) == "awslogs"
    assert effective(entry(found.secrets, "key")) == "key"
    mounts = [(effective(m.volume), effective(m.path), effective(m.read_only)) for m in elements(found.mounts)]
    assert mounts == [
        ("/var/run/docker.sock", "/var/run/docker.sock", True),
        ("/data", "/data", True),
        ("models", "/models", False),
    ]


def test_places_are_lines_of_the_file() -> None:
    found = service("privileged: true\nports:\n  - 80:80")
    assert found.privileged.place.line == 4
    assert elements(found.ports)[0].host_port.place.line == 6


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("x:${TAG:-1}", "x:1"),
        ("x:${TAG-1}", "x:1"),
        ("x:$$TAG", "x:$TAG"),
        ("x:${A:-${B:-2}}", "x:2"),
        ("x:${SET}", "x:7"),
        ("x:${EMPTY:-3}", "x:3"),
        ("x${EMPTY-3}", "x"),
        ("x${SET:+:y}", "x:y"),
    ],
)
def test_variables(image: str, expected: str) -> None:
    text = f"services:\n  a:\n    image: {image}\n"
    assert effective(container(text, env="SET=7\nEMPTY=\n").image) == expected


def test_a_variable_without_value() -> None:
    image = container("services:\n  a:\n    image: ${REGISTRY}/x:${TAG:?set it}\n").image
    assert isinstance(image, Unresolved)
    assert image.parts == (None, "/x:", None)


@pytest.mark.parametrize("environment", ["{A: b, TOKEN: }", "[A=b, TOKEN]"])
def test_environment(environment: str) -> None:
    found = service(f"environment: {environment}")
    assert effective(entry(found.environment, "A")) == "b"
    assert isinstance(entry(found.environment, "TOKEN"), Unresolved)


def test_an_image_that_is_built() -> None:
    image = container("services:\n  a:\n    build: ./app\n").image
    assert isinstance(image, Unresolved)
    assert "./app" in image.reason


def test_anchors_and_extensions() -> None:
    text = """x-base: &base
  privileged: true
services:
  base:
    <<: *base
    image: x:1
    environment: {A: a, B: b}
    cap_add: [SYS_ADMIN]
  a:
    extends: {service: base}
    environment: {B: c}
    cap_add: [NET_ADMIN]
  b:
    extends: {service: far, file: other.yaml}
  c:
    extends: {service: gone, file: missing.yaml}
"""
    a = container(text)
    assert effective(a.privileged) is True
    assert [effective(entry(a.environment, n)) for n in "AB"] == ["a", "c"]
    assert elements(a.added_capabilities) == ("SYS_ADMIN", "NET_ADMIN")
    other = "services:\n  far:\n    image: y:1\n    privileged: true\n"
    assert effective(container(text, "b", other=other).privileged) is True
    assert isinstance(container(text, "c").privileged, Unresolved)


def test_extending_oneself_ends() -> None:
    found = container("services:\n  a:\n    image: x\n    extends: {service: a}\n")
    assert isinstance(found.privileged, Unresolved)


@pytest.mark.parametrize(
    "text",
    [
        "services: []",
        "services: {a: {image: x}}\napiVersion: v1",
        "services: {a: {image: x}}\nstages: [build]",
        "services: {a: {type: x}}",
        "other: {}",
    ],
)
def test_other_documents_are_left_alone(text: str) -> None:
    assert not COMPOSE.wants(next(documents(text.encode(), "x.yaml")))


CORPUS = Path(os.environ.get("OURHALF_CORPORA", "../shared/corpora")) / "dev"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpora are not here")
def test_every_compose_file_of_the_corpus_is_read() -> None:
    files = TargetFiles(str(CORPUS))
    paths = [p for p in files.paths() if "compose" in p.rsplit("/", 1)[-1] and p.endswith((".yml", ".yaml"))]
    found: list[Resource] = []
    for path in paths:
        for document in documents(files.read(path), path):
            if document.get("services") is not None:
                assert COMPOSE.wants(document), path
                found.extend(COMPOSE.read(document, files).resources)
    assert len(found) >= 11
