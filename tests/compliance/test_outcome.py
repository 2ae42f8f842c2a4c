"""The truth table of an outcome: what may be said of a requirement, and what never."""

from __future__ import annotations

from itertools import chain, combinations, product

import msgspec
import pytest

from ourhalf.compliance.framework import How
from ourhalf.compliance.outcome import Provided, Told, outcome
from ourhalf.compliance.results import Outcome
from ourhalf.model.responsibility import Party

IMPLEMENTS, SUPPORTS, EVIDENCE = (frozenset({how}) for how in How)
NONE: frozenset[How] = frozenset()
OURS = frozenset({Party.CUSTOMER})
AWS = frozenset({Party.PROVIDER})
NOBODY = frozenset({Party.NOT_APPLICABLE})

CASES = {
    "all that implements it holds": (Told(passed=3, holding=IMPLEMENTS), Outcome.MET),
    "and what else holds only supports": (Told(passed=3, holding=IMPLEMENTS | SUPPORTS | EVIDENCE), Outcome.MET),
    "some of it is not applicable": (Told(passed=1, not_applicable=4, holding=IMPLEMENTS), Outcome.MET),
    "the provider's part is covered": (
        Told(passed=1, holding=IMPLEMENTS, provided=Provided.COVERED, parties=OURS | AWS),
        Outcome.MET,
    ),
    "silent evidence takes nothing away": (Told(passed=1, holding=IMPLEMENTS, silent=EVIDENCE), Outcome.MET),
    "one fails": (Told(passed=9, failed=1, holding=IMPLEMENTS), Outcome.NOT_MET),
    "one fails and one is unknown": (Told(failed=1, unknown=1), Outcome.NOT_MET),
    "one fails and one is accepted": (Told(failed=1, accepted=1), Outcome.NOT_MET),
    "evidence fails": (Told(failed=1, attach=True), Outcome.NOT_MET),
    "one fails where nobody covers the provider": (Told(failed=1, provided=Provided.OPEN), Outcome.NOT_MET),
    "one is unknown": (Told(passed=9, unknown=1, holding=IMPLEMENTS), Outcome.UNKNOWN),
    "one is unknown beside what is accepted": (Told(passed=9, unknown=1, accepted=1), Outcome.UNKNOWN),
    "the profile disables one": (Told(passed=9, disabled=1, holding=IMPLEMENTS), Outcome.UNKNOWN),
    "the profile disables all": (Told(disabled=2), Outcome.UNKNOWN),
    "nobody covers the provider": (Told(passed=9, holding=IMPLEMENTS, provided=Provided.OPEN), Outcome.UNKNOWN),
    "a program leaves the provider out": (Told(passed=9, holding=IMPLEMENTS, provided=Provided.OUT), Outcome.UNKNOWN),
    "nobody covers the provider alone": (Told(provided=Provided.OPEN, parties=AWS), Outcome.UNKNOWN),
    "what fails is accepted": (Told(passed=9, accepted=1, holding=IMPLEMENTS), Outcome.ACCEPTED),
    "all is accepted, with more to attach": (Told(accepted=1, attach=True), Outcome.ACCEPTED),
    "only what supports it holds": (Told(passed=9, holding=SUPPORTS), Outcome.PARTLY),
    "only evidence holds": (Told(passed=9, holding=EVIDENCE), Outcome.PARTLY),
    "a person must attach the rest": (Told(passed=9, holding=IMPLEMENTS, attach=True), Outcome.PARTLY),
    "a control that implements found nothing": (
        Told(passed=9, holding=IMPLEMENTS, silent=IMPLEMENTS),
        Outcome.PARTLY,
    ),
    "a control that is needed found nothing": (Told(passed=9, holding=IMPLEMENTS, silent=SUPPORTS), Outcome.PARTLY),
    "what implements is not applicable, what supports holds": (
        Told(passed=1, not_applicable=1, holding=SUPPORTS),
        Outcome.PARTLY,
    ),
    "the provider is covered for all": (Told(provided=Provided.COVERED, parties=AWS), Outcome.INHERITED),
    "the provider is covered, a person must attach more": (
        Told(provided=Provided.COVERED, parties=AWS, attach=True),
        Outcome.PARTLY,
    ),
    "the provider is covered, our part is not judged": (
        Told(provided=Provided.COVERED, parties=AWS | OURS),
        Outcome.PARTLY,
    ),
    "the provider is covered, and controls of ours found nothing": (
        Told(provided=Provided.COVERED, parties=AWS, silent=SUPPORTS),
        Outcome.UNKNOWN,
    ),
    "the provider is covered, ours is partly not applicable": (
        Told(provided=Provided.COVERED, parties=AWS, silent=SUPPORTS, not_applicable=1),
        Outcome.PARTLY,
    ),
    "nothing is subject to it": (Told(not_applicable=3, parties=OURS), Outcome.NOT_APPLICABLE),
    "nothing is subject to it, some found nothing": (
        Told(not_applicable=3, silent=IMPLEMENTS, parties=OURS),
        Outcome.NOT_APPLICABLE,
    ),
    "nothing is subject to it, and a person must attach": (Told(not_applicable=3, attach=True), Outcome.MANUAL),
    "nobody answers for it": (Told(parties=NOBODY), Outcome.NOT_APPLICABLE),
    "controls bear on it and found nothing": (Told(silent=IMPLEMENTS), Outcome.UNKNOWN),
    "they found nothing, and a person must attach": (Told(silent=EVIDENCE, attach=True), Outcome.UNKNOWN),
    "only a person can show it": (Told(attach=True, parties=OURS), Outcome.MANUAL),
    "nothing shows it": (Told(parties=OURS), Outcome.UNKNOWN),
    "nothing is known of it at all": (Told(), Outcome.UNKNOWN),
}


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    told, expected = CASES[name]
    assert outcome(told) is expected


