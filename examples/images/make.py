"""Writes two small images as OCI layouts into this folder: `base`, and `train`, which is built on it.

Both are made for the pages of the documentation: `train` starts a notebook server as no image should.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"

BASE = {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
    "var/lib/dpkg/status": (
        "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\n"
        "Version: 3.0.11-1~deb12u2\n\n"
    ),
}
OWN = {
    "usr/lib/python3.11/site-packages/jupyterlab-4.2.0.dist-info/METADATA": (
        "Metadata-Version: 2.1\nName: jupyterlab\nVersion: 4.2.0\nRequires-Dist: jupyter-server\n"
    ),
    "root/.jupyter/jupyter_server_config.py": "c.ServerApp.ip = '0.0.0.0'\nc.ServerApp.token = ''\n",
    "usr/local/bin/start.sh": "#!/bin/sh\npip install -r /opt/ml/code/requirements.txt\nexec jupyter lab\n",
}


def layer(files: dict[str, str]) -> bytes:
    """A tar of these files, the same whenever it is made."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(text.encode()), 0o755 if path.endswith(".sh") else 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return made.getvalue()


def write(folder: Path, layers: list[tuple[bytes, str]], settings: dict[str, Any]) -> None:
    """An image of these layers, each with its line of history."""

    def blob(data: bytes, media_type: str) -> dict[str, Any]:
        name = hashlib.sha256(data).hexdigest()
        (folder / "blobs/sha256" / name).write_bytes(data)
        return {"mediaType": media_type, "digest": f"sha256:{name}", "size": len(data)}

    (folder / "blobs/sha256").mkdir(parents=True, exist_ok=True)
    packed = [blob(gzip.compress(data, mtime=0), LAYER) for data, _ in layers]
    diff_ids = [f"sha256:{hashlib.sha256(data).hexdigest()}" for data, _ in layers]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": settings,
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [{"created_by": line} for _, line in layers],
    }
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "layers": packed}
    manifest["config"] = blob(json.dumps(config).encode(), CONFIG)
    listed = blob(json.dumps(manifest).encode(), MANIFEST)
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [listed]}))


if __name__ == "__main__":
    below = (layer(BASE), "ADD rootfs.tar.xz / # buildkit")
    above = (layer(OWN), "COPY . / # buildkit")
    write(HERE / "base", [below], {"Cmd": ["bash"]})
    write(HERE / "train", [below, above], {"Entrypoint": ["/usr/local/bin/start.sh"], "ExposedPorts": {"8888/tcp": {}}})
