"""Plans: what is proposed, what it clears and risks, what is left and why; read as a person would."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest

from ourhalf.model.advisories import Exploited, Fix, Noise, Severe
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.resources.vulnerabilities import Affects, Clock, Effect, Statement, Vulnerability
from ourhalf.vulnerabilities.actions.plan import Kind, Plan
from ourhalf.vulnerabilities.actions.planning import Candidate, Holding, PlanOptions, plan_of
from ourhalf.vulnerabilities.actions.rendering import as_json, as_table
from ourhalf.vulnerabilities.actions.resolving import Environment
from ourhalf.vulnerabilities.actions.risks import breaks
from tests.support import calls_of
from tests.vulnerabilities.vex.made import match

TODAY = date(2026, 11, 1)
IMAGE = "registry.example/team/serve:1.4"


def held(name: str, version: str, ecosystem: Ecosystem = Ecosystem.PYPI, **more: Any) -> Package:
    """A package of that version; `requires` are texts by name, as its metadata bounds them."""
    requires = more.pop("requires", {})
    facts = {**more.pop("facts", {}), **{f"requires:{other}": text for other, text in requires.items()}}
    return Package(
        name=name, version=version, ecosystem=ecosystem, purl=f"pkg:{ecosystem}/{name}@{version}", facts=facts, **more
    )


def found(
    package: Package, name: str, *fixed: str, level: Severity | None = Severity.HIGH, **more: Any
) -> Vulnerability:
    """A vulnerability of a package that these versions fix."""
    changes = {key: more.pop(key) for key in ("exploited", "noise") if key in more}
    one = msgspec.structs.replace(match(name, fixed=fixed), severity=Severe(level), **changes)
    if more.pop("channel", ""):
        one = msgspec.structs.replace(one, fixed=tuple(Fix(version, channel="Ubuntu Pro") for version in fixed))
    settings = {"subject": IMAGE, "digest": "sha256:1", **more}
    return Vulnerability(name=f"{name} in {package.name} {package.version}", package=package, match=one, **settings)


def planned(many: Sequence[Vulnerability], *packages: Package, **more: Any) -> Plan:
    """The plan for an image that holds these packages, or else those of the findings."""
    base = more.pop("base", "")
    holding = Holding(subject=IMAGE, packages=packages or tuple(one.package for one in many), base=base)
    return plan_of(many, PlanOptions(as_of=TODAY, holdings=(holding,), **more))


def candidate(reference: str, *packages: Package, found: Sequence[tuple[str, str, str]] = (), **more: Any) -> Candidate:
    """An image to move to."""
    return Candidate(reference=reference, packages=packages, found=frozenset(found), **more)


TORCH, NUMPY = held("torch", "2.5.1"), held("numpy", "1.26.0")
OPENSSL = held("openssl", "3.0.1-1", Ecosystem.DEB, distribution="debian:12")


def test_one_version_of_a_package_clears_all_that_it_fixes() -> None:
    plan = planned([found(TORCH, "CVE-1", "2.6.0"), found(TORCH, "CVE-2", "2.8.0"), found(NUMPY, "CVE-3", "1.26.4")])
    assert [one.title for one in plan.actions] == ["move torch to 2.8.0", "move numpy to 1.26.4"]
    assert [len(one.clears) for one in plan.actions] == [2, 1]
    assert plan.exact
    assert not plan.left
    assert plan.weight == plan.cleared_weight


def test_a_newer_tag_is_one_action_instead_of_many_and_what_it_keeps_is_bumped() -> None:
    many = [found(TORCH, "CVE-1", "2.6.0"), found(NUMPY, "CVE-2", "1.26.4"), found(OPENSSL, "CVE-3", "3.0.2-1")]
    newer = candidate(f"{IMAGE[:-3]}1.5", held("torch", "2.6.0"), NUMPY, found=[("pypi", "numpy", "CVE-2")])
    plan = planned(many, candidates=(newer,))
    assert [one.kind for one in plan.actions] == [Kind.MOVE, Kind.BUMP]
    assert plan.actions[0].clears == ("CVE-1 in torch 2.5.1", "CVE-3 in openssl 3.0.1-1")
    doubtful = candidate(f"{IMAGE[:-3]}1.6", held("torch", "2.6.0"), doubtful=frozenset({"deb"}))
    again = planned(many, candidates=(doubtful,))
    assert [one.kind for one in again.actions] == [Kind.MOVE, Kind.OS_UPGRADE]


def test_a_new_base_clears_only_what_the_base_brought() -> None:
    base = "763104351884.dkr.ecr.us-west-2.amazonaws.com/pytorch-training:2.5-gpu"
    many = [
        found(TORCH, "CVE-1", "2.6.0", in_base=True),
        found(held("pillow", "10.0.0"), "CVE-2", "11.0.0", in_base=True),
        found(NUMPY, "CVE-3", "1.26.4", in_base=False),
    ]
    plan = planned(many, base=base, candidates=(candidate(f"{base[:-7]}2.6-gpu"),))
    assert [(one.kind, len(one.clears)) for one in plan.actions] == [(Kind.REBUILD, 2), (Kind.BUMP, 1)]
    assert plan.actions[0].how == f"FROM {base[:-7]}2.6-gpu"
    assert not plan.left


@pytest.mark.parametrize(
    ("requirement", "titles", "why"),
    [
        ("==2.5.1", [], "2.6.0 has the fix, but torchvision 0.20.1 requires torch==2.5.1"),
        (">=2.5,<3", ["move torch to 2.6.0"], ""),
        ("==2.5.1; python_version < '3'", ["move torch to 2.6.0"], ""),
        ("<2", ["move torch to 2.6.0"], ""),
    ],
)
def test_what_others_require_stops_a_version(requirement: str, titles: list[str], why: str) -> None:
    vision = held("torchvision", "0.20.1", requires={"torch": requirement}, path="usr/lib/python3.12/site-packages/x")
    plan = planned([found(TORCH, "CVE-1", "2.6.0")], TORCH, vision)
    assert [one.title for one in plan.actions] == titles
    assert [one.why for one in plan.left] == ([why] if why else [])


def test_neighbours_that_have_a_newer_version_move_along() -> None:
    vision = held("torchvision", "0.20.1", requires={"torch": "==2.5.1"})
    plan = planned([found(TORCH, "CVE-1", "2.6.0"), found(vision, "CVE-2", "0.21.0")], TORCH, vision)
    assert [one.title for one in plan.actions] == ["move torch to 2.6.0, with torchvision to 0.21.0"]
    assert plan.actions[0].clears == ("CVE-1 in torch 2.5.1", "CVE-2 in torchvision 0.20.1")


def test_an_environment_without_requirements_moves_anything() -> None:
    environment = Environment([TORCH, NUMPY], {})
    assert environment.moved("torch", "2.6.0") == {"torch": "2.6.0"}
    assert environment.moved("torch", "x") == "x is no version as Python writes it"


def test_an_oracle_decides_what_a_version_clears() -> None:
    many = [found(TORCH, "CVE-1", "2.6.0"), found(TORCH, "CVE-2", "2.7.0")]

    def oracle(packages: Sequence[Package]) -> list[frozenset[str]]:
        return [frozenset({"CVE-1"} if one.version == "2.7.0" else {"CVE-2"}) for one in packages]

    plan = planned(many, oracle=oracle)
    assert [(len(one.clears)) for one in plan.actions] == [1]
    assert plan.left[0].why.endswith("is said to have the fix, and is not known to be free of it")


def test_what_nothing_clears_says_why_whose_it_is_and_until_when() -> None:
    inner = held("libfoo", "1.0", Ecosystem.GENERIC, owner="pkg:pypi/torch@2.5.1")
    clock = Clock(party=Party.PUBLISHER, until=date(2026, 11, 9))
    many = [
        found(TORCH, "CVE-1", clock=clock),
        found(OPENSSL, "CVE-2", "3.0.2-1", channel="Ubuntu Pro"),
        found(inner, "CVE-3", "1.1"),
        found(held("x", "1", Ecosystem.CONDA), "CVE-4", "2", level=None),
    ]
    plan = planned(many)
    assert not plan.actions
    assert {one.finding[:5]: (one.why, one.party, one.until) for one in plan.left} == {
        "CVE-1": ("no version of torch is known to have the fix", Party.PUBLISHER, date(2026, 11, 9)),
        "CVE-2": ("the fix comes with Ubuntu Pro", Party.UNKNOWN, date(2026, 12, 1)),
        "CVE-3": ("it is inside pkg:pypi/torch@2.5.1: only a newer one of that can bring a fix", Party.UNKNOWN,
                  date(2026, 12, 1)),
        "CVE-4": ("2 has the fix; how to take it is not known of conda", Party.UNKNOWN, date(2026, 12, 1)),
    }  # fmt: skip
    assert all(one.until.isoformat() in one.accept for one in plan.left)


def test_settled_findings_ask_for_nothing() -> None:
    off = Affects(effect=Effect.NOT_AFFECTED, by="c")
    many = [
        found(TORCH, "CVE-1", "2.6.0", affects=off),
        found(TORCH, "CVE-2", "2.6.0", statements=(Statement(status="not_affected"),)),
        found(TORCH, "CVE-3", "2.6.0", statements=(Statement(status="not_affected", counts=False),)),
    ]
    plan = planned(many)
    assert (plan.findings, plan.settled, [one.clears for one in plan.actions]) == (3, 2, [("CVE-3 in torch 2.5.1",)])


def test_order_follows_severity_exploitation_clocks_and_noise() -> None:
    names = ("exploited", "critical", "overdue", "high", "noise")
    packages = {name: held(name, "1.0") for name in names}
    many = [
        found(packages["high"], "CVE-1", "1.1"),
        found(packages["critical"], "CVE-2", "1.1", level=Severity.CRITICAL),
        found(packages["overdue"], "CVE-3", "1.1", clock=Clock(until=date(2026, 10, 1))),
        found(packages["exploited"], "CVE-4", "1.1", level=Severity.CRITICAL,
              exploited=Exploited("2026-01-01", "2026-02-01", "")),
        found(packages["noise"], "CVE-5", "1.1", level=Severity.CRITICAL, noise=Noise("kernel-headers", "w", "c")),
    ]  # fmt: skip
    assert [one.target.split()[0] for one in planned(many).actions] == list(names)


def test_what_is_left_for_one_reason_is_told_once() -> None:
    inside = [held(f"p{n}", "1", owner="pkg:pypi/virtualenv@21") for n in range(9)]
    text = as_table(planned([found(one, f"CVE-2025-{n}", "2") for n, one in enumerate(inside)]))
    assert text.startswith("No action is known that clears any of 9 findings\n")
    assert text.count("it is inside pkg:pypi/virtualenv@21") == 1
    assert "and 3 more" in text


def test_a_whole_image_is_planned_with_little_work() -> None:
    packages = [held(f"p{n}", "1.0", requires={f"p{n + 1}": "<9"}) for n in range(300)]
    many = [found(one, f"CVE-2025-{n}-{k}", f"1.{k}") for n, one in enumerate(packages) for k in range(1, 5)]
    plan, work = calls_of(lambda: planned(many, *packages))
    assert len(plan.actions) == 300
    assert work < 1_500_000


def test_risks_name_breaking_numbers_and_cuda() -> None:
    torch = held("torch", "2.5.1+cu124", facts={"cuda": "12.4"})
    plan = planned([found(torch, "CVE-1", "2.6.0"), found(held("keras", "2.15.0"), "CVE-2", "3.9.0")], torch)
    risks = {one.target: one.risks for one in plan.actions}
    assert "2.15.0 to 3.9.0" in risks["keras 3.9.0"][0]
    assert "CUDA 12.4 needs driver 525.60.13" in risks["torch 2.6.0"][0]
    newer = candidate("registry.example/team/serve:2", held("torch", "2.9.0", facts={"cuda": "13.0"}))
    [move, *_] = planned([found(torch, "CVE-1"), found(NUMPY, "CVE-2")], torch, NUMPY, candidates=(newer,)).actions
    assert any("CUDA changes from 12.4 to 13.0: CUDA 13.0 needs driver 580" in one for one in move.risks)
    assert any("it does not hold numpy" in one for one in move.risks)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("1.2", "2.0", True), ("1.2", "1.3", False), ("0.8.4", "0.9.0", True), ("0.8.4", "0.8.5", False),
     ("1:3.0", "1:4.0", True), ("", "1", False), ("0", "0.1", True)],
)  # fmt: skip
def test_numbers_that_announce_breaking_changes(before: str, after: str, expected: bool) -> None:
    assert breaks(before, after) is expected


def test_a_plan_reads_well_and_the_same_in_any_order() -> None:
    vision = held("torchvision", "0.20.1", requires={"torch": "==2.5.1"})
    many = [
        found(TORCH, "CVE-2025-1", "2.6.0", level=Severity.CRITICAL),
        found(OPENSSL, "CVE-2025-2", "3.0.2-1"),
        found(held("x\x1b[2J", "1"), "CVE-2025-3"),
    ]
    plan = planned(many, TORCH, vision)
    text = as_table(plan)
    assert text == as_table(planned(many[::-1], TORCH, vision))
    assert "\x1b" not in text
    assert text.startswith("1 action clears 1 of 3 findings")
    assert "torchvision 0.20.1 requires torch==2.5.1" in " ".join(text.split())
    assert json.loads(as_json(plan))["actions"][0]["kind"] == "os-upgrade"
    assert as_table(planned([])) == "Nothing to do: 0 findings, all of them settled\n"
