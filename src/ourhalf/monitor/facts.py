"""What a plan is made of: the workloads, resources and verdicts that evidence or an assessment holds."""

from __future__ import annotations

import re

import msgspec

from ourhalf.model.responsibility import Platform, Service
from ourhalf.model.verdict import Status
from ourhalf.model.word import Word

_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,254}")


class Spot(msgspec.Struct, frozen=True):
    """Where something is written."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Thing(msgspec.Struct, frozen=True):
    """A resource. `id` is the name by which AWS knows it, None where configuration does not state it."""

    kind: str
    name: str
    spot: Spot
    id: str | None = None


class Running(msgspec.Struct, frozen=True):
    """A workload: what may run it, its images, those of them that are Deep Learning Containers, and planned ports.

    `outside_vpc` says that configuration names no network of ours for it.
    """

    name: str
    kind: str
    spot: Spot
    platforms: tuple[Platform, ...]
    images: tuple[str, ...] = ()
    from_publisher: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    namespace: str = ""
    outside_vpc: bool = False

    @property
    def services(self) -> tuple[Service, ...]:
        """The services that may run it, each once."""
        return tuple(dict.fromkeys(platform.service for platform in self.platforms))


class Use(Word):
    """What a workload does with what lies in a bucket."""

    DATA = "data"
    MODEL = "model"
    OUTPUT = "output"


class Bucket(msgspec.Struct, frozen=True):
    """A bucket, and what it is used for by which workloads; declared says that configuration creates it."""

    thing: Thing
    uses: tuple[tuple[Use, str], ...] = ()
    declared: bool = True

    def used_for(self, use: Use) -> tuple[str, ...]:
        """The workloads that use it so."""
        return tuple(dict.fromkeys(name for kind, name in self.uses if kind is use))


class Told(msgspec.Struct, frozen=True):
    """What one control says of one subject."""

    control: str
    status: Status
    reason: str
    subject: str
    spot: Spot


class Facts(msgspec.Struct, frozen=True):
    """All that recommendations may look at.

    `missing` says in words what the input could not tell, such as the names of buckets in a finished assessment.
    """

    workloads: tuple[Running, ...] = ()
    things: tuple[Thing, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    told: tuple[Told, ...] = ()
    missing: tuple[str, ...] = ()

    def on(self, *platforms: Platform) -> tuple[Running, ...]:
        """The workloads that may run on one of these platforms."""
        return tuple(w for w in self.workloads if any(p in platforms for p in w.platforms))

    def of(self, *services: Service) -> tuple[Running, ...]:
        """The workloads that one of these services may run."""
        return tuple(w for w in self.workloads if any(s in services for s in w.services))

    def kind(self, *kinds: str) -> tuple[Thing, ...]:
        """The resources of these kinds."""
        return tuple(t for t in self.things if t.kind in kinds)

    def used_for(self, use: Use) -> tuple[Bucket, ...]:
        """The buckets that workloads use so, or that no workload names and whose name says so."""
        return tuple(b for b in self.buckets if b.used_for(use) or (not b.uses and _says(b.thing, use)))

    def says(self, *controls: str) -> tuple[Told, ...]:
        """What these controls say."""
        return tuple(t for t in self.told if t.control in controls)


_BY_NAME = {
    Use.DATA: re.compile(r"(?i)data(?!base)|train|corpus|feature"),
    Use.MODEL: re.compile(r"(?i)models?(?![a-z])|artifact|weights|checkpoint"),
}


def _says(thing: Thing, use: Use) -> bool:
    """Whether the name of a bucket tells its use; one that says both is for models."""
    text = f"{thing.name} {thing.id or ''}"
    if use is Use.DATA and _BY_NAME[Use.MODEL].search(text):
        return False
    return use in _BY_NAME and _BY_NAME[use].search(text) is not None


def plain_id(text: object) -> str | None:
    """A name of AWS that is safe to write into any language; None for everything else."""
    return text if isinstance(text, str) and _PLAIN_ID.fullmatch(text) else None
