"""Recognises AWS Deep Learning Containers by their references, and by the labels that their builds leave.

The labels are those of scripts/ci/build/build_image.sh in github.com/aws/deep-learning-containers, of their images for
SageMaker: an image that is built on one inherits them.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from ourhalf.images.reference import parse
from ourhalf.model.field import Absent, Field, Known, Reference, Unresolved
from ourhalf.model.images import ImageFacts, ImageReference, Publisher

_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|on\.aws)\Z"
)
_ECR_PREFIX = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.")
_PUBLIC_GALLERY = ("public.ecr.aws", "deep-learning-containers/")
_LABEL = re.compile(
    r"com\.amazonaws\.ml\.engines\.sagemaker\.dlc\.framework\.(?P<family>[a-z][a-z0-9-]*)\.(?P<version>v?\d[\w-]{0,40})(?:\..*)?"
)
_VERSION = re.compile(r"(?P<version>\d+(?:\.\d+){1,2})(?=[-.]|$)")


class _Entry(msgspec.Struct, frozen=True):
    repository: str
    framework: str
    version: str
    accelerator: str
    platform: str
    tags: tuple[str, ...]
    ga: date | None = None
    eop: date | None = None
    public: bool = False


class _Support(msgspec.Struct, frozen=True):
    version: str
    ga: date
    eop: date


class _Catalogue(msgspec.Struct, frozen=True):
    source: str
    accounts: dict[str, dict[str, tuple[str, ...]]]
    legacy: dict[str, tuple[_Support, ...]]
    images: tuple[_Entry, ...]


@cache
def _catalogue() -> _Catalogue:
    data = files(__package__).joinpath("deep_learning_containers.json").read_bytes()
    return msgspec.json.decode(data, type=_Catalogue)


@cache
def _registry_accounts() -> dict[str, tuple[str, ...]]:
    """Regions by the account of a registry in which AWS publishes its images."""
    found: dict[str, tuple[str, ...]] = {}
    for accounts in _catalogue().accounts.values():
        found.update(accounts)
    return found


@cache
def _by_repository() -> dict[str, tuple[_Entry, ...]]:
    found: dict[str, list[_Entry]] = {}
    for entry in _catalogue().images:
        found.setdefault(entry.repository, []).append(entry)
    return {name: tuple(entries) for name, entries in found.items()}


class DeepLearningContainers:
    """`ImageKnowledge` from the list of images that AWS publishes."""

    def facts(self, image: Field[str]) -> ImageFacts:
        """See `ImageKnowledge.facts`."""
        match image:
            case Known(text):
                return _of_text(text)
            case Unresolved() as unresolved:
                return _of_unresolved(unresolved)
            case Absent():
                return ImageFacts(None, Publisher.UNKNOWN, "no image is named")

    def labelled(self, labels: dict[str, str]) -> ImageFacts | None:
        """See `ImageKnowledge.labelled`."""
        found = next((m for name in sorted(labels) if (m := _LABEL.fullmatch(name))), None)
        if found is None:
            return None
        family, version = found["family"], found["version"].removeprefix("v").replace("-", ".")
        why = f"by its labels it is a Deep Learning Container, or built on one: {family} {version}"
        entries = [
            entry
            for entry in _catalogue().images
            if (
                entry.framework.lower() == family
                or entry.repository == family
                or entry.repository.startswith(f"{family}-")
            )
            and f"{version}.".startswith(f"{entry.version}.")
        ]
        ends = {entry.eop for entry in entries if entry.eop} or {
            one.eop for one in _catalogue().legacy.get(family, ()) if f"{version}.".startswith(f"{one.version}.")
        }
        return ImageFacts(
            None,
            Publisher.AWS_DEEP_LEARNING,
            why,
            framework=entries[0].framework if entries else family,
            version=version,
            end_of_patch=min(ends) if len(ends) == 1 else None,
            source=_catalogue().source,
        )


@cache
def _of_text(text: str) -> ImageFacts:
    reference = parse(text)
    if reference is None:
        return ImageFacts(None, Publisher.UNKNOWN, f"{text[:80]} is no image reference")
    registry = _ECR.match(reference.registry)
    if registry is None:
        return _outside_ecr(reference)
    regions = _registry_accounts().get(registry["account"])
    if regions is None:
        why = "a private repository: what it was built from cannot be told from its name"
        return ImageFacts(reference, Publisher.UNKNOWN, why, region=registry["region"])
    return _published(reference, registry["region"])


def _outside_ecr(reference: ImageReference) -> ImageFacts:
    registry, prefix = _PUBLIC_GALLERY
    if reference.registry == registry and reference.repository.startswith(prefix):
        return _published(reference, None, reference.repository.removeprefix(prefix))
    if re.fullmatch(
        r"docker\.io|public\.ecr\.aws|quay\.io|ghcr\.io|nvcr\.io|registry\.k8s\.io|gcr\.io", reference.registry
    ):
        return ImageFacts(reference, Publisher.OTHER, f"published by others at {reference.registry}")
    why = f"{reference.registry} is no registry of AWS's: what the image was built from cannot be told from its name"
    return ImageFacts(reference, Publisher.UNKNOWN, why)


def _published(reference: ImageReference, region: str | None, repository: str | None = None) -> ImageFacts:
    """An image in a registry of AWS's, matched against the list by repository and tag."""
    repository = repository or reference.repository
    source = _catalogue().source
    known = ImageFacts(
        reference,
        Publisher.AWS_DEEP_LEARNING,
        "in a registry of AWS Deep Learning Containers",
        region=region,
        source=source,
    )
    if reference.tag is None:
        what = "a digest without a tag" if reference.digest else "no tag"
        return msgspec.structs.replace(known, why=f"{known.why}, but {what} does not tell its version")
    entries = _by_repository().get(repository, ())
    entry = next((e for e in entries if _tag_matches(e, reference.tag)), None)
    if entry is not None:
        return msgspec.structs.replace(
            known,
            why=f"{known.why}: {entry.framework} {entry.version}",
            framework=entry.framework,
            version=entry.version,
            accelerator=entry.accelerator,
            platform=entry.platform,
            general_availability=entry.ga,
            end_of_patch=entry.eop,
        )
    return _from_legacy(known, repository, reference.tag)


