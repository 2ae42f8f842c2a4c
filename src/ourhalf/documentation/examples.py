"""Makes whole files of snippets, and says what a control makes of them: pages show only what is so."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Any, NamedTuple

import msgspec

from ourhalf.collect import read_all
from ourhalf.documentation.snippets import Snippet, snippets
from ourhalf.graph.index import EvidenceGraph
from ourhalf.judging import cases, context_of, judge, surroundings
from ourhalf.model.control import Control
from ourhalf.model.evidence import Evidence
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Language
from ourhalf.model.verdict import Status, Verdict
from ourhalf.model.workload import Container
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.requests import request_resource
from ourhalf.readers.yaml import documents
from ourhalf.resources.kubernetes import PodTemplate

_DAY = date(2026, 11, 1)
_INTERNAL = Requirements()
_REGULATED = Requirements(Sensitivity.REGULATED, ("hipaa",))
_IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/train:1"

_OPPOSITES = {
    "1000": "0",
    "10001": "0",
    "1000:1000": "0",
    "2": "1",
    "3.0": "2.16",
    "AL2023_x86_64_NVIDIA": "AL2_x86_64_GPU",
    "API": "CONFIG_MAP",
    "Always": "Never",
    "Automatic": "None",
    "BucketOwnerEnforced": "ObjectWriter",
    "DISABLED": "ENABLED",
    "Disabled": "Enabled",
    "ELBSecurityPolicy-TLS13-1-2-2021-06": "ELBSecurityPolicy-2016-08",
    "ENABLED": "DISABLED",
    "Enabled": "Disabled",
    "False": "True",
    "IMMUTABLE": "MUTABLE",
    "LATEST": "1.3.0",
    "OVERRIDE": "NONE",
    "RuntimeDefault": "Unconfined",
    "SSO": "IAM",
    "STANDARD": "EXTENDED",
    "SecureString": "String",
    "Vpc": "Platform",
    "VpcOnly": "PublicInternetOnly",
    "block-all-sharing": "unblocked",
    "block-ingress": "off",
    "block-new-sharing": "unblocked",
    "enabled": "disabled",
    "internal": "internet-facing",
    "no-new-privileges": "seccomp:unconfined",
    "notebook-al2023-v1": "notebook-al2-v1",
    "private": "public-read",
    "required": "optional",
}
"""Values that a field may have instead, by the one that makes a control hold."""


class _Memory:
    """`Files` over one text."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text

    def paths(self) -> tuple[str, ...]:
        return (self._path,)

    def read(self, path: str) -> bytes:
        if path != self._path:
            raise UnreadableError("no such file")
        return self._text.encode()

    def mapped(self, path: str) -> AbstractContextManager[memoryview]:
        """See `Files.mapped`."""
        return nullcontext(memoryview(self.read(path)))

    def exists(self, path: str) -> bool:
        return path == self._path

    def folder(self, path: str) -> tuple[str, ...]:
        return () if path else self.paths()


class Failing(NamedTuple):
    """What fails: with another value than it should have, or with none; `regulated` where only such data asks it."""

    snippet: Snippet
    left_out: bool
    regulated: bool


def failing(control: Control[Any]) -> Failing | None:
    """An example that fails, in the first language that can say it; None where none was found."""
    opposite = {field: _opposite(value) for field, value in control.settings.items()}
    written = snippets(msgspec.structs.replace(control, settings=opposite))
    candidates = [(snippet, False) for snippet in written if opposite != dict(control.settings)]
    candidates += [(bare, True) for snippet in snippets(control) if (bare := _bare(snippet)) is not None]
    if control.applies_to is Container:
        image = msgspec.structs.replace(control, settings={"image": _IMAGE})
        candidates += [(snippet, True) for snippet in snippets(image) if snippet.language is not Language.DOCKERFILE]
    for requirements in (_INTERNAL, _REGULATED):
        for snippet, left_out in candidates:
            if any(verdict.status is Status.FAIL for verdict in verdicts(control, snippet, requirements)):
                return Failing(snippet, left_out, requirements is _REGULATED)
    return None


