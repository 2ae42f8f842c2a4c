"""Rules of Tencent Zhuque Lab AI-Infra-Guard (github.com/Tencent/AI-Infra-Guard): `version >= "1" && version < "2"`.

What is made from them is based on Tencent Zhuque Lab AI-Infra-Guard, and says so, as its licence asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from ourhalf.advisories.importers.importer import Importer, Piece, UnusableError, cves_in, decoded, quarantined
from ourhalf.advisories.record import Advisory, Affected, Interval, Item, Record
from ourhalf.advisories.sources import SourceRow
from ourhalf.advisories.spaces import name_in
from ourhalf.advisories.versions import Order, UnorderableError, order_of
from ourhalf.model.advisories import Fix, Rating, Scheme
from ourhalf.model.packages import Certainty

_SOURCE = "ai-infra-guard"
_TOKEN = re.compile(r'\s*(?:(version)\s*(<=|>=|==?|<|>)\s*"([^"]{1,100})"|(&&)|(\|\|)|([()]))')
_MOST_TERMS = 64
_HOW = "a rule of AI-Infra-Guard, which is at times wrong about the release"

Term = tuple[tuple[str, str], ...]
"""Comparisons that hold together, each an operator and a version."""


class _Info(msgspec.Struct):
    name: str
    cve: str | None = None
    summary: str | None = None
    details: str | None = None
    cvss: str | None = None
    severity: str | None = None


class _Document(msgspec.Struct):
    info: _Info
    source: str = ""
    rule: str | None = None
    references: list[str] | None = None


def recognises(piece: Piece) -> bool:
    """Whether it is one of its rules."""
    return piece.data[:1] == b"{" and b'"security_advise"' in piece.data and b'"info"' in piece.data[:2048]


def read(piece: Piece, _: SourceRow | None) -> Iterator[Item]:
    """One rule."""
    document = decoded(piece.data, _Document)
    info = document.info
    cves = cves_in(info.cve or "")
    identifier = "AIG-" + (document.source.removeprefix("data/vuln_en/").removesuffix(".yaml") or piece.name)
    affected: list[Affected] = []
    for package in _names().get(name_in("pypi", info.name), ()):
        space, _slash, name = package.partition("/")
        order = order_of(space)
        try:
            if order is not None:
                affected.append(_affected(space, name, terms(document.rule or ""), order))
        except (UnusableError, UnorderableError) as error:
            yield quarantined(_SOURCE, identifier, str(error), package)
    ratings = [Rating(_SOURCE, Scheme.WORD, info.severity[:40])] if info.severity else []
    if info.cvss and info.cvss.startswith("CVSS:"):
        scheme = Scheme.CVSS4 if info.cvss.startswith("CVSS:4") else Scheme.CVSS3
        ratings.append(Rating(_SOURCE, scheme, info.cvss[:200]))
    advisory = Advisory(
        id=re.sub(r"\s", "_", identifier)[:200],
        aliases=cves[:1],
        summary=(info.summary or "")[:500],
        ratings=tuple(ratings),
        references=tuple(url[:500] for url in (document.references or ())[:10]),
    )
    yield Record(_SOURCE, advisory, tuple(affected), info.details or "")


def _affected(space: str, name: str, rule: tuple[Term, ...], order: Order) -> Affected:
    found: list[Interval] = []
    versions: list[str] = []
    for term in rule:
        one = _interval(term, order)
        if isinstance(one, str):
            versions.append(one)
        elif one is not None:
            found.append(one)
    fixes = tuple(Fix(one.high) for one in found if one.high and not one.closed)
    return Affected(space, name, tuple(found), tuple(versions), fixes, certainty=Certainty.DERIVED, how=_HOW)


def _interval(term: Term, order: Order) -> Interval | str | None:
    """The versions for which all comparisons hold: one interval, one version, or none.

    A version that must be exceeded counts as affected too: an interval here holds its lower end.
    """
    low, high, closed = "", "", False
    for operator, version in term:
        key: Any = order.key(version)
        if not order.regular(version):
            raise UnorderableError(f"{version[:40]!r} is not written as versions of {order.families[0]} are")
        if operator in {"=", "=="}:
            return version
        if operator in {">", ">="}:
            low = version if not low or order.key(low) < key else low
        elif not high or key < order.key(high) or (key == order.key(high) and operator == "<"):
            high, closed = version, operator == "<="
    if low and high and order.key(high) < order.key(low):
        return None
    return Interval("" if low == "0" else low, high, closed)


def terms(rule: str) -> tuple[Term, ...]:
    """A rule as alternatives of comparisons that hold together. Raises UnusableError."""
    tokens: list[tuple[str, ...]] = []
    at = 0
    text = rule.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or len(tokens) > _MOST_TERMS:
            raise UnusableError(f"its rule {rule[:80]!r} is not understood")
        tokens.append(tuple(group or "" for group in found.groups()))
        at = found.end()
    if not tokens:
        raise UnusableError("it has no rule about versions")
    parser = _Parser(tokens, rule)
    made = parser.either()
    if parser.at != len(tokens):
        raise UnusableError(f"its rule {rule[:80]!r} is not understood")
    return made


class _Parser:
    def __init__(self, tokens: list[tuple[str, ...]], rule: str) -> None:
        self.tokens, self.rule, self.at = tokens, rule, 0

    def either(self) -> tuple[Term, ...]:
        made = self.both()
        while self._is(4):
            made = self._bounded(made + self.both())
        return made

    def both(self) -> tuple[Term, ...]:
        made = self.one()
        while self._is(3):
            other = self.one()
            made = self._bounded(tuple(left + right for left in made for right in other))
        return made

    def one(self) -> tuple[Term, ...]:
        token = self.tokens[self.at] if self.at < len(self.tokens) else ("",) * 6
        self.at += 1
        if token[0]:
            return (((token[1], token[2]),),)
        if token[5] == "(":
            made = self.either()
            if self.at < len(self.tokens) and self.tokens[self.at][5] == ")":
                self.at += 1
                return made
        raise UnusableError(f"its rule {self.rule[:80]!r} is not understood")

    def _is(self, group: int) -> bool:
        found = self.at < len(self.tokens) and bool(self.tokens[self.at][group])
        self.at += found
        return found

    def _bounded(self, made: tuple[Term, ...]) -> tuple[Term, ...]:
        if len(made) > _MOST_TERMS or max(map(len, made)) > _MOST_TERMS:
            raise UnusableError("its rule has too many alternatives")
        return made


@cache
def _names() -> dict[str, tuple[str, ...]]:
    from yaml import CSafeLoader, load

    text = files("ourhalf.advisories").joinpath("infra_guard.yaml").read_bytes()
    return msgspec.convert(load(text, Loader=CSafeLoader), dict[str, tuple[str, ...]])


INFRA_GUARD = Importer("ai-infra-guard", recognises, read)
