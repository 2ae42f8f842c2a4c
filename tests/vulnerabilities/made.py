"""Vulnerabilities for cases: a match, its package and its clock, each as a test needs it."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from ourhalf.model.advisories import Exploited, Fix, Match, Rating, Scheme, Severe
from ourhalf.model.field import Known, Place
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Origin
from ourhalf.model.responsibility import Party
from ourhalf.resources.vulnerabilities import Clock, Gap, JudgedPackages, Vulnerability

IMAGE = "registry.example/team/train:1"
HIGH = Severe(level=Severity.HIGH, by="pypa")
TORCH = Package(name="torch", version="2.5.0", ecosystem=Ecosystem.PYPI, purl="pkg:pypi/torch@2.5.0", layer=3)
EXPLOITED = Exploited("2026-10-01", "2026-10-22", "Known")


def match(**fields: Any) -> Match:
    """A high vulnerability that was published on 2026-10-01, fixed in 2.6.0 on 2026-10-11."""
    stated: dict[str, Any] = {
        "package": 0,
        "id": "CVE-2026-1",
        "aliases": ("GHSA-1",),
        "advisories": ("pypa:PYSEC-1",),
        "summary": "it breaks",
        "severity": HIGH,
        "ratings": (Rating("pypa", Scheme.WORD, "high"),),
        "fixed": (Fix("2.6.0", "2026-10-11", "pypa"),),
        "published": "2026-10-01",
        "published_by": "pypa:PYSEC-1",
        "modified": "2026-10-02",
    }
    return Match(**(stated | fields))


def clock(until: date | None, party: Party = Party.CUSTOMER, **fields: Any) -> Clock:
    """A clock that runs until a day."""
    stated: dict[str, Any] = {
        "since": date(2026, 10, 11),
        "days": 30,
        "starts": "the day 2.6.0 could be had",
        "action": "move to 2.6.0",
    }
    return Clock(party=party, until=until, **(stated | fields))


def vulnerability(**fields: Any) -> Vulnerability:
    """It, in torch of an image, with ten days left on 2026-11-01."""
    stated: dict[str, Any] = {
        "name": "CVE-2026-1 in torch 2.5.0",
        "origin": Origin(Place(IMAGE), scope=IMAGE, address="CVE-2026-1 pkg:pypi/torch@2.5.0"),
        "subject": IMAGE,
        "package": TORCH,
        "match": match(),
        "paths": ("usr/lib/python3/torch.dist-info/METADATA",),
        "records": (Known("2.5.0", Place(f"{IMAGE}!/usr/lib/python3/torch.dist-info/METADATA", field="torch")),),
        "layer": 3,
        "clock": clock(date(2026, 11, 11)),
        "listed": "2026-10-31",
    }
    return Vulnerability(**(stated | fields))


def judged(*gaps: Gap, **fields: Any) -> JudgedPackages:
    """The packages of PyPI in an image, asked about yesterday."""
    stated: dict[str, Any] = {
        "name": f"pypi in {IMAGE}",
        "origin": Origin(Place(IMAGE)),
        "subject": IMAGE,
        "ecosystem": "pypi",
        "asked": Known("3 packages", Place(IMAGE, field="pypi")),
        "packages": 3,
        "gaps": gaps,
        "oldest": date(2026, 10, 31),
        "oldest_source": "pypa",
    }
    return JudgedPackages(**(stated | fields))


def changed(one: Vulnerability, **fields: Any) -> Vulnerability:
    """It, with other fields."""
    return msgspec.structs.replace(one, **fields)
