"""What controls on pods share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from ourhalf.controls.judgements import Maybe
from ourhalf.model.context import Context
from ourhalf.model.field import NOWHERE, Absent, Field
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.kubernetes import PodContainer, PodTemplate

READ = date(2026, 10, 2)
"""The day on which the pages that these controls cite were read."""

PODS = (PodTemplate,)
"""What defines the containers of pods."""

STANDARDS = "concepts/security/pod-security-standards/"
RBAC = "concepts/security/rbac-good-practices/"
# Of templates, envsubst, placeholders, and of what a reader could not tell.
_MARKS = re.compile(r"\{\{|\$|…|<")


def of_pods(judge: Maybe[PodContainer]) -> Maybe[Container]:
    """`judge` for containers of pods; not about any other."""

    def evaluate(container: Container, context: Context) -> Verdict | None:
        return judge(container, context) if isinstance(container, PodContainer) else None

    return evaluate


def of_pod_workloads(judge: Callable[[PodTemplate, Workload, Context], Verdict]) -> Maybe[Workload]:
    """`judge` for pods with what surrounds them; not about any other workload."""

    def evaluate(workload: Workload, context: Context) -> Verdict | None:
        pod = workload.resource
        return judge(pod, workload, context) if isinstance(pod, PodTemplate) else None

    return evaluate


def filled_in(name: str) -> bool:
    """Whether a name holds marks of what is filled in later: names are kept as written, so that objects find theirs."""
    return _MARKS.search(name) is not None


def fixed(*fields: Field[object]) -> bool:
    """Whether the service leaves none of these settings to whoever runs the container."""
    return all(isinstance(field, Absent) and field.place == NOWHERE for field in fields)


def first(verdicts: Iterable[Verdict | None], otherwise: Verdict) -> Verdict:
    """The first verdict that there is."""
    return next((verdict for verdict in verdicts if verdict is not None), otherwise)
