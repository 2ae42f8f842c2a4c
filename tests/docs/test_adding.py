"""The code that the guide to adding a control shows is that of the control and of its test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding.md").read_text("utf-8")
LINKED = re.findall(r"\]\(\.\./([^)]+\.py)\):\n", PAGE)
SHOWN = re.findall(r"<!-- Compared with the source by a test\. -->\n```python\n(.*?)```\n", PAGE, re.DOTALL)


def test_each_excerpt_names_its_file() -> None:
    assert len(LINKED) == len(SHOWN) == 2


@pytest.mark.parametrize(("path", "code"), list(zip(LINKED, SHOWN, strict=True)), ids=LINKED)
def test_code_is_that_of_the_source(path: str, code: str) -> None:
    assert code in (ROOT / path).read_text("utf-8")
