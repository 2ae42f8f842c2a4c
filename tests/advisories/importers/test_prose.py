from __future__ import annotations

import json
import lzma
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.advisories.importers.importer import UnusableError
from ourhalf.advisories.importers.infra_guard import Term, terms
from ourhalf.advisories.importers.nvidia import Prose, of_product, understood
from ourhalf.advisories.record import Interval
from tests.advisories.made import ADVISORIES
from tests.corpora import needs_corpora

OPEN = "the bulletin does not say whether the last version is affected"


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("All versions prior to 11.8", Prose((Interval("", "11.8"),))),
        ("All versions prior to CUDA Toolkit 11.6 Update 2", Prose((Interval("", "11.6.2"),))),
        ("All versions prior to CUDA Toolkit v12.2", Prose((Interval("", "12.2"),))),
        ("All versions prior to nvJPEG2000 v0.7.x", Prose((Interval("", "0.7"),))),
        ("All versions prior to r2.0.0rc0", Prose((Interval("", "2.0.0rc0"),))),
        ("All versions up to and including CUDA Toolkit 12.5U1", Prose((Interval("", "12.5.1", True),))),
        ("All versions up to CUDA Toolkit 12.8", Prose((Interval("", "12.8", True),), how=OPEN)),
        ("22.09 to 24.03", Prose((Interval("22.09", "24.03", True),), how=OPEN)),
        ("v19.11 through v24.08", Prose((Interval("19.11", "24.08", True),), how=OPEN)),
        ("v0.1.x - v0.9.x", Prose((Interval("0.1", "0.10"),), how=OPEN)),
        ("0.0-26.05", Prose((Interval("", "26.05", True),), how=OPEN)),
        ("0.0 to v1.3.0 rc11", Prose((Interval("", "1.3.0rc11", True),), how=OPEN)),
        ("Versions 0.0 to 2.7.2", Prose((Interval("", "2.7.2", True),), how=OPEN)),
        ("24.11", Prose(versions=("24.11",))),
        ("All versions", Prose((Interval("", ""),))),
        ("All versions prior to 0.13.1 and 0.12.3", Prose((Interval("", "0.12.3"), Interval("0.13", "0.13.1")))),
        (
            "All versions up to and including 1.17.7 (CDI mode only for versions prior to 1.17.5)",
            Prose((Interval("", "1.17.7", True),), how="only where CDI mode only for versions prior to 1.17.5"),
        ),
    ],
)
def test_prose_of_nvidia(prose: str, expected: Prose) -> None:
    assert understood(prose) == expected


@pytest.mark.parametrize(
    "prose", ["", "All versions that do not include commit f2c2b14", "Main branch prior to May", "0.0 to 5dd11f4"]
)
def test_prose_that_is_not_understood_is_refused(prose: str) -> None:
    with pytest.raises(UnusableError):
        understood(prose)


@given(st.text(max_size=300) | st.text("All versions priorto up12.x- uU", max_size=300))
def test_any_prose_is_understood_or_refused(prose: str) -> None:
    with suppress(UnusableError):
        assert understood(prose)


@needs_corpora
def test_all_prose_about_products_of_deep_learning_is_understood_but_for_commits() -> None:
    lost = set()
    with lzma.open(ADVISORIES / "nvidia-cve.jsonl.xz", "rt") as file:
        for line in file:
            for product in json.loads(line)["record"]["containers"]["cna"]["affected"]:
                for version in product.get("versions", []):
                    _, unusable = of_product("nvidia", "it", product["product"], version["version"], "")
                    lost |= {version["version"] for _ in unusable}
    assert {text for text in lost if "commit" not in text.lower() and "main branch" not in text.lower()} == {
        "0.0 to 5dd11f4"
    }


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('version < "0.5.2.3"', ((("<", "0.5.2.3"),),)),
        ('version >= "1.0" && version < "2.0"', (((">=", "1.0"), ("<", "2.0")),)),
        ('version < "1" || (version >= "2" && version <= "3")', ((("<", "1"),), ((">=", "2"), ("<=", "3")))),
        ('(version < "1" || version == "2") && version > "0"', ((("<", "1"), (">", "0")), (("==", "2"), (">", "0")))),
    ],
)
def test_rules_of_ai_infra_guard(rule: str, expected: tuple[Term, ...]) -> None:
    assert terms(rule) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "version",
        'version < "1" &&',
        '(version < "1"',
        'version < "1")',
        "__import__('os')",
        " && ".join(['(version < "1" || version < "2")'] * 20),
    ],
)
def test_rules_that_are_not_understood_are_refused(rule: str) -> None:
    with pytest.raises(UnusableError):
        terms(rule)
