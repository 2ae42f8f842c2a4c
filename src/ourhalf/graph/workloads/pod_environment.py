"""Variables that pods take from ConfigMaps, filled in where those were read."""

from __future__ import annotations

from msgspec.structs import replace

from ourhalf.graph.kubernetes import Objects
from ourhalf.model.field import Entries, Field, Known, Reference, Text, Unresolved
from ourhalf.resources.kubernetes import PodContainer, PodTemplate
from ourhalf.resources.kubernetes_storage import ConfigMap

_KIND = "ConfigMap/"


def completed(container: PodContainer, pod: PodTemplate, known: Objects) -> PodContainer:
    """The container with each variable whose ConfigMap was read."""
    environment = container.environment
    if not isinstance(environment, Known):
        return container
    items = {name: _filled(value, pod, known) for name, value in environment.value.items.items()}
    rest = environment.value.rest
    sources = container.environment_files
    if rest is not None and isinstance(sources, Known):
        maps = [_map(s, pod, known) for s in sources.value if isinstance(s, str)]
        whole = [m.data for m in maps if m is not None and isinstance(m.data, Known)]
        for data in whole:
            for name, value in data.value.items.items():
                items.setdefault(name, value)
        if len(whole) == len(sources.value) and all(data.value.rest is None for data in whole):
            rest = None
    if rest is environment.value.rest and all(items[n] is v for n, v in environment.value.items.items()):
        return container
    return replace(container, environment=Known(Entries(items, rest), environment.place))


def _map(source: str, pod: PodTemplate, known: Objects) -> ConfigMap | None:
    if not source.startswith(_KIND):
        return None
    return known.named(ConfigMap, pod.namespace, source.removeprefix(_KIND), pod)


def _filled(value: Field[Text], pod: PodTemplate, known: Objects) -> Field[Text]:
    match value:
        case Unresolved(parts=(Reference(target, key),)):
            found = _map(target, pod, known)
            data = found.data if found is not None else None
            if isinstance(data, Known) and isinstance(held := data.value.get(key), Known):
                return held
    return value
