"""What a container of an image can do to its host and its neighbours: user, ports, ways in."""

from __future__ import annotations

import re

from ourhalf.controls.dockerfile import BEST_PRACTICES, READ, judge_commands, matching, repository
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved
from ourhalf.model.images import Publisher
from ourhalf.model.references import Checkov, Cis, Trivy, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.dockerfile import Dockerfile, ExposedPort

_ROOT = re.compile(r"^(?:root|0+)(?::|$)")
# The public Dockerfiles of these images set no USER.
_ROOT_IMAGES = re.compile(
    r"^(?:public\.ecr\.aws/(?:docker/library|amazonlinux|ubuntu|debian)/)?"
    r"(?:ubuntu|debian|alpine|amazonlinux|centos|fedora|python|golang|node|rust|gcc"
    r"|nvidia/cuda|nvcr\.io/nvidia/(?:cuda|pytorch|tensorflow)|pytorch/pytorch|tensorflow/tensorflow|vllm/vllm-openai)$"
)


def _not_root(file: Dockerfile, context: Context) -> Verdict:
    match file.user:
        case Known(user) as field if _ROOT.match(user):
            return Verdict.failed("the last USER is root", field)
        case Known() as field:
            return Verdict.passed("the last USER is not root", field)
        case Absent() as field if isinstance(file.base, Known) and _runs_as_root(file.base, context):
            return Verdict.failed(f"no USER is set, and {file.base.value} runs as root", field, file.base)
        case Absent() as field:
            return Verdict.unknown("no USER is set: the base image decides, and most run as root", field, file.base)
        case field:
            return Verdict.unknown(field)


def _runs_as_root(base: Known[str], context: Context) -> bool:
    facts = context.images.facts(base) if context.images else None
    if facts is not None and facts.publisher is Publisher.AWS_DEEP_LEARNING:
        return True
    return _ROOT_IMAGES.match(repository(base.value)) is not None


NOT_ROOT = Control(
    id="dockerfile-user-not-root",
    title="Images run as a user other than root",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_not_root,
    rationale="Root in a container is root on the host as soon as the container's walls have one hole.",
    remedy="Make a user, and end the last stage with `USER` and its number.",
    settings={"user": "1000"},
    citations=(WebPage(BEST_PRACTICES + "#user", READ),),
    same_as=(Checkov("CKV_DOCKER_3"), Checkov("CKV_DOCKER_8"), Trivy("DS-0002"), Cis("Docker-1.6:4.1")),
    rows=("image-001",),
)

_SSH_PORTS = frozenset({22, 2222})


def _no_ssh(file: Dockerfile, _: Context) -> Verdict:
    match file.ports:
        case Absent() as field:
            return Verdict.passed("no port is exposed", field)
        case Known(ports) as field:
            open_ = [p.port for p in ports if isinstance(p, ExposedPort) and isinstance(p.port, Known)]
            found = [port for port in open_ if port.value in _SSH_PORTS]
            if found:
                return Verdict.failed(f"port {found[0].value} is exposed for SSH", *found)
            doubt = next((p for p in ports if isinstance(p, Unresolved)), None)
            if doubt is not None:
                return Verdict.unknown(doubt)
            return Verdict.passed("no port of SSH is exposed", field)
        case field:
            return Verdict.unknown(field)


SSH_PORT = Control(
    id="dockerfile-no-ssh-port",
    title="Images expose no port for SSH",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_no_ssh,
    rationale="A login server in the container is a second way in that no cluster policy sees.",
    remedy="Take the port out; reach a container with `kubectl exec` or ECS Exec, and let MPI start over those.",
    citations=(WebPage(BEST_PRACTICES, READ),),
    same_as=(Checkov("CKV_DOCKER_1"), Trivy("DS-0004")),
    rows=("image-002",),
)

_SUDO = re.compile(r"(?:^|[;&|(\n]|\bthen\b|\bdo\b)\s*sudo\s|\bNOPASSWD\b")


def _no_sudo(file: Dockerfile, _: Context) -> Verdict:
    wrong = matching(_SUDO, "sudo is used, or given without a password")
    return judge_commands(file, wrong, "no RUN instruction uses sudo")


NO_SUDO = Control(
    id="dockerfile-no-sudo",
    title="Dockerfiles do without sudo",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_no_sudo,
    rationale="A user that may become root by sudo is root, whatever USER says.",
    remedy="Run what needs root before USER, and take sudo out of the image.",
    citations=(WebPage(BEST_PRACTICES + "#user", READ),),
    same_as=(Checkov("CKV2_DOCKER_1"), Trivy("DS-0010")),
    rows=("image-007",),
)

_MAKES_KEY = re.compile(r"\bssh-keygen\b(?![^;&|\n]*\s-[lRFBy]\b)")
_DROPS_KEY = re.compile(r"\brm\b[^;&|\n]*(?:ssh_host_|/id_[a-z0-9]+|/\.ssh\b)")


def _makes_key(command: str) -> str | None:
    made = _MAKES_KEY.search(command)
    if made is None or _DROPS_KEY.search(command, made.end()):
        return None
    return "a key is made in a layer of the image, so that all who pull it share the key"


def _no_keys(file: Dockerfile, _: Context) -> Verdict:
    return judge_commands(file, _makes_key, "no RUN instruction makes an SSH key", in_image_only=True)


NO_KEYS = Control(
    id="dockerfile-no-ssh-key-made",
    title="Builds leave no SSH key of their own in the image",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Dockerfile,
    evaluate=_no_keys,
    rationale="Everybody who can pull the image has the private key, and every container accepts it.",
    remedy="Make keys when the container starts, or mount them as a secret; take `ssh-keygen` out of the build.",
    citations=(WebPage("docs.docker.com/build/building/secrets/", READ),),
)
