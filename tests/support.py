"""What tests share: files in memory, resources from short texts, and control cases."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from types import FrameType
from typing import Any, NamedTuple, TypeVar

from ourhalf.collect import read_all
from ourhalf.graph.index import EvidenceGraph
from ourhalf.judging import Case as Judged
from ourhalf.judging import cases, context_of, judge, surroundings
from ourhalf.model.control import Control
from ourhalf.model.evidence import Evidence
from ourhalf.model.profile import Requirements
from ourhalf.model.resource import Language, Resource
from ourhalf.model.verdict import Status, Verdict
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.requests import request_resource
from ourhalf.readers.yaml import documents

T = TypeVar("T")
TODAY = date(2026, 11, 1)


class MemoryFiles:
    """`Files` over texts by path."""

    def __init__(self, texts: Mapping[str, str | bytes]) -> None:
        self._texts = {path: t if isinstance(t, bytes) else t.encode() for path, t in texts.items()}

    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""
        return tuple(sorted(self._texts))

    def read(self, path: str) -> bytes:
        """See `Files.read`."""
        if path not in self._texts:
            raise UnreadableError("no such file")
        return self._texts[path]

    def mapped(self, path: str) -> AbstractContextManager[memoryview]:
        """See `Files.mapped`."""
        return nullcontext(memoryview(self.read(path)))

    def exists(self, path: str) -> bool:
        """See `Files.exists`."""
        return path in self._texts

    def folder(self, path: str) -> tuple[str, ...]:
        """See `Files.folder`."""
        prefix = path.rstrip("/") + "/" if path else ""
        return tuple(p for p in self.paths() if p.startswith(prefix) and "/" not in p[len(prefix) :])


def read(texts: Mapping[str, str | bytes]) -> Evidence:
    """What all readers make of a target that holds these files."""
    return read_all(MemoryFiles(texts))


def calls_of(function: Callable[[], T]) -> tuple[T, int]:
    """What a function gives, and how many calls of Python functions that took: work, where time would be a guess."""
    count = 0

    def note(_: FrameType, event: str, __: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        return function(), count
    finally:
        sys.setprofile(before)


def terraform(text: str, **more: str) -> tuple[Resource, ...]:
    """The resources of one Terraform root module; `more` are other files by name without ending."""
    return read({"main.tf": text, **{f"{name}.tf": other for name, other in more.items()}}).resources


def cloudformation(text: str) -> tuple[Resource, ...]:
    """The resources of one CloudFormation template in YAML."""
    return read({"template.yaml": text}).resources


def kubernetes(text: str) -> tuple[Resource, ...]:
    """The resources of one file of Kubernetes manifests."""
    return read({"manifest.yaml": text}).resources


def api(operation: str, /, **fields: Any) -> Resource:
    """The resource that an AWS API request makes: `api("sagemaker:CreateModel", ModelName="m")`.

    Each field stands on a line of its own, so that places tell them apart.
    """
    document = next(documents(json.dumps(fields, indent=1).encode(), "request.json", json=True))
    found = request_resource(operation, document, Language.JSON)
    assert found is not None, operation
    return found


class Case(NamedTuple):
    """One control, the evidence, and the verdict expected of the subject.

    `subject` is the name (or the end of the name) of the subject to look at, needed only where the
    evidence holds several.
    """

    control: Control[Any]
    expect: Status
    resources: tuple[Resource, ...]
    subject: str = ""
    requirements: Requirements = Requirements()
    as_of: date = TODAY

    def judged(self, resources: tuple[Resource, ...] | None = None) -> tuple[Judged, Verdict]:
        """The subject as the engine sees it, and its verdict; `resources` replace the case's own."""
        graph = EvidenceGraph(Evidence(self.resources if resources is None else resources))
        found = [c for c in cases(self.control, graph) if c.name.endswith(self.subject)]
        assert len(found) == 1, f"{self.control.id}: {[c.name for c in found]} of {self.subject!r}"
        context = context_of(found[0], surroundings(graph, self.as_of), self.requirements)
        verdict = judge(self.control, found[0], context)
        return found[0], verdict or Verdict.not_applicable("the control is not about this subject")

    def __str__(self) -> str:
        return f"{self.control.id}-{self.expect}"


def check(case: Case) -> None:
    """The verdict of `case` is as expected, says why, and comes from the control, not from its breaking down."""
    _, verdict = case.judged()
    assert not verdict.reason.startswith(f"control {case.control.id} failed: "), verdict
    assert verdict.status is case.expect, verdict
    assert verdict.reason
