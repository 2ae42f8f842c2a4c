"""Which buckets workloads read data and models from, and write to, told by the addresses that they state."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ourhalf.graph.index import EvidenceGraph
from ourhalf.model.field import Entries, Known, Place, Reference, Unresolved
from ourhalf.model.resource import Part, Resource
from ourhalf.model.workload import Workload
from ourhalf.monitor.facts import Bucket, Spot, Thing, Use
from ourhalf.resources.s3 import S3Bucket

_ADDRESS = re.compile(r"s3(?:a|n)?://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/|$)")
_ANOTHERS = re.compile(r"sagemaker-sample-|sagemaker-example-|jumpstart-|jumpstartprod|dlinfra-|aws-deep-learning-")
"""How the names of buckets of AWS begin that its examples read from: nobody else can watch them."""
_WORDS = (
    (Use.OUTPUT, ("output", "capture", "checkpoint", "debugger", "profiler", "tensorboard", "destination")),
    (Use.MODEL, ("model", "artifact", "weights")),
)


def buckets(graph: EvidenceGraph) -> tuple[Bucket, ...]:
    """Every bucket that is declared or that a workload names, by name."""
    declared = {id(bucket): bucket for bucket in graph.all(S3Bucket)}
    uses: dict[int, list[tuple[Use, str]]] = defaultdict(list)
    named: dict[str, tuple[Spot, list[tuple[Use, str]]]] = {}
    for workload in graph.workloads():
        for field, use in _addresses(workload):
            bucket = _bucket(field, workload, graph)
            if isinstance(bucket, S3Bucket):
                uses[id(bucket)].append((use, workload.name))
            elif bucket is not None:
                spot = Spot(field.place.path, field.place.line)
                named.setdefault(bucket, (spot, []))[1].append((use, workload.name))
    found = [Bucket(_thing(bucket), _once(uses.get(key, []))) for key, bucket in declared.items()]
    found += [Bucket(Thing("S3Bucket", name, spot, name), _once(u), False) for name, (spot, u) in named.items()]
    return tuple(sorted(found, key=lambda bucket: (bucket.thing.name, bucket.thing.spot.path)))


def _once(uses: list[tuple[Use, str]]) -> tuple[tuple[Use, str], ...]:
    return tuple(dict.fromkeys(uses))


def _thing(bucket: S3Bucket) -> Thing:
    name = bucket.bucket_name.value if isinstance(bucket.bucket_name, Known) else None
    known = name if isinstance(name, str) and _ADDRESS.match(f"s3://{name}") else None
    return Thing("S3Bucket", bucket.name, Spot(bucket.place.path, bucket.place.line), known)


def _bucket(field: Any, workload: Workload, graph: EvidenceGraph) -> S3Bucket | str | None:
    """The bucket of an address: what is declared, else its name."""
    if isinstance(field, Known):
        name = _ADDRESS.match(field.value)
        if name is None:
            return None
        if _ANOTHERS.match(name[1]):
            return None
        found = graph.find(Known(name[1], field.place), S3Bucket, workload.resource)
        return name[1] if isinstance(found, Unresolved) else found
    reference = field.parts[1] if len(field.parts) > 1 else None
    if isinstance(reference, Reference):
        other = graph.find(Known(reference, field.place), S3Bucket, workload.resource)
        return None if isinstance(other, Unresolved) else other
    name = _ADDRESS.match(field.prefix)
    return name[1] if name is not None and field.prefix.count("/") > 2 else None


def _addresses(workload: Workload) -> Iterator[tuple[Known[str] | Unresolved, Use]]:
    """Every address in S3 that a workload states, and what for."""
    for value in (workload.resource, workload.containers, *workload.related):
        for field, name in _texts(value, ""):
            yield field, next((use for use, words in _WORDS if any(w in name for w in words)), Use.DATA)


def _texts(value: Any, name: str) -> Iterator[tuple[Known[str] | Unresolved, str]]:
    """The texts below a value that begin as an address in S3, with the name of the field that holds them."""
    stack: list[tuple[Any, str]] = [(value, name)]
    while stack:
        current, under = stack.pop()
        match current:
            case Resource() | Part():
                fields = (field for field in current.__struct_fields__ if field not in ("origin", "place"))
                stack.extend((getattr(current, field), _under(current, field)) for field in fields)
            case Known(tuple() as many, place):
                stack.extend((e if isinstance(e, Part | Unresolved) else Known(e, place), under) for e in many)
            case Known(Part() as part):
                stack.append((part, under))
            case Known(Entries(items)):
                stack.extend((item, f"{under} {key.lower()}") for key, item in items.items())
            case Known(str() as text) if text.startswith("s3"):
                yield current, under
            case Unresolved(parts=(str() as first, *_)) if first.startswith("s3"):
                yield current, under


def _under(holder: Any, field: str) -> str:
    place = getattr(getattr(holder, field), "place", None)
    written = place.field if isinstance(place, Place) else ""
    return f"{field} {written}".lower()
