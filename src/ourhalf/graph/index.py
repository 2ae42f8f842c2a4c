"""The graph: finds resources by the links between them."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, cached_property
from typing import Any, TypeVar, get_type_hints

from ourhalf.discovery import values
from ourhalf.graph import folds
from ourhalf.graph import workloads as projections
from ourhalf.graph.fold import Fold
from ourhalf.graph.images import with_images
from ourhalf.graph.projection import Projection
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Entries, Field, Known, Reference, Unresolved
from ourhalf.model.resource import At, Part, Resource
from ourhalf.model.workload import Workload
from ourhalf.resources.images import ContainerImage

R = TypeVar("R", bound=Resource)


@cache
def all_folds() -> tuple[Fold[Any, Any], ...]:
    """Every fold, in the order of the files that hold them."""
    return tuple(values(folds, Fold))


@cache
def _projections() -> dict[type[Resource], tuple[Projection[Any], ...]]:
    by_kind: dict[type[Resource], list[Projection[Any]]] = defaultdict(list)
    for projection in values(projections, Projection):
        by_kind[projection.kind].append(projection)
    return {kind: tuple(found) for kind, found in by_kind.items()}


class EvidenceGraph:
    """`Graph` over evidence.

    A reference holds within its scope. A text names a resource of the kind asked for by address,
    by an identifying field, or as the last part of an ARN; in the same scope first, then anywhere.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._referrers: dict[tuple[type[Resource], type[Resource]], dict[int, list[Resource]]] = {}
        self._index(evidence.resources)
        folded = self._folded(evidence.resources)
        if folded:
            self._index(tuple(folded.get(id(r), r) for r in evidence.resources))

    def _index(self, resources: tuple[Resource, ...]) -> None:
        self._kinds: dict[type[Resource], tuple[type[Resource], ...]] = {}
        self._by_kind: dict[type[Resource], list[Resource]] = defaultdict(list)
        self._by_address: dict[tuple[str, str], Resource] = {}
        self._by_name: dict[tuple[type[Resource], str], list[Resource]] = defaultdict(list)
        self._by_scope: dict[tuple[type[Resource], str], list[Resource]] = defaultdict(list)
        self._by_name_in: dict[tuple[type[Resource], str, str], list[Resource]] = defaultdict(list)
        for resource in resources:
            self._by_kind[type(resource)].append(resource)
            self._by_scope[type(resource), resource.origin.scope].append(resource)
            self._by_address[resource.origin.scope, resource.origin.address] = resource
            for name in _identities(resource):
                self._by_name[type(resource), name].append(resource)
                self._by_name_in[type(resource), name, resource.origin.scope].append(resource)

    def _folded(self, resources: tuple[Resource, ...]) -> dict[int, Resource]:
        """The targets that satellites change, as changed, by the id of the original."""
        changed: dict[int, Resource] = {}
        for fold in all_folds():
            for satellite in self._by_kind.get(fold.satellite, ()):
                named = fold.link(satellite)
                for link in named if isinstance(named, tuple) else (named,):
                    self._fold(fold, satellite, link, changed)
        return changed

    def _fold(self, fold: Fold[Any, Any], satellite: Resource, link: Field[Any], changed: dict[int, Resource]) -> None:
        target = self.find(link, fold.target, satellite)
        if not isinstance(target, Unresolved):
            changed[id(target)] = fold.fold(changed.get(id(target), target), satellite)
            return
        for near in self._possible(link, fold.target, satellite):
            changed[id(near)] = fold.doubt(changed.get(id(near), near), target)

    def _possible(self, link: Field[Any], kind: type[Resource], near: Resource) -> tuple[Resource, ...]:
        """What a link that names nothing that was read may stand for all the same.

        A reference may name one of several instances; a text of which nothing is known may be any name.
        """
        match link:
            case Known(Reference(target)):
                named = target
            case Unresolved(parts=parts) if found := [p.target for p in parts if isinstance(p, Reference)]:
                named = found[-1]
            case Unresolved():
                return self.all(kind, near)
            case _:
                return ()
        return tuple(r for r in self.all(kind, near) if _without_index(r.origin.address) == _without_index(named))

    def find(self, link: Field[Any], kind: type[R], near: Resource) -> R | Unresolved:
        """See `Graph.find`."""
        match link:
            case Known(Reference(target)):
                found = self._by_address.get((near.origin.scope, target))
                if isinstance(found, kind):
                    return found
                if found is not None:
                    return Unresolved(f"{target} is no {kind.__name__}", link.place)
                return Unresolved(f"{target} lies outside of what was read", link.place)
            case Known(str() as name):
                return self._named(name, kind, near, link)
            case Known(value) if isinstance(value, kind):
                return value
            case Absent():
                return Unresolved(f"no {kind.__name__} is named", link.place)
            case Unresolved(parts=(*_, Reference(target), _)) | Unresolved(parts=(*_, Reference(target))):
                found = self._by_address.get((near.origin.scope, target))
                return found if isinstance(found, kind) else link
            case Unresolved():
                return link
        return Unresolved(f"a {type(link).__name__} names no resource", link.place)

    def _named(self, name: str, kind: type[R], near: Resource, link: Field[Any]) -> R | Unresolved:
        last = name.rsplit("/", 1)[-1]
        # The last one is an ECS or Batch definition named with its revision: `family:3`.
        for candidate in dict.fromkeys((name, last, name.rsplit(":", 1)[-1], last.split(":", 1)[0])):
            close = self._by_name_in.get((kind, candidate, near.origin.scope)) or self._by_name.get(
                (kind, candidate), []
            )
            if len(close) == 1:
                return close[0]  # type: ignore[return-value]
            if close:
                return Unresolved(f"{len(close)} resources are named {candidate}", link.place)
        return Unresolved(f"{name} lies outside of what was read", link.place)

    def referrers(self, target: Resource, kind: type[R]) -> tuple[R, ...]:
        """See `Graph.referrers`."""
        return tuple(self._referring(kind, type(target)).get(id(target), ()))  # type: ignore[arg-type]

    def _referring(self, kind: type[Resource], target: type[Resource]) -> dict[int, list[Resource]]:
        """The resources of `kind` by the id of each `target` that they name; made once."""
        found = self._referrers.get((kind, target))
        if found is None:
            found = self._referrers[kind, target] = defaultdict(list)
            for resource in self.all(kind):
                named = (self.find(link, target, resource) for link in _links(resource))
                for key in dict.fromkeys(id(n) for n in named if not isinstance(n, Unresolved)):
                    found[key].append(resource)
        return found

    def all(self, kind: type[R], near: Resource | None = None) -> tuple[R, ...]:
        """See `Graph.all`."""
        kinds = self._kinds.get(kind)
        if kinds is None:
            kinds = self._kinds[kind] = tuple(sub for sub in self._by_kind if issubclass(sub, kind))
        if near is None:
            return tuple(r for sub in kinds for r in self._by_kind[sub])  # type: ignore[misc]
        return tuple(r for sub in kinds for r in self._by_scope.get((sub, near.origin.scope), ()))  # type: ignore[misc]

    @cached_property
    def _workloads(self) -> tuple[Workload, ...]:
        found = tuple(
            workload
            for kind, found in self._by_kind.items()
            for projection in _projections().get(kind, ())
            for resource in found
            for workload in projection.project(resource, self)
        )
        return with_images(found, self.all(ContainerImage))

    def workloads(self) -> tuple[Workload, ...]:
        """See `Graph.workloads`."""
        return self._workloads