def _bare(snippet: Snippet) -> Snippet | None:
    """A resource that says nothing but its type."""
    match snippet.language:
        case Language.TERRAFORM:
            return snippet._replace(text=f'resource "{snippet.kind}" "example" {{\n}}')
        case Language.CLOUDFORMATION:
            return snippet._replace(text="Example:\n  Properties: {}")
    return None


def _opposite(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case 1 | 2:
            return 3 - value
        case str():
            return _OPPOSITES.get(value, value)
        case Mapping():
            return {key: _opposite(held) for key, held in value.items()}
        case list() | tuple():
            return [_opposite(held) for held in value]
    return value


def verdicts(control: Control[Any], snippet: Snippet, requirements: Requirements = _REGULATED) -> Iterator[Verdict]:
    """What the control says of a file that holds the snippet and little else."""
    graph = EvidenceGraph(evidence(snippet))
    around = surroundings(graph, _DAY)
    for case in cases(control, graph):
        verdict = judge(control, case, context_of(case, around, requirements))
        if verdict is not None:
            yield verdict


def evidence(snippet: Snippet) -> Evidence:
    """What is read of a file that holds the snippet, its placeholders filled in."""
    snippet = snippet._replace(text=snippet.text.replace("sha256:DIGEST", f"sha256:{'0' * 64}"))
    if snippet.language is Language.JSON:
        # A request tells what it is by its required fields, which a snippet leaves out.
        document = next(documents(json.dumps(json.loads(snippet.text), indent=1).encode(), "request.json", json=True))
        found = request_resource(snippet.kind, document, Language.JSON)
        return Evidence((found,) if found is not None else ())
    name, whole = _FILES[snippet.language]
    return read_all(_Memory(name, whole(snippet)))


def _terraform(snippet: Snippet) -> str:
    """The snippet, with the resource that it is about where it is a resource beside it."""
    needed = f"{snippet.kind}.example" in snippet.text
    return f'{snippet.text}\nresource "{snippet.kind}" "example" {{\n}}\n' if needed else snippet.text


def _cloudformation(snippet: Snippet) -> str:
    head, *rest = snippet.text.splitlines()
    body = "\n".join([head, f"  Type: {snippet.kind}", *rest])
    return "Resources:\n" + textwrap.indent(body, "  ")


def _kubernetes(snippet: Snippet) -> str:
    group, _, kind = snippet.kind.rpartition("/")
    version = group if "." not in group else f"{group}/v1"
    body = "spec:\n" + textwrap.indent(snippet.text, "  ") if snippet.resource is PodTemplate else snippet.text
    named = "" if re.search("^metadata:", body, re.MULTILINE) else "metadata: {name: example}\n"
    return f"apiVersion: {version}\nkind: {kind}\n{named}{body}"


def _compose(snippet: Snippet) -> str:
    return "services:\n" + textwrap.indent(f"{snippet.text}\n  image: {_IMAGE}", "  ")


def _python(snippet: Snippet) -> str:
    service, _, operation = snippet.kind.partition(":")
    call = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
    arguments = snippet.text.removeprefix("# boto3\n").partition("# SageMaker SDK")[0]
    return f'import boto3\nboto3.client("{service}").{call}(\n{arguments}\n)\n'


def _shell(snippet: Snippet) -> str:
    return f"#!/bin/sh\ndocker run {snippet.text} {_IMAGE}\n"


def _dockerfile(snippet: Snippet) -> str:
    return f"FROM {_IMAGE}\n{snippet.text}\n"


_FILES: dict[Language, tuple[str, Callable[[Snippet], str]]] = {
    Language.TERRAFORM: ("main.tf", _terraform),
    Language.CLOUDFORMATION: ("template.yaml", _cloudformation),
    Language.KUBERNETES: ("manifest.yaml", _kubernetes),
    Language.COMPOSE: ("compose.yaml", _compose),
    Language.PYTHON: ("run.py", _python),
    Language.SHELL: ("run.sh", _shell),
    Language.DOCKERFILE: ("Dockerfile", _dockerfile),
}
