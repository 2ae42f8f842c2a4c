"""What runs: containers, and the workload that joins them with identity, network and storage."""

from functools import cache
from typing import Annotated, Any

import msgspec

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many, Place, Text
from ourhalf.model.resource import At, Part, Resource
from ourhalf.model.responsibility import Platform, Service

_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"


class Port(Part, frozen=True):
    """A port that a container listens on; `host_port` is the host's, where it is bound there."""

    container_port: Annotated[Field[int], At("containerPort", kubernetes="containerPort", compose="target")] = ABSENT
    host_port: Annotated[Field[int], At("hostPort", kubernetes="hostPort", compose="published")] = ABSENT
    host_address: Annotated[Field[str], At("", kubernetes="hostIP", compose="host_ip")] = ABSENT
    protocol: Annotated[Field[str], At("protocol", kubernetes="protocol", compose="protocol", default="tcp")] = ABSENT


class Mount(Part, frozen=True):
    """A volume as a container sees it. `volume` is the name of the workload's volume, or a host path."""

    volume: Annotated[Field[str], At("sourceVolume", kubernetes="name", compose="source")] = ABSENT
    path: Annotated[Field[str], At("containerPath", kubernetes="mountPath", compose="target")] = ABSENT
    read_only: Annotated[Field[bool], At("readOnly", kubernetes="readOnly", compose="read_only", default=False)] = (
        ABSENT
    )


class Volume(Part, frozen=True):
    """A volume of a workload.

    `host_path` is set where it is a folder of the host; `medium` is `Memory` for shared memory;
    `kind` is the source's own name: hostPath, emptyDir, efs, fsx, claim, secret, configMap, docker.
    """

    name: str = ""
    kind: Field[str] = ABSENT
    host_path: Field[str] = ABSENT
    medium: Field[str] = ABSENT
    size: Field[str] = ABSENT
    file_system: Field[Link] = ABSENT
    transit_encryption: Field[str] = ABSENT
    iam_authorization: Field[str] = ABSENT
    access_point: Field[Link] = ABSENT
    root_directory: Field[str] = ABSENT


class ServerFile(Part, frozen=True):
    """Configuration of a server in a file of a container's image, by the words of the examiner that read it."""

    server: str = ""
    path: str = ""
    settings: Field[dict[str, str]] = ABSENT


