"""How the objects of a cluster find each other: by name in a namespace, and by labels."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar
from weakref import WeakKeyDictionary

from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Entries, Field, Known, Unresolved
from ourhalf.model.resource import Resource
from ourhalf.resources.kubernetes import PodTemplate
from ourhalf.resources.kubernetes_access import ServiceAccount
from ourhalf.resources.kubernetes_namespaces import Namespace
from ourhalf.resources.kubernetes_network import KubernetesIngress, KubernetesService, NetworkPolicy
from ourhalf.resources.kubernetes_storage import ConfigMap, KubernetesSecret, PersistentVolume, PersistentVolumeClaim

R = TypeVar("R", bound=Resource)

_KINDS: tuple[type[Resource], ...] = (
    ServiceAccount,
    Namespace,
    KubernetesService,
    KubernetesIngress,
    NetworkPolicy,
    ConfigMap,
    KubernetesSecret,
    PersistentVolume,
    PersistentVolumeClaim,
)


class Objects:
    """The objects of one assessment by kind and namespace."""

    def __init__(self, graph: Graph) -> None:
        self._found: dict[tuple[type[Resource], str, str], list[Resource]] = defaultdict(list)
        self._places: dict[tuple[type[Resource], str, str], list[tuple[int, Resource]]] = defaultdict(list)
        for kind in _KINDS:
            for number, resource in enumerate(graph.all(kind)):
                namespace = getattr(resource, "namespace", "")
                self._found[kind, namespace, resource.name].append(resource)
                for place in _places(resource):
                    self._places[kind, namespace, place].append((number, resource))

    def near(self, kind: type[R], namespace: str, pod: Resource) -> list[R]:
        """The objects of a namespace that are applied with `pod`: of its file, its folder, or one beside it."""
        close = dict(
            numbered for place in _places_beside(pod) for numbered in self._places.get((kind, namespace, place), ())
        )
        return [close[number] for number in sorted(close)]  # type: ignore[misc]

    def named(self, kind: type[R], namespace: str, name: str, pod: Resource) -> R | None:
        """The object of that name; None where none was read, or where several may be meant."""
        found = self._found.get((kind, namespace, name), [])
        for close in (
            [r for r in found if r.origin.scope == pod.origin.scope],
            [r for r in found if together(r, pod)],
            found,
        ):
            if close:
                return close[0] if len(close) == 1 else None  # type: ignore[return-value]
        return None


_known: WeakKeyDictionary[Graph, Objects] = WeakKeyDictionary()


def objects(graph: Graph) -> Objects:
    """The objects of `graph`, gathered once."""
    found = _known.get(graph)
    if found is None:
        found = _known[graph] = Objects(graph)
    return found


@lru_cache(65536)
def _folder(path: str) -> str:
    return posixpath.dirname(path)


def _where(resource: Resource) -> str:
    return _folder(resource.origin.place.path or resource.origin.scope)


def _places(resource: Resource) -> tuple[str, str, str]:
    """Where an object may be looked for: its scope, its folder, and as one of the folder above."""
    folder = _where(resource)
    return f"scope {resource.origin.scope}", f"folder {folder}", f"below {_folder(folder)}"


def _places_beside(pod: Resource) -> tuple[str, str, str, str]:
    """The places of all objects that are `together` with a pod."""
    folder = _where(pod)
    return f"scope {pod.origin.scope}", f"folder {folder}", f"folder {_folder(folder)}", f"below {folder}"


def together(one: Resource, other: Resource) -> bool:
    """Whether two objects are likely applied together: same scope, same folder, or a folder and one inside it."""
    if one.origin.scope == other.origin.scope:
        return True
    mine, theirs = _where(one), _where(other)
    return mine == theirs or _folder(mine) == theirs or _folder(theirs) == mine


def selects(selector: Field[Entries[str]], labels: Field[Entries[str]]) -> bool | None:
    """Whether labels have all pairs that a selector asks for; None where that is not known.

    A selector that asks for nothing selects everything.
    """
    match selector:
        case Absent():
            return True
        case Unresolved():
            return None
    return _all(_has(labels, name, value) for name, value in selector.value.items.items())


def _has(labels: Field[Entries[str]], name: str, value: Field[str]) -> bool | None:
    found: Field[str] = (
        labels.value.get(name) if isinstance(labels, Known) else Absent() if isinstance(labels, Absent) else labels
    )
    if isinstance(found, Absent):
        return False
    if isinstance(found, Unresolved) or not isinstance(value, Known):
        return None
    return found.value == value.value


def _all(answers: Iterable[bool | None]) -> bool | None:
    known = list(answers)
    return False if False in known else None if None in known else True


def policies(pod: PodTemplate, graph: Graph) -> tuple[tuple[NetworkPolicy, bool | None], ...]:
    """The network policies of the pod's namespace that select it, or may."""
    found = []
    for policy in objects(graph).near(NetworkPolicy, pod.namespace, pod):
        chosen = selects(policy.pod_labels, pod.labels)
        if chosen is not False and not isinstance(policy.pod_expressions, Absent):
            chosen = None
        if chosen is not False:
            found.append((policy, chosen))
    return tuple(found)


def services(pod: PodTemplate, graph: Graph) -> tuple[KubernetesService, ...]:
    """The services that send connections to the pod."""
    return tuple(
        service
        for service in objects(graph).near(KubernetesService, pod.namespace, pod)
        if isinstance(service.selector, Known)
        and service.selector.value.items
        and selects(service.selector, pod.labels)
    )


def ingresses(served: tuple[KubernetesService, ...], pod: PodTemplate, graph: Graph) -> tuple[KubernetesIngress, ...]:
    """The ingresses that lead to any of the services."""
    names = {service.name for service in served}
    return tuple(
        ingress
        for ingress in objects(graph).near(KubernetesIngress, pod.namespace, pod)
        if names & set(_backends(ingress))
    )


def _backends(ingress: KubernetesIngress) -> Iterable[str]:
    stack: list[object] = [ingress.default_backend, *(ingress.rules.value if isinstance(ingress.rules, Known) else ())]
    while stack:
        current = stack.pop()
        if isinstance(current, Known):
            stack.append(current.value)
        elif isinstance(current, dict):
            if isinstance(current.get("serviceName"), str):
                yield current["serviceName"]
            service = current.get("service")
            if isinstance(service, dict) and isinstance(service.get("name"), str):
                yield service["name"]
            stack.extend(current.values())
        elif isinstance(current, list | tuple):
            stack.extend(current)
        elif hasattr(current, "paths"):
            stack.append(current.paths)
