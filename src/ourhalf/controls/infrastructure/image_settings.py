"""How an image starts by itself: its user, its ports, and what its environment loads and asks for."""

from __future__ import annotations

import re

from ourhalf.controls.images import IMAGE_SPEC, READ
from ourhalf.controls.infrastructure.preload import strange_preload
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, elements, entry
from ourhalf.model.references import Cve, Repository, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.images import ContainerImage, ImagePort

_ROOT = re.compile(r"^(?:root|0+)?(?::|$)")
_SSH_PORTS = frozenset({22, 2222})


def _not_root(image: ContainerImage, context: Context) -> Verdict:
    match image.user:
        case Known(str() as user) as field if not _ROOT.match(user):
            return Verdict.passed(f"it starts as {user}", field)
        case Known() | Absent() as field:
            users = context.contents.users(image)
            eased = [w.name for w, container in users if isinstance(container.user, Known) and container.user != field]
            more = f"; {', '.join(eased)} set another user" if eased and len(eased) == len(users) else ""
            return Verdict.failed(f"it starts as root{more}", field, severity=Severity.LOW if more else None)
        case field:
            return Verdict.unknown(field)


NOT_ROOT = Control(
    id="image-user-not-root",
    title="Images start as a user other than root",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_not_root,
    rationale="Root in a container is root on the host as soon as the container's walls have one hole.",
    remedy="End the Dockerfile with USER and a number that is not 0, and let that user own what it writes to.",
    citations=(Repository(IMAGE_SPEC, READ),),
    rows=("image-001",),
)


def _no_ssh_port(image: ContainerImage, _: Context) -> Verdict:
    match image.ports:
        case Absent() as field:
            return Verdict.passed("it states no port", field)
        case Known(ports) as field:
            found = [p.port for p in ports if isinstance(p, ImagePort) and isinstance(p.port, Known)]
            login = [port for port in found if port.value in _SSH_PORTS]
            if login:
                return Verdict.failed(f"port {login[0].value} is stated, for SSH", *login)
            return Verdict.passed("no port of SSH is stated", field)
        case field:
            return Verdict.unknown(field)


SSH_PORT = Control(
    id="image-no-ssh-port",
    title="Images state no port for SSH",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_no_ssh_port,
    rationale="A login server in the container is a second way in that no cluster policy sees.",
    remedy="Leave the port out; reach a container with `kubectl exec` or ECS Exec, and let MPI start over those.",
    citations=(Repository(IMAGE_SPEC, READ),),
    rows=("image-002",),
)


def _preload(image: ContainerImage, _: Context) -> Verdict | None:
    match entry(image.environment, "LD_PRELOAD"):
        case Known(str() as value) as field:
            strange = strange_preload(value)
            if strange:
                return Verdict.failed(
                    f"{strange[0]} is loaded into every process, and into hooks of the GPU stack", field
                )
            return Verdict.passed("it loads allocators and communication libraries only", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
    return None


PRELOAD = Control(
    id="image-preload-known",
    title="Images preload no library that is not known",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_preload,
    rationale=(
        "Hooks of NVIDIA's container toolkit before 1.17.8 loaded such a library as root on the host: an image alone "
        "was enough to leave the container."
    ),
    remedy="Take LD_PRELOAD out of the image, or preload only the allocator that you need from a folder of the image.",
    citations=(
        Cve("CVE-2025-23266", READ),
        WebPage("www.wiz.io/blog/nvidia-ai-vulnerability-cve-2025-23266-nvidiascape", READ),
    ),
)

_GPU_NAMES = ("NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES")


def _gpus(image: ContainerImage, context: Context) -> Verdict | None:
    asked = [entry(image.environment, name) for name in _GPU_NAMES]
    found = [field for field in asked if isinstance(field, Known) and str(field.value).lower() == "all"]
    if not found:
        hidden = next((field for field in asked if isinstance(field, Unresolved)), None)
        return Verdict.unknown(hidden) if hidden is not None else None
    users = context.contents.users(image)
    without = [
        w.name for w, container in users if not elements(container.devices) and isinstance(container.gpus, Absent)
    ]
    if users and not without:
        return Verdict.passed("whatever runs it asks for its GPUs", *found)
    named = f": {', '.join(without)} ask for none" if without else ""
    return Verdict.failed(f"it asks the runtime for everything that GPUs offer{named}", *found)


GPUS = Control(
    id="image-gpus-not-all",
    title="Images do not ask for every GPU of the host",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_gpus,
    rationale=(
        "Where the runtime takes these variables from images, a container gets all GPUs of the host without asking "
        "for any, and the GPUs of its neighbours with them."
    ),
    remedy=(
        "Leave NVIDIA_VISIBLE_DEVICES to the orchestrator and name the capabilities that you use, such as "
        "compute,utility; forbid the variable in the toolkit's configuration on the nodes."
    ),
    citations=(
        WebPage("docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html", READ),
    ),
)
