"""A page a control, and the indexes of them by topic and by other tools' ids."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ourhalf import controls
from ourhalf.catalogue import all_controls
from ourhalf.discovery import modules
from ourhalf.documentation.examples import failing
from ourhalf.documentation.pages import Pages, code, link, page, table
from ourhalf.documentation.responsibilities import answers
from ourhalf.documentation.snippets import Snippet, snippets
from ourhalf.model.control import Control, Topic
from ourhalf.model.resource import Language, Names, Resource
from ourhalf.model.workload import Container, Workload
from ourhalf.resources import resource_types
from ourhalf.responsibility.matrix import matrix

_FENCES = {
    Language.TERRAFORM: "hcl",
    Language.CLOUDFORMATION: "yaml",
    Language.KUBERNETES: "yaml",
    Language.COMPOSE: "yaml",
    Language.JSON: "json",
    Language.PYTHON: "python",
    Language.SHELL: "text",
    Language.DOCKERFILE: "dockerfile",
}

_LABELS = {
    Language.TERRAFORM: "Terraform",
    Language.CLOUDFORMATION: "CloudFormation",
    Language.KUBERNETES: "Kubernetes",
    Language.COMPOSE: "Docker Compose",
    Language.JSON: "AWS API, JSON",
    Language.PYTHON: "Python",
    Language.SHELL: "Flags of `docker run`",
    Language.DOCKERFILE: "Dockerfile",
}

_INTRODUCTION = """\
`ourhalf controls list` prints this list, `ourhalf controls show ID` one of them. Those who come from another tool
find a control by the id that they know in [the list by other tools' ids](by-tool.md), and which control covers
which collected condition in [the coverage](../reference/coverage.md)."""

_BY_TOOL = """\
Controls by the ids that other tools and benchmarks have for the same condition. It is the condition that is the
same; how a verdict comes about differs, above all where a value is not known."""


def _make() -> dict[str, str]:
    homes = _homes()
    found = {f"controls/{control.id}.md": control_page(control, homes[control.id]) for control in all_controls()}
    found["controls/index.md"] = _index()
    found["controls/by-tool.md"] = _by_tool()
    return found


def control_page(control: Control[Any], home: str) -> str:
    """All that is said of a control; `home` is the file below `src/ourhalf/controls` that defines it."""
    return page(
        control.title,
        f"`{control.id}`: **{control.severity}**, {link(control.topic, f'index.md#{control.topic}')}",
        control.rationale,
        f"It is asked of {_subject(control)}.",
        _whose(control),
        _failing(control),
        f"## How to hold it\n\n{control.remedy}",
        *map(_snippet, snippets(control)),
        _sources(control),
        _elsewhere(control),
        f"Defined in {link(home, f'../../src/ourhalf/controls/{home}')}.",
    )


def _homes() -> dict[str, str]:
    """The file below `controls` that defines each control; others may import it."""
    found: dict[str, str] = {}
    for module in modules(controls):
        path = module.__name__.removeprefix("ourhalf.controls.").replace(".", "/") + ".py"
        source = inspect.getsource(module)
        for value in vars(module).values():
            if isinstance(value, Control) and (value.id not in found or f'"{value.id}"' in source):
                found[value.id] = path
    return found


def _subject(control: Control[Any]) -> str:
    if control.applies_to in (Container, Workload):
        what = "each container" if control.applies_to is Container else "each workload"
        if not control.about:
            return what
        names = _named(kind for kind in resource_types() if issubclass(kind, control.about))
        return f"{what} that one of these defines: {names}"
    if control.applies_to is Resource:
        return "each resource of any type that it can be asked of"
    kinds = [kind for kind in resource_types() if issubclass(kind, control.applies_to)]
    return f"each {_named(kinds) or control.applies_to.__name__}"


def _named(kinds: Iterable[type[Any]]) -> str:
    """The names of types of resources as Terraform, CloudFormation or Kubernetes call them."""
    found = []
    for kind in kinds:
        names: Names = kind.names
        name = next((n for n in (names.cloudformation, names.terraform, names.kubernetes, names.api) if n), "")
        if name:
            found.append(f"`{name.split('|')[0]}`")
    return ", ".join(dict.fromkeys(found))


def _whose(control: Control[Any]) -> str:
    row = matrix().rows[control.layer]
    text = f"## Whose it is\n\nIt bears on the layer “{row.title}” of [the matrix](../reference/responsibilities.md)."
    if control.applies_to not in (Container, Workload):
        text += " A resource that runs nothing itself is ours, wherever its layer can be ours."
    return f"{text}\n\n{table(('who', 'where', 'why', 'what we apply'), answers(row))}"


def _failing(control: Control[Any]) -> str:
    found = failing(control)
    if found is None:
        return ""
    where = "Where data is regulated, " if found.regulated else ""
    what = "what leaves it out fails" if found.left_out else "this fails"
    said = f"{where}{what}:" if where else f"{what[0].upper()}{what[1:]}:"
    return f"## What fails\n\n{said}\n\n{_snippet(found.snippet)}"


def _snippet(snippet: Snippet) -> str:
    label = _LABELS[snippet.language]
    # Terraform writes some settings of a resource as a resource of their own.
    block = re.match(r'resource "(\w+)"', snippet.text)
    named = block[1] if block else snippet.kind
    kind = f" (`{named}`)" if snippet.language not in (Language.SHELL, Language.DOCKERFILE) else ""
    return f"{label}{kind}:\n\n{code(snippet.text, _FENCES[snippet.language])}"


def _sources(control: Control[Any]) -> str:
    lines = [f"- <{citation.url}>, read {citation.read}" for citation in control.citations]
    return "## Sources\n\n" + "\n".join(lines)


def _elsewhere(control: Control[Any]) -> str:
    peers: dict[str, list[str]] = defaultdict(list)
    for peer in control.same_as:
        peers[peer.tool].append(f"`{peer.id}`")
    lines = [f"- {tool}: {', '.join(ids)}" for tool, ids in sorted(peers.items())]
    if control.nist_800_53:
        lines.append(f"- NIST SP 800-53: {', '.join(control.nist_800_53)}")
    if control.rows:
        lines.append(f"- Collected conditions ([coverage](../reference/coverage.md)): {', '.join(control.rows)}")
    return "## Elsewhere\n\n" + "\n".join(lines) if lines else ""


def _index() -> str:
    found = all_controls()
    counts = [
        (link(topic, f"#{topic}"), str(sum(control.topic is topic for control in found)))
        for topic in Topic
        if any(control.topic is topic for control in found)
    ]
    topics = []
    for topic in Topic:
        rows = sorted((c for c in found if c.topic is topic), key=lambda c: (c.severity.rank, c.id))
        if rows:
            lines = [(link(f"`{c.id}`", f"{c.id}.md"), c.severity, c.title) for c in rows]
            topics.append(f"## {topic}\n\n" + table(("control", "severity", "what holds"), lines))
    total = f"{len(found)} controls."
    return page("Controls", f"{total}\n\n{_INTRODUCTION}", table(("topic", "controls"), counts), *topics)


def _by_tool() -> str:
    tools: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for control in all_controls():
        for peer in control.same_as:
            tools[peer.tool][peer.id].append(link(f"`{control.id}`", f"{control.id}.md"))
    blocks = []
    for tool, ids in sorted(tools.items()):
        rows = [(f"`{name}`", ", ".join(held)) for name, held in sorted(ids.items())]
        blocks.append(f"## {tool}\n\n" + table(("theirs", "ours"), rows))
    return page("Controls by other tools' ids", _BY_TOOL, *blocks)


CONTROLS = Pages(_make)
