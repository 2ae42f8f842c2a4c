"""The plan as one file of Kubernetes manifests."""

from __future__ import annotations

import json

from ourhalf.monitor.formats.format import PlanFormat, Planned, by_hand, nothing
from ourhalf.monitor.naming import Naming, snake
from ourhalf.monitor.writing import Language, written

LANGUAGE = Language("kubernetes", "yaml", json.dumps, lambda: Naming(snake, str, str, json.dumps))


def _render(planned: Planned) -> str:
    found = written(LANGUAGE, planned.plan, planned.facts)
    empty = nothing("Kubernetes", found)
    if empty is not None:
        return empty
    steps = by_hand(planned, LANGUAGE)
    return "---\n".join((found.head.replace("apiVersion", f"{steps}apiVersion", 1), *found.pieces))


KUBERNETES = PlanFormat("kubernetes", "manifests to apply with kubectl", _render, LANGUAGE)
