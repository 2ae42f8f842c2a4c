"""Whether something is on: unknown is never yes."""

from __future__ import annotations

from itertools import product

import pytest

from ourhalf.model.verdict import Status
from ourhalf.monitor.facts import Facts, Spot, Thing, Told
from ourhalf.monitor.recommendation import On
from ourhalf.monitor.states import by_controls, by_kind, judged

HERE = Spot("a.tf", 3)


def told(status: Status, control: str = "guardduty-on") -> Told:
    return Told(control, status, "because", "it", HERE)


@pytest.mark.parametrize(
    ("statuses", "on"),
    [
        ((), On.UNKNOWN),
        ((Status.PASS,), On.YES),
        ((Status.FAIL,), On.NO),
        ((Status.UNKNOWN,), On.UNKNOWN),
        ((Status.NOT_APPLICABLE,), On.UNKNOWN),
        ((Status.PASS, Status.FAIL), On.NO),
        ((Status.PASS, Status.UNKNOWN), On.UNKNOWN),
        ((Status.FAIL, Status.UNKNOWN), On.NO),
        ((Status.PASS, Status.NOT_APPLICABLE), On.YES),
    ],
)
def test_judged(statuses: tuple[Status, ...], on: On) -> None:
    state = judged([told(status) for status in statuses], "nothing declares it")
    assert state.on is on
    assert state.spots == ((HERE,) if set(statuses) & {Status.PASS, Status.FAIL, Status.UNKNOWN} else ())


@pytest.mark.parametrize("statuses", [many for count in range(4) for many in product(Status, repeat=count)])
def test_unknown_is_never_yes(statuses: tuple[Status, ...]) -> None:
    state = judged([told(status) for status in statuses], "nothing declares it")
    assert state.on is not On.YES or (Status.PASS in statuses and not {Status.FAIL, Status.UNKNOWN} & set(statuses))


def test_each_of_several_controls_must_be_about_something() -> None:
    both = by_controls("nothing declares it", "guardduty-on", "macie-on")
    assert both(Facts(told=(told(Status.PASS),))).on is On.UNKNOWN
    assert both(Facts(told=(told(Status.PASS), told(Status.PASS, "macie-on")))).on is On.YES
    assert both(Facts(told=(told(Status.PASS), told(Status.FAIL, "macie-on")))).on is On.NO


def test_by_kind() -> None:
    declared = by_kind("nothing declares it", "DetectiveGraph")
    assert declared(Facts()).on is On.UNKNOWN
    state = declared(Facts(things=(Thing("DetectiveGraph", "aws_detective_graph.main", HERE),)))
    assert (state.on, state.spots) == (On.YES, (HERE,))
