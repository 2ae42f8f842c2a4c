"""Container images, by their configuration and content."""

import re
from typing import Any

import msgspec

from ourhalf.model.field import ABSENT, Absent, Entries, Field, Known, Many, Place, Text, Unresolved
from ourhalf.model.packages import Package
from ourhalf.model.resource import Part, Resource
from ourhalf.resources.dockerfile import BuildCommand

_INSIDE = "!/"


def within(image: str, path: str) -> str:
    """How a file of an image is named outside of it: `oci:DIR!/etc/passwd`; `path` is without the first slash."""
    return f"{image}{_INSIDE}{path}"


class ImagePort(Part, frozen=True):
    """A port that the image says it listens on."""

    port: Field[int] = ABSENT
    protocol: Field[str] = ABSENT


class HistoryLine(Part, frozen=True):
    """What made one layer, or changed the configuration without one: `layer` is then None."""

    command: Field[str] = ABSENT
    layer: int | None = None


class InstalledPackage(Part, frozen=True):
    """A package that the image holds."""

    package: Package

    def __str__(self) -> str:
        return f"{self.package.name} {self.package.version or ''}".strip()


class Exhibit(Part, frozen=True):
    """Something that a file of the image shows.

    `kind` is a word of the examiner that found it, such as `ssh-private-key`; `what` says it in a sentence without
    any secret. `layer` is the index of the layer that brought the file, `owner` the purl of the package that it
    belongs to, "" for none. `base` names the known image whose layer it is, "" for ours. `removed` is the index of
    a later layer that deleted or replaced the file: whoever has the image still has its bytes. `details` are short
    texts by name that controls decide on, such as the settings of a server.
    """

    kind: str = ""
    what: str = ""
    place: Place = Place("")
    layer: int | None = None
    owner: str = ""
    base: str = ""
    removed: int | None = None
    details: dict[str, str] = msgspec.field(default_factory=dict)

    def __str__(self) -> str:
        return self.what

    @property
    def file(self) -> str:
        """The file that shows it, as the image names it; "" where no file does."""
        _, mark, path = self.place.path.rpartition(_INSIDE)
        return f"/{path}" if mark else ""


class Referrer(Part, frozen=True):
    """A document about an image beside it in its place: `sort` is signature, sbom or provenance."""

    sort: str = ""
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.sort} {self.digest}"


class ContainerImage(Resource, frozen=True):
    """One image of one platform.

    `reference` is as the user wrote it, `other_names` are other references to the same, such as those that an archive
    states; `digest` is that of its manifest. Fields of its configuration are known or
    absent; `exhibits` is unresolved in part where a file or layer could not be read, and so is `packages`. `base` is
    the known image that it is built on, and `base_layers` how many of its layers are that one's; `support` fields
    are those of `ImageFacts`. `referrers` is absent where nobody asked for them.
    """

    reference: str = ""
    other_names: tuple[str, ...] = ()
    digest: Field[str] = ABSENT
    platform: Field[str] = ABSENT
    user: Field[str] = ABSENT
    environment: Field[Entries[Text]] = ABSENT
    entrypoint: Many[str] = ABSENT
    command: Many[str] = ABSENT
    ports: Many[ImagePort] = ABSENT
    health_check: Many[str] = ABSENT
    volumes: Many[str] = ABSENT
    labels: Field[Entries[str]] = ABSENT
    history: Many[HistoryLine] = ABSENT
    base: Field[str] = ABSENT
    base_layers: int = 0
    exhibits: Many[Exhibit] = ABSENT
    packages: Many[InstalledPackage] = ABSENT
    referrers: Many[Referrer] = ABSENT

    @property
    def commands(self) -> Many[BuildCommand]:
        """What the build ran, by the lines of history; not known where an image states none."""
        match self.history:
            case Known(lines, place):
                return Known(tuple(_command(one) for one in lines if _runs(one)), place)
            case Absent(place=place):
                return Unresolved("the image states no history", place)
        return self.history

    @property
    def details(self) -> dict[str, Any] | None:
        """Findings about an image tell nothing to programs besides what all findings tell."""
        return None


# What BuildKit, Docker and Buildah write before the command of a RUN: arguments of the build, and the shell.
_BEFORE = re.compile(r"(?:RUN\s+)?(?:\|\d+\s+(?:[A-Za-z_]\w*=\S*\s+)*)?(?:/\S*/)?(?:ba|a)?sh\s+-[a-z]*c\s+|RUN\s+")
_OTHER = re.compile(r"(?:/bin/sh -c )?#\(nop\)|(?:ADD|COPY|ENV|ARG|LABEL|CMD|ENTRYPOINT|EXPOSE|USER|WORKDIR|VOLUME)\s")


def _runs(line: HistoryLine | Unresolved) -> bool:
    """Whether a line of history may be a command, rather than a setting or a copy."""
    text = line.command.value if isinstance(line, HistoryLine) and isinstance(line.command, Known) else ""
    return not _OTHER.match(text)


def _command(line: HistoryLine | Unresolved) -> BuildCommand | Unresolved:
    if isinstance(line, Unresolved) or not isinstance(line.command, Known):
        return line if isinstance(line, Unresolved) else BuildCommand(command=line.command)
    before = _BEFORE.match(line.command.value)
    text = line.command.value[before.end() if before else 0 :].removesuffix("# buildkit").strip()
    return BuildCommand(command=Known(text, line.command.place))
