"""The choice of actions: exact on small sets, by comparison with trying all; bounded on large ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.vulnerabilities.actions import choosing
from ourhalf.vulnerabilities.actions.choosing import Choice, Score, choose, order_of
from tests.support import calls_of

_FINDINGS = 7
_CHOICES = st.lists(
    st.builds(
        Choice,
        st.integers(0, (1 << _FINDINGS) - 1),
        st.sampled_from("abcde"),
        st.integers(0, 3),
        st.just(False),
        st.frozensets(st.sampled_from("abcde"), max_size=1),
    ),
    max_size=8,
)
_MOVES = st.lists(st.builds(Choice, st.integers(0, (1 << _FINDINGS) - 1), st.just("move"), st.integers(0, 3),
                            st.just(True)), max_size=3)  # fmt: skip
_WEIGHTS = st.lists(st.integers(1, 9), min_size=_FINDINGS, max_size=_FINDINGS)


def cleared_by(choices: Sequence[Choice], taken: Sequence[int]) -> int:
    """Everything that these clear."""
    found = 0
    for index in taken:
        found |= choices[index].clears
    return found


def score(choices: Sequence[Choice], taken: Sequence[int], weights: Sequence[int]) -> Score:
    """How good a set is, computed as plainly as can be."""
    cleared = cleared_by(choices, taken)
    uncleared = sum(weight for bit, weight in enumerate(weights) if not cleared >> bit & 1)
    return Score(uncleared, len(taken), sum(choices[index].risk for index in taken))


def apart(choices: Sequence[Choice], taken: Sequence[int]) -> bool:
    """Whether at most one of each group is taken."""
    return all(not choices[one].groups & choices[other].groups for one, other in combinations(taken, 2))


def best_of_all(choices: Sequence[Choice], weights: Sequence[int]) -> Score:
    """The best score of every set that takes at most one of a group."""
    sets = (taken for size in range(len(choices) + 1) for taken in combinations(range(len(choices)), size))
    allowed = (taken for taken in sets if apart(choices, taken))
    return min(score(choices, taken, weights) for taken in allowed)


@settings(deadline=None, max_examples=300)
@given(_CHOICES, _MOVES, _WEIGHTS)
def test_the_choice_is_as_good_as_the_best_of_all(
    others: list[Choice], moves: list[Choice], weights: list[int]
) -> None:
    choices = [*others, *moves]
    found = choose(choices, weights)
    assert found.slack == 0
    assert apart(choices, found.taken)
    assert found.score == score(choices, found.taken, weights) == best_of_all(choices, weights)


@settings(deadline=None, max_examples=100)
@given(_CHOICES, _WEIGHTS)
def test_order_loses_nothing_and_puts_first_what_clears_most(choices: list[Choice], weights: list[int]) -> None:
    taken = choose(choices, weights).taken
    ordered = order_of(choices, taken, weights)
    assert sorted(index for index, _ in ordered) == sorted(taken)
    assert sum(new for _, new in ordered) == cleared_by(choices, taken)
    gains = [sum(weights[bit] for bit in range(_FINDINGS) if new >> bit & 1) for _, new in ordered]
    assert gains == sorted(gains, reverse=True)


@settings(deadline=None, max_examples=100)
@given(_CHOICES, _WEIGHTS)
def test_a_bound_never_promises_too_much(choices: list[Choice], weights: list[int]) -> None:
    before = choosing.MOST_EXACT
    choosing.MOST_EXACT = 0
    try:
        found = choose(choices, weights)
    finally:
        choosing.MOST_EXACT = before
    assert found.score == score(choices, found.taken, weights)
    alike = [
        taken
        for size in range(len(choices) + 1)
        for taken in combinations(range(len(choices)), size)
        if not cleared_by(choices, found.taken) & ~cleared_by(choices, taken)
    ]
    fewest = min(len(taken) for taken in alike)
    assert len(found.taken) - found.slack <= fewest


def test_large_sets_are_bounded_work_and_say_how_far_they_may_be_off() -> None:
    random = Random(1)
    choices = [Choice(random.getrandbits(400) & random.getrandbits(400), str(n), n % 3) for n in range(60)]
    found, work = calls_of(lambda: choose(choices, [1] * 400))
    assert found.slack > 0
    assert work < 2_000_000


def test_many_independent_packages_are_exact() -> None:
    choices = [Choice(1 << n, f"p{n}") for n in range(300)]
    found = choose(choices, [1] * 300)
    assert (found.slack, found.score) == (0, Score(0, 300, 0))


def test_nothing_to_choose_is_no_action() -> None:
    assert choose([], [3, 4]).score == Score(7, 0, 0)
    assert choose([], []).taken == ()
