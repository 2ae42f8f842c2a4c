"""Images as `docker save` writes them: a manifest.json, configurations, and the tars of layers.

Source: github.com/moby/docker-image-spec, "Combined Image JSON + Filesystem Changeset Format".
"""

from __future__ import annotations

import hashlib

import msgspec

from ourhalf.images.bounds import MAX_CONFIG, MAX_LAYERS, MAX_MANIFEST
from ourhalf.images.configuration import configuration
from ourhalf.images.local import Member, Meter, small
from ourhalf.images.manifests import config_platform, fits
from ourhalf.images.members import Listing
from ourhalf.images.reference import parse
from ourhalf.images.source import Blob, Descriptor, ImageError, Manifest, Spent

_LAYER = "application/vnd.docker.image.rootfs.diff.tar"


class _Image(msgspec.Struct, rename="pascal"):
    config: str
    layers: list[str]
    repo_tags: list[str] | None = None


class Saved:
    """A `Source` over such an archive.

    Its layers are named by the digests of their tars, which the configuration states: where the archive holds them
    packed their own digest is not stated anywhere, and is not checked.
    """

    complete = False

    def __init__(self, reference: str, members: Listing[Member], meter: Meter, tag: str = "") -> None:
        self._reference = reference
        self._members = members
        self._meter = meter
        self._tag = tag
        self._places: dict[str, Member] = {}

    def images(self, platform: str | None) -> tuple[Manifest, ...]:
        """See `Source`."""
        data = small(self._members.find("manifest.json"), MAX_MANIFEST, "manifest.json")
        try:
            listed = msgspec.json.decode(data, type=list[_Image])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ImageError(f"{self._reference}: manifest.json is none: {str(error)[:200]}") from None
        fitting = [one for one in listed if not self._tag or {self._tag, _full(self._tag)} & _names(one)]
        if len(fitting) != 1:
            names = ", ".join(sorted(name for one in listed for name in one.repo_tags or ())[:20])
            what = "is not there" if not fitting else "names several images"
            raise ImageError(f"{self._reference} {what}: the archive has {names or 'images without a name'}")
        return (self._manifest(fitting[0], data, platform),)

    def _manifest(self, image: _Image, data: bytes, platform: str | None) -> Manifest:
        config = small(self._members.find(image.config), MAX_CONFIG, "a configuration")
        known = config_platform(config)
        if platform not in {None, "all"} and not fits(known, platform or ""):
            raise ImageError(f"{self._reference} is for {known} only, and not for {platform}")
        diff_ids = configuration(config).diff_ids
        if len(diff_ids) != len(image.layers):
            raise ImageError(f"{self._reference} has {len(image.layers)} layers where {len(diff_ids)} are stated")
        if len(diff_ids) > MAX_LAYERS:
            raise ImageError(f"{self._reference} has more than {MAX_LAYERS} layers")
        layers = []
        for number, name in enumerate(image.layers):
            blob = self._members.find(name)
            packed = _is_packed(blob)
            key = f"{number}" if packed else diff_ids[number]
            self._places[key] = blob
            layers.append(Descriptor(_LAYER, "" if packed else diff_ids[number], blob.length() or 0, {"at": key}))
        return Manifest(
            reference=self._reference,
            digest=f"sha256:{hashlib.sha256(config).hexdigest()}",
            platform=str(known),
            manifest=data,
            config=config,
            layers=tuple(layers),
        )

    def blob(self, descriptor: Descriptor) -> Blob:
        """See `Source`."""
        place = self._places.get(descriptor.annotations.get("at", descriptor.digest))
        if place is None:
            raise ImageError(f"{self._reference} has no {descriptor.digest}")
        return place

    def referrers(self, digest: str, artifact_type: str = "") -> tuple[Descriptor, ...] | None:
        """See `Source`: such an archive has no place for them."""
        return None

    def spent(self) -> Spent:
        """See `Source`."""
        return self._meter.spent()

    def close(self) -> None:
        """Nothing is held open."""


def _names(image: _Image) -> set[str]:
    tags = image.repo_tags or []
    return {*tags, *map(_full, tags), *(tag.rpartition(":")[2] for tag in tags)}


def _full(name: str) -> str:
    """A name with its registry."""
    read = parse(name)
    return f"{read.registry}/{read.repository}:{read.tag or 'latest'}" if read is not None else name


def _is_packed(blob: Member) -> bool:
    head = blob.range(0, 6) or b""
    return head[:2] == b"\x1f\x8b" or head[:4] == b"\x28\xb5\x2f\xfd" or head[:3] == b"BZh" or head == b"\xfd7zXZ\0"
