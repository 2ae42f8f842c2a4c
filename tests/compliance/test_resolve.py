"""What bears on a requirement: directly, through other requirements, by others' tests, and on which days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.compliance.framework import Framework, How, Mapping, Requirement
from ourhalf.compliance.resolve import Bearing, Resolver, borne

DAY = date(2026, 10, 2)
LATER = date(2026, 11, 2)
TODAY = date(2026, 11, 27)
ONE, TWO = "container-unprivileged", "container-not-root"


def framework(id_: str, **mappings: tuple[Mapping, ...]) -> Framework:
    requirements = tuple(Requirement(name, "about", mapped) for name, mapped in mappings.items())
    return Framework(id_, id_, "1", "us", "https://example.com", DAY, "ours", 9, requirements)


def mapping(how: How = How.IMPLEMENTS, source: str = "https://example.com/x", **rest: Any) -> Mapping:
    return Mapping(how, source, **{"read": DAY, **rest})


def found(one: Framework, *others: Framework, as_of: date = TODAY) -> tuple[Bearing, ...]:
    return borne(one, one.requirements[0], {other.id: other for other in others}, as_of)


def test_controls_bear_directly() -> None:
    house = framework("house", a=(mapping(controls=(ONE, TWO)),))
    assert [(b.control, b.how) for b in found(house)] == [(TWO, How.IMPLEMENTS), (ONE, How.IMPLEMENTS)]


def test_tests_of_others_bear_by_our_twins() -> None:
    house = framework("house", a=(mapping(tests=("Security Hub:ECS.4", "Security Hub:Nothing.99")),))
    assert [b.control for b in found(house)] == ["container-unprivileged"]


def test_steps_take_the_weaker_how_the_older_day_and_the_last_source() -> None:
    base = framework("base", x=(mapping(How.SUPPORTS, "https://example.com/base", controls=(ONE,), read=LATER),))
    middle = framework("middle", m=(mapping(How.IMPLEMENTS, "https://example.com/middle", through=("base:x",)),))
    house = framework("house", a=(mapping(How.IMPLEMENTS, "https://example.com/house", through=("middle:m",)),))
    assert found(house, middle, base) == (Bearing(ONE, How.SUPPORTS, "https://example.com/base", DAY),)
    loose = framework("loose", a=(mapping(How.EVIDENCE, "https://example.com/loose", through=("base:x",)),))
    assert found(loose, base)[0].how is How.EVIDENCE


def test_a_step_of_our_own_judgement_is_said() -> None:
    base = framework("base", x=(mapping(controls=(ONE,)),))
    house = framework("house", a=(mapping(source="ourhalf", through=("base:x",)),))
    assert found(house, base)[0].source == "ourhalf"


def test_each_control_once_as_strongly_as_anything_says() -> None:
    house = framework(
        "house",
        a=(
            mapping(How.EVIDENCE, controls=(ONE,)),
            mapping(How.SUPPORTS, "ourhalf", controls=(ONE,)),
            mapping(How.SUPPORTS, "https://example.com/y", controls=(ONE,)),
        ),
    )
    assert found(house) == (Bearing(ONE, How.SUPPORTS, "https://example.com/y", DAY),)


@pytest.mark.parametrize(
    ("days", "as_of", "bears"),
    [
        ({"valid_from": LATER}, date(2026, 11, 1), False),
        ({"valid_from": LATER}, LATER, True),
        ({"retired": LATER}, date(2026, 11, 1), True),
        ({"retired": LATER}, LATER, False),
        ({"valid_from": DAY, "retired": LATER}, DAY, True),
    ],
)
def test_mappings_hold_from_one_day_until_another(days: dict[str, Any], as_of: date, bears: bool) -> None:
    house = framework("house", a=(mapping(controls=(ONE,), **days),))
    assert bool(found(house, as_of=as_of)) is bears
    onward = framework("onward", b=(mapping(through=("house:a",)),))
    assert bool(found(onward, house, as_of=as_of)) is bears


def test_a_retired_requirement_bears_on_nothing() -> None:
    old = Requirement("x", "about", (mapping(controls=(ONE,)),), retired=LATER)
    base = Framework("base", "base", "1", "us", "https://example.com", DAY, "ours", 9, (old,))
    house = framework("house", a=(mapping(through=("base:x",)),))
    assert not found(house, base)
    assert found(house, base, as_of=DAY)


def test_circles_are_refused() -> None:
    one = framework("one", a=(mapping(through=("two:b",)),))
    two = framework("two", b=(mapping(through=("one:a",)),))
    with pytest.raises(ValueError, match="one:a -> two:b -> one:a is a circle"):
        found(one, two)


def test_ways_of_thousands_of_steps_and_forks_end() -> None:
    many = 2000
    steps = {f"r{n}": (mapping(through=(f"house:r{n + 1}", f"house:r{n + 2}")),) for n in range(many)}
    last = {f"r{n}": (mapping(controls=(ONE,)),) for n in (many, many + 1)}
    house = framework("house", **steps, **last)
    assert [b.control for b in found(house)] == [ONE]


@settings(deadline=None)
@given(st.permutations(range(6)), st.sampled_from(list(How)))
def test_the_order_of_mappings_changes_nothing(order: list[int], how: How) -> None:
    several = [
        mapping(how, controls=(ONE,)),
        mapping(How.SUPPORTS, controls=(ONE, TWO)),
        mapping(How.EVIDENCE, "ourhalf", controls=(TWO,)),
        mapping(tests=("Security Hub:ECS.4",)),
        mapping(How.EVIDENCE, through=("base:x",)),
        mapping(How.IMPLEMENTS, "ourhalf", through=("base:x",)),
    ]
    base = framework("base", x=(mapping(How.SUPPORTS, controls=(TWO, "ecs-task-role")),))
    resolver = Resolver({"base": base, "house": framework("house", a=tuple(several[n] for n in order))}, TODAY)
    straight = Resolver({"base": base, "house": framework("house", a=tuple(several))}, TODAY)
    assert [b[:2] for b in resolver.borne("house", "a")] == [b[:2] for b in straight.borne("house", "a")]
