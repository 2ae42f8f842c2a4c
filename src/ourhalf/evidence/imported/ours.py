"""Finds in an assessment what a result of another tool is about: by name, ARN, object of a cluster, or place."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ourhalf.evidence.imported.format import Thing
from ourhalf.evidence.imported.things import FILE, KUBERNETES, Known, as_compared, kinds_of_subject
from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.verdict import Status


class Resource(msgspec.Struct, frozen=True):
    """A resource of an assessment: its containers are parts of it."""

    path: str
    type: str
    name: str


class Ours:
    """The findings of an assessment that our own controls made, by what they are about."""

    def __init__(self, assessment: Assessment, findings: Iterable[Finding]) -> None:
        results = {one.path for one in assessment.imported}
        self._targets = tuple(target for target in assessment.targets if target not in results)
        self._named: dict[tuple[str, str], set[Resource]] = defaultdict(set)
        self._of: dict[tuple[str, Resource], list[Finding]] = defaultdict(list)
        self._in_file: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        self._paths: dict[str, str] = {}
        for finding in findings:
            self._add(finding)

    def _add(self, finding: Finding) -> None:
        subject = finding.subject
        resource = Resource(subject.path, subject.type, subject.workload or subject.name)
        self._of[finding.control, resource].append(finding)
        if len(self._targets) == 1:  # of several it is not known which one a path is relative to
            self._in_file[finding.control, self._full(subject.path)].append(finding)
        for identity in subject.identities:
            if identity.count("/") >= 2:
                self._named[KUBERNETES, identity].add(resource)
            for kind in kinds_of_subject(subject.type):
                self._named[kind, as_compared(kind, identity)].add(resource)

    def _full(self, path: str) -> str:
        """A file as it is named from where the target was named."""
        if path not in self._paths:
            target = self._targets[0]
            whole = target if posixpath.basename(target) == path else posixpath.join(target, path)
            self._paths[path] = posixpath.normpath(whole)
        return self._paths[path]

    def shown(self, path: str) -> str:
        """A file as findings name it: relative to the one target where it is in that."""
        target = posixpath.normpath(self._targets[0]) if len(self._targets) == 1 else "."
        if target == path:
            return posixpath.basename(path)
        return path.removeprefix(f"{target}/") if target != "." else path

    def resources(self, things: Iterable[tuple[Known, Thing]]) -> Mapping[Known, Resource]:
        """Which resource each thing is: only where it can be no other, and no other thing can be it."""
        found: dict[Known, set[Resource]] = {}
        for known, thing in things:
            if known.kind != FILE:
                names = {known.name, known.exact, thing.arn} - {""}
                found.setdefault(known, set()).update(*(self._named.get((known.kind, one), ()) for one in names))
        claimed: dict[Resource, set[Known]] = defaultdict(set)
        for known, many in found.items():
            for resource in many:
                claimed[resource].add(known.whole)
        return {
            known: resource
            for known, many in found.items()
            if len(many) == 1 and len(claimed[resource := next(iter(many))]) == 1
        }

    def of_resource(self, control: str, resource: Resource, part: str) -> tuple[Finding, ...]:
        """Our findings of a control on a resource; on the container that is its `part`, where one is named."""
        many = tuple(self._of.get((control, resource), ()))
        if part and any(f.subject.name != resource.name for f in many):
            return tuple(f for f in many if f.subject.name.rpartition("/")[2] == part)
        return many

    def of_file(self, control: str, thing: Thing) -> tuple[Finding, ...]:
        """Our one finding of a control at a place in a file; none where it may be several."""
        many = self._in_file.get((control, thing.path), [])
        first, last = thing.lines
        if thing.address:
            names = (thing.address, thing.address + "/")
            fitting = [f for f in many if f.subject.name == names[0] or f.subject.name.startswith(names[1])]
        elif first:
            fitting = [f for f in many if first <= f.subject.line <= last] or [
                f for f in many if any(e.path == f.subject.path and first <= e.line <= last for e in f.evidence)
            ]
        else:
            fitting = list(many)
        if thing.part and len(fitting) > 1:
            fitting = [f for f in fitting if f.subject.name.rpartition("/")[2] == thing.part]
        return tuple(fitting) if len(fitting) == 1 else ()


def meant(many: Sequence[Finding], status: Status) -> Sequence[Finding]:
    """Those of our findings that a verdict on their resource can mean; none where that is in doubt.

    There are several where a test is about all containers, or is what two controls are here. A pass is
    about each; a failure about those that fail here, the only one that is unknown here, or, where none
    can be it, about all.
    """
    if len(many) < 2 or status is not Status.FAIL:
        return many
    failing = [f for f in many if f.status is Status.FAIL]
    unknown = [f for f in many if f.status is Status.UNKNOWN]
    if failing or len(unknown) == 1:
        return failing or unknown
    return () if unknown else many
