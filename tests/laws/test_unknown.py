"""Unknown is never pass: no verdict can be made that rests on what is not known, in whole or in part."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.field import Absent, Entries, Field, Known, Unresolved, known_part, unknown_part
from ourhalf.model.verdict import Status, Verdict

HIDDEN = Unresolved("a variable has no value")
known: st.SearchStrategy[Any] = st.builds(Known, st.text(max_size=3) | st.integers() | st.booleans())
lists: st.SearchStrategy[Any] = st.builds(Known, st.lists(st.text(max_size=3) | st.just(HIDDEN), max_size=4).map(tuple))
mappings: st.SearchStrategy[Any] = st.builds(
    Known, st.builds(Entries, st.dictionaries(st.text(max_size=3), known, max_size=3), st.none() | st.just(HIDDEN))
)
fields: st.SearchStrategy[Any] = known | lists | mappings | st.just(HIDDEN) | st.just(Absent(True)) | st.just(Absent())


def _hidden(field: Field[Any]) -> bool:
    match field:
        case Unresolved():
            return True
        case Known(tuple() as many):
            return HIDDEN in many
        case Known(Entries(rest=rest)):
            return rest is not None
    return False


@given(st.lists(fields, max_size=4))
def test_a_pass_rests_on_nothing_that_is_not_known(given_fields: list[Field[Any]]) -> None:
    verdict = Verdict.passed("it holds", *given_fields)
    hidden = any(_hidden(field) for field in given_fields)
    assert (verdict.status is Status.UNKNOWN) == hidden
    assert verdict.reason == (HIDDEN.reason if hidden else "it holds")
    assert verdict.fields == tuple(given_fields)


@given(fields)
def test_what_is_known_of_a_field_has_nothing_else_in_it(field: Field[Any]) -> None:
    part = known_part(field)
    if isinstance(field, Known):
        assert unknown_part(part) is None
        assert part.place == field.place
    else:
        assert part == field
