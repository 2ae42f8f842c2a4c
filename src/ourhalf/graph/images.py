"""Joins containers with the images that they run: what configuration leaves out, the image decides."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import msgspec

from ourhalf.graph.starting import scripts, server_files
from ourhalf.images.reference import parse
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Entries, Field, Known, Many, Text, Unresolved
from ourhalf.model.images import ImageReference
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.images import ContainerImage
from ourhalf.resources.sagemaker_jobs import SageMakerTrainingJob


class ImageIndex:
    """The images that were read, by every name under which configuration may know them."""

    def __init__(self, images: tuple[ContainerImage, ...]) -> None:
        self._by_name: dict[tuple[str, ...], list[ContainerImage]] = defaultdict(list)
        for image in images:
            for name in dict.fromkeys((image.reference, *image.other_names)):
                reference = parse(name)
                for key in _keys(reference) if reference is not None else ():
                    self._by_name[key].append(image)
            if isinstance(image.digest, Known):
                self._by_name[image.digest.value,].append(image)

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def of(self, image: Field[str]) -> ContainerImage | Unresolved:
        """See `ImageContents.of`; of an image of several platforms none is chosen."""
        if not isinstance(image, Known):
            return image if isinstance(image, Unresolved) else Unresolved("no image is named", image.place)
        reference = parse(image.value)
        for key in _keys(reference) if reference is not None else ():
            found = self._by_name.get(key, ())
            if len(found) == 1:
                return found[0]
            if found:
                return Unresolved(f"{image.value} was read for {len(found)} platforms", image.place)
        return Unresolved(f"{image.value} was not read", image.place)


def _keys(reference: ImageReference) -> tuple[tuple[str, ...], ...]:
    """What tells an image: its digest alone where it is pinned, else registry, repository and tag."""
    if reference.digest is not None:
        return ((reference.digest,),)
    return ((reference.registry, reference.repository, reference.tag or "latest"),)


class GraphContents:
    """`ImageContents` over the workloads and images of a graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._index = ImageIndex(graph.all(ContainerImage))

    def of(self, image: Field[str]) -> ContainerImage | Unresolved:
        """See `ImageContents.of`."""
        return self._index.of(image)

    @cached_property
    def _users(self) -> dict[int, list[tuple[Workload, Container]]]:
        found: dict[int, list[tuple[Workload, Container]]] = defaultdict(list)
        for workload in self._graph.workloads():
            many = workload.containers.value if isinstance(workload.containers, Known) else ()
            for container in many:
                image = self._index.of(container.image) if isinstance(container, Container) else None
                if isinstance(image, ContainerImage) and isinstance(container, Container):
                    found[id(image)].append((workload, container))
        return found

    def users(self, image: Resource) -> tuple[tuple[Workload, Container], ...]:
        """See `ImageContents.users`."""
        return tuple(self._users.get(id(image), ()))

    def by_itself(self, image: Resource) -> Container | None:
        """See `ImageContents.by_itself`."""
        if not isinstance(image, ContainerImage):
            return None
        named = Known(image.reference, image.place)
        return completed(Container(name=image.name, place=image.place, image=named), image)


def with_images(workloads: tuple[Workload, ...], images: tuple[ContainerImage, ...]) -> tuple[Workload, ...]:
    """The same workloads, with what their images decide where configuration says nothing."""
    index = ImageIndex(images)
    return tuple(_filled(workload, index) for workload in workloads) if index else workloads


def _filled(workload: Workload, index: ImageIndex) -> Workload:
    if not isinstance(workload.containers, Known):
        return workload
    containers = tuple(
        completed(_told(one, workload), image)
        if isinstance(one, Container) and isinstance(image := index.of(one.image), ContainerImage)
        else one
        for one in workload.containers.value
    )  # fmt: skip
    if all(new is old for new, old in zip(containers, workload.containers.value, strict=True)):
        return workload
    return msgspec.structs.replace(workload, containers=Known(containers, workload.containers.place))


def _told(container: Container, workload: Workload) -> Container:
    """What a service says to a container that sets nothing itself: SageMaker starts an image to serve, or to train.

    Sources: docs.aws.amazon.com/sagemaker/latest/dg, your-algorithms-inference-code and -training-algo-dockerfile.
    """
    if not (_unset(container.entrypoint) and _unset(container.arguments)):
        return container
    if workload.platforms == (Platform.SAGEMAKER_ENDPOINT,):
        word = "serve"
    elif isinstance(workload.resource, SageMakerTrainingJob):
        word = "train"
    else:
        return container
    return msgspec.structs.replace(
        container, arguments=Known((word,), msgspec.structs.replace(container.place, field="command"))
    )


def completed(container: Container, image: ContainerImage) -> Container:
    """What the container is when it runs this image.

    Its user, entrypoint and arguments are the image's where it sets none of its own; an entrypoint of its own leaves
    the image's arguments out (docs.docker.com/reference/dockerfile, on CMD and ENTRYPOINT). Its environment is the
    image's, changed by its own. A health check of the image is not taken over: neither ECS nor Kubernetes runs it.
    Scripts of the image that it starts are followed one step.
    """
    own_start = not _unset(container.entrypoint)
    entrypoint = _first_of(container.entrypoint, image.entrypoint)
    arguments = container.arguments if own_start else _first_of(container.arguments, image.command)
    changes = {
        "user": _first(container.user, image.user),
        "entrypoint": entrypoint,
        "arguments": arguments,
        "environment": _environment(container.environment, image.environment),
        "scripts": scripts(image, entrypoint, arguments),
        "server_files": server_files(image),
    }
    return msgspec.structs.replace(container, **changes)


def _unset(field: Field[object]) -> bool:
    return isinstance(field, Absent) and field.default is None


def _first(own: Field[str], image: Field[str]) -> Field[str]:
    return image if _unset(own) else own


def _first_of(own: Many[str], image: Many[str]) -> Many[str]:
    return image if _unset(own) else own


def _environment(own: Field[Entries[Text]], image: Field[Entries[Text]]) -> Field[Entries[Text]]:
    match own, image:
        case Known(Entries(items, rest), place), Known(Entries(below, hidden)):
            return Known(Entries({**below, **items}, rest or hidden), place)
        case Known(Entries(items, rest), place), Unresolved():
            return Known(Entries(items, rest or image), place)
        case Absent(), Known() | Unresolved():
            return image
    return own