def _tag_matches(entry: _Entry, tag: str) -> bool:
    """Whether `tag` is one of the entry's, or a dated or numbered rebuild of one."""
    return any(tag == known or tag.startswith((f"{known}-v", f"{known}-20")) for known in entry.tags)


def _from_legacy(known: ImageFacts, repository: str, tag: str) -> ImageFacts:
    found = _VERSION.match(tag)
    family = next((name for name in _catalogue().legacy if repository.startswith(name)), None)
    if found is not None and family is not None:
        minor = ".".join(found["version"].split(".")[:2])
        for support in _catalogue().legacy[family]:
            if support.version == minor:
                return msgspec.structs.replace(
                    known,
                    why=f"{known.why}: {family} {minor}, by its tag",
                    framework=family,
                    version=minor,
                    accelerator="gpu" if "-gpu-" in tag or "-cu" in tag else "cpu" if "-cpu-" in tag else None,
                    general_availability=support.ga,
                    end_of_patch=support.eop,
                )
    version = found["version"] if found else None
    return msgspec.structs.replace(
        known, why=f"{known.why}, with a tag that is in no list of theirs", framework=family, version=version
    )


def _of_unresolved(image: Unresolved) -> ImageFacts:
    """What the known parts of a reference tell, such as an account before an unknown region."""
    text = "".join(part if isinstance(part, str) else "\0" for part in image.parts)
    account = _ECR_PREFIX.match(text)
    if account and account["account"] in _registry_accounts():
        why = f"in a registry of AWS Deep Learning Containers, but {image.reason}"
        tag = text.rpartition("\0")[2]
        repository, _, version = tag.rpartition("/")[2].partition(":")
        if version and repository in _by_repository():
            host = f"{account['account']}.dkr.ecr.us-east-1.amazonaws.com"
            return msgspec.structs.replace(_of_text(f"{host}/{repository}:{version}"), region=None)
        return ImageFacts(None, Publisher.AWS_DEEP_LEARNING, why)
    first = image.parts[0] if image.parts else None
    if isinstance(first, Reference):
        return ImageFacts(None, Publisher.UNKNOWN, f"made in this deployment ({first}): its base is not known here")
    return ImageFacts(None, Publisher.UNKNOWN, image.reason)
