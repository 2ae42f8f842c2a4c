"""Images read where they lie: in Debian's docker-registry over TLS with a login, and in registries that mean ill."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from ourhalf.images.referring import referrers
from ourhalf.images.source import Access, Descriptor, ImageError, Manifest
from ourhalf.images.sources.registry import REGISTRY, RegistrySource
from ourhalf.model.field import doubt, elements
from tests.registries import (
    INDEX,
    ISSUER,
    MANIFEST,
    PASSWORD,
    SERVICE,
    USER,
    FakeRegistry,
    RealRegistry,
    TokenServer,
    descriptor,
    digest,
    docker_registry,
    image,
    layout,
    packed,
)
from tests.servers import Authority, Conversation, Request, authority, serving

LAYERS = [
    packed({"etc/os-release": b"ID=debian\n", "usr/lib/big": bytes(range(256)) * 3000}),
    packed({"app/run": b"#"}),
]


@pytest.fixture(scope="module")
def by(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    pytest.importorskip("cryptography", reason="the extra `signing` is not installed")
    return authority(tmp_path_factory.mktemp("tls"), "123456789012.dkr.ecr.eu-west-1.amazonaws.com")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, by: Authority) -> Iterator[RealRegistry]:
    folder = tmp_path_factory.mktemp("registry")
    with docker_registry(folder / "run", by) as running:
        both = (image(LAYERS), image(LAYERS[:1], "arm64"))
        running.push(layout(folder / "one", both[0]), "team/app:1")
        running.push(layout(folder / "both", *both), "team/both:1", "--all")
        running.push(layout(folder / "signed", both[0]), "team/signed:1")
        for ending in ("sig", "sbom"):
            tag = f"{both[0].digest.replace(':', '-')}.{ending}"
            running.push(layout(folder / ending, image(LAYERS[1:])), f"team/signed:{tag}")
        yield running


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Keep credentials as `docker login` does."""
    for name in ("REGISTRY_AUTH_FILE", "DOCKER_AUTH_CONFIG", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))

    def keep(host: str, user: str = USER, password: str = PASSWORD) -> None:
        (tmp_path / "docker").mkdir(exist_ok=True)
        auth = base64.b64encode(f"{user}:{password}".encode()).decode()
        (tmp_path / "docker" / "config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))

    return keep


def whole(source: RegistrySource, layer: Descriptor) -> bytes:
    with source.blob(layer).stream() as pieces:
        return b"".join(pieces)


def only(found: tuple[Manifest, ...]) -> Manifest:
    assert len(found) == 1
    return found[0]


def test_an_image_is_read_with_a_login(real: RealRegistry, login: Callable[..., None]) -> None:
    login(real.host)
    source = RegistrySource(f"{real.host}/team/app:1", Access(ca_file=real.ca_file))
    found = only(source.images(None))
    assert found.digest == image(LAYERS).digest
    assert found.platform == "linux/amd64"
    assert found.manifest == image(LAYERS).manifest
    assert [whole(source, layer) for layer in found.layers] == [layer.data for layer in LAYERS]
    assert source.blob(found.layers[0]).range(10, 20) == LAYERS[0].data[10:30]
    assert source.referrers(found.digest) == ()
    spent = source.spent()
    assert spent.read >= len(found.manifest) + len(found.config) + sum(layer.size for layer in found.layers) + 20
    # Refused once, manifest, configuration, layers, range, referrers by API and by tag, and three tags of cosign's.
    assert spent.requests == 11
    source.close()


def test_an_image_by_its_digest_and_with_a_prefix(real: RealRegistry, login: Callable[..., None]) -> None:
    login(real.host)
    access = Access(ca_file=real.ca_file)
    wanted = image(LAYERS).digest
    for reference in (f"{real.host}/team/app@{wanted}", f"docker://{real.host}/team/app:gone@{wanted}"):
        found = only(RegistrySource(reference, access).images(None))
        assert (found.digest, found.reference) == (wanted, reference)


def test_what_refers_to_an_image_is_told(real: RealRegistry, login: Callable[..., None]) -> None:
    login(real.host)
    for tag, expected in (("team/signed:1", {"signature", "sbom"}), ("team/app:1", set())):
        source = RegistrySource(f"{real.host}/{tag}", Access(ca_file=real.ca_file))
        told = referrers(source, only(source.images(None)))
        assert {one.sort for one in elements(told)} == expected
        assert doubt(told) is None


@pytest.mark.parametrize(
    ("platform", "expected"),
    [("linux/amd64", ["linux/amd64"]), ("arm64", ["linux/arm64"]), ("all", ["linux/amd64", "linux/arm64"])],
)
def test_the_platforms_of_an_index(
    real: RealRegistry, login: Callable[..., None], platform: str, expected: list[str]
) -> None:
    login(real.host)
    source = RegistrySource(f"{real.host}/team/both:1", Access(ca_file=real.ca_file))
    assert [found.platform for found in source.images(platform)] == expected


def test_a_platform_that_is_not_there(real: RealRegistry, login: Callable[..., None]) -> None:
    login(real.host)
    source = RegistrySource(f"{real.host}/team/both:1", Access(ca_file=real.ca_file))
    with pytest.raises(ImageError, match="s390x"):
        source.images("linux/s390x")


@pytest.mark.parametrize(
    ("reference", "password", "said"),
    [
        ("team/app:1", "wrong horse", "does not take the credentials from"),
        ("team/app:1", None, "asks for a user and a password; log in with `docker login"),
        ("team/app:2", PASSWORD, "no such image.*404, MANIFEST_UNKNOWN"),
        ("team/none:1", PASSWORD, "no such image.*404"),
    ],
)
def test_what_cannot_be_read_is_told_without_secrets(
    real: RealRegistry, login: Callable[..., None], reference: str, password: str | None, said: str
) -> None:
    if password is not None:
        login(real.host, USER, password)
    source = RegistrySource(f"{real.host}/{reference}", Access(ca_file=real.ca_file))
    with pytest.raises(ImageError, match=said) as caught:
        source.images(None)
    assert "horse" not in str(caught.value)


def test_an_authority_that_nobody_named_is_not_trusted(real: RealRegistry, login: Callable[..., None]) -> None:
    login(real.host)
    with pytest.raises(ImageError, match="not trusted"):
        RegistrySource(f"{real.host}/team/app:1", Access()).images(None)


def test_a_file_without_certificates_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("nothing")
    with pytest.raises(ImageError, match="no certificate"):
        RegistrySource("r.example/app", Access(ca_file=str(tmp_path / "ca")))


def test_nothing_is_asked_offline() -> None:
    with pytest.raises(ImageError, match="offline"):
        RegistrySource("r.example/app", Access(offline=True))


def test_a_mirror_comes_first_and_the_registry_after_it(real: RealRegistry, login: Callable[..., None]) -> None:
    login(real.host)
    mirrors = (("far.invalid/x", f"{real.host}/none"), ("far.invalid/x", f"{real.host}/team"))
    access = Access(ca_file=real.ca_file, mirrors=mirrors)
    found = only(RegistrySource("far.invalid/x/app:1", access).images(None))
    assert (found.reference, found.digest) == ("far.invalid/x/app:1", image(LAYERS).digest)
    with pytest.raises(
        ImageError, match=r"none/gone.*no such image.*team/gone.*no such image.*far\.invalid.*not known"
    ):
        RegistrySource("far.invalid/x/gone:1", access).images(None)


def test_a_registry_with_a_token_server(tmp_path: Path, by: Authority, login: Callable[..., None]) -> None:
    tokens = TokenServer(tmp_path)
    with serving(tokens.script, tls=by.server()) as server:
        realm = server.url.replace("127.0.0.1", "localhost") + "/token"
        auth = {"token": {"realm": realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": str(tokens.bundle)}}
        with docker_registry(tmp_path / "run", by, auth) as running:
            pushing = running._replace(folder=tmp_path)
            certificates = tmp_path / "certs"
            certificates.mkdir()
            push = pushing.push(layout(tmp_path / "one", image(LAYERS)), "team/app:1", "--dest-tls-verify=false")
            del server.requests[:]
            login(running.host)
            source = RegistrySource(push, Access(ca_file=by.ca_file))
            found = only(source.images(None))
            assert whole(source, found.layers[0]) == LAYERS[0].data
            assert len(server.requests) == 1
            assert "scope=repository%3Ateam%2Fapp%3Apull" in server.requests[0].path
            login(running.host, USER, "wrong horse")
            with pytest.raises(ImageError, match=r"token server.*does not take the credentials .401") as caught:
                RegistrySource(push, Access(ca_file=by.ca_file)).images(None)
            assert "horse" not in str(caught.value)


def test_a_registry_of_this_machine_without_tls(tmp_path: Path, login: Callable[..., None]) -> None:
    with docker_registry(tmp_path / "run", None) as running:
        reference = running.push(layout(tmp_path / "one", image(LAYERS)), "team/app:1")
        login(running.host)
        source = RegistrySource(reference, Access())
        found = only(source.images(None))
    assert found.digest == image(LAYERS).digest


@contextmanager
def proxy(to: int) -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that connects whoever asks for any host to a port of this machine; the first line of each request."""
    listener = socket.create_server(("127.0.0.1", 0))
    lines: list[bytes] = []
    held: list[socket.socket] = []

    def copy(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                held.append(client)
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += client.recv(1)
                lines.append(head.partition(b"\r\n")[0])
                server = socket.create_connection(("127.0.0.1", to))
                held.append(server)
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                for pair in ((client, server), (server, client)):
                    threads.append(threading.Thread(target=copy, args=pair, daemon=True))
                    threads[-1].start()

    threads = [threading.Thread(target=accept, daemon=True)]
    threads[0].start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", lines
    finally:
        for one in (listener, *held):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(5)
        for one in (listener, *held):
            one.close()


def test_ecr_through_a_proxy_with_the_token_of_aws(
    by: Authority, login: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    moto = pytest.importorskip("moto.server", reason="moto[server] is not installed")
    from ourhalf.registry import ecr

    host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    aws = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    aws.start()
    fake = FakeRegistry()
    fake.put(image(LAYERS), "1")
    expected: list[str] = []

    def guarded(to: Conversation, request: Request) -> None:
        if request.headers.get("authorization") != expected[0]:
            to.answer(401, b"", www_authenticate=f'Basic realm="https://{host}/",service="ecr.amazonaws.com"')
        else:
            fake.script(to, request)

    try:
        for name, value in {
            "AWS_ENDPOINT_URL": "http://{}:{}".format(*aws.get_host_and_port()),
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "NO_PROXY": "127.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        expected.append(ecr.login(host).basic)
        with serving(guarded, tls=by.server()) as server, proxy(server.port) as (address, lines):
            monkeypatch.setenv("HTTPS_PROXY", address)
            source = RegistrySource(f"{host}/team/app:1", Access(ca_file=by.ca_file))
            found = only(source.images(None))
            assert whole(source, found.layers[0]) == LAYERS[0].data
    finally:
        aws.stop()
    assert lines[0].startswith(f"CONNECT {host}:443 HTTP/1.".encode())
    assert server.requests[0].headers.get("authorization") is None
    assert server.requests[1].headers["authorization"] == expected[0]


def serve_index(fake: FakeRegistry, entries: list[dict[str, object]], tag: str = "") -> str:
    body = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
    return fake.put_manifest(json.dumps(body).encode(), tag, INDEX)


def test_indexes_that_are_nested_without_end_are_bounded(login: Callable[..., None]) -> None:
    fake = FakeRegistry()
    inner = fake.put(image(LAYERS), "")
    data = fake.contents[f"manifests/{inner}"][1]
    entry = descriptor(MANIFEST, data, platform={"os": "linux", "architecture": "amd64"})
    for depth in range(12):
        wrapped = serve_index(fake, [entry], f"depth-{depth}")
        entry = descriptor(INDEX, fake.contents[f"manifests/{wrapped}"][1])
    with serving(fake.script) as server:
        host = f"localhost:{server.port}"
        assert only(RegistrySource(f"{host}/team/app:depth-1", Access(plain_http=(host,))).images(None))
        with pytest.raises(ImageError, match="indexes in indexes"):
            RegistrySource(f"{host}/team/app:depth-11", Access(plain_http=(host,))).images(None)


def test_an_index_that_lists_itself_ends(login: Callable[..., None]) -> None:
    fake = FakeRegistry()
    body = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(INDEX, b"itself")]}
    fake.contents["manifests/1"] = INDEX, json.dumps(body).encode()
    fake.contents[f"manifests/{digest(b'itself')}"] = fake.contents["manifests/1"]
    with serving(fake.script) as server:
        host = f"localhost:{server.port}"
        with pytest.raises(ImageError, match="digest"):
            RegistrySource(f"{host}/team/app:1", Access(plain_http=(host,))).images(None)
    assert len(server.requests) <= 3


def test_a_manifest_that_is_longer_than_its_index_states(login: Callable[..., None]) -> None:
    fake = FakeRegistry()
    made = fake.put(image(LAYERS), "")
    entry = descriptor(MANIFEST, fake.contents[f"manifests/{made}"][1])
    serve_index(fake, [{**entry, "size": 10}], "1")
    with serving(fake.script) as server:
        host = f"localhost:{server.port}"
        with pytest.raises(ImageError, match="not those stated"):
            RegistrySource(f"{host}/team/app:1", Access(plain_http=(host,))).images(None)


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("r.example/app", True),
        ("r.example:5000/team/app:1", True),
        ("localhost/app", True),
        ("docker://ubuntu", True),
        ("ubuntu@sha256:" + "a" * 64, True),
        ("ubuntu", False),
        ("ubuntu:22.04", False),
        ("team/app", False),
        ("oci:folder:tag", False),
        ("oci:folder/x.y", False),
        ("containers-storage:localhost/app", False),
        ("a b.example/app", False),
    ],
)
def test_references_that_name_a_registry(text: str, claimed: bool) -> None:
    assert REGISTRY.claims(text) is claimed


def test_only_the_manifest_of_the_chosen_platform_is_fetched(login: Callable[..., None]) -> None:
    """Registries count fetched manifests as pulls, and some allow few of them."""
    fake = FakeRegistry()
    entries = []
    for architecture in ("amd64", "arm64", "s390x", "ppc64le"):
        made = image(LAYERS[:1], architecture)
        fake.put(made, "")
        platform = {"os": "linux", "architecture": architecture}
        entries.append(descriptor(MANIFEST, made.manifest, platform=platform))
    serve_index(fake, entries, "1")
    with serving(fake.script) as server:
        host = f"localhost:{server.port}"
        source = RegistrySource(f"{host}/team/app:1", Access(plain_http=(host,)))
        assert only(source.images("arm64")).platform == "linux/arm64"
        assert len(server.requests) == 3  # the index, the manifest, the configuration


def test_artifacts_that_an_index_lists_are_no_images(login: Callable[..., None]) -> None:
    """As an index of SOCI is, version 2: with the platform of the image beside it."""
    fake = FakeRegistry()
    made = image(LAYERS)
    fake.put(made, "")
    platform = {"os": "linux", "architecture": "amd64"}
    kind = "application/vnd.amazon.soci.index.v2+json"
    entries = [
        descriptor(MANIFEST, b"{}", platform=platform, artifactType=kind),
        descriptor(MANIFEST, made.manifest, platform=platform),
    ]
    serve_index(fake, entries, "1")
    with serving(fake.script) as server:
        host = f"localhost:{server.port}"
        for platforms in (None, "all", "linux/amd64"):
            source = RegistrySource(f"{host}/team/app:1", Access(plain_http=(host,)))
            assert only(source.images(platforms)).digest == made.digest


def test_a_manifest_that_is_an_index_too_is_refused(login: Callable[..., None]) -> None:
    made = image(LAYERS)
    both = {**json.loads(made.manifest), "manifests": [descriptor(MANIFEST, made.manifest)]}
    fake = FakeRegistry()
    fake.put_manifest(json.dumps(both).encode(), "1")
    with serving(fake.script) as server:
        host = f"localhost:{server.port}"
        with pytest.raises(ImageError, match="is an index too"):
            RegistrySource(f"{host}/team/app:1", Access(plain_http=(host,))).images(None)
