"""The image as a typed resource that controls judge."""

from __future__ import annotations

from typing import TypeVar

from ourhalf.model.evidence import Unread
from ourhalf.model.field import Absent, Entries, Field, Known, Many, Place, Redacted, Text, Unresolved
from ourhalf.model.inventory import Inventory
from ourhalf.model.resource import Origin
from ourhalf.readers import secrets
from ourhalf.resources.images import ContainerImage, Exhibit, HistoryLine, ImagePort, InstalledPackage

T = TypeVar("T")


def image_resource(
    inventory: Inventory,
    history: tuple[tuple[str, int | None], ...],
    exhibits: tuple[Exhibit, ...],
    unread: tuple[Unread, ...],
) -> ContainerImage:
    """The resource of an image: its place is the image as the user named it, and fields are named as its
    configuration does."""
    config = inventory.config
    make = _Fields(inventory.reference)
    lines = tuple(
        HistoryLine(command=Known(text, make.at(f"history[{number}].created_by")), layer=layer)
        for number, (text, layer) in enumerate(history)
    )
    health = config.health
    return ContainerImage(
        name=inventory.reference,
        origin=Origin(make.at(""), scope=inventory.reference, address=inventory.digest),
        reference=inventory.reference,
        digest=make.known(inventory.digest or None, "digest"),
        platform=make.known(inventory.platform or None, "platform"),
        user=make.known(config.user or None, "config.User", default="root"),
        environment=make.entries(config.environment, "config.Env"),
        entrypoint=make.many(config.entrypoint, "config.Entrypoint"),
        command=make.many(config.command, "config.Cmd"),
        ports=make.ports(config.ports),
        health_check=make.many(health.test or None if health else None, "config.Healthcheck.Test"),
        volumes=make.many(config.volumes or None, "config.Volumes"),
        labels=make.labels(config.labels),
        history=make.many(lines or None, "history"),
        base=make.known(inventory.base or None, "base"),
        base_layers=sum(bool(layer.base) for layer in inventory.layers),
        exhibits=make.partly(exhibits, "layers", _doubts(unread)),
        packages=make.partly(
            tuple(InstalledPackage(package=one) for one in inventory.packages), "packages",
            tuple(f"{why}" for why in dict.fromkeys(inventory.incomplete.values())),
        ),
    )  # fmt: skip


def _doubts(unread: tuple[Unread, ...]) -> tuple[str, ...]:
    """Why there may be more than was found: one reason stands for all."""
    if not unread:
        return ()
    first, more = unread[0], len(unread) - 1
    return (f"{first.path} was not read: {first.reason}{f' (and {more} more)' if more else ''}",)


class _Fields:
    """Makes fields whose places are in the configuration of one image."""

    def __init__(self, reference: str) -> None:
        self._reference = reference

    def at(self, field: str) -> Place:
        return Place(self._reference, field=field)

    def known(self, value: T | None, field: str, default: T | None = None) -> Field[T]:
        return Absent(default, self.at(field)) if value is None else Known(value, self.at(field))

    def many(self, value: tuple[T, ...] | None, field: str) -> Many[T]:
        return Absent(None, self.at(field)) if value is None else Known(value, self.at(field))

    def partly(self, value: tuple[T, ...], field: str, doubts: tuple[str, ...]) -> Many[T]:
        unknown = tuple(Unresolved(why, self.at(field)) for why in doubts)
        return Known((*value, *unknown), self.at(field))

    def entries(self, values: dict[str, str], field: str) -> Field[Entries[Text]]:
        made: dict[str, Field[Text]] = {
            name: Known(_text(name, value), self.at(f"{field}.{name}")) for name, value in values.items()
        }
        return Known(Entries(made), self.at(field)) if made else Absent(None, self.at(field))

    def labels(self, values: dict[str, str]) -> Field[Entries[str]]:
        field = "config.Labels"
        made: dict[str, Field[str]] = {name: Known(value, self.at(f"{field}.{name}")) for name, value in values.items()}
        return Known(Entries(made), self.at(field)) if made else Absent(None, self.at(field))

    def ports(self, written: tuple[str, ...]) -> Many[ImagePort]:
        return self.many(tuple(map(self._port, written)) or None, "config.ExposedPorts")

    def _port(self, written: str) -> ImagePort:
        number, _, protocol = written.partition("/")
        place = self.at(f"config.ExposedPorts.{written}")
        port: Field[int] = (
            Known(int(number), place)
            if number.isascii() and number.isdigit() and len(number) < 6
            else Unresolved(f"{written[:40]} is no port", place)
        )
        return ImagePort(port=port, protocol=Known(protocol or "tcp", place))


def _text(name: str, value: str) -> str | Redacted:
    """A setting, or what is left of one where it was a secret."""
    return secrets.redact(name, value)
