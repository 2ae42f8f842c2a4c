"""Estimators of scikit-learn: those that only store what they are given, and no others."""

from __future__ import annotations

import re

import pytest

from ourhalf.artifacts.judgement import Judgement, worst
from ourhalf.artifacts.pickles.dangers import dangerous
from ourhalf.artifacts.pickles.estimators import ESTIMATORS
from ourhalf.artifacts.pickles.machine import run
from ourhalf.artifacts.pickles.values import Global as Taken
from tests.artifacts.pickles.assembly import Build, Call, Get, Global, New, Op, Put, Then, pickled
from tests.artifacts.pickles.test_arrays import array, kind, struct_of

LOGISTIC = Global("sklearn.linear_model._logistic.LogisticRegression")
COEFFICIENTS = array(kind("f8"), (1, 2), b"x" * 16)


def judged(value: Op, protocol: int = 4) -> Judgement:
    return worst(run(pickled(value, protocol)).reasons)


@pytest.mark.parametrize("one", sorted(ESTIMATORS), ids=lambda one: one.name)
def test_each_may_be_made_and_given_its_state(one: Taken) -> None:
    state = {"C": 1.0, "solver": "lbfgs", "coef_": COEFFICIENTS, "dtype": Global("numpy.float64")}
    kind_of = Global(f"{one.module}.{one.name}")
    assert judged(Build(New(kind_of), state | {"_sklearn_version": "1.9.1"})) is Judgement.SAFE
    old = Call(Global("copy_reg._reconstructor"), kind_of, Global("__builtin__.object"), None)
    assert judged(Build(old, state), 0) is Judgement.SAFE
    assert re.fullmatch(r"sklearn(\.\w+)+", one.module)
    assert not dangerous(one.module, one.name)


@pytest.mark.parametrize(
    "value",
    [
        Build(New(LOGISTIC), {"predict": Global("os.system")}),
        Build(New(LOGISTIC), "a text"),
        Build(New(LOGISTIC), ({}, {"x": 1})),
        Build(LOGISTIC, {"x": 1}),
        New(LOGISTIC, "an argument"),
        Call(LOGISTIC),
        Call(Global("numpy.float64"), 1),
        New(Global("sklearn.isotonic.IsotonicRegression")),
        New(Global("sklearn.tree._tree.Tree")),
        New(Global("sklearn.pipeline.Pipeline")),
        # It takes its version out of the dict, so that a field of a type is gone.
        Then(
            struct_of(Put(1, {"_sklearn_version": (kind("i4"), 0)}), ("_sklearn_version",), 4),
            Build(New(LOGISTIC), Get(1)),
        ),
        Then(
            Build(New(LOGISTIC), Put(1, {"_sklearn_version": (kind("i4"), 0)})),
            struct_of(Get(1), ("_sklearn_version",), 4),
        ),
    ],
)
def test_anything_else_is_not_proved(value: Op) -> None:
    assert judged(value) in (Judgement.UNPROVED, Judgement.UNSAFE)
