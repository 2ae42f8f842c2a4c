"""Dockerfiles: the image that a build makes, as far as the file tells. Fields are named by instruction."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Many, Text
from ourhalf.model.resource import At, Part, Resource


class BaseImage(Part, frozen=True):
    """An image from outside that a stage builds on or copies from.

    `reaches` says whether its layers are in the image that is made, rather than only used on the way.
    """

    image: Annotated[Field[str], At("FROM")] = ABSENT
    reaches: Annotated[Field[bool], At("reaches")] = ABSENT


class BuildCommand(Part, frozen=True):
    """A RUN instruction: its command as one text, and the stage that it stands in.

    `reaches` says whether what it leaves behind is in the image that is made, rather than in a stage
    from which files are only copied. `mounts` are the folders that are mounted for it alone.
    """

    command: Annotated[Field[str], At("RUN")] = ABSENT
    stage: Annotated[Field[str], At("stage")] = ABSENT
    reaches: Annotated[Field[bool], At("reaches")] = ABSENT
    mounts: Annotated[Many[str], At("mounts")] = ABSENT
    network: Annotated[Field[str], At("network")] = ABSENT


class CopiedFiles(Part, frozen=True):
    """A COPY or ADD instruction. `stage` is what it copies from, absent for the build's own folder."""

    instruction: Annotated[Field[str], At("instruction")] = ABSENT
    sources: Annotated[Many[str], At("sources")] = ABSENT
    destination: Annotated[Field[str], At("destination")] = ABSENT
    checksum: Annotated[Field[str], At("checksum")] = ABSENT
    stage: Annotated[Field[str], At("from")] = ABSENT
    reaches: Annotated[Field[bool], At("reaches")] = ABSENT


class ExposedPort(Part, frozen=True):
    """A port that the image says it listens on."""

    port: Annotated[Field[int], At("port")] = ABSENT
    protocol: Annotated[Field[str], At("protocol")] = ABSENT


class Dockerfile(Resource, frozen=True):
    """What a stage of a Dockerfile makes, with what it takes over from the stages below it.

    The stage is the last one, or one that no other uses and that is built by its name. `base` is the
    image from outside at its bottom, `bases` every one that it or a stage that it uses names.
    `arguments` are the ARG instructions of the stage and those below it, with their defaults: like
    `environment`, they stay readable in the history of the image. `user` is absent where none is
    set, for then the base image decides.
    """

    base: Annotated[Field[str], At("FROM")] = ABSENT
    bases: Annotated[Many[BaseImage], At("bases")] = ABSENT
    user: Annotated[Field[str], At("USER")] = ABSENT
    ports: Annotated[Many[ExposedPort], At("EXPOSE")] = ABSENT
    health_check: Annotated[Field[str], At("HEALTHCHECK")] = ABSENT
    entrypoint: Annotated[Many[str], At("ENTRYPOINT")] = ABSENT
    command: Annotated[Many[str], At("CMD")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("ENV")] = ABSENT
    arguments: Annotated[Field[Entries[Text]], At("ARG")] = ABSENT
    labels: Annotated[Field[Entries[str]], At("LABEL")] = ABSENT
    commands: Annotated[Many[BuildCommand], At("RUN")] = ABSENT
    copies: Annotated[Many[CopiedFiles], At("COPY")] = ABSENT
    volumes: Annotated[Many[str], At("VOLUME")] = ABSENT
    triggers: Annotated[Many[str], At("ONBUILD")] = ABSENT
