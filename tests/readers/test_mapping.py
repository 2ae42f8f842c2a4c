"""Trees of fields as resources: what stands where something else belongs is unresolved, never left out."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from ourhalf.model.field import ABSENT, Absent, Field, Known, Many, Reference, Unresolved, elements
from ourhalf.model.resource import At, Dialect, Part
from ourhalf.readers.mapping import build_part
from ourhalf.readers.node import Node, from_plain
from ourhalf.resources.policies import PolicyDocument

OTHERS = [dialect for dialect in Dialect if dialect is not Dialect.TERRAFORM]
LATER = Unresolved("later")


def at(path: str) -> At:
    """The same path in every dialect."""
    return At(path, cloudformation=path, terraform=path, kubernetes=path, compose=path, default=False)


class Alarm(Part, frozen=True):
    title: Annotated[Field[str], at("title")] = ABSENT


class Thing(Part, frozen=True):
    inner: Annotated[Field[bool], at("config.inner")] = ABSENT
    other: Annotated[Field[str], at("a.b|a")] = ABSENT
    alarms: Annotated[Many[Alarm], at("alarms")] = ABSENT
    words: Annotated[Many[str], at("words")] = ABSENT
    whole: Annotated[Field[Any], at("who")] = ABSENT
    people: Annotated[Many[str], at("who.people")] = ABSENT


def thing(dialect: Dialect = Dialect.API, **given: Any) -> Thing:
    return build_part(Thing, from_plain(given), dialect)


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("config", ["${X}", 3, True, ["x"], Reference("x.y"), LATER, [{}, {}]])
def test_what_stands_in_place_of_a_mapping_hides_what_is_in_it(config: Any, dialect: Dialect) -> None:
    assert isinstance(thing(dialect, config=config).inner, Unresolved)


@pytest.mark.parametrize("config", [None, {}, [], [{}]])
def test_what_is_left_out_is_absent(config: Any) -> None:
    found = thing(config=config).inner
    assert isinstance(found, Absent)
    assert found.default is False


def test_blocks_whose_number_is_not_known_are_not_left_out() -> None:
    blocks = Node([], "main.tf", rest=LATER)
    found = build_part(Thing, from_plain({"config": blocks}), Dialect.TERRAFORM).inner
    assert found == Unresolved("later", found.place)


def test_an_alternative_takes_what_is_no_mapping() -> None:
    assert thing(a="x").other == Known("x", thing(a="x").other.place)
    assert thing(a={"b": "y"}).other == Known("y", thing(a="x").other.place)


def test_what_another_field_takes_whole_may_be_anything() -> None:
    found = thing(who="*")
    assert isinstance(found.whole, Known)
    assert isinstance(found.people, Absent)


@pytest.mark.parametrize("dialect", OTHERS)
def test_one_mapping_is_no_list(dialect: Dialect) -> None:
    found = thing(dialect, alarms={"title": "x"}).alarms
    assert isinstance(found, Unresolved)
    assert found.reason == "expected a list, found mapping"


def test_one_block_of_terraform_is_a_list_of_one() -> None:
    (alarm,) = elements(thing(Dialect.TERRAFORM, alarms={"title": "x"}).alarms)
    assert isinstance(alarm.title, Known)


@pytest.mark.parametrize("dialect", Dialect)
def test_a_single_text_is_a_list_of_one(dialect: Dialect) -> None:
    assert elements(thing(dialect, words="x").words) == ("x",)


def test_one_statement_makes_a_policy() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}
    document = build_part(PolicyDocument, from_plain({"Statement": statement}), Dialect.API)
    (found,) = elements(document.statements)
    assert (found.principal, found.aws) == (Known("*", found.principal.place), Absent(None, found.aws.place))
