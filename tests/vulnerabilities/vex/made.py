"""Vulnerabilities and VEX documents that tests put together."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from ourhalf.model.advisories import Fix, Match, Severe
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.model.profile import Severity
from ourhalf.resources.vulnerabilities import Vulnerability

DIGEST = "sha256:" + "ab" * 32
IMAGE = "123456789012.dkr.ecr.us-west-2.amazonaws.com/team/serve:1.4"


def package(purl: str = "pkg:pypi/vllm@0.8.4", **more: Any) -> Package:
    """A package by its URL."""
    name, _, version = purl.rpartition("/")[2].partition("@")
    settings = {"ecosystem": Ecosystem.PYPI, **more}
    return Package(name=name, version=version.partition("?")[0], purl=purl, **settings)


def match(name: str = "CVE-2025-32444", *aliases: str, fixed: tuple[str, ...] = ("0.8.5",)) -> Match:
    """A match of that vulnerability."""
    return Match(
        package=0,
        id=name,
        aliases=aliases,
        advisories=(f"pypi:{name}",),
        summary="",
        severity=Severe(Severity.CRITICAL, "github"),
        ratings=(),
        fixed=tuple(Fix(one) for one in fixed),
        published="2025-04-30",
        published_by=f"pypi:{name}",
        modified="2025-05-01",
    )


def vulnerability(
    purl: str = "pkg:pypi/vllm@0.8.4",
    name: str = "CVE-2025-32444",
    *aliases: str,
    digest: str = DIGEST,
    subject: str = IMAGE,
    held: Package | None = None,
) -> Vulnerability:
    """One vulnerability of one package of an image."""
    one = held or package(purl)
    return Vulnerability(
        name=f"{name} in {one.name} {one.version}", subject=subject, digest=digest, package=one,
        match=match(name, *aliases),
    )  # fmt: skip


def openvex(*statements: dict[str, Any], **more: Any) -> bytes:
    """A document of these statements."""
    head = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x", "author": "Ours", "version": 1}
    return json.dumps({**head, "timestamp": "2026-01-01T00:00:00Z", "statements": list(statements), **more}).encode()


def says(status: str, product: Any = "pkg:pypi/vllm", name: str = "CVE-2025-32444", **more: Any) -> dict[str, Any]:
    """A statement about one product; a not_affected with a justification."""
    why = {"justification": "vulnerable_code_not_in_execute_path"} if status == "not_affected" else {}
    named = product if isinstance(product, dict) else {"@id": product}
    return {"vulnerability": {"name": name}, "products": [named], "status": status, **why, **more}


def shown(one: Vulnerability) -> list[tuple[str, bool, str]]:
    """What is stated of a vulnerability, and whether it counts."""
    return [(s.status, s.counts, s.problem) for s in one.statements]


def with_facts(one: Vulnerability, **changes: Any) -> Vulnerability:
    """The same with other fields."""
    return msgspec.structs.replace(one, **changes)
