"""Keys of SSH that an image brings to whoever pulls it."""

from __future__ import annotations

import msgspec

from ourhalf.controls.images import READ, exhibits, failed_by, in_base, none_of, place_of
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import known_part, unknown_part
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.references import Repository, WebPage
from ourhalf.model.responsibility import Service
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.images import ContainerImage, Exhibit

_KEY, _HOST_KEY, _SERVER = "ssh-private-key", "ssh-host-key", "ssh-server"
_PORTS = (22, 2222)
_SOURCES = (
    Repository("aws/deep-learning-containers/blob/master/scripts/docker/common/configure_ssh.sh", READ),
    WebPage("man.openbsd.org/sshd", READ),
)


def _usable(image: ContainerImage) -> tuple[Exhibit, ...]:
    return tuple(one for one in exhibits(image, _KEY) if one.details.get("encrypted") != "true")


def _no_key(image: ContainerImage, _: Context) -> Verdict:
    found = _usable(image)
    if not found:
        return none_of(image, _KEY, passed="it holds no private key of SSH")
    trusted = [one for one in found if one.details.get("trusted-by")]
    return failed_by(found, Severity.HIGH if trusted else None)


NO_KEY = Control(
    id="image-no-ssh-private-key",
    title="Images hold no private key of SSH",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_no_key,
    rationale=(
        "Whoever can pull the image has the key. Where the image trusts it too, as images for MPI do, everyone who "
        "has the image may log in to every container of it."
    ),
    remedy=(
        "Make keys when the job starts, and hand them to its nodes as a secret of the orchestrator; or start MPI "
        "without SSH. Deleting the key in a later layer leaves it in the earlier one: build anew without it."
    ),
    citations=_SOURCES,
    rows=("image-003",),
)


def _no_host_key(image: ContainerImage, _: Context) -> Verdict:
    return none_of(image, _HOST_KEY, passed="it holds no key of an SSH server")


NO_HOST_KEY = Control(
    id="image-no-ssh-host-key",
    title="Images hold no key of an SSH server",
    topic=Topic.IDENTITY,
    severity=Severity.LOW,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_no_host_key,
    rationale="Every container of the image proves itself by the same key, and whoever has the image can pose as one.",
    remedy="Delete /etc/ssh/ssh_host_* in the layer that installs the server, and run `ssh-keygen -A` at start.",
    citations=_SOURCES,
    rows=("image-003",),
)


def _no_shared_key(container: Container, context: Context) -> Verdict | None:
    image = context.contents.of(container.image)
    workload = context.workload
    if not isinstance(image, ContainerImage) or workload is None:
        return None
    trusted = tuple(one for one in _usable(image) if one.details.get("trusted-by") and one.removed is None)
    if trusted:
        return _where(workload, trusted, context)
    hidden = unknown_part(image.exhibits)
    if hidden is not None:
        return Verdict.unknown(hidden, container.image)
    return Verdict.passed("its image trusts no key that it holds", container.image, known_part(image.exhibits))


def _where(workload: Workload, trusted: tuple[Exhibit, ...], context: Context) -> Verdict:
    """The same key is as bad as the circle of those who can reach a server that trusts it."""
    key = f"its image holds {trusted[0].file}, and trusts it"
    fields = (place_of(trusted[0]),)
    if workload.services == (Service.SAGEMAKER,):
        return Verdict.failed(
            f"{key}; SageMaker lets nothing from outside reach SSH in a container: only its own nodes could use it",
            *fields,
            severity=Severity.LOW,
        )
    reached = [context.network.exposure(workload, port) for port in _PORTS]
    widest = reached[0].wider(reached[1])
    verdict = Verdict.failed(f"{key}; {_said(widest)}", *fields, *widest.fields, severity=_SEVERITIES[widest.scope])
    return msgspec.structs.replace(verdict, in_base=in_base(trusted))


_SEVERITIES = {
    Scope.INTERNET: Severity.CRITICAL,
    Scope.VPC: Severity.HIGH,
    Scope.CLUSTER: Severity.HIGH,
    Scope.HOST: Severity.MEDIUM,
    Scope.NONE: Severity.LOW,
    Scope.UNKNOWN: Severity.HIGH,
}


def _said(exposure: Exposure) -> str:
    if exposure.scope is Scope.UNKNOWN:
        return f"from where SSH is reached is not known: {exposure.why}"
    return f"SSH is reached from {'nowhere' if exposure.scope is Scope.NONE else exposure.scope}: {exposure.why}"


NO_SHARED_KEY = Control(
    id="container-image-no-shared-ssh-key",
    title="Containers trust no key of SSH that everyone with their image has",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Container,
    evaluate=_no_shared_key,
    rationale=NO_KEY.rationale,
    remedy=NO_KEY.remedy,
    citations=_SOURCES,
)
