"""Kubernetes objects in YAML and JSON."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Entries, Field, Known, Text
from ourhalf.model.resource import Dialect, Language, Origin, Resource
from ourhalf.readers.kubernetes import controllers, eksctl, ray
from ourhalf.readers.kubernetes.kinds import RAY_KINDS
from ourhalf.readers.kubernetes.objects import Identity, identity, is_object
from ourhalf.readers.kubernetes.placeholders import with_holes
from ourhalf.readers.kubernetes.pods import pod_templates
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files, merged
from ourhalf.readers.secrets import redacted
from ourhalf.resources import by_name
from ourhalf.resources.kubernetes import PodTemplate
from ourhalf.resources.kubernetes_network import KubernetesService
from ourhalf.resources.kubernetes_storage import KubernetesSecret

_SCHEMAS = frozenset({"apiextensions.k8s.io/CustomResourceDefinition"})


def read_object(document: Node, language: Language, scope: str, address: str = "") -> Evidence:
    """What one Kubernetes object declares, in whatever language it is written.

    `document` is the object as Kubernetes itself spells it. `scope` is that of the file; `address`
    is the object's own in it where the language gives it one, else it is `namespace/Kind/name`.
    """
    who = identity(document)
    if who.kind.endswith("List") and (items := document.get("items")) is not None:
        return merged([read_object(item, language, scope) for item in items.list() if is_object(item)] or [Evidence()])
    origin = Origin(document.place, language, Dialect.KUBERNETES, scope, address or who.address)
    if who.type_name in _SCHEMAS:
        return Evidence()
    if controllers.wants(who):
        return Evidence(controllers.resources(document, who, origin))
    if eksctl.wants(who):
        accounts = [read_object(account, language, scope) for account in eksctl.service_accounts(document)]
        return merged([Evidence(tuple(eksctl.resources(document, who, language, scope))), *accounts])
    kind = by_name(Dialect.KUBERNETES).get(who.type_name)
    if kind is not None and kind is not PodTemplate:
        return Evidence((_typed(kind, document, who, origin),))
    return Evidence((*pod_templates(document, who, origin), *_services(document, who, origin)))


def _services(document: Node, who: Identity, origin: Origin) -> tuple[Resource, ...]:
    """The Services that the operator of a Ray cluster makes for it."""
    if who.type_name not in RAY_KINDS:
        return ()
    return tuple(
        replace(
            build(KubernetesService, service.role, service.document, _origin_of(origin, service)),
            namespace=who.namespace,
        )
        for service in ray.services(document, who.kind, who.name)
    )


def _origin_of(origin: Origin, service: ray.Service) -> Origin:
    """Where a Service of a Ray cluster comes from: the line that gives its type."""
    return replace(origin, address=f"{origin.address}/{service.role}", place=service.document.place)


def _typed(kind: type[Resource], document: Node, who: Identity, origin: Origin) -> Resource:
    given: dict[str, Any] = {}
    if "namespace" in kind.__struct_fields__:
        given["namespace"] = who.namespace
    if "cluster" in kind.__struct_fields__ and who.kind.startswith("Cluster"):
        given.update(cluster=True, namespace="")
    built = replace(build(kind, who.name, document, origin), **given)
    if isinstance(built, KubernetesSecret):
        return replace(built, data=_hidden(built.data), plain_data=_hidden(built.plain_data))
    return built


def _hidden(data: Field[Entries[Text]]) -> Field[Entries[Text]]:
    """The data of a secret with every value redacted."""
    if not isinstance(data, Known):
        return data
    items: dict[str, Field[Text]] = {
        key: Known(redacted("kubernetes-secret", value.value), value.place)
        if isinstance(value, Known) and isinstance(value.value, str)
        else value
        for key, value in data.value.items.items()
    }
    return Known(Entries(items, data.value.rest), data.place)


def read_document(document: Node, scope: str) -> Evidence:
    """What an object in a manifest declares; values that are filled in later are unresolved."""
    return read_object(with_holes(document), Language.KUBERNETES, scope)


def _read(document: Node, files: Files) -> Evidence:
    return read_document(document, document.path)


MANIFESTS = DocumentReader("kubernetes", is_object, _read)