class Container(Part, frozen=True):
    """One container as it is asked to run.

    Defaults are those of the API named in `source`; readers of services that fix a setting state it
    as Known. `entrypoint` is what Kubernetes calls command, `arguments` what ECS calls command.
    Where its image was read, `scripts` are the telling lines of each script in it that these start, and
    `server_files` what configures servers there; both are absent where it was not.
    """

    name: str = ""
    place: Place = Place("")
    role: str = "main"
    image: Annotated[Field[str], At("image", kubernetes="image", compose="image")] = ABSENT
    entrypoint: Annotated[
        Many[str], At("entryPoint", terraform="entryPoint", kubernetes="command", compose="entrypoint")
    ] = ABSENT
    arguments: Annotated[Many[str], At("command", kubernetes="args", compose="command")] = ABSENT
    environment: Annotated[Field[Entries[Text]], At("environment", kubernetes="env", compose="environment")] = ABSENT
    secrets: Annotated[Field[Entries[str]], At("secrets", kubernetes="", compose="secrets")] = ABSENT
    environment_files: Annotated[
        Many[str], At("environmentFiles", kubernetes="envFrom", compose="env_file", each="value|path")
    ] = ABSENT
    privileged: Annotated[
        Field[bool],
        At(
            "privileged",
            kubernetes="securityContext.privileged",
            compose="privileged",
            default=False,
            source=_ECS,
        ),
    ] = ABSENT
    user: Annotated[Field[str], At("user", kubernetes="securityContext.runAsUser", compose="user")] = ABSENT
    run_as_non_root: Annotated[Field[bool], At("", kubernetes="securityContext.runAsNonRoot", default=False)] = ABSENT
    allow_privilege_escalation: Annotated[
        Field[bool], At("", kubernetes="securityContext.allowPrivilegeEscalation", default=True)
    ] = ABSENT
    read_only_root: Annotated[
        Field[bool],
        At(
            "readonlyRootFilesystem",
            kubernetes="securityContext.readOnlyRootFilesystem",
            compose="read_only",
            default=False,
            source=_ECS,
        ),
    ] = ABSENT
    added_capabilities: Annotated[
        Many[str],
        At(
            "linuxParameters.capabilities.add",
            kubernetes="securityContext.capabilities.add",
            compose="cap_add",
        ),
    ] = ABSENT
    dropped_capabilities: Annotated[
        Many[str],
        At(
            "linuxParameters.capabilities.drop",
            kubernetes="securityContext.capabilities.drop",
            compose="cap_drop",
        ),
    ] = ABSENT
    security_options: Annotated[Many[str], At("dockerSecurityOptions", compose="security_opt")] = ABSENT
    seccomp_profile: Annotated[Field[str], At("", kubernetes="securityContext.seccompProfile.type")] = ABSENT
    ports: Annotated[Many[Port], At("portMappings", kubernetes="ports", compose="ports")] = ABSENT
    mounts: Annotated[Many[Mount], At("mountPoints", kubernetes="volumeMounts", compose="volumes")] = ABSENT
    devices: Annotated[Many[str], At("linuxParameters.devices", compose="devices", each="hostPath|source")] = ABSENT
    health_check: Annotated[
        Field[Any],
        At("healthCheck", kubernetes="livenessProbe|readinessProbe|startupProbe", compose="healthcheck"),
    ] = ABSENT
    cpu_limit: Annotated[
        Field[str], At("cpu", kubernetes="resources.limits.cpu", compose="cpus|deploy.resources.limits.cpus")
    ] = ABSENT
    memory_limit: Annotated[
        Field[str],
        At(
            "memory",
            kubernetes="resources.limits.memory",
            compose="mem_limit|deploy.resources.limits.memory",
        ),
    ] = ABSENT
    memory_reservation: Annotated[
        Field[str], At("memoryReservation", compose="mem_reservation|deploy.resources.reservations.memory")
    ] = ABSENT
    gpus: Annotated[
        Field[str],
        At("resourceRequirements", compose="gpus|deploy.resources.reservations.devices", format="gpus"),
    ] = ABSENT
    essential: Annotated[Field[bool], At("essential", default=True, source=_ECS)] = ABSENT
    restart: Annotated[Field[str], At("", compose="restart")] = ABSENT
    version_consistency: Annotated[Field[str], At("versionConsistency", default="enabled", source=_ECS)] = ABSENT
    shared_memory: Annotated[Field[str], At("linuxParameters.sharedMemorySize", compose="shm_size")] = ABSENT
    log_driver: Annotated[Field[str], At("logConfiguration.logDriver", compose="logging.driver")] = ABSENT
    log_options: Annotated[Field[Entries[str]], At("logConfiguration.options", compose="logging.options")] = ABSENT
    model_data: Field[str] = ABSENT
    scripts: Many[str] = ABSENT
    server_files: Many[ServerFile] = ABSENT


class Workload(msgspec.Struct, frozen=True):
    """Resources joined into what runs.

    `resource` is the definition that the others hang on; `platforms` are the ways in which it can
    run as far as configuration tells, `platform_why` how that is known. `role` is what its code
    acts as, `execution_role` what the service pulls and logs as.
    """

    name: str
    resource: Resource
    platforms: tuple[Platform, ...]
    platform_why: str = ""
    containers: Many[Container] = ABSENT
    host_network: Field[bool] = ABSENT
    host_pid: Field[bool] = ABSENT
    host_ipc: Field[bool] = ABSENT
    role: Field[Link] = ABSENT
    execution_role: Field[Link] = ABSENT
    subnets: Many[Link] = ABSENT
    security_groups: Many[Link] = ABSENT
    public_address: Field[bool] = ABSENT
    network_isolation: Field[bool] = ABSENT
    volumes: Many[Volume] = ABSENT
    replicas: Field[int] = ABSENT
    labels: Field[Entries[str]] = ABSENT
    namespace: str = ""
    related: tuple[Resource, ...] = ()

    @property
    def services(self) -> tuple[Service, ...]:
        """The services that may run it, each once."""
        return _services(self.platforms)


@cache
def _services(platforms: tuple[Platform, ...]) -> tuple[Service, ...]:
    return tuple(dict.fromkeys(platform.service for platform in platforms))
