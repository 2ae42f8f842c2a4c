"""NVIDIA's CVE records: which versions are affected stands in prose, such as "All versions prior to 12.6 Update 1".

One document is a CVE record in `record`, with the number and dates of its bulletin beside it (`bulletin`,
`bulletin_published`, `bulletin_revised`), since its records state no dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import msgspec

from ourhalf.advisories.importers.cve import CveRecord
from ourhalf.advisories.importers.importer import Importer, Piece, UnusableError, decoded, is_cve, quarantined, time_of
from ourhalf.advisories.record import Advisory, Affected, Interval, Item, Record
from ourhalf.advisories.sources import SourceRow
from ourhalf.advisories.versions import UnorderableError, order_of
from ourhalf.model.advisories import Fix
from ourhalf.model.packages import Certainty

_SOURCE = "nvidia"
_NUMBER = r"[vr]?(\d+(?:\.\d+)*(?:\.x)?(?:\s*(?:update\s*|u|rc|\.?post)\s*\d+)?)\b"
_PRODUCT = r"(?:[A-Za-z][\w-]*\s+)*?"
_PRIOR = re.compile(
    rf"(?:all )?versions (?:prior to|before) {_PRODUCT}{_NUMBER}(?: and {_PRODUCT}{_NUMBER})?", re.IGNORECASE
)
_UP_TO = re.compile(rf"(?:all )?versions up to (?P<including>and including )?{_PRODUCT}{_NUMBER}", re.IGNORECASE)
_FROM = re.compile(rf"(?:versions )?{_NUMBER}\s*(?:to|through|-)\s*{_NUMBER}", re.IGNORECASE)
_ONE = re.compile(_NUMBER, re.IGNORECASE)
_ASIDE = re.compile(r"\s*\(([^)]*)\)\s*$")


class Prose(msgspec.Struct, frozen=True):
    """What a sentence about versions means. `how` is what it leaves open."""

    intervals: tuple[Interval, ...] = ()
    versions: tuple[str, ...] = ()
    how: str = ""


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    products: tuple[str, ...]
    packages: tuple[str, ...]
    component: str = ""


class _Document(msgspec.Struct):
    bulletin: str
    bulletin_published: str
    record: CveRecord
    bulletin_revised: str = ""


def recognises(piece: Piece) -> bool:
    """Whether it is a CVE record in the frame of a bulletin."""
    return b'"CVE_RECORD"' in piece.data and b'"bulletin_published"' in piece.data


def read(piece: Piece, _: SourceRow | None) -> Iterator[Item]:
    """One CVE of one bulletin."""
    document = decoded(piece.data, _Document)
    cve = document.record.metadata.cve_id
    if not is_cve(cve):
        raise UnusableError(f"its id is {cve[:40]!r}")
    cna = document.record.containers.cna
    text = next((one.value for one in cna.descriptions if one.lang.startswith("en")), "")
    affected: list[Affected] = []
    for product in cna.affected:
        for version in product.versions:
            if version.status == "affected":
                found, unusable = of_product(_SOURCE, cve, product.product, version.version, text)
                affected.extend(found)
                yield from unusable
    published = time_of(document.bulletin_published)
    advisory = Advisory(
        id=f"NVIDIA-{document.bulletin[:40]}/{cve}",
        published=published,
        modified=time_of(document.bulletin_revised) or published,
        aliases=(cve,),
        summary=text[:500],
        ratings=cna.ratings("nvidia"),
        references=tuple(one.url[:500] for one in cna.references[:10]),
        weaknesses=cna.weaknesses(),
    )
    yield Record(_SOURCE, advisory, tuple(dict.fromkeys(affected)), text)


def of_product(source: str, record: str, product: str, prose: str, text: str) -> tuple[list[Affected], list[Item]]:
    """What a sentence about a product says of packages, and what of it is of no use; nothing for other products."""
    packages = _packages(product, text)
    if not packages:
        return [], []
    try:
        said = understood(prose)
    except UnusableError as error:
        return [], [quarantined(source, record, f"{product}: {error}", *packages)]
    found: list[Affected] = []
    unusable: list[Item] = []
    for package in packages:
        space, _, name = package.partition("/")
        try:
            found.append(_affected(space, name, said))
        except UnorderableError as error:
            unusable.append(quarantined(source, record, f"{product}: {error}", package))
    return found, unusable


def _affected(space: str, name: str, said: Prose) -> Affected:
    order = order_of(space)
    if order is None:
        raise UnorderableError(f"{space} has no order")
    ends = {end for one in said.intervals for end in (one.low, one.high) if end} | set(said.versions)
    for version in ends:
        order.key(version)
        if not order.regular(version):
            raise UnorderableError(f"{version!r} is not written as versions of {space} are")
    return Affected(
        space=space,
        name=name,
        intervals=said.intervals,
        versions=said.versions,
        fixes=tuple(Fix(one.high) for one in said.intervals if one.high and not one.closed),
        certainty=Certainty.DERIVED,
        how="; ".join(filter(None, ("versions from the prose of NVIDIA's bulletin", said.how))),
    )


def understood(prose: str) -> Prose:
    """The versions that a sentence says are affected. Raises UnusableError for what it does not understand.

    Where it does not say whether the last version is affected, that counts as affected.
    """
    text = " ".join(prose.split())[:300]
    aside = _ASIDE.search(text)
    text = _ASIDE.sub("", text)
    how = f"only where {aside[1]}" if aside else ""
    if text.lower() == "all versions":
        return Prose((Interval("", ""),), how=how)
    if found := _PRIOR.fullmatch(text):
        return Prose(_before(_plain(found[1]), _plain(found[2]) if found[2] else ""), how=how)
    if found := _UP_TO.fullmatch(text):
        open_ = "" if found["including"] else "the bulletin does not say whether the last version is affected"
        return Prose((_through("", found[2]),), how="; ".join(filter(None, (how, open_))))
    if found := _FROM.fullmatch(text):
        low = "" if re.fullmatch(r"0(?:\.0)*", found[1]) else _plain(found[1])
        open_ = "the bulletin does not say whether the last version is affected"
        return Prose((_through(low, found[2]),), how="; ".join(filter(None, (how, open_))))
    if found := _ONE.fullmatch(text):
        return Prose(versions=(_plain(found[1]),), how=how)
    raise UnusableError(f"{text[:120]!r} is no sentence about versions that ourhalf understands")


def _plain(number: str) -> str:
    """`1.3.0 rc11` as `1.3.0rc11`, `12.6 Update 1` and `12.6U1` as `12.6.1`, `0.7.x` as `0.7`."""
    text = re.sub(r"\s*(?:update\s*|u)(\d+)$", r".\1", number.strip(), flags=re.IGNORECASE)
    return re.sub(r"\s+", "", text).removesuffix(".x")


def _through(low: str, last: str) -> Interval:
    """Up to and with a version; `0.9.x` is all that begin with it, so up to `0.10`."""
    if not last.endswith(".x"):
        return Interval(low, _plain(last), closed=True)
    *first, minor = _plain(last).split(".")
    return Interval(low, ".".join([*first, str(int(minor) + 1)]))


def _before(one: str, other: str) -> tuple[Interval, ...]:
    """Before one version; of two, the lower ends a branch of its own (`0.13.1 and 0.12.3`)."""
    if not other:
        return (Interval("", one),)
    low, high = sorted((one, other), key=lambda text: [int(part) for part in re.findall(r"\d+", text)])
    return Interval("", low), Interval(".".join(high.split(".")[:2]), high)


def _packages(product: str, text: str) -> tuple[str, ...]:
    name = " ".join(product.split()).removeprefix("NVIDIA ")
    return tuple(
        package
        for row in _rows()
        if name in row.products and row.component.lower() in text.lower()
        for package in row.packages
    )


@cache
def _rows() -> tuple[_Row, ...]:
    from yaml import CSafeLoader, load

    text = files("ourhalf.advisories").joinpath("nvidia.yaml").read_bytes()
    return msgspec.convert(load(text, Loader=CSafeLoader), tuple[_Row, ...])


NVIDIA = Importer("nvidia", recognises, read)