def _without_index(address: str) -> str:
    return re.sub(r"\[[^]]*\]", "", address)


def _identities(resource: Resource) -> set[str]:
    return {resource.name, resource.origin.address, *stated_identities(resource)} - {""}


def stated_identities(resource: Resource) -> set[str]:
    """The names, ids and ARNs that configuration states of a resource."""
    values = (getattr(resource, field) for field in _identifying(type(resource)))
    return {v.value for v in values if isinstance(v, Known) and isinstance(v.value, str)}


@cache
def _identifying(kind: type[Resource]) -> tuple[str, ...]:
    return tuple(
        field
        for field, hint in get_type_hints(kind, include_extras=True).items()
        if any(isinstance(m, At) and m.identifies for m in getattr(hint, "__metadata__", ()))
    )


def _links(value: Any) -> list[Field[Any]]:
    """Every field inside a resource that may name another."""
    found: list[Field[Any]] = []
    stack = [value]
    while stack:
        current = stack.pop()
        match current:
            case Resource() | Part():
                stack.extend(getattr(current, field) for field in current.__struct_fields__)
            case Known(tuple() as many, place):
                stack.extend(e if isinstance(e, Part | Unresolved) else Known(e, place) for e in many)
            case Known(Part() as part):
                stack.append(part)
            case Known(Entries(items)):
                stack.extend(items.values())
            case Known(str() | Reference()) | Unresolved():
                found.append(current)
    return found
