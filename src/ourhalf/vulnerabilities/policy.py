"""The terms of parties, read from `policy.yaml`."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from ourhalf.model.profile import Severity


class _Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    page: str
    read: date


class PublisherPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a publisher promises: days by severity, from what `starts` names."""

    title: str
    starts: str
    days: dict[Severity, int]
    citation: str
    read: date


class CompanyPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a company asks of itself."""

    title: str
    starts: str
    days: dict[Severity, int]
    citations: tuple[_Page, ...] = ()

    @property
    def citation(self) -> str:
        """The addresses of the pages, for people."""
        return " ".join(one.page for one in self.citations)


class Policies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All terms: those of publishers by their `Publisher`, and of the company."""

    publishers: dict[str, PublisherPolicy]
    company: CompanyPolicy


@cache
def policies() -> Policies:
    """The terms that ship with ourhalf."""
    from yaml import CSafeLoader, load

    text = files(__package__).joinpath("policy.yaml").read_bytes()
    return msgspec.convert(load(text, Loader=CSafeLoader), Policies)


def company_policy(asked: dict[Severity, int], why: str = "the profile") -> CompanyPolicy:
    """The company's terms: those of its profile, and the defaults for the severities that it leaves out."""
    default = policies().company
    if not asked:
        return default
    given = {severity: asked.get(severity, days) for severity, days in default.days.items()}
    whole = set(asked) >= set(default.days)
    title = f"remediation_days of {why}" + ("" if whole else f", and {default.title} for what it leaves out")
    return CompanyPolicy(title, default.starts, given, () if whole else default.citations)
