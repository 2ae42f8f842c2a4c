"""Containers that are started on a host by hand: Docker Compose, and command lines in scripts."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Many, Text
from ourhalf.model.resource import At, Part, Resource
from ourhalf.model.workload import Container

_RUN = "https://docs.docker.com/reference/cli/docker/container/run/"


class HostContainer(Container, frozen=True):
    """A container that a Docker-like engine runs on a host, with what it shares of the host."""

    network_mode: Annotated[Field[str], At(compose="network_mode", default="bridge", source=_RUN)] = ABSENT
    pid: Annotated[Field[str], At(compose="pid", default="private", source=_RUN)] = ABSENT
    ipc: Annotated[Field[str], At(compose="ipc", default="private", source=_RUN)] = ABSENT
    profiles: Annotated[Many[str], At(compose="profiles")] = ABSENT
    engine: Annotated[Field[str], At(compose="x-engine")] = ABSENT


class UserData(Part, frozen=True):
    """What a boot script does, as far as it bears on containers.

    `agent` are the settings of the ECS agent, `variables` what the script assigns or exports.
    """

    containers: Annotated[Many[HostContainer], At(compose="containers")] = ABSENT
    agent: Annotated[Field[Entries[Text]], At(compose="agent")] = ABSENT
    variables: Annotated[Field[Entries[Text]], At(compose="variables")] = ABSENT


class ComposeService(Resource, frozen=True):
    """One service of a Compose file."""

    container: Annotated[Field[HostContainer], At(compose="container")] = ABSENT
    labels: Annotated[Field[Entries[str]], At(compose="container.labels")] = ABSENT
    replicas: Annotated[Field[int], At(compose="container.deploy.replicas|container.scale", default=1)] = ABSENT


class BootScript(Resource, frozen=True):
    """A shell script that starts containers on the host that runs it."""

    user_data: Annotated[Field[UserData], At(compose="script", format="user_data")] = ABSENT
