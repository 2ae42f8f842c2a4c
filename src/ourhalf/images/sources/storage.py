"""Images that Podman, Buildah or CRI-O keep on this machine, by the overlay layout of containers-storage.

`containers-storage:NAME` or an image's id. Where they are: CONTAINERS_STORAGE (a folder), else that of the user, else
/var/lib/containers/storage. Source: github.com/containers/storage, docs/containers-storage.conf.5.md and the files
`overlay-images/images.json` and `overlay-layers/layers.json` that it writes.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import msgspec

from ourhalf.images.bounds import MAX_CONFIG, MAX_LAYERS, MAX_MANIFEST
from ourhalf.images.folders import FolderBlob
from ourhalf.images.local import FileBlob, Meter, small
from ourhalf.images.manifests import check_digest, config_platform, document
from ourhalf.images.rooted import Rooted
from ourhalf.images.source import Access, Descriptor, ImageError, Manifest, Source, Transport

_PREFIX = "containers-storage:"
_MAX_LIST = 64 << 20


class _Image(msgspec.Struct):
    id: str
    layer: str = ""
    names: list[str] | None = None
    digest: str = ""


class _Layer(msgspec.Struct, rename={"compressed": "compressed-diff-digest", "size": "compressed-size"}):
    id: str
    parent: str = ""
    compressed: str = ""
    size: int = 0


def _claims(reference: str) -> bool:
    return reference.startswith(_PREFIX)


def _root() -> Path:
    given = os.environ.get("CONTAINERS_STORAGE")
    own = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "containers/storage"
    places = [Path(given)] if given else [own, Path("/var/lib/containers/storage")]
    for place in places:
        if (place / "overlay-images" / "images.json").is_file():
            return place
    raise ImageError(
        f"no images of containers-storage are in {', '.join(map(str, places))}: set CONTAINERS_STORAGE to the folder "
        "that has overlay-images, or copy the image with skopeo to an OCI layout"
    )


def _read(path: Path, most: int) -> bytes:
    return small(FileBlob(str(path), Meter()), most, str(path))


def _open(reference: str, _: Access) -> Source:
    name = reference.removeprefix(_PREFIX)
    root = _root()
    try:
        images = msgspec.json.decode(_read(root / "overlay-images/images.json", _MAX_LIST), type=list[_Image])
        layers = msgspec.json.decode(_read(root / "overlay-layers/layers.json", _MAX_LIST), type=list[_Layer])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ImageError(f"{root}: its list of images is none: {str(error)[:200]}") from None
    image = _named(name, images)
    folders, compressed = _folders(root, image, {one.id: one for one in layers})
    return Rooted(_manifest(reference, root, image, compressed), folders)


def _named(name: str, images: list[_Image]) -> _Image:
    """The image of a name, an id or the beginning of one."""
    wanted = {name, f"{name}:latest", f"localhost/{name}", f"localhost/{name}:latest", f"docker.io/library/{name}"}
    for one in images:
        if wanted & set(one.names or ()) or one.id == name:
            return one
    short = [one for one in images if len(name) > 5 and one.id.startswith(name)]
    if len(short) == 1:
        return short[0]
    there = ", ".join(sorted(text for one in images for text in one.names or ())[:20])
    raise ImageError(f"{name} is not in containers-storage, which has {there or 'nothing with a name'}")


def _folders(root: Path, image: _Image, layers: dict[str, _Layer]) -> tuple[tuple[FolderBlob, ...], list[_Layer]]:
    found: list[_Layer] = []
    at = image.layer
    while at:
        layer = layers.get(at)
        if layer is None or len(found) >= MAX_LAYERS or "/" in layer.id or layer.id.startswith("."):
            raise ImageError(f"the layer {at[:100]} of {image.id[:20]} is not in {root}")
        found.append(layer)
        at = layer.parent
    found.reverse()
    return tuple(FolderBlob(str(root / "overlay" / one.id / "diff"), overlay=True) for one in found), found


def _manifest(reference: str, root: Path, image: _Image, layers: list[_Layer]) -> Manifest:
    folder = root / "overlay-images" / os.path.basename(image.id)
    data = _read(folder / "manifest", MAX_MANIFEST)
    stated = document(data)
    if stated.config is None:
        raise ImageError(f"{reference} has a manifest without a configuration")
    key = base64.b64encode(stated.config.digest.encode()).decode()
    config = _read(folder / f"={key}", MAX_CONFIG)
    check_digest(stated.config.digest, config, "configuration")
    descriptors = tuple(Descriptor("", one.compressed, one.size) for one in layers)
    return Manifest(
        reference=reference,
        digest=image.digest,
        platform=str(config_platform(config)),
        manifest=data,
        config=config,
        layers=descriptors,
    )


STORAGE = Transport("containers-storage", "containers-storage:NAME", _claims, _open)
