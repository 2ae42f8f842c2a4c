"""Chooses few actions that clear most: exactly on small sets, with a bound on large ones.

Each action clears some of the findings; of a group, such as the versions of one package, at most one is taken. What
is wanted first is weight cleared, then few actions, then little risk. Sets of findings are bits of an integer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

MOST_EXACT = 18
"""Actions that share findings or groups, up to which the choice among them is exact."""
_MOST_STEPS = 200_000


class Choice(msgspec.Struct, frozen=True):
    """One action: the findings it clears, the group of which it is one, what it risks (0 for nothing).

    Of the `first` ones each is tried in turn, before all others: a move to another image changes what is left for
    them. All of these are of one group. `more` are further groups of which it takes the one place.
    """

    clears: int
    group: str
    risk: int = 0
    first: bool = False
    more: frozenset[str] = frozenset()

    @property
    def groups(self) -> frozenset[str]:
        """All groups of which it takes the one place."""
        return self.more | {self.group}


class Score(NamedTuple):
    """What is compared: higher weight, then fewer actions, then less risk. Smaller is better as a tuple."""

    uncleared: int
    actions: int
    risk: int


class Chosen(NamedTuple):
    """Indices of the actions taken, how good that is, and how many actions fewer it might take at most (0: exact)."""

    taken: tuple[int, ...]
    score: Score
    slack: int


def choose(choices: Sequence[Choice], weights: Sequence[int]) -> Chosen:
    """The best set of actions; `weights` are those of the findings by bit."""
    whole = (1 << len(weights)) - 1
    firsts = [index for index, one in enumerate(choices) if one.first]
    others = [index for index, one in enumerate(choices) if not one.first]
    found_sets: list[Chosen] = []
    for taken in ((), *((index,) for index in firsts)):
        left = whole & ~_union(choices, taken)
        found = _rest(choices, others, weights, left)
        cleared = _union(choices, (*taken, *found.taken))
        used = (*taken, *found.taken)
        found_sets.append(Chosen(used, _score(choices, used, weights, whole & ~cleared), found.slack))
    return min(found_sets, key=lambda one: one.score)


def _union(choices: Sequence[Choice], taken: Sequence[int]) -> int:
    found = 0
    for index in taken:
        found |= choices[index].clears
    return found


def _score(choices: Sequence[Choice], taken: Sequence[int], weights: Sequence[int], uncleared: int) -> Score:
    return Score(_weight(uncleared, weights), len(taken), sum(choices[index].risk for index in taken))


def _weight(findings: int, weights: Sequence[int]) -> int:
    total = 0
    while findings:
        low = findings & -findings
        total += weights[low.bit_length() - 1]
        findings ^= low
    return total


def _rest(choices: Sequence[Choice], indices: Sequence[int], weights: Sequence[int], left: int) -> Chosen:
    """The best of the others for the findings that are left, each independent part by itself."""
    useful = [index for index in indices if choices[index].clears & left]
    taken: list[int] = []
    slack = 0
    for part in _parts(choices, useful, left):
        kept = _undominated(choices, part, left)
        found = _exact(choices, kept, weights, left) if len(kept) <= MOST_EXACT else None
        if found is None:
            greedy = _greedy(choices, kept, weights, left)
            taken.extend(greedy)
            slack += len(greedy) - _fewest(choices, kept, left & _union(choices, greedy))
        else:
            taken.extend(found)
    return Chosen(tuple(sorted(taken)), Score(0, 0, 0), slack)


def _parts(choices: Sequence[Choice], indices: Sequence[int], left: int) -> list[list[int]]:
    """Actions that share a finding or a group, directly or through others, together."""
    parents = {index: index for index in indices}

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    owners: dict[str, int] = {}
    for index in indices:
        findings = choices[index].clears & left
        keys = sorted(choices[index].groups)
        while findings:
            low = findings & -findings
            keys.append(f"#{low.bit_length()}")
            findings ^= low
        for key in keys:
            parents[root(index)] = root(owners.setdefault(key, index))
    parts: dict[int, list[int]] = defaultdict(list)
    for index in indices:
        parts[root(index)].append(index)
    return list(parts.values())


def _undominated(choices: Sequence[Choice], part: list[int], left: int) -> list[int]:
    """Without actions of a group that clear no more than another of it, at no less risk: these are never better."""
    kept: list[int] = []
    by_group: dict[frozenset[str], list[int]] = defaultdict(list)
    for index in part:
        by_group[choices[index].groups].append(index)
    for group in by_group.values():
        for index in group:
            one = choices[index]
            if not any(_dominates(choices[other], one, left, other < index) for other in group if other != index):
                kept.append(index)
    return sorted(kept)


def _dominates(other: Choice, one: Choice, left: int, earlier: bool) -> bool:
    mine, theirs = one.clears & left, other.clears & left
    if mine & ~theirs or other.risk > one.risk:
        return False
    return mine != theirs or other.risk < one.risk or earlier


class _Search:
    """Branch and bound over a few actions: those that clear most first, taken before left out."""

    def __init__(self, choices: Sequence[Choice], order: list[int], weights: Sequence[int], left: int) -> None:
        self.choices, self.order, self.weights, self.left = choices, order, weights, left
        self.after = [0] * (len(order) + 1)
        for position in range(len(order) - 1, -1, -1):
            self.after[position] = self.after[position + 1] | (choices[order[position]].clears & left)
        self.best: tuple[Score, tuple[int, ...]] = (Score(_weight(left & self.after[0], weights), 0, 0), ())
        self.steps = 0

    def run(self, position: int, covered: int, taken: tuple[int, ...], groups: frozenset[str], risk: int) -> None:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            return
        reachable = self.left & self.after[0]
        score = Score(_weight(reachable & ~covered, self.weights), len(taken), risk)
        self.best = min(self.best, (score, taken))
        if position == len(self.order):
            return
        possible = reachable & ~(covered | self.after[position])
        more = 1 if self.after[position] & ~covered else 0
        bound = Score(_weight(possible, self.weights), len(taken) + more, risk)
        if bound > self.best[0] or not more:
            return
        index = self.order[position]
        one = self.choices[index]
        if not one.groups & groups and one.clears & self.left & ~covered:
            both = covered | (one.clears & self.left)
            self.run(position + 1, both, (*taken, index), groups | one.groups, risk + one.risk)
        self.run(position + 1, covered, taken, groups, risk)


def _exact(choices: Sequence[Choice], part: list[int], weights: Sequence[int], left: int) -> tuple[int, ...] | None:
    """The best set; None where it takes too many steps to know."""
    order = sorted(part, key=lambda i: (-_weight(choices[i].clears & left, weights), choices[i].risk, i))
    search = _Search(choices, order, weights, left)
    search.run(0, 0, (), frozenset(), 0)
    return search.best[1] if search.steps <= _MOST_STEPS else None


def _greedy(choices: Sequence[Choice], part: list[int], weights: Sequence[int], left: int) -> list[int]:
    """What clears most at each step; then without those that the others made needless."""
    taken: list[int] = []
    groups: set[str] = set()
    while True:
        gains = [
            (_weight(choices[i].clears & left, weights), -choices[i].risk, -i)
            for i in part
            if not choices[i].groups & groups
        ]
        gain, _, index = max(gains, default=(0, 0, 0))
        if not gain:
            break
        taken.append(-index)
        groups |= choices[-index].groups
        left &= ~choices[-index].clears
    for index in list(taken):
        rest = _union(choices, [other for other in taken if other != index])
        if not choices[index].clears & ~rest:
            taken.remove(index)
    return taken


def _fewest(choices: Sequence[Choice], part: list[int], cleared: int) -> int:
    """A number of actions that no set clearing the same can go below: findings no two of which share an action."""
    fewest = 0
    able: dict[int, int] = {}
    rest = cleared
    while rest:
        low = rest & -rest
        able[low] = _union(choices, [i for i in part if choices[i].clears & low])
        rest ^= low
    for low, together in sorted(able.items(), key=lambda item: (item[1].bit_count(), item[0])):
        if cleared & low:
            fewest += 1
            cleared &= ~together
    return fewest


def order_of(choices: Sequence[Choice], taken: Sequence[int], weights: Sequence[int]) -> list[tuple[int, int]]:
    """The actions in the order to do them, each with what it clears that none before it did.

    First what others build on, then what clears most, then what risks least.
    """
    done: list[tuple[int, int]] = []
    covered = 0
    left = list(taken)
    while left:
        index = min(left, key=lambda i: (not choices[i].first, -_weight(choices[i].clears & ~covered, weights),
                                         choices[i].risk, i))  # fmt: skip
        done.append((index, choices[index].clears & ~covered))
        covered |= choices[index].clears
        left.remove(index)
    return done
