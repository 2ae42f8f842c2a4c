"""Namespaces of a Kubernetes cluster, and what bounds the pods in them."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field
from ourhalf.model.resource import At, Names, Resource


class Namespace(Resource, frozen=True):
    """A namespace; its labels say which pod security standard it enforces."""

    names = Names(kubernetes="v1/Namespace")

    labels: Annotated[Field[Entries[str]], At(kubernetes="metadata.labels")] = ABSENT
    annotations: Annotated[Field[Entries[str]], At(kubernetes="metadata.annotations")] = ABSENT


class LimitRange(Resource, frozen=True):
    """Limits for each container of a namespace that states none."""

    names = Names(kubernetes="v1/LimitRange")

    namespace: str = "default"
    limits: Annotated[Field[Any], At(kubernetes="spec.limits")] = ABSENT


class ResourceQuota(Resource, frozen=True):
    """How much all pods of a namespace may ask for together."""

    names = Names(kubernetes="v1/ResourceQuota")

    namespace: str = "default"
    hard: Annotated[Field[Entries[str]], At(kubernetes="spec.hard")] = ABSENT
