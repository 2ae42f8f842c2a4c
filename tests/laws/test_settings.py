"""What a control says to write makes it hold: one of its failing cases passes once the settings are written."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, get_origin

import pytest
from msgspec.structs import replace

from ourhalf.graph.index import EvidenceGraph
from ourhalf.judging import context_of, judge, surroundings
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Entries, Known
from ourhalf.model.verdict import Status, Verdict
from ourhalf.model.workload import Workload
from ourhalf.readers.mapping import field_type
from ourhalf.remedies.paths import is_part
from tests.laws.cases import all_cases
from tests.support import TODAY, Case

FAILING: dict[str, list[Case]] = {}
for _case in all_cases():
    if _case.control.settings and _case.expect is Status.FAIL:
        FAILING.setdefault(_case.control.id, []).append(_case)
# a person has to fill in what would make these hold
FILLED_IN = {"sagemaker-image-version-pinned"}


def known(kind: Any, value: Any, before: Any) -> Any:
    """A setting as a field that states it, beside what the field stated `before`."""
    held = field_type(kind)
    if get_origin(held) is tuple:
        part = next((arm for arm in typing.get_args(typing.get_args(held)[0]) if is_part(arm)), None)
        if part is None:
            return Known(tuple(value))
        old = before.value if isinstance(before, Known) else ()
        merged = [built(part, value[0], one) for one in old if is_part(type(one))]
        return Known(tuple(merged or (built(part, one, None) for one in value)))
    if is_part(held):
        return Known(built(held, value, before.value if isinstance(before, Known) else None))
    if get_origin(held) is Entries:
        return Known(Entries({name: Known(one) for name, one in value.items()}))
    return Known(value)


def built(part: Any, values: Mapping[str, Any], before: Any) -> Any:
    """A group of settings as the part that holds them."""
    hints = typing.get_type_hints(part, include_extras=True)
    old = before if before is not None else part()
    return replace(old, **{name: known(hints[name], value, getattr(old, name)) for name, value in values.items()})


def _set(subject: Any, settings: Mapping[str, Any]) -> Any:
    """The subject with those of its fields that settings name."""
    hints = typing.get_type_hints(type(subject), include_extras=True)
    own = {name: value for name, value in settings.items() if name in hints}
    return replace(subject, **{name: known(hints[name], value, getattr(subject, name)) for name, value in own.items()})


def mended(case: Case) -> Verdict | None:
    """The verdict of a case once its subject is set as the control says."""
    judged, _ = case.judged()
    subject = judged.subject
    changed = replace(judged, subject=_set(subject, case.control.settings))
    if isinstance(subject, Workload):
        workload = replace(changed.subject, resource=_set(subject.resource, case.control.settings))
        changed = replace(changed, subject=workload, workload=workload)
    resources = tuple(changed.subject if resource is subject else resource for resource in case.resources)
    graph = EvidenceGraph(Evidence(resources))
    return judge(case.control, changed, context_of(changed, surroundings(graph, TODAY), case.requirements))


@pytest.mark.parametrize("name", sorted(FAILING.keys() - FILLED_IN))
def test_settings_make_the_control_hold(name: str) -> None:
    verdicts = [mended(case) for case in FAILING[name]]
    assert any(verdict is None or verdict.status is Status.PASS for verdict in verdicts), verdicts
