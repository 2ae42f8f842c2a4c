"""NIST's JSON schemas of OSCAL, as Python's regular expressions can read them."""

from __future__ import annotations

import json
import os
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

REFERENCE = Path(os.environ.get("OURHALF_REFERENCE", Path(__file__).parents[4] / "shared" / "reference"))
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference data is not beside this clone")

SCHEMAS = {
    "oscal-component": "component",
    "oscal-ssp": "ssp",
    "oscal-ap": "assessment-plan",
    "oscal-ar": "assessment-results",
    "oscal-poam": "poam",
}


def portable(pattern: str) -> str:
    r"""A pattern of ECMA 262, which Python's `re` knows no `\p` of, and whose `$` does not allow a last line end.

    What stands for letters also takes numbers that are no digits, and for numbers only digits.
    """
    said = pattern.replace(r"\p{L}", r"[^\W\d_]").replace(r"\p{N}", r"\d")
    return said[:-1] + r"\Z" if said.endswith("$") else said


def _portable(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: portable(inner) if key == "pattern" and isinstance(inner, str) else _portable(inner)
            for key, inner in value.items()
        }
    return [_portable(inner) for inner in value] if isinstance(value, list) else value


@cache
def validator(format_: str) -> Draft7Validator:
    """The validator of the documents of one of our formats."""
    text = (REFERENCE / "schemas" / f"oscal_{SCHEMAS[format_]}_schema.json").read_text("utf-8")
    return Draft7Validator(_portable(json.loads(text)))


def errors(format_: str, text: str) -> list[str]:
    """What NIST's schema finds wrong with a document, the first few."""
    found = islice(validator(format_).iter_errors(json.loads(text)), 5)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in found]
