"""A real registry (Debian's docker-registry) over TLS on this machine, images to push to it, and a token server."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from ourhalf.images.source import Descriptor
from tests.servers import Authority, Conversation, Request

USER, PASSWORD = "reader", "correct horse"
_HTPASSWD = f"{USER}:$2b$04$xOhvwkCoQIofAR9suGKlSeaBkRVlqwpCknAWAzdKp1QZDkKkUCsMi\n"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
ISSUER, SERVICE = "throw-away issuer", "throw-away registry"


def program(name: str) -> str:
    """The path of a program; the test is skipped where it is not installed."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian's package {name})")
    return found


class RealRegistry(NamedTuple):
    """A registry that runs: its host with the port, its folder, and the authority of its certificate if it has one."""

    host: str
    folder: Path
    ca_file: str | None

    def push(self, source: str, to: str, *options: str, credentials: str | None = f"{USER}:{PASSWORD}") -> str:
        """Copy an image to `to` by skopeo, and return its reference there."""
        certificates = self.folder / "certs"
        certificates.mkdir(exist_ok=True)
        if self.ca_file is None:
            options = (*options, "--dest-tls-verify=false")
        else:
            shutil.copy(self.ca_file, certificates / "ca.crt")
        reference = f"{self.host}/{to}"
        skopeo = [program("skopeo"), "--insecure-policy", "copy", "-q"]
        login = ["--dest-creds", credentials] if credentials else []
        subprocess.run(
            [*skopeo, "--dest-cert-dir", str(certificates), *login, *options, source, f"docker://{reference}"],
            check=True,
            timeout=300,
        )
        return reference


@contextmanager
def docker_registry(
    folder: Path, by: Authority | None, auth: Mapping[str, Any] | None = None
) -> Iterator[RealRegistry]:
    """Run Debian's docker-registry; `auth` is that part of its configuration, by default a user with a password.

    Without an authority it does without TLS.
    """
    path = program("docker-registry")
    folder.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "htpasswd").write_text(_HTPASSWD)
    configuration = {
        "version": "0.1",
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "storage")}},
        "http": {
            "addr": f"127.0.0.1:{port}",
            "secret": "throw-away",
            **({"tls": {"certificate": by.cert_file, "key": by.key_file}} if by else {}),
        },
        "auth": {"htpasswd": {"realm": "throw-away", "path": str(folder / "htpasswd")}} if auth is None else auth,
    }
    (folder / "config.yml").write_text(json.dumps(configuration))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([path, "serve", str(folder / "config.yml")], stdout=log, stderr=log)
    try:
        _until_open(port, process, folder / "log")
        yield RealRegistry(f"localhost:{port}", folder, by.ca_file if by else None)
    finally:
        process.terminate()
        process.wait(10)


def _until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


def tar(files: Mapping[str, bytes]) -> bytes:
    """A layer with these files, always the same bytes for the same files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as made:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mode = 0o755 if name.endswith(".so") else 0o644
            made.addfile(info, io.BytesIO(data))
    return out.getvalue()


def digest(data: bytes) -> str:
    """As descriptors write it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def descriptor(media_type: str, data: bytes, **more: Any) -> dict[str, Any]:
    """A descriptor of `data`."""
    return {"mediaType": media_type, "digest": digest(data), "size": len(data), **more}


class Packed(NamedTuple):
    """A layer as it is stored: packed bytes, its media type and annotations, and the tar in it."""

    data: bytes
    tar: bytes
    media_type: str = "application/vnd.oci.image.layer.v1.tar+gzip"
    annotations: Mapping[str, str] = {}


def packed(files: Mapping[str, bytes]) -> Packed:
    """A layer packed by gzip."""
    data = tar(files)
    return Packed(gzip.compress(data, mtime=0), data)


class Image(NamedTuple):
    """An image: the bytes of its manifest, and every blob by digest."""

    manifest: bytes
    blobs: dict[str, bytes]

    @property
    def digest(self) -> str:
        """That of the manifest."""
        return digest(self.manifest)


def image(layers: Sequence[Packed], architecture: str = "amd64") -> Image:
    """An image of these layers."""
    config = json.dumps(
        {
            "architecture": architecture,
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer.tar) for layer in layers]},
            "history": [{"created_by": f"layer {index}"} for index in range(len(layers))],
        }
    ).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", config),
        "layers": [
            descriptor(
                layer.media_type, layer.data, **({"annotations": layer.annotations} if layer.annotations else {})
            )
            for layer in layers
        ],
    }
    blobs = {digest(data): data for data in (config, *(layer.data for layer in layers))}
    return Image(json.dumps(manifest).encode(), blobs)


