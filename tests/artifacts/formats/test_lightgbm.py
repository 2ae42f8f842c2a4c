"""Models of LightGBM: texts of keys and numbers; every other line is told."""

from __future__ import annotations

import pytest

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import found, judged, why

SAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNPROVED, Judgement.UNREAD
GOOD = (
    b"tree\nversion=v4\nnum_class=1\nfeature_names=a b\nfeature_infos=[0:1] [0:1]\ntree_sizes=10\n\n"
    b"Tree=0\nnum_leaves=2\nthreshold=0.5\nleaf_value=1 2\n\n\nend of trees\n\n"
    b"feature importances:\na=1\n\nparameters:\n[boosting: gbdt]\n"
)


def test_a_text_of_trees_is_safe() -> None:
    (one,) = found(GOOD)
    assert (one.format, one.judgement, one.facts) == ("lightgbm", SAFE, {"trees": "1"})
    assert judged(GOOD.replace(b"\n", b"\r\n")) is SAFE


@pytest.mark.parametrize(
    ("data", "judgement", "told"),
    [
        (GOOD.replace(b"num_leaves", b"own_code"), UNPROVED, "own_code"),
        (GOOD.replace(b"end of trees", b""), UNREAD, "no end"),
        (GOOD.replace(b"0.5", b"\x00"), UNREAD, "no text"),
        (GOOD[:60], UNREAD, "no end"),
    ],
)
def test_everything_else_is_told(data: bytes, judgement: Judgement, told: str) -> None:
    assert judged(data) is judgement
    assert told in why(data)
