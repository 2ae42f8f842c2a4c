"""Lists of vulnerabilities: the most urgent first, whatever a document says."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.finding import AcceptedBy, Finding
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from ourhalf.reports.html import render as html
from ourhalf.reports.markdown import render as markdown
from ourhalf.reports.report import all_reports
from ourhalf.reports.table import render as table
from ourhalf.reports.timeline import timeline
from ourhalf.reports.vulnerabilities import answers, left_label, rows, sources
from tests.samples import HOSTILE, finding, sample

DAY = date(2026, 11, 1)


def vulnerable(number: int, until: str | None, **more: Any) -> Finding:
    """A finding about one vulnerability; `more` replaces details, or fields of the finding."""
    details: dict[str, Any] = {
        "kind": "vulnerability",
        "advisory": f"CVE-2026-{number}",
        "purl": "pkg:pypi/torch@2.5.0",
        "package": "torch",
        "version": "2.5.0",
        "fixed": ["2.6.0"],
        "severity": "high",
        "clock": {"party": "customer", "since": "2026-10-01", "until": until, "proof": []},
    }
    fields = {name: more.pop(name) for name in ("status", "party", "exception", "control") if name in more}
    one = msgspec.structs.replace(finding(number, status=Status.FAIL), control="vulnerability-fixed-in-time")
    return msgspec.structs.replace(one, details=details | more, **fields)


def assessed(*findings: Finding) -> Any:
    """An assessment of these."""
    return msgspec.structs.replace(sample(), as_of=DAY, findings=findings)


def test_the_most_urgent_come_first_and_the_settled_last() -> None:
    exploited = vulnerable(5, "2026-12-31", control="vulnerability-exploited-fixed")
    found = rows(
        assessed(
            vulnerable(1, None, status=Status.UNKNOWN),
            vulnerable(2, "2026-11-11", status=Status.PASS),
            vulnerable(3, "2026-10-01", exception=AcceptedBy("vex", "not used", "us")),
            vulnerable(4, "2026-10-31"),
            exploited,
            vulnerable(5, "2026-12-31", status=Status.PASS),
            vulnerable(6, "2026-10-22", party=Party.PUBLISHER),
        )
    )
    assert [(row.advisory[9:], left_label(row)) for row in found] == [
        ("5", "60 days left"),
        ("6", "10 days over"),
        ("4", "1 day over"),
        ("2", "10 days left"),
        ("1", "no clock"),
        ("3", "settled"),
    ]
    told = dict(answers(assessed(), found))
    assert told["whose"] == "4 ours (1 overdue), 1 the publisher's (1 overdue)"
    assert "1 known to be exploited" in told["does it matter"]
    assert "ask the publisher for a newer tag" in told["what to do"]
    picture = timeline(found, DAY)
    assert picture is not None
    assert [bool(bar.over) for bar in picture.bars] == [False, True, True, False]
    assert picture.told == "4 clocks as of 2026-11-01, 2 overdue"


def test_hostile_text_is_escaped_in_every_list() -> None:
    one = assessed(vulnerable(1, "2026-10-31", package=HOSTILE, advisory=HOSTILE, version=HOSTILE, fixed=[HOSTILE]))
    assert HOSTILE not in html(one)
    assert HOSTILE not in markdown(one)
    assert "\x1b" not in table(one)


_anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["2026-10-31", "9999-12-31", "high"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
_KEYS = ("advisory", "purl", "version", "fixed", "severity", "clock", "affects", "chosen", "fixed_in")


@given(st.dictionaries(st.sampled_from(_KEYS), _anything, max_size=4), _anything, _anything)
def test_no_document_breaks_a_list(details: dict[str, Any], until: Any, given_sources: Any) -> None:
    clock = {"clock": {"since": until, "until": until}} if "clock" not in details else {}
    one = vulnerable(1, None, **details, **clock)
    judged = msgspec.structs.replace(finding(2), details={"kind": "judged-packages", "sources": given_sources})
    both = assessed(one, judged)
    assert len(rows(both)) == 1
    sources(both)
    assert table(both)
    timeline(rows(both), DAY)


def test_programs_are_told_the_age_of_each_source_too() -> None:
    asked = {"kind": "judged-packages", "sources": [{"name": "pypa", "as_of": "2026-10-01"}]}
    judged = msgspec.structs.replace(finding(2), details=asked)
    both = assessed(vulnerable(1, None), judged)
    for name in ("sarif", "junit"):
        assert "of 2026-10-01, 31 days old" in all_reports()[name].render(both), name
