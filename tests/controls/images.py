"""Images for cases of controls: what a configuration states, and what examiners would find."""

from __future__ import annotations

from typing import Any

from ourhalf.model.field import Absent, Entries, Known, Place, Unresolved
from ourhalf.model.resource import Origin
from ourhalf.resources.images import ContainerImage, Exhibit, ImagePort

REFERENCE = "registry.example/team/train:1"
PLACE = Place(REFERENCE)
HIDDEN: Any = Unresolved("a layer could not be read", PLACE)


def known(value: Any) -> Any:
    """A field that the image states."""
    return Known(value, PLACE)


def environment(**items: str | Unresolved) -> Any:
    """The environment of an image."""
    return known(Entries({n: v if isinstance(v, Unresolved) else known(v) for n, v in items.items()}))


def ports(*numbers: int) -> Any:
    """Ports that an image states."""
    return known(tuple(ImagePort(port=known(number)) for number in numbers))


def exhibits(*found: Exhibit, hidden: bool = False) -> Any:
    """What examiners found; with `hidden` a part of the image could not be read."""
    return known((*found, HIDDEN) if hidden else found)


def exhibit(kind: str, path: str = "etc/x", **more: Any) -> Exhibit:
    """Something that a file shows."""
    return Exhibit(kind=kind, what=f"{kind} in /{path}", place=Place(f"{REFERENCE}!/{path}"), layer=0, **more)


def image(**fields: Any) -> ContainerImage:
    """An image all of which was read, and which states nothing but `fields`."""
    stated: dict[str, Any] = {
        "name": REFERENCE,
        "reference": REFERENCE,
        "origin": Origin(PLACE, scope=REFERENCE, address=REFERENCE),
        "exhibits": exhibits(),
        "user": Absent(None, PLACE),
        "ports": Absent(None, PLACE),
        "health_check": Absent(None, PLACE),
        "environment": environment(),
    }
    return ContainerImage(**(stated | fields))