def test_each_outcome_is_seen() -> None:
    assert {expected for _, expected in CASES.values()} == set(Outcome)


def subsets(of: frozenset[How]) -> list[frozenset[How]]:
    return [frozenset(one) for one in chain.from_iterable(combinations(sorted(of), n) for n in range(len(of) + 1))]


COUNTS = ("passed", "failed", "accepted", "unknown", "disabled", "not_applicable")
EVERY = [
    Told(
        **dict(zip(COUNTS, counts, strict=True)),
        holding=holding if counts[0] else NONE,
        silent=silent,
        provided=provided,
        parties=parties,
        attach=attach,
    )
    for counts in product((0, 1), repeat=len(COUNTS))
    for holding in subsets(frozenset(How))
    for silent in subsets(frozenset(How))
    for provided in Provided
    for parties in (frozenset[Party](), OURS, AWS, OURS | AWS, NOBODY)
    for attach in (False, True)
    if counts[0] or not holding
]
"""The whole table: every combination of what can be known."""

GOOD = (Outcome.MET, Outcome.INHERITED)


def test_the_whole_table_keeps_its_laws() -> None:
    for told in EVERY:
        said = outcome(told)
        assert (said is Outcome.NOT_MET) == bool(told.failed), told
        if said in GOOD:
            assert not any((told.failed, told.unknown, told.accepted, told.disabled, told.attach)), told
            assert told.provided in (Provided.NONE, Provided.COVERED), told
        if said is Outcome.MET:
            assert told.passed, told
            assert How.IMPLEMENTS in told.holding, told
            assert not told.silent & {How.IMPLEMENTS, How.SUPPORTS}, told
        if said is Outcome.INHERITED:
            assert told.provided is Provided.COVERED, told
            assert not told.passed, told
            assert told.parties <= AWS | NOBODY, told
            assert not told.silent, told
        if said is Outcome.ACCEPTED:
            assert told.accepted, told
        if said is Outcome.MANUAL:
            assert told.attach, told
            assert not told.passed, told
        if said is Outcome.NOT_APPLICABLE:
            assert told.provided is Provided.NONE, told
            assert not told.passed, told
            assert told.not_applicable or told.parties == NOBODY, told
        if said is Outcome.PARTLY:
            assert told.passed or told.provided is Provided.COVERED, told


def test_one_more_that_is_unknown_never_helps() -> None:
    for told in EVERY:
        worse = outcome(msgspec.structs.replace(told, unknown=told.unknown + 1))
        assert worse in (Outcome.UNKNOWN, Outcome.NOT_MET), told


def test_a_provider_that_nobody_covers_never_helps() -> None:
    for told in EVERY:
        for provided in (Provided.OPEN, Provided.OUT):
            worse = outcome(msgspec.structs.replace(told, provided=provided))
            assert worse in (Outcome.UNKNOWN, Outcome.NOT_MET), told


def test_more_to_attach_is_never_good_news() -> None:
    for told in EVERY:
        assert outcome(msgspec.structs.replace(told, attach=True)) not in GOOD, told


def test_the_number_of_verdicts_does_not_matter() -> None:
    for told in EVERY[::7]:
        many = msgspec.structs.replace(told, **{name: 5 * getattr(told, name) for name in COUNTS})
        assert outcome(many) is outcome(told), told
