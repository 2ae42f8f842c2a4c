"""Ids of standards and laws are spelt as their publishers spell them, and those listed whole are whole."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from ourhalf.compliance.loader import all_frameworks

SPELT = {
    "c5": r"[A-Z]{2,3}-\d\d",
    "cmmc-2.0": r"[A-Z]{2}\.(L1-b\.1\.[ivx]+|L2-3\.\d+\.\d+|L3-3\.\d+\.\d+e)",
    "dora": r"Art\. \d+",
    "eu-ai-act": r"Art\. \d+",
    "gdpr": r"Art\. \d+",
    "hipaa-security-rule": r"164\.3(08|10|12|14|16)\([a-e]\)(\(\d\))?(\([iv]+\)(\([A-E]\))?)?",
    "iso-27001-2022": r"A\.[5-8]\.\d+",
    "iso-42001": r"A\.\d+(\.\d)?\.\d",
    "nis2": r"\d+(\.\d+)?",
    "nist-800-171": r"03\.\d\d\.\d\d",
    "nist-ai-rmf": r"(GOVERN|MAP|MEASURE|MANAGE) \d\.\d+",
    "nist-csf-2.0": r"(GV|ID|PR|DE|RS|RC)\.[A-Z]{2}-\d\d",
    # Prowler adds a running number, as in 1.3.1.37: no fourth part has two digits.
    "pci-dss-4.0.1": r"(A[1-3]|\d+)\.\d+\.\d+(\.\d(\.\d)?)?",
    "soc-2": r"(CC|A|C|PI|P)\d\.\d",
}
WHOLE = {
    "cmmc-2.0": 149,
    "iso-27001-2022": 93,
    "iso-42001": 38,
    "nis2": 49,
    "nist-800-171": 97,
    "nist-ai-rmf": 72,
    "nist-csf-2.0": 106,
    "soc-2": 61,
}


@pytest.mark.parametrize("name", SPELT)
def test_ids_are_spelt_as_the_publisher_does(name: str) -> None:
    ids = [requirement.id for requirement in all_frameworks()[name].requirements]
    assert [id_ for id_ in ids if not re.fullmatch(SPELT[name], id_)] == []


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_listed_whole_is_whole(name: str) -> None:
    framework = all_frameworks()[name]
    assert (framework.size, len(framework.requirements)) == (WHOLE[name], WHOLE[name])


def test_the_levels_of_cmmc_have_their_numbers() -> None:
    levels = Counter(level for r in all_frameworks()["cmmc-2.0"].requirements for level in r.baselines)
    assert levels == {"level-1": 15, "level-2": 110, "level-3": 110 + 24}


def test_annex_a_of_iso_27001_has_its_four_parts() -> None:
    parts = Counter(r.id.split(".")[1] for r in all_frameworks()["iso-27001-2022"].requirements)
    assert parts == {"5": 37, "6": 8, "7": 14, "8": 34}
