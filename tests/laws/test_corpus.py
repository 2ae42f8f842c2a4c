"""What is true of an assessment of thousands of real files."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from ourhalf.model.verdict import Status
from tests.corpora import DEV, assessed, needs_corpora

pytestmark = needs_corpora


def test_no_reader_or_control_failed() -> None:
    assessment = assessed()
    assert not [u for u in assessment.unread if "the reader failed" in u.reason]
    assert not [f for f in assessment.findings if f.reason.startswith("control ")]


def test_every_unread_file_says_why() -> None:
    assert all(u.reason and u.path and u.line >= 1 and u.reader for u in assessed().unread)


def test_unparseable_files_are_listed() -> None:
    with (DEV / "UNPARSEABLE.csv").open() as file:
        wanted = {row["path"] for row in csv.DictReader(file)}
    assert wanted <= {u.path for u in assessed().unread}


def test_no_pass_rests_on_what_is_not_known() -> None:
    for finding in assessed().findings:
        if finding.status is Status.PASS:
            assert not [e for e in finding.evidence if e.value.startswith("not known")], finding


def test_findings_are_told_apart() -> None:
    ids = Counter(finding.id for finding in assessed().findings)
    assert not [f for f, n in ids.items() if n > 1]


def test_every_place_is_in_the_corpus() -> None:
    paths = {f.subject.path for f in assessed().findings} | {
        e.path for f in assessed().findings for e in f.evidence if e.path
    }
    assert not [path for path in paths if not (Path(DEV) / path).is_file()]
