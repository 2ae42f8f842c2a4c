"""Which statements speak of which vulnerability, and which of them count."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.model.packages import Ecosystem, SourcePackage
from ourhalf.resources.vulnerabilities import Vulnerability
from ourhalf.vulnerabilities.vex.applying import Applied, apply
from ourhalf.vulnerabilities.vex.document import parsed_vex
from tests.vulnerabilities.vex.made import DIGEST, IMAGE, openvex, package, says, shown, vulnerability

TODAY = date(2026, 11, 1)
IMAGE_PURL = "pkg:oci/serve@" + DIGEST.replace(":", "%3A")


def applied(*statements: dict[str, Any], found: tuple[Vulnerability, ...] = (), as_of: date = TODAY) -> Applied:
    """What a document makes of the vulnerability of vLLM, or of others."""
    return apply(found or (vulnerability(),), [parsed_vex("v.json", openvex(*statements))], as_of)


@pytest.mark.parametrize(
    ("product", "matches"),
    [
        ("pkg:pypi/vllm", True),
        ("pkg:pypi/vLLM@0.8.4", True),
        ("pkg:pypi/vllm@0.8.3", False),
        ("pkg:npm/vllm", False),
        (IMAGE, True),
        (DIGEST, True),
        (IMAGE_PURL, True),
        ("pkg:oci/serve?tag=1.4", True),
        ("pkg:oci/serve?tag=1.5", False),
        ("pkg:oci/serve@sha256%3A" + "cd" * 32, False),
        ("pkg:oci/serve?repository_url=123456789012.dkr.ecr.us-west-2.amazonaws.com/team/serve", True),
        ("pkg:oci/serve?repository_url=docker.io/other/serve", False),
        ("https://example.com/products/serve", False),
        ({"hashes": {"sha-256": "ab" * 32}}, True),
        ({"hashes": {"sha-256": "cd" * 32}}, False),
        ({"@id": IMAGE_PURL, "subcomponents": [{"@id": "pkg:pypi/vllm@0.8.4"}]}, True),
        ({"@id": IMAGE_PURL, "subcomponents": [{"@id": "pkg:pypi/torch"}]}, False),
        ({"@id": "pkg:oci/other", "subcomponents": [{"@id": "pkg:pypi/vllm"}]}, False),
        ({"identifiers": {"purl": "pkg:pypi/vllm"}}, True),
        ({}, False),
    ],
)
def test_products_are_told_by_package_url_digest_and_reference(product: Any, matches: bool) -> None:
    found = applied(says("not_affected", product))
    assert [s.clears for s in found.vulnerabilities[0].statements] == ([True] if matches else [])
    assert bool(found.unread) != matches


def test_qualifiers_and_sources_of_distributions_count() -> None:
    held = package(
        "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12",
        ecosystem=Ecosystem.DEB,
        source=SourcePackage("openssl", "3.0.11-1"),
    )
    found = (vulnerability(held=held),)
    for product, hits in (
        ("pkg:deb/debian/libssl3@3.0.11-1", 1),
        ("pkg:deb/debian/libssl3?distro=debian-11", 0),
        ("pkg:deb/debian/openssl?arch=source", 1),
        ("pkg:deb/debian/openssl@3.0.9-1?arch=source", 0),
        ("pkg:deb/debian/openssl", 0),
        ("pkg:deb/ubuntu/libssl3", 0),
    ):
        said = applied(says("fixed", product), found=found).vulnerabilities[0].statements
        assert len(said) == hits, product


def test_a_statement_goes_by_aliases_and_by_the_end_of_an_address() -> None:
    found = (vulnerability("pkg:pypi/vllm@0.8.4", "CVE-2025-32444", "GHSA-hj4w-hm2g-p6w5"),)
    by_alias = says("fixed", name="ghsa-hj4w-hm2g-p6w5")
    by_address = {**says("fixed"), "vulnerability": {"@id": "https://nvd.nist.gov/vuln/detail/CVE-2025-32444"}}
    assert len(applied(by_alias, by_address, found=found).vulnerabilities[0].statements) == 2


def test_the_latest_of_contradicting_statements_counts_and_says_so() -> None:
    early = says("not_affected", timestamp="2026-02-01T00:00:00Z")
    late = says("affected", timestamp="2026-03-01T00:00:00Z", action_statement="Update it.")
    [one] = applied(late, early).vulnerabilities
    assert shown(one) == [
        ("not_affected", False, "a later statement, of Ours on 2026-03-01, says affected"),
        ("affected", True, ""),
    ]


def test_contradicting_statements_of_one_moment_count_neither() -> None:
    [one] = applied(says("affected"), says("not_affected")).vulnerabilities
    assert {problem for _, _, problem in shown(one)} == {
        "statements of 2026-01-01 contradict each other: affected, not_affected"
    }
    assert not any(s.counts for s in one.statements)


def test_what_ran_out_or_is_made_later_does_not_count() -> None:
    ran_out = says("not_affected", status_notes="Accepted, expires: 2026-10-31.")
    future = says("fixed", timestamp="2026-11-02T00:00:00Z")
    found = applied(ran_out, future)
    assert shown(found.vulnerabilities[0]) == [
        ("not_affected", False, "it ran out on 2026-10-31"),
        ("fixed", False, "it was made on 2026-11-02, after the day that is asked for"),
    ]
    assert [one.reason for one in found.unread] == [
        "CVE-2025-32444: the statement does not count: it ran out on 2026-10-31"
    ]
    assert applied(ran_out, as_of=date(2026, 10, 31)).vulnerabilities[0].statements[0].clears


def test_without_justification_nothing_is_cleared() -> None:
    bare = {key: value for key, value in says("not_affected").items() if key != "justification"}
    found = applied(bare)
    assert not found.vulnerabilities[0].statements[0].clears
    assert "without a justification" in found.unread[0].reason


def test_what_matches_nothing_says_why() -> None:
    found = applied(
        says("fixed", name="CVE-2000-0001"), says("fixed", "pkg:pypi/vllm@9"), {**says("fixed"), "products": []}
    )
    assert [one.reason.partition(": ")[2] for one in found.unread] == [
        "the statement matches nothing: no such vulnerability was found here",
        "the statement matches nothing: it is about pkg:pypi/vllm@9, and was found in pkg:pypi/vllm@0.8.4",
        "the statement names no product",
    ]
    assert not found.vulnerabilities[0].statements


_MOMENTS = st.sampled_from(["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-12-01T00:00:00Z"])
_SAID = st.builds(lambda status, moment: says(status, timestamp=moment), st.sampled_from(
    ["not_affected", "affected", "fixed", "under_investigation"]), _MOMENTS)  # fmt: skip


@settings(deadline=None)
@given(st.lists(_SAID, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(statements: list[dict[str, Any]], random: Any) -> None:
    shuffled = list(statements)
    random.shuffle(shuffled)
    one, other = (applied(*many).vulnerabilities[0] for many in (statements, shuffled))
    assert sorted(shown(one)) == sorted(shown(other))
    assert len({s.status for s in one.statements if s.counts}) <= 1
