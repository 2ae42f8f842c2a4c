"""The configuration of an image, read without its secrets.

Source: github.com/opencontainers/image-spec, config.md; `Healthcheck` is Docker's.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ourhalf.images.source import ImageError, Manifest
from ourhalf.model.inventory import Health, ImageConfig, Layer
from ourhalf.readers import secrets


class _Health(msgspec.Struct, rename="pascal"):
    test: list[str] | None = None
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    retries: int = 0


class _Settings(msgspec.Struct, rename="pascal"):
    user: str | None = None
    env: list[str] | None = None
    entrypoint: list[str] | None = None
    cmd: list[str] | None = None
    exposed_ports: dict[str, Any] | None = None
    volumes: dict[str, Any] | None = None
    labels: dict[str, str] | None = None
    working_dir: str | None = None
    stop_signal: str | None = None
    healthcheck: _Health | None = None


class _History(msgspec.Struct):
    created_by: str = ""
    comment: str = ""
    empty_layer: bool = False


class _RootFs(msgspec.Struct):
    diff_ids: list[str] = []


class _Document(msgspec.Struct):
    architecture: str = ""
    os: str = ""
    variant: str = ""
    created: str | None = None
    config: _Settings | None = None
    rootfs: _RootFs | None = None
    history: list[_History] | None = None


class Configuration(msgspec.Struct, frozen=True):
    """What an image's configuration states, without secrets.

    `diff_ids` are the digests of its layers' tars. `history` has every line, with the index of the layer that it
    made, None where it made none.
    """

    config: ImageConfig
    diff_ids: tuple[str, ...]
    history: tuple[tuple[str, int | None], ...]


def configuration(data: bytes) -> Configuration:
    """Read the configuration of an image. Raises ImageError."""
    try:
        read = msgspec.json.decode(data, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ImageError(f"the image's configuration is none: {str(error)[:200]}") from None
    history, layer = [], 0
    for line in read.history or ():
        history.append((_text(line.created_by or line.comment), None if line.empty_layer else layer))
        layer += not line.empty_layer
    diff_ids = tuple(read.rootfs.diff_ids) if read.rootfs else ()
    return Configuration(_config(read), diff_ids, tuple(history))


def _config(read: _Document) -> ImageConfig:
    settings = read.config or _Settings()
    environment = dict(one.partition("=")[::2] for one in settings.env or ())
    health = settings.healthcheck
    return ImageConfig(
        architecture=read.architecture,
        os=read.os,
        created=read.created,
        user=_clean(settings.user) if settings.user is not None else None,
        environment={_clean(name): _setting(name, value) for name, value in environment.items()},
        entrypoint=_words(settings.entrypoint),
        command=_words(settings.cmd),
        ports=tuple(map(_clean, settings.exposed_ports or ())),
        volumes=tuple(map(_clean, settings.volumes or ())),
        labels={_clean(name): _setting(name, value) for name, value in (settings.labels or {}).items()},
        working_folder=_text(settings.working_dir) if settings.working_dir else None,
        stop_signal=_text(settings.stop_signal) if settings.stop_signal else None,
        health=None
        if health is None
        else Health(
            _words(health.test) or (), health.interval, health.timeout, health.start_period, health.retries
        ),
    )  # fmt: skip


def _clean(text: str) -> str:
    """A text in which each secret of a format that tells itself is replaced by a mark."""
    return secrets.scrub(text.encode("utf-8", "replace")).decode("utf-8", "replace")


def _text(text: str) -> str:
    return secrets.redact_text(_clean(text))


def _setting(name: str, value: str) -> str:
    return secrets.redact_name(name, _clean(value))


def _words(words: list[str] | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(secrets.redact_words([_clean(word) for word in words]))


def layers_of(manifest: Manifest, read: Configuration) -> tuple[Layer, ...]:
    """The layers as the manifest and the configuration state them, before any is read."""
    lines = {layer: text for text, layer in read.history if layer is not None}
    return tuple(
        Layer(
            index=index,
            digest=layer.digest,
            diff_id=read.diff_ids[index] if index < len(read.diff_ids) else "",
            size=layer.size,
            media_type=layer.media_type,
            history=lines.get(index, ""),
        )
        for index, layer in enumerate(manifest.layers)
    )
