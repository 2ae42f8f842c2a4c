from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.advisories.severity import of_rating, severe
from ourhalf.model.advisories import Rating, Scheme, Severe
from ourhalf.model.profile import Severity

# Vectors with the scores that FIRST's calculators give (first.org/cvss).
V4 = Rating("a", Scheme.CVSS4, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")
V3 = Rating("a", Scheme.CVSS3, "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H")
V2 = Rating("a", Scheme.CVSS2, "AV:N/AC:L/Au:N/C:C/I:C/A:C")
NONE = Rating("a", Scheme.CVSS3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N")


def word(text: str, by: str = "debian") -> Rating:
    return Rating(by, Scheme.WORD, text)


@pytest.mark.parametrize(
    ("rating", "level", "score", "negligible"),
    [
        (V4, Severity.CRITICAL, 9.3, False),
        (V3, Severity.MEDIUM, 5.5, False),
        (V2, Severity.HIGH, 10.0, False),
        (NONE, Severity.LOW, 0.0, True),
        (Rating("a", Scheme.CVSS3, "CVSS:3.1/AV:N"), None, None, False),
        (Rating("a", Scheme.CVSS4, "x" * 5000), None, None, False),
        (word("Important"), Severity.HIGH, None, False),
        (word("MODERATE"), Severity.MEDIUM, None, False),
        (word("unimportant"), Severity.LOW, None, True),
        (word("negligible"), Severity.LOW, None, True),
        (word("not yet assigned"), None, None, False),
    ],
)
def test_ratings(rating: Rating, level: Severity | None, score: float | None, negligible: bool) -> None:
    found = of_rating(rating)
    assert (found.level, found.score, found.negligible) == (level, score, negligible)


@pytest.mark.parametrize(
    ("own", "others", "value"),
    [
        ([word("low")], [V4], "low"),
        ([word("end-of-life")], [V4], V4.value),
        ([], [V3, V4, V2], V4.value),
        ([], [V2, V3], V3.value),
        ([], [word("critical", "github"), V2], V2.value),
        ([], [word("critical", "github")], "critical"),
    ],
)
def test_which_counts(own: list[Rating], others: list[Rating], value: str) -> None:
    assert severe(own, others).value == value


def test_unknown_stays_unknown() -> None:
    assert severe([], [Rating("a", Scheme.CVSS3, "?"), word("so so")]) == Severe()


@given(
    st.lists(st.sampled_from([V4, V3, V2, NONE, word("low"), word("high", "b")]), max_size=5).flatmap(
        lambda found: st.tuples(st.just(found), st.permutations(found))
    )
)
def test_the_order_of_ratings_does_not_matter(found: tuple[list[Rating], list[Rating]]) -> None:
    assert severe([], found[0]) == severe([], found[1])


@given(st.sampled_from(list(Scheme)), st.text(max_size=60))
def test_any_text_is_a_rating_or_none(scheme: Scheme, text: str) -> None:
    assert of_rating(Rating("a", scheme, text)).value in {text, ""}
