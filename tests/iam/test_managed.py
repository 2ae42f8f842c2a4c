"""The table of AWS managed policies."""

from __future__ import annotations

import re

import pytest

from ourhalf.iam.managed import _table, managed, names
from ourhalf.model.field import Known


@pytest.mark.parametrize("name", names())
def test_what_the_table_leaves_out_is_unknown(name: str) -> None:
    entry = _table()[name]
    statements = managed(name, Known(f"arn:aws:iam::aws:policy/{name}"))
    assert statements
    doubtful = [one for one in statements if one.allow is None]
    if "complete" in entry:
        assert re.fullmatch(r"v\d+", entry["complete"]), "the version that was compared"
        assert not doubtful
        assert "services" not in entry
    else:
        assert doubtful
        assert all(":" in action for action in doubtful[0].actions)


def test_a_policy_that_the_table_does_not_have_is_not_known() -> None:
    assert managed("NoSuchPolicy", Known("arn:aws:iam::aws:policy/NoSuchPolicy")) is None
