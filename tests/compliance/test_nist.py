"""The spine and FedRAMP: how many each baseline has, and that nothing here claims to fulfil a requirement alone."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from ourhalf.catalogue import all_controls
from ourhalf.compliance.framework import How
from ourhalf.compliance.loader import all_frameworks
from ourhalf.compliance.resolve import Resolver

EVERY = all_frameworks()
NIST, FEDRAMP = EVERY["nist-800-53-r5"], EVERY["fedramp-r5"]


def test_baselines_have_their_sizes() -> None:
    counted = Counter(baseline for r in FEDRAMP.requirements for baseline in r.baselines)
    assert counted == {"LI-SaaS": 156, "LOW": 156, "MODERATE": 323, "HIGH": 410}
    assert FEDRAMP.size == 410
    counted = Counter(baseline for r in NIST.requirements for baseline in r.baselines)
    assert counted == {"LOW": 149, "MODERATE": 287, "HIGH": 370, "PRIVACY": 96}


def test_ids_are_spelt_as_oscal_does_and_in_order() -> None:
    for framework in (NIST, FEDRAMP):
        ids = [r.id for r in framework.requirements]
        assert all(re.fullmatch(r"[a-z]{2}-\d+(\.\d+)?", id_) for id_ in ids)
        assert ids == sorted(ids, key=lambda id_: (id_[:2], [int(n) for n in re.findall(r"\d+", id_)]))


def test_every_requirement_of_fedramp_goes_through_that_of_nist() -> None:
    known = {r.id: r for r in NIST.requirements}
    for requirement in FEDRAMP.requirements:
        steps = [step for mapping in requirement.mappings for step in mapping.through]
        assert steps == ([f"nist-800-53-r5:{requirement.id}"] if known[requirement.id].mappings else [])
        assert requirement.about == known[requirement.id].about


def test_controls_bear_on_requirements_and_fulfil_none_alone() -> None:
    resolver = Resolver(EVERY, date(2026, 11, 27))
    bearing = [one for r in NIST.requirements for one in resolver.borne(NIST.id, r.id)]
    assert len({one.control for one in bearing} & {control.id for control in all_controls()}) >= 365
    assert {one.how for one in bearing} == {How.SUPPORTS, How.EVIDENCE}


def test_what_is_not_about_buildings_says_what_to_attach() -> None:
    for framework in (NIST, FEDRAMP):
        assert {r.id[:2] for r in framework.requirements if not r.attach} == {"pe"}
