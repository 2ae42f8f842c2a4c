"""No pass survives the loss of a field that decided it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ourhalf.model.field import Absent, Entries, Known, Place, Unresolved
from ourhalf.model.resource import Part, Resource
from ourhalf.model.verdict import Status
from tests.laws.cases import all_cases
from tests.support import Case

PASSES = [case for case in all_cases() if case.expect is Status.PASS]


def without(value: Any, place: Place) -> Any:
    """`value` with every field that stands at `place` made unresolved."""
    match value:
        case Known() | Absent() if value.place == place:
            return Unresolved("made unresolved by a test", place)
        case Known():
            return Known(without(value.value, place), value.place)
        case Resource() | Part():
            changed = {name: without(getattr(value, name), place) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **changed)
        case Entries():
            return Entries({k: without(v, place) for k, v in value.items.items()}, value.rest)
        case tuple():
            return tuple(without(element, place) for element in value)
    return value


@pytest.mark.parametrize("case", PASSES, ids=str)
def test_no_pass_rests_on_an_unresolved_field(case: Case) -> None:
    _, verdict = case.judged()
    assert verdict.fields, "a pass names the fields that decided it"
    for field in verdict.fields:
        assert not isinstance(field, Unresolved)
        if field.place.path == "" and field.place.field == "":
            continue  # fixed by the service, not written anywhere
        broken = tuple(without(resource, field.place) for resource in case.resources)
        if broken == case.resources:
            continue
        _, after = case.judged(broken)
        assert after.status is not Status.PASS, f"still passes without {field.place}"
        assert not after.reason.startswith(f"control {case.control.id} failed: "), after


@pytest.mark.parametrize("case", PASSES, ids=str)
def test_a_default_that_decides_is_documented(case: Case) -> None:
    _, verdict = case.judged()
    if verdict.fields and all(isinstance(field, Absent) for field in verdict.fields):
        for field in verdict.fields:
            assert isinstance(field, Absent)
            assert field.default is None or field.source, f"{field.place.field} passes by an uncited default"
