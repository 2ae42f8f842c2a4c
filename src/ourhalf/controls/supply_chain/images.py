"""Which image a container runs: pinned, and from a registry that the company approves."""

from __future__ import annotations

import re
from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known, Unresolved
from ourhalf.model.images import ImageReference
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, KubernetesDoc, Prowler, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container

_READ = date(2026, 10, 2)
_DIGEST = re.compile(r"@[a-z0-9+._-]+:[0-9a-fA-F]{32,}\Z")
_TAG = re.compile(r":(?![0-9a-fA-F]{32})(\w[\w.-]{0,127})\Z")
_MOVING = frozenset({"latest", "main", "master", "nightly", "stable", "edge", "dev"})


def _reference(container: Container, context: Context) -> ImageReference | None:
    return context.images.facts(container.image).reference if context.images else None


def _tag(text: str) -> str:
    """The tag that `text`, a reference or the end of one, ends with; empty where it names none."""
    found = _TAG.search(text)
    return found[1] if found else ""


def _moving(tag: str) -> bool:
    return tag.lower() in _MOVING


def _fixed_tag(container: Container, context: Context) -> Verdict:
    match container.image:
        case Known() as field:
            reference = _reference(container, context)
            if reference is None and _moving(_tag(field.value)):
                return Verdict.failed(f"the tag `{_tag(field.value)}` moves with every release", field)
            if reference is None:
                return Verdict.unknown("this is no image reference", field)
            if reference.digest:
                return Verdict.passed("a digest names exactly one image", field)
            if reference.tag is None:
                return Verdict.failed("no tag is named, so that `latest` is pulled", field)
            if _moving(reference.tag):
                return Verdict.failed(f"the tag `{reference.tag}` moves with every release", field)
            return Verdict.passed(f"the tag `{reference.tag}` names a version", field)
        case Unresolved() as field if _DIGEST.search(field.suffix):
            return Verdict.unknown("the digest is fixed, the rest of the reference is not known", field)
        case Unresolved() as field if _moving(_tag(field.suffix)):
            return Verdict.failed(f"the tag `{_tag(field.suffix)}` moves with every release", field)
        case field:
            return Verdict.unknown(field)


IMAGE_TAG_FIXED = Control(
    id="container-image-tag-fixed",
    title="Containers name the version of their image",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Container,
    evaluate=_fixed_tag,
    rationale="With a moving tag nobody can say what ran yesterday, and a restart may bring another framework.",
    remedy="Name a version tag, better a digest.",
    citations=(KubernetesDoc("concepts/containers/images/", _READ),),
    same_as=(Checkov("CKV_K8S_14"), Trivy("KSV-0013"), Prowler("core_image_tag_fixed")),
    rows=("kubernetes-032", "ecs-023"),
)


def _pinned(container: Container, context: Context) -> Verdict:
    asked = context.requirements
    match container.image:
        case Known(text) as field if _DIGEST.search(text):
            return Verdict.passed("the image is named by digest", field)
        case Known() as field if asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
            return Verdict.failed(f"the image is named by tag only, and {asked.why}", field)
        case Known() as field:
            return Verdict.not_applicable(f"asked of confidential data and above; {asked.why}", field)
        case Unresolved() as field if _tag(field.suffix) and asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
            return Verdict.failed(f"the image is named by tag only, and {asked.why}", field)
        case field:
            return Verdict.unknown(field)


IMAGE_PINNED = Control(
    id="container-image-pinned",
    title="Containers name their image by digest",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Container,
    evaluate=_pinned,
    rationale="A tag can be moved to another image; a digest cannot, and scans and signatures speak of digests.",
    remedy="Append the digest of the image that was scanned and signed: `repository:tag@sha256:...`.",
    citations=(KubernetesDoc("concepts/containers/images/", _READ),),
    same_as=(Checkov("CKV_K8S_43"),),
    rows=("kubernetes-033", "sagemaker-016", "sagemaker-045"),
)


def _approved(container: Container, context: Context) -> Verdict:
    approved = context.requirements.parameters.approved_registries
    if not approved:
        return Verdict.not_applicable("the profile approves no list of registries", container.image)
    match container.image:
        case Known() as field:
            reference = _reference(container, context)
            if reference is None:
                return Verdict.unknown("this is no image reference", field)
            where = f"{reference.registry}/{reference.repository}"
            if any(_within(where, allowed) for allowed in approved):
                return Verdict.passed(f"{reference.registry} is approved by the profile", field)
            return Verdict.failed(f"{where} is in no registry that the profile approves", field)
        case field:
            return Verdict.unknown(field)


def _within(where: str, allowed: str) -> bool:
    """Whether a repository lies in an approved registry or below an approved path; `*` is any text."""
    pattern = re.escape(allowed.rstrip("/")).replace(r"\*", "[^/]*")
    return re.match(rf"{pattern}(/|\Z)", where) is not None


IMAGE_APPROVED = Control(
    id="container-image-registry-approved",
    title="Images come from approved registries",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Container,
    evaluate=_approved,
    rationale="An image runs with the workload's role; only registries under control say who could have changed it.",
    remedy="Copy the image into an approved registry and name it there.",
    citations=(AwsDoc("AmazonECR/latest/userguide/pull-through-cache.html", _READ),),
    same_as=(Trivy("KSV-0125"), Trivy("KSV-0035")),
    rows=("kubernetes-035", "ecs-023", "sagemaker-016", "sagemaker-045"),
)