def layout(folder: Path, *images: Image) -> str:
    """Write an OCI layout, and return how skopeo names it: an index where there are several images."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def put(data: bytes) -> None:
        (blobs / hashlib.sha256(data).hexdigest()).write_bytes(data)

    entries = []
    for one in images:
        for data in (one.manifest, *one.blobs.values()):
            put(data)
        config = json.loads(one.blobs[json.loads(one.manifest)["config"]["digest"]])
        platform = {"os": config["os"], "architecture": config["architecture"]}
        entries.append(descriptor(MANIFEST, one.manifest, platform=platform))
    if len(entries) > 1:
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
        put(json.dumps(index).encode())
        entries = [descriptor(INDEX, json.dumps(index).encode())]
    entries[0]["annotations"] = {"org.opencontainers.image.ref.name": "it"}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": entries}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return f"oci:{folder}:it"


class TokenServer:
    """Gives signed tokens as docs/spec/auth/token of github.com/distribution/distribution says; `seconds` they last."""

    def __init__(self, folder: Path, seconds: int = 300) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec

        self._key = ec.generate_private_key(ec.SECP256R1())
        self.bundle = folder / "issuer.pem"
        self.seconds = seconds
        self.bundle.write_bytes(self._certificate())

    def _certificate(self) -> bytes:
        import datetime as dt

        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.x509.oid import NameOID

        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
        now = dt.datetime.now(dt.UTC)
        made = x509.CertificateBuilder(name, name, self._key.public_key(), x509.random_serial_number())
        made = made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        signed = made.sign(self._key, hashes.SHA256())
        self._der = signed.public_bytes(serialization.Encoding.DER)
        return signed.public_bytes(serialization.Encoding.PEM)

    def token(self, scope: str, lasts: int) -> str:
        """A signed token for a scope."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, utils

        kind, name, actions = scope.split(":")
        now = int(time.time())
        header = {"typ": "JWT", "alg": "ES256", "x5c": [base64.b64encode(self._der).decode()]}
        claims = {
            "iss": ISSUER, "sub": USER, "aud": SERVICE, "exp": now + lasts, "nbf": now - 10, "iat": now, "jti": "1",
            "access": [{"type": kind, "name": name, "actions": actions.split(",")}],
        }  # fmt: skip
        text = ".".join(_b64(json.dumps(part).encode()) for part in (header, claims))
        r, s = utils.decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{_b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def script(self, to: Conversation, request: Request) -> None:
        """Answer one request: only to the user with the password."""
        query = parse_qs(urlsplit(request.path).query)
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != expected:
            to.answer(401, b"{}")
            return
        token = self.token(query["scope"][0], self.seconds)
        to.answer(200, json.dumps({"token": token, "expires_in": self.seconds}).encode())


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class FakeRegistry:
    """A registry whose answers can be bent: each hook sees a request first and says whether it answered."""

    def __init__(self, repository: str = "team/app") -> None:
        self.repository = repository
        self.contents: dict[str, tuple[str, bytes]] = {}
        self.hooks: list[Callable[[Conversation, Request], bool]] = []

    def put_manifest(self, data: bytes, tag: str = "", media_type: str = MANIFEST) -> str:
        """Have a manifest by its digest, and by a tag."""
        for name in (digest(data), tag):
            if name:
                self.contents[f"manifests/{name}"] = media_type, data
        return digest(data)

    def put_blob(self, data: bytes) -> Descriptor:
        """Have a blob."""
        self.contents[f"blobs/{digest(data)}"] = "application/octet-stream", data
        return Descriptor("application/octet-stream", digest(data), len(data))

    def put(self, one: Image, tag: str = "1") -> str:
        """Have an image."""
        for data in one.blobs.values():
            self.put_blob(data)
        return self.put_manifest(one.manifest, tag)

    def script(self, to: Conversation, request: Request) -> None:
        """Answer one request."""
        for hook in self.hooks:
            if hook(to, request):
                return
        path = request.path.partition("?")[0].removeprefix(f"/v2/{self.repository}/")
        if path not in self.contents:
            to.answer(404, b'{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "unknown"}]}')
            return
        media_type, data = self.contents[path]
        start, end = span(request, len(data))
        headers = {"content_type": media_type}
        if "range" in request.headers:
            headers["content_range"] = f"bytes {start}-{end - 1}/{len(data)}"
        to.answer(206 if "range" in request.headers else 200, data[start:end], **headers)


def span(request: Request, size: int) -> tuple[int, int]:
    """The first byte that is asked for and the one after the last."""
    first, _, last = request.headers.get("range", "bytes=0-").removeprefix("bytes=").partition("-")
    return int(first), min(int(last) + 1, size) if last else size
