"""Pods from short texts, for tests of controls and of the graph."""

from __future__ import annotations

from ourhalf.model.resource import Resource
from tests.support import kubernetes


def pod(container: str = "", spec: str = "", more: str = "", metadata: str = "name: train") -> tuple[Resource, ...]:
    """A pod with one container; the texts are the inside of YAML mappings in one line, `more` further documents."""
    inner = f", {container}" if container else ""
    outer = f"{spec}, " if spec else ""
    text = (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{{metadata}}}\n"
        f"spec: {{{outer}containers: [{{name: main, image: 'repo/train:1'{inner}}}]}}\n"
    )
    return kubernetes(f"{text}---\n{more}" if more else text)


def spread(container: str = "", spec: str = "", more: str = "") -> tuple[Resource, ...]:
    """The same with each field on a line of its own, so that places tell fields apart."""
    lines = ["apiVersion: v1", "kind: Pod", "metadata: {name: train}", "spec:"]
    lines += [f"  {line}" for line in spec.splitlines()]
    lines += ["  containers:", "  - name: main", "    image: repo/train:1"]
    lines += [f"    {line}" for line in container.splitlines()]
    text = "\n".join(lines) + "\n"
    return kubernetes(f"{text}---\n{more}" if more else text)


UNKNOWN_VALUE = "${FILLED_IN}"
