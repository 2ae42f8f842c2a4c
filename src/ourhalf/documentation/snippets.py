"""How a control is held in each language: what the writer of remedies makes for an example of its subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ourhalf.model.control import Control
from ourhalf.model.field import Place
from ourhalf.model.resource import Dialect, Language, Origin, Resource
from ourhalf.model.workload import Container, Workload
from ourhalf.remedies.remedy import written
from ourhalf.resources import resource_types
from ourhalf.resources.batch import BatchJobDefinition, JobContainer
from ourhalf.resources.compose import BootScript, ComposeService, HostContainer
from ourhalf.resources.dockerfile import Dockerfile
from ourhalf.resources.ecs import EcsTaskDefinition
from ourhalf.resources.kubernetes import PodContainer, PodTemplate


class _Way(NamedTuple):
    """A language, and what it calls the type of resource that holds the subject."""

    language: Language
    dialect: Dialect
    kind: str


class Snippet(NamedTuple):
    """What to write in one language: `kind` is the type of resource as that language calls it."""

    language: Language
    dialect: Dialect
    kind: str
    resource: type[Resource]
    text: str


_RUNNING: tuple[tuple[type[Resource], type[Container]], ...] = (
    (PodTemplate, PodContainer),
    (EcsTaskDefinition, Container),
    (BatchJobDefinition, JobContainer),
    (ComposeService, HostContainer),
)
"""What defines containers, most used first, with the type of its containers."""

_LANGUAGES = (
    (Language.KUBERNETES, Dialect.KUBERNETES),
    (Language.TERRAFORM, Dialect.TERRAFORM),
    (Language.CLOUDFORMATION, Dialect.CLOUDFORMATION),
    (Language.COMPOSE, Dialect.COMPOSE),
    (Language.JSON, Dialect.API),
    (Language.PYTHON, Dialect.API),
)


def snippets(control: Control[Any]) -> tuple[Snippet, ...]:
    """One snippet for each language that can say what the control asks."""
    if not control.settings:
        return ()
    found: dict[Language, Snippet] = {}
    for snippet in _candidates(control):
        found.setdefault(snippet.language, snippet)
    order = [language for language, _ in _LANGUAGES] + [Language.SHELL, Language.DOCKERFILE]
    return tuple(found[language] for language in order if language in found)


def _candidates(control: Control[Any]) -> Iterator[Snippet]:
    for resource, container in _subjects(control):
        for language, dialect in _LANGUAGES:
            kind = _kind(resource, dialect)
            if kind:
                yield from _made(control, resource, container, _Way(language, dialect, kind))
    if control.applies_to is Dockerfile:
        yield from _made(control, Dockerfile, None, _Way(Language.DOCKERFILE, Dialect.API, "Dockerfile"))
    if control.applies_to is Container and not control.about:
        yield from _made(control, BootScript, HostContainer, _Way(Language.SHELL, Dialect.COMPOSE, "docker run"))
        yield from _made(control, Dockerfile, Container, _Way(Language.DOCKERFILE, Dialect.API, "Dockerfile"))


def _subjects(control: Control[Any]) -> Iterator[tuple[type[Resource], type[Any] | None]]:
    """The types of resource in which a subject of the control stands, with the subject's own type."""
    if control.applies_to in (Container, Workload):
        for resource, container in _RUNNING:
            if not control.about or issubclass(resource, control.about):
                yield resource, container if control.applies_to is Container else Workload
        return
    for resource in resource_types():
        if issubclass(resource, control.applies_to):
            yield resource, None


def _kind(resource: type[Resource], dialect: Dialect) -> str:
    if resource is ComposeService:
        return "service" if dialect is Dialect.COMPOSE else ""
    return str(getattr(resource.names, dialect.value, "")).split("|")[0]


def _made(control: Control[Any], resource: type[Resource], subject: type[Any] | None, way: _Way) -> Iterator[Snippet]:
    address = f"{way.kind}.example" if way.language is Language.TERRAFORM else "Example"
    origin = Origin(Place("example", 1, 1), way.language, way.dialect, "", address)
    one = resource(name="example", origin=origin)
    whose: object = one
    if subject is Workload:
        whose = Workload(name="example", resource=one, platforms=())
    elif subject is not None:
        whose = subject(name="example")
    text = written(control, whose, one).removeprefix(control.remedy).strip("\n")
    if text:
        yield Snippet(way.language, way.dialect, way.kind, resource, text)
