"""Kubernetes manifests that a template applies to an EKS cluster, as CDK writes them."""

from __future__ import annotations

from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Dialect, Language, Resource
from ourhalf.readers import embedded
from ourhalf.readers.holders import Holder
from ourhalf.readers.kubernetes.manifests import read_object
from ourhalf.readers.kubernetes.objects import is_object
from ourhalf.readers.node import Node


def _held(node: Node, dialect: Dialect, language: Language, scope: str) -> tuple[Resource, ...]:
    manifest = node.get("Manifest")
    if manifest is None:
        return ()
    if isinstance(manifest.value, str | Unresolved):
        manifest = embedded.parse("json", manifest)
    objects = manifest.value if isinstance(manifest.value, list) else [manifest]
    return tuple(
        resource
        for document in objects
        if is_object(document)
        for resource in read_object(document, language, scope).resources
    )


MANIFESTS = Holder(("Custom::AWSCDK-EKS-KubernetesResource", "AWSQS::Kubernetes::Resource"), _held)
