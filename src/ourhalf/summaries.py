"""What an assessment tells besides its findings: workloads, who answers, images, controls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ourhalf.catalogue import all_controls
from ourhalf.images.recognise import DeepLearningContainers
from ourhalf.model.context import Graph, ImageContents
from ourhalf.model.field import Known, effective, elements
from ourhalf.model.finding import ControlSummary, Finding, ImageSummary, ResponsibilityRow, WorkloadSummary
from ourhalf.model.images import Publisher
from ourhalf.model.profile import Requirements
from ourhalf.model.responsibility import Responsibility
from ourhalf.model.workload import Workload
from ourhalf.resources.images import ContainerImage, within
from ourhalf.resources.model_files import ModelFile
from ourhalf.responsibility.matrix import matrix


def summary_of(workload: Workload, requirements: Requirements) -> WorkloadSummary:
    """A workload as reports name it."""
    return WorkloadSummary(
        workload.name,
        workload.resource.kind,
        service_of(workload),
        tuple(platform.value for platform in workload.platforms),
        workload.platform_why,
        requirements.sensitivity,
        _images(workload),
        workload.resource.place.path,
        workload.resource.place.line,
        tuple(dict.fromkeys(resource.place.path for resource in workload.related)),
    )


def responsibility_rows(
    resolved: Iterable[tuple[Workload, tuple[Responsibility, ...]]],
) -> Iterator[ResponsibilityRow]:
    """Who answers for each layer, one row for all workloads that have the same answer."""
    # Most workloads share the very answer: comparing answers once for each is enough.
    same: dict[tuple[str | None, int], tuple[Responsibility, list[str]]] = {}
    for workload, answers in resolved:
        service, name = service_of(workload), workload.name
        for who in answers:
            known = same.get((service, id(who)))
            if known is None:
                same[service, id(who)] = (who, [name])
            else:
                known[1].append(name)
    alike: dict[tuple[str | None, Responsibility], list[str]] = {}
    for (service, _), (who, names) in same.items():
        alike.setdefault((service, who), []).extend(names)
    for (service, who), names in alike.items():
        yield ResponsibilityRow(
            tuple(dict.fromkeys(names)),
            service,
            who.layer,
            who.party,
            who.action,
            who.why,
            who.candidates,
            tuple(matrix().sources[source].url for source in who.sources),
        )


def image_summaries(graph: Graph, contents: ImageContents) -> Iterator[ImageSummary]:
    """The images that workloads name or that were read, by reference: with what is in them, else what names tell."""
    by_reference: dict[str, list[str]] = {}
    for workload in graph.workloads():
        for reference in _images(workload):
            by_reference.setdefault(reference, []).append(workload.name)
    read = {reference: contents.of(Known(reference)) for reference in by_reference}
    named = {id(image) for image in read.values()}
    others = [one for one in graph.all(ContainerImage) if id(one) not in named]
    models = graph.all(ModelFile) if others or any(isinstance(one, ContainerImage) for one in read.values()) else ()
    told = [
        _read_image(reference, image, by_reference[reference], models)
        if isinstance(image, ContainerImage)
        else _named_image(reference, by_reference[reference])
        for reference, image in read.items()
    ]
    told += [_read_image(one.reference, one, [], models) for one in others]
    yield from sorted(told, key=lambda one: (one.reference, one.platform or ""))


def _named_image(reference: str, workloads: list[str]) -> ImageSummary:
    facts = DeepLearningContainers().facts(Known(reference))
    digest = facts.reference.digest if facts.reference else None
    base = facts.why if facts.publisher is Publisher.AWS_DEEP_LEARNING else None
    return ImageSummary(reference, digest, facts.platform, base, tuple(dict.fromkeys(workloads)))


def _read_image(
    reference: str, image: ContainerImage, workloads: list[str], models: tuple[ModelFile, ...]
) -> ImageSummary:
    inside = within(image.place.path, "")
    return ImageSummary(
        reference,
        effective(image.digest),
        effective(image.platform),
        effective(image.base),
        tuple(dict.fromkeys(workloads)),
        tuple(
            {"name": one.package.name, "version": one.package.version, "purl": one.package.purl}
            for one in elements(image.packages)
        ),
        tuple(
            {"path": one.place.path.removeprefix(inside), "judgement": effective(one.judgement) or "unread"}
            for one in models
            if one.place.path.startswith(inside)
        ),
    )


def controls_told(findings: Iterable[Finding]) -> Iterator[ControlSummary]:
    """The controls that `findings` name, by id."""
    named = {finding.control for finding in findings}
    for control in all_controls():
        if control.id in named:
            yield ControlSummary.of(control)


def service_of(workload: Workload) -> str | None:
    """The one service that runs it, None where there may be several."""
    services = workload.services
    return services[0] if len(services) == 1 else None


def _images(workload: Workload) -> tuple[str, ...]:
    found = (c.image.value for c in elements(workload.containers) if isinstance(c.image, Known))
    return tuple(dict.fromkeys(found))
